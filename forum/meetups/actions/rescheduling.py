"""All dates of a meetup from one on are changed. A time that changes ends the series there, and another goes on from it (C3)."""

import uuid
from collections.abc import Callable, Collection, Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, and_, delete, func, select, update

from forum.content.access import hold_item
from forum.core.db import db
from forum.core.errors import Invalid, RuleBroken
from forum.core.events import announce
from forum.core.time import now
from forum.meetups.access import require_change
from forum.meetups.actions import AHEAD, extend, put_details, put_plan
from forum.meetups.actions.details import Details, checked_details, checked_plan
from forum.meetups.actions.seating import fill_all, seat_always, standing_of, to_come
from forum.meetups.actions.turning_up import held_occurrence
from forum.meetups.day.actions.telling import forget_reminders
from forum.meetups.day.queries.agenda import with_traces
from forum.meetups.events import SeriesChanged, SlotsMoved
from forum.meetups.models import KIND, Occurrence, OccurrenceState, Rsvp, Series, StandingRsvp
from forum.meetups.recurrence import Plan, Slot, ends_at, matched, slots
from forum.people.models import Person
from forum.spaces.guard import Here
from forum.spaces.items import make_item
from forum.spaces.log import record
from forum.spaces.models import Item, ItemPerson
from forum.spaces.policy import Can
from forum.web.rendering import long_day
from forum.web.words import _

A_PERIOD = timedelta(days=31)
"""So much later than any date that there is may be the one that it becomes: in the same week or month."""


def reschedule(
    here: Here, series_id: int, from_id: int, *, plan: Plan, details: Details, at: datetime | None = None
) -> tuple[Series, Item]:
    """Let all dates from one on take place as `plan` says, with `details`. Returns what they are dates of now.

    Answers follow their date, never its place in a list; cancelled dates stay cancelled (C2). Raises Missing, Denied, Invalid,
    RuleBroken.
    """
    here, item = hold_item(here, series_id, power=Can.SEE_MEETUPS)
    series = db.session.get_one(Series, series_id, populate_existing=True)
    require_change(here, series, item)
    first, at = held_occurrence(series_id, from_id), at or now()
    if first.starts_at <= at:
        raise RuleBroken(_("That date has passed. Change the dates from a later one on."))
    is_same_plan = plan == plan_from(series, first)
    plan, details = checked_plan(plan, at=at, may_be_past=is_same_plan), checked_details(details)
    if is_same_plan and not _is_any(first, at=at):
        _describe(series, item, details, here=here, at=at)
        return series, item
    target, old_seats = series, (series.room_seats, series.online_seats)
    before = first.starts_at.isoformat()
    if _is_any(first):
        target, item = _carry_on(here, series, item, first, details=details, at=at)
    item.title = details.title
    put_details(target, details, here.space)
    target.sequence, target.changed_at = target.sequence + 1, at
    _move(series, target, first, plan=plan, at=at)
    _spread_seats(target, old_seats, at=at)
    _tell(here, item, target, before=before, at=at)
    return target, item


def describe(here: Here, series_id: int, change: Callable[[Details], Details], *, at: datetime | None = None) -> None:
    """Change what a whole meetup is besides its time, from what it is now. What is the same changes nothing.

    Raises Missing, Denied, Invalid.
    """
    here, item = hold_item(here, series_id, power=Can.SEE_MEETUPS)
    series = db.session.get_one(Series, series_id, populate_existing=True)
    require_change(here, series, item)
    stands = details_of(series, item)
    details = checked_details(change(stands))
    if replace(details, about=None) != stands or (details.about and details.about.source != series.about):
        _describe(series, item, details, here=here, at=at or now())


def details_of(series: Series, item: Item) -> Details:
    """Return what a meetup is besides its time, without the text about it."""
    return Details(
        title=item.title, place=series.place, access=series.access, confirmed_on=series.confirmed_on, link=series.link,
        room_seats=series.room_seats, online_seats=series.online_seats, host_id=series.host_id,
        host_duty_id=series.host_duty_id,
    )  # fmt: skip


def _describe(series: Series, item: Item, details: Details, *, here: Here, at: datetime) -> None:
    """Change what a whole meetup is besides its time: dates to come follow, those that have been stay as they were."""
    old_seats = (series.room_seats, series.online_seats)
    _keep_as_it_was(series, details, at=at)
    item.title = details.title
    put_details(series, details, here.space)
    series.sequence, series.changed_at = series.sequence + 1, at
    db.session.flush()
    _spread_seats(series, old_seats, at=at)
    _tell(here, item, series, at=at)


