"""One date is changed, moved, cancelled, or takes place after all. Each holds the meetup's item, inside `transaction()`."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select

from forum.content.access import hold_item
from forum.core.db import db
from forum.core.errors import Invalid, RuleBroken
from forum.core.events import announce
from forum.core.text import one_line
from forum.core.time import now
from forum.meetups.access import require_change
from forum.meetups.actions import is_paused_on
from forum.meetups.actions.details import Details, checked_details, checked_plan, require_near
from forum.meetups.actions.seating import fill
from forum.meetups.actions.turning_up import held_occurrence
from forum.meetups.day.actions.telling import forget_reminders
from forum.meetups.events import OccurrenceCancelled, OccurrenceChanged
from forum.meetups.models import TOPIC_LENGTH, Occurrence, OccurrenceState, Series
from forum.meetups.recurrence import Plan, ends_at, instant
from forum.spaces.guard import Here
from forum.spaces.log import record
from forum.spaces.models import REASON_LENGTH, Item
from forum.spaces.policy import Can
from forum.web.words import _


@dataclass(frozen=True, kw_only=True)
class Change:
    """What one date is to be: `title` "" for the series' own. `fold` 1: the second time that clocks show `start` that day."""

    start: datetime
    minutes: int
    title: str = ""
    topic: str = ""
    place: str = ""
    link: str = ""
    room_seats: int | None = None
    online_seats: int | None = None
    fold: int = 0


def change_one(here: Here, series_id: int, occurrence_id: int, change: Change, *, at: datetime | None = None) -> None:
    """Change one date: the other dates and the series stay as they are (C2). The same again changes nothing.

    Fewer seats send nobody away; more of them let the line move (C7). Raises Missing, Denied, Invalid, RuleBroken.
    """
    here, item, series, one = _hold(here, series_id, occurrence_id)
    at = at or now()
    if not one.is_planned:
        raise RuleBroken(_("This meetup does not take place on that day. Let it take place again first."))
    change = _checked(change, one, item, at=at)
    before = _said_by(one)
    was_at = one.starts_at
    _put(one, series, change)
    if one.starts_at != was_at:
        one.moves += 1
        forget_reminders(one, series_id=series.id)
    if _said_by(one) == before:
        return
    one.sequence, one.changed_at = one.sequence + 1, at
    db.session.flush()
    fill(one, at=at)
    changed = OccurrenceChanged(
        actor_id=here.actor.id,
        item_id=item.id,
        occurrence_id=one.id,
        sequence=one.sequence,
        before=was_at.isoformat(),
    )
    announce(changed)
    verb = "moved meetup" if one.starts_at != was_at else "changed meetup"
    _record(verb, here, item, one, at=at)


def cancel_one(here: Here, series_id: int, occurrence_id: int, *, reason: str, at: datetime | None = None) -> None:
    """Cancel one date, and say why. Cancelled already, nothing changes. Raises Missing, Denied, Invalid for `reason`, RuleBroken."""
    here, item, _series, one = _hold(here, series_id, occurrence_id)
    at, reason = at or now(), one_line(reason)
    if one.state is OccurrenceState.CANCELLED:
        return
    if one.ends_at <= at:
        raise RuleBroken(_("This meetup is over."))
    if not reason or len(reason) > REASON_LENGTH:
        raise Invalid({"reason": [_("Say in a sentence why: it is in the mail to those who wanted to come.")]})
    one.state, one.reason = OccurrenceState.CANCELLED, reason
    forget_reminders(one, series_id=series_id)
    one.sequence, one.changed_at = one.sequence + 1, at
    announce(OccurrenceCancelled(actor_id=here.actor.id, item_id=item.id, occurrence_id=one.id, sequence=one.sequence))
    _record("cancelled meetup", here, item, one, reason=reason, at=at)


