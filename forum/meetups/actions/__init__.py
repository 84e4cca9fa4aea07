"""What is done with meetups. Each runs inside `transaction()` and holds the meetup's item, on which its rules stand."""

import uuid
from collections.abc import Sequence
from datetime import date, datetime, timedelta

from sqlalchemy import select

from forum.core.db import db
from forum.core.text import once_key
from forum.core.time import now
from forum.meetups.actions.details import Details, checked_details, checked_plan
from forum.meetups.actions.seating import seat_always, standing_of
from forum.meetups.models import KIND, Occurrence, OccurrenceState, Series
from forum.meetups.recurrence import Plan, Slot, ends_at, first_slots, slots
from forum.spaces import guard
from forum.spaces.guard import Here
from forum.spaces.items import make_item
from forum.spaces.log import record
from forum.spaces.models import Item, Membership, Space
from forum.spaces.policy import POWERS, Can

DUTY = "duty"
AHEAD = timedelta(days=548)
"""Eighteen months: so far ahead the dates of a series are rows, which people can answer."""


def schedule(
    here: Here,
    *,
    plan: Plan,
    details: Details,
    once: str | None = None,
    uid: str | None = None,
    at: datetime | None = None,
) -> tuple[Series, Item]:
    """Plan a meetup. A second press gives back the first one's. `at` in the past lets it begin there.

    `uid` is its name in calendars where what it comes from has given it one: there is one meetup of that name.
    Raises Missing, Denied, or Invalid for what `details.py` names.
    """
    here = guard.hold(here, Can.SCHEDULE_MEETUP)
    moment = at or now()
    plan, details = checked_plan(plan, at=moment), checked_details(details)
    uid = uid or _uid(once_key(once, KIND, here.actor.id, here.space.id, plan, details.title))
    earlier = db.session.execute(
        select(Series, Item).join(Item, Item.id == Series.id).where(Series.uid == uid)
    ).one_or_none()
    if earlier is not None:
        return earlier[0], earlier[1]
    item = make_item(here.space, kind=KIND, title=details.title, author=here.actor, at=moment)
    series = Series(id=item.id, uid=uid, changed_at=moment, made_to=moment)
    put_plan(series, plan)
    put_details(series, details, here.space)
    db.session.add(series)
    db.session.flush()
    extend(series, at=moment)
    record("scheduled meetup", actor=here.actor, space=here.space, item=item, at=moment)
    return series, item


def put_plan(series: Series, plan: Plan) -> None:
    """Let a series take place as `plan` says. Its dates are for the caller."""
    series.local_start, series.zone, series.minutes, series.fold = plan.start, plan.zone, plan.minutes, plan.fold
    series.rhythm, series.every, series.until_day, series.count = plan.rhythm, plan.every, plan.until, plan.count
    series.ended_at = series.end_reason = None  # that it ended can't be taken back: it ends elsewhere now


def put_details(series: Series, details: Details, space: Space) -> None:
    """Let a series be what `details` say, without its title. A host who is no member or only reads along, or no duty here, is none."""
    series.place, series.access, series.link = details.place, details.access, details.link
    series.confirmed_on = details.confirmed_on
    series.room_seats, series.online_seats = details.room_seats, details.online_seats
    series.host_id = details.host_id if _may_host(details.host_id, space) else None
    series.host_duty_id = details.host_duty_id if _is_item_of(details.host_duty_id, space) else None
    if details.about is not None:
        series.about, series.about_html = details.about.source, details.about.html
        series.renderer = details.about.renderer


def extend(series: Series, *, at: datetime) -> Sequence[Occurrence]:
    """Make the dates of a series that are missing, as far as AHEAD, the first one at the least. The item is held.

    Who comes every time comes to these too, in the order in which they said so.
    """
    horizon = at + AHEAD
    there = set(db.session.scalars(select(Occurrence.original_local_start).where(Occurrence.series_id == series.id)))
    wanted = list(slots(series.plan, before=horizon)) or first_slots(series.plan, most=1)
    made = [new_occurrence(series, slot, at=at) for slot in wanted if slot.original not in there]
    db.session.add_all(made)
    series.made_to = horizon
    db.session.flush()
    coming = [one for one in made if one.is_planned and one.starts_at > at]
    if coming:
        seat_always(series, standing_of(series.id), coming, at=at)
    return made


def new_occurrence(series: Series, slot: Slot, *, at: datetime) -> Occurrence:
    """Make one date of a series, with the seats that it has now; in a pause if it is paused then."""
    return Occurrence(
        series_id=series.id,
        original_local_start=slot.original,
        fold=slot.fold,
        local_start=slot.local,
        zone=series.zone,
        minutes=series.minutes,
        starts_at=slot.starts_at,
        ends_at=ends_at(slot.starts_at, series.minutes),
        state=OccurrenceState.PAUSED if is_paused_on(series, slot.local.date()) else OccurrenceState.PLANNED,
        room_seats=series.room_seats,
        online_seats=series.online_seats,
        sequence=0,
        moves=0,
        title="",
        topic="",
        reason="",
        changed_at=at,
    )


def is_paused_on(series: Series, day: date) -> bool:
    """Say whether a series is paused on a day to come."""
    return series.paused_at is not None and (series.paused_until is None or day < series.paused_until)


def _may_host(person_id: int | None, space: Space) -> bool:
    query = select(Membership.id).where(
        Membership.space_id == space.id,
        Membership.person_id == person_id,
        Membership.ended_at.is_(None),
        Membership.role.in_([role for role, powers in POWERS.items() if Can.WRITE_POST in powers]),
    )
    return person_id is not None and db.session.scalar(query.limit(1)) is not None


def _is_item_of(item_id: int | None, space: Space) -> bool:
    query = select(Item.id).where(Item.id == item_id, Item.space_id == space.id, Item.kind == DUTY)
    return item_id is not None and db.session.scalar(query) is not None


def _uid(key: str | None) -> str:
    """Return the name of a series in calendars, which never changes; from the form's key, so that a second press finds it."""
    return f"{uuid.UUID(key) if key else uuid.uuid4()}@baton"