def _tell(here: Here, item: Item, series: Series, *, before: str = "", at: datetime) -> None:
    announce(SeriesChanged(actor_id=here.actor.id, item_id=item.id, sequence=series.sequence, before=before))
    record("changed series", actor=here.actor, space=here.space, item=item, at=at)


def plan_from(series: Series, first: Occurrence) -> Plan:
    """Return the plan of a series as it is from one of its dates on."""
    plan = series.plan
    count = None
    if plan.count is not None:
        earlier = select(func.count()).select_from(Occurrence).where(*_earlier(first))
        count = plan.count - (db.session.scalar(earlier) or 0)
    return replace(plan, start=first.original_local_start, fold=first.fold, count=count)


def _is_any(first: Occurrence, *, at: datetime | None = None) -> bool:
    """Say whether a series has a date before one of them; with `at`, one that is still to come."""
    query = select(Occurrence.id).where(*_earlier(first))
    if at is not None:
        query = query.where(Occurrence.starts_at > at)
    return db.session.scalar(query.limit(1)) is not None


def _earlier(first: Occurrence) -> tuple[ColumnElement[bool], ...]:
    return (
        Occurrence.series_id == first.series_id,
        Occurrence.original_local_start < first.original_local_start,
    )


def _carry_on(
    here: Here, series: Series, item: Item, first: Occurrence, *, details: Details, at: datetime
) -> tuple[Series, Item]:
    """End a series before one of its dates, and make another that goes on from it."""
    author = db.session.get(Person, item.author_id) if item.author_id else None
    named = db.session.scalars(select(Person).join(ItemPerson).where(ItemPerson.item_id == item.id)).all()
    onward = make_item(
        here.space, kind=KIND, title=details.title, author=author, audience=item.audience, named=tuple(named), at=at
    )
    made = Series(
        id=onward.id, uid=f"{uuid.uuid4()}@baton", changed_at=at, made_to=at, continues_id=series.id,
        sequence=series.sequence,  # what leaves the old calendars bears this one's number, and has to be newer
        about=series.about, about_html=series.about_html, renderer=series.renderer,
        paused_at=series.paused_at, paused_until=series.paused_until,
    )  # fmt: skip
    put_plan(made, plan_from(series, first))
    later = db.session.scalar(select(Series).where(Series.continues_id == series.id))
    if later is not None:  # what went on from the old one goes on from this
        later.continues_id = None
        db.session.flush()
    db.session.add(made)
    db.session.flush()
    if later is not None:
        later.continues_id = made.id
    series.until_day, series.count = first.original_local_start.date() - timedelta(days=1), None
    series.ended_at = series.end_reason = None  # that it ended before can't be taken back: another goes on from it
    series.sequence, series.changed_at = series.sequence + 1, at
    standing = db.session.scalars(select(StandingRsvp).where(StandingRsvp.series_id == series.id)).all()
    db.session.add_all(
        StandingRsvp(
            series_id=made.id, person_id=one.person_id, mode=one.mode, until_day=one.until_day, made_at=one.made_at
        )
        for one in standing
    )
    db.session.flush()
    before = first.starts_at.isoformat()
    announce(SeriesChanged(actor_id=here.actor.id, item_id=item.id, sequence=series.sequence, before=before))
    return made, onward


def _move(series: Series, target: Series, first: Occurrence, *, plan: Plan, at: datetime) -> None:
    """Put the dates from `first` on into the slots of `plan`. The one that has none and was answered is cancelled; it stays there."""
    rows = db.session.scalars(
        select(Occurrence)
        .where(
            Occurrence.series_id == series.id,
            Occurrence.original_local_start >= first.original_local_start,
        )
        .order_by(Occurrence.original_local_start)
        .execution_options(populate_existing=True)
    ).all()
    wanted = list(slots(plan, before=max(at + AHEAD, rows[-1].starts_at) + A_PERIOD))
    found = matched([row.original_local_start for row in rows], wanted, plan.rhythm)
    answered = set(db.session.scalars(select(Rsvp.occurrence_id).where(Rsvp.occurrence_id.in_([r.id for r in rows]))))
    left = {
        str(row.id): row.original_local_start.isoformat()
        for row in rows
        if row.id in answered and (target is not series or _slot_of(row, found) != row.original_local_start)
    }
    has_slots, zone = series.comes_back, series.zone
    were = {row.id: row.moves for row in rows}
    _vacate(rows, found, answered | with_traces([row.id for row in rows]), at=at)
    for row in rows:
        if row.original_local_start in found:
            _put_into(row, target, found[row.original_local_start], plan, at=at)
            db.session.flush()
    elsewhere = (row for row in rows if not row.is_planned or row.moves != were[row.id])
    forget_reminders(*elsewhere, series_id=series.id)
    put_plan(target, plan)
    db.session.flush()
    extend(target, at=at)
    _require_apart({series.id, target.id}, at=at)
    if left and has_slots:
        announce(SlotsMoved(item_id=target.id, uid=series.uid, zone=zone, slots=left))