def restore_one(here: Here, series_id: int, occurrence_id: int, *, at: datetime | None = None) -> None:
    """Let a cancelled date take place after all; who had a seat has it. Raises Missing, Denied, RuleBroken."""
    here, item, series, one = _hold(here, series_id, occurrence_id)
    at = at or now()
    if one.state is not OccurrenceState.CANCELLED:
        return
    if one.starts_at <= at:
        raise RuleBroken(_("That time has passed. Plan a new meetup instead."))
    if _is_taken(one, one.starts_at):
        raise RuleBroken(_("Another date of this meetup is at that time now. Move or cancel that one first."))
    if not series.comes_back and one.original_local_start != series.local_start:
        raise RuleBroken(_("This takes place once now, on another day. Plan a new one instead."))
    is_paused = is_paused_on(series, one.local_start.date())  # it comes back with its series then
    one.state, one.reason = OccurrenceState.PAUSED if is_paused else OccurrenceState.PLANNED, ""
    one.sequence, one.changed_at = one.sequence + 1, at
    db.session.flush()
    fill(one, at=at)
    announce(
        OccurrenceChanged(
            actor_id=here.actor.id, item_id=item.id, occurrence_id=one.id, sequence=one.sequence, is_back=True
        )
    )
    _record("restored meetup", here, item, one, at=at)


def _hold(here: Here, series_id: int, occurrence_id: int) -> tuple[Here, Item, Series, Occurrence]:
    here, item = hold_item(here, series_id, power=Can.SEE_MEETUPS)
    series = db.session.get_one(Series, series_id, populate_existing=True)
    one = held_occurrence(series_id, occurrence_id)
    require_change(here, series, item, one)
    return here, item, series, one


def _checked(change: Change, one: Occurrence, item: Item, *, at: datetime) -> Change:
    """Return the change as it is kept. A date that has begun can be described anew, but not moved."""
    require_near(change.start, at=at)
    is_same_time = instant(change.start, one.zone, fold=change.fold) == one.starts_at
    if one.starts_at <= at and not is_same_time:
        raise RuleBroken(_("This meetup has begun, or is over: its time stays. Plan another one instead."))
    plan = Plan(start=change.start, zone=one.zone, minutes=change.minutes, fold=change.fold)
    checked_plan(plan, at=at, may_be_past=is_same_time)
    if not is_same_time and _is_taken(one, instant(change.start, one.zone, fold=change.fold)):
        raise Invalid(
            {"day": [_("This meetup has a date at that time already. Pick another time, or cancel one of the two.")]}
        )
    details = checked_details(
        Details(
            title=change.title or item.title,
            place=change.place,
            link=change.link,
            room_seats=change.room_seats,
            online_seats=change.online_seats,
        )
    )
    topic = one_line(change.topic)
    if len(topic) > TOPIC_LENGTH:
        raise Invalid({"topic": [_("Keep it under %(most)s characters.", most=TOPIC_LENGTH)]})
    return Change(
        start=change.start,
        minutes=change.minutes,
        fold=change.fold,
        title="" if details.title == item.title else details.title,
        topic=topic,
        place=details.place,
        link=details.link,
        room_seats=details.room_seats,
        online_seats=details.online_seats,
    )


def _is_taken(one: Occurrence, starts_at: datetime) -> bool:
    """Say whether another date of the same meetup begins at that instant, and is not cancelled."""
    query = select(Occurrence.id).where(Occurrence.series_id == one.series_id, Occurrence.id != one.id)
    query = query.where(Occurrence.starts_at == starts_at, Occurrence.state != OccurrenceState.CANCELLED)
    return db.session.scalar(query.limit(1)) is not None


def _put(one: Occurrence, series: Series, change: Change) -> None:
    one.local_start, one.minutes = change.start, change.minutes
    one.starts_at = instant(change.start, one.zone, fold=change.fold)
    one.ends_at = ends_at(one.starts_at, change.minutes)
    one.title, one.topic = change.title, change.topic
    one.place = None if change.place == series.place else change.place
    one.link = None if change.link == series.link else change.link
    one.room_seats, one.online_seats = change.room_seats, change.online_seats


def _said_by(one: Occurrence) -> tuple[object, ...]:
    return (
        one.starts_at, one.minutes, one.title, one.topic, one.place, one.link, one.room_seats, one.online_seats,
    )  # fmt: skip


def _record(verb: str, here: Here, item: Item, one: Occurrence, *, reason: str = "", at: datetime) -> None:
    record(
        verb,
        actor=here.actor,
        on_behalf_of=here.on_behalf_of(Can.SCHEDULE_MEETUP, item),
        space=here.space,
        item=item,
        reason=reason,
        at=at,
        day=one.local_start.date().isoformat(),
    )
