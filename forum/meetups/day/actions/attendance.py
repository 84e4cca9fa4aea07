"""Who was there: ticked by who leads the meetup, or said by oneself. A list is only changed where it was changed."""

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import delete, select

from forum.core.db import db, insert
from forum.core.time import now
from forum.meetups.day.access import hold_date, hold_led, require_begun
from forum.meetups.day.models import Attendance
from forum.people.models import Person, PersonState
from forum.spaces.guard import Here
from forum.spaces.models import Membership
from forum.spaces.policy import Can


def say_there(here: Here, series_id: int, occurrence_id: int, *, is_there: bool, at: datetime | None = None) -> None:
    """Say that one was there, or wasn't after all. Twice is once. Raises Missing, Denied, RuleBroken before it begins."""
    here, _item, _series, one = hold_date(here, series_id, occurrence_id, power=Can.TURN_UP)
    at = at or now()
    require_begun(one, has_begun=one.starts_at <= at)
    _set(one.id, there=[here.actor.id] if is_there else [], away=[] if is_there else [here.actor.id], by=here, at=at)


def keep_list(
    here: Here,
    series_id: int,
    occurrence_id: int,
    *,
    ticked: Collection[int],
    before: Collection[int],
    at: datetime | None = None,
) -> int:
    """Note who was there. `before`: who was ticked on the page that was changed, so that what others said meanwhile stays.

    Only members count, and whoever was on the list already. Returns how many were there. Raises Missing, Denied, RuleBroken.
    """
    here, _item, one = hold_led(here, series_id, occurrence_id)
    at = at or now()
    require_begun(one, has_begun=one.starts_at <= at)
    new = set(ticked) - set(before)
    members = db.session.scalars(
        select(Person.id)
        .join(Membership, Membership.person_id == Person.id)
        .where(
            Membership.space_id == here.space.id,
            Membership.ended_at.is_(None),
            Person.state == PersonState.ACTIVE,
            Person.id.in_(new),
        )
    )
    _set(one.id, there=sorted(members), away=sorted(set(before) - set(ticked)), by=here, at=at)
    return len(db.session.scalars(select(Attendance.person_id).where(Attendance.occurrence_id == one.id)).all())


def _set(occurrence_id: int, *, there: Collection[int], away: Collection[int], by: Here, at: datetime) -> None:
    rows = [{"occurrence_id": occurrence_id, "person_id": one, "noted_by_id": by.actor.id, "at": at} for one in there]
    if rows:
        db.session.execute(insert(Attendance).on_conflict_do_nothing(), rows)
    db.session.execute(
        delete(Attendance)
        .where(Attendance.occurrence_id == occurrence_id, Attendance.person_id.in_(list(away)))
        .execution_options(synchronize_session="fetch")
    )