def _require_apart(series_ids: Collection[int], *, at: datetime) -> None:
    """Refuse what would have two dates begin at one instant: one was moved there by itself. Raises Invalid for `day`.

    Whatever moves a date holds the item, so none comes in between.
    """
    coming = and_(
        Occurrence.series_id.in_(series_ids), Occurrence.starts_at > at, Occurrence.state != OccurrenceState.CANCELLED
    )
    twice = select(Occurrence.starts_at).where(coming).group_by(Occurrence.starts_at).having(func.count() > 1)
    rows = db.session.scalars(
        select(Occurrence).where(coming, Occurrence.starts_at.in_(twice)).order_by(Occurrence.starts_at, Occurrence.id)
    )
    moved = next((row for row in rows if row.is_moved), None)
    if moved is not None:
        day, time = long_day(moved.local_start.date()), f"{moved.local_start:%H:%M}"
        why = _(
            "A single date was moved to %(day)s, %(time)s, and another one would be at just that time. "
            "Pick another time, or move or cancel that one first.",
            day=day,
            time=time,
        )
        raise Invalid({"day": [why]})


def _slot_of(row: Occurrence, found: dict[datetime, Slot]) -> datetime | None:
    slot = found.get(row.original_local_start)
    return slot.original if slot else None


def _vacate(rows: Sequence[Occurrence], found: dict[datetime, Slot], kept: set[int], *, at: datetime) -> None:
    """Deal with dates that the new plan doesn't have: what somebody answered or put on an agenda is `kept`, and cancelled."""
    gone = [row for row in rows if row.original_local_start not in found]
    for row in gone:
        if row.id in kept and row.state is not OccurrenceState.CANCELLED:
            row.state, row.reason = OccurrenceState.CANCELLED, _("The meetup has other dates now.")
            row.sequence, row.changed_at = row.sequence + 1, at
    empty = [row.id for row in gone if row.id not in kept]
    db.session.flush()
    db.session.execute(
        delete(Occurrence).where(Occurrence.id.in_(empty)).execution_options(synchronize_session="fetch")
    )


def _put_into(row: Occurrence, target: Series, slot: Slot, plan: Plan, *, at: datetime) -> None:
    """Give a date its new slot. One that was moved by itself stays where it was moved to."""
    was_moved = row.is_moved
    row.series_id, row.original_local_start, row.fold = target.id, slot.original, slot.fold
    if was_moved and row.zone == plan.zone:
        return
    if row.starts_at != slot.starts_at:
        row.moves += 1
    if (row.starts_at, row.minutes) != (slot.starts_at, plan.minutes):
        row.sequence, row.changed_at = row.sequence + 1, at
    row.local_start, row.zone, row.minutes = slot.local, plan.zone, plan.minutes
    row.starts_at, row.ends_at = slot.starts_at, ends_at(slot.starts_at, plan.minutes)


def _spread_seats(target: Series, before: tuple[int | None, int | None], *, at: datetime) -> None:
    """Give dates to come the seats of their series, unless they had others of their own; the lines move (C7)."""
    coming = to_come(target.id, at=at)
    for one in coming:
        if one.room_seats == before[0]:
            one.room_seats = target.room_seats
        if one.online_seats == before[1]:
            one.online_seats = target.online_seats
    db.session.flush()
    fill_all(coming, at=at)
    seat_always(target, standing_of(target.id), coming, at=at)


def _keep_as_it_was(series: Series, details: Details, *, at: datetime) -> None:
    """Note with dates that have been where they were, when that changes for the others."""
    for column, before, after in (
        (Occurrence.place, series.place, details.place),
        (Occurrence.link, series.link, details.link),
    ):
        if before != after:
            db.session.execute(
                update(Occurrence)
                .where(Occurrence.series_id == series.id, Occurrence.starts_at <= at, column.is_(None))
                .values({column: before})
                .execution_options(synchronize_session=False)
            )
