"""The last day: set, moved, taken back (D7). What is left behind is in `leaving_kit.py`. Each runs inside `transaction()`."""

from datetime import date, datetime, timedelta

from sqlalchemy import select

from forum.core.db import db
from forum.core.errors import Denied, Invalid, Missing, RuleBroken
from forum.core.events import announce
from forum.core.time import end_of_day, local, now
from forum.people.actions import closing
from forum.people.models import Person
from forum.roster.access import lock_people
from forum.roster.actions.leaving_kit import rows_of, sync
from forum.roster.actions.passing import coming_of
from forum.roster.actions.settling import settle_left
from forum.roster.events import HandoverMoved, LeavingFiled
from forum.roster.models import (
    Handover,
    HandoverState,
    Holding,
    HoldingState,
    Leaving,
    LeavingState,
    Place,
)
from forum.spaces.actions.membership import why_not_remove
from forum.spaces.guard import Here, hold
from forum.spaces.log import record
from forum.spaces.models import Role, Space
from forum.spaces.policy import Can
from forum.spaces.queries import membership_of, stewards_of
from forum.web.words import _

LONGEST = timedelta(days=366)
A_DAY = timedelta(days=1)


def file_own(person: Person, *, last_day: date, at: datetime | None = None) -> Leaving:
    """Set one's own last day, or another one: the account closes after it. Twice is once. Raises Invalid, RuleBroken.

    A last day in one space, which an organiser set, is corrected and stays of that space: nobody closes their account by that.
    """
    at = at or now()
    _require_day(last_day, today=local(at, person.zone).date())
    lock_people([person.id])
    leaving = coming_of(person.id)
    if leaving is not None and leaving.last_day == last_day:
        return leaving
    if leaving is not None and leaving.space_id is not None:
        _move(leaving, last_day)
        _settle(leaving, person, at=at)
        space = db.session.get_one(Space, leaving.space_id)
        record("set last day", actor=person, space=space, person=person, at=at, day=last_day.isoformat())
        return leaving
    ends = end_of_day(last_day, person.zone)
    if not closing.ask_to_close(person, person=person, at=ends):
        db.session.get_one(Person, person.id).closes_at = ends
    if leaving is None:
        leaving = Leaving(person_id=person.id, last_day=last_day, filed_by_id=person.id, filed_at=at)
        db.session.add(leaving)
        db.session.flush()
    else:
        leaving.filed_by_id = person.id
        _move(leaving, last_day)
    _settle(leaving, person, at=at)
    return leaving


def file_for(here: Here, person: Person, *, last_day: date, at: datetime | None = None) -> Leaving:
    """Set somebody's last day in this space: their membership ends after it, and they are told now. Twice is once.

    By whoever may remove them. Raises Missing, Denied, Invalid for `last_day`, RuleBroken when they have set one themselves.
    """
    at = at or now()
    lock_people([here.actor.id, person.id])
    here = hold(here, Can.KEEP_ROSTER)
    _require_removable(here, person)
    _require_day(last_day, today=local(at, here.space.zone).date())
    leaving = coming_of(person.id)
    if leaving is not None and leaving.space_id != here.space.id:
        raise RuleBroken(_("%(name)s has a last day already. Ask them about another one.", name=person.name))
    if leaving is not None and leaving.last_day == last_day:
        return leaving
    if leaving is None:
        leaving = Leaving(
            person_id=person.id,
            space_id=here.space.id,
            last_day=last_day,
            filed_by_id=here.actor.id,
            filed_at=at,
            version=1,
        )
        db.session.add(leaving)
        db.session.flush()
    else:
        _move(leaving, last_day)
    _settle(leaving, person, at=at)
    day = last_day.isoformat()
    record("set last day", actor=here.actor, space=here.space, person=person, at=at, day=day)
    announce(LeavingFiled(actor_id=here.actor.id, leaving_id=leaving.id, last_day=day, version=leaving.version))
    return leaving


def _settle(leaving: Leaving, person: Person, *, at: datetime) -> None:
    """Bring the kit, and what is asked for and promised, in line with the last day."""
    sync(leaving, at=at)
    settle_left(person, leaving.space_id, at=at)


def _require_removable(here: Here, person: Person) -> None:
    membership = membership_of(here.space, person)
    if membership is None:
        raise Missing
    if why := why_not_remove(here, person, role=membership.role):
        raise Denied(why)
    if membership.role is Role.STEWARD and all(one.id == person.id for one in stewards_of(here.space.id)):
        raise RuleBroken(_("%(name)s is the only steward here. Make somebody else a steward first.", name=person.name))


def _require_day(day: date, *, today: date) -> None:
    if day < today:
        raise Invalid({"last_day": [_("That day has passed. Choose today or a later one.")]})
    if day > today + LONGEST:
        raise Invalid({"last_day": [_("That is more than a year ahead. Choose an earlier day.")]})


def _move(leaving: Leaving, last_day: date) -> None:
    """Let another day be the last. What is offered, and what was accepted for the day after, comes with it."""
    old, leaving.last_day, leaving.version = leaving.last_day + A_DAY, last_day, leaving.version + 1
    day = last_day + A_DAY
    passing = select(Handover).where(
        Handover.giver_id == leaving.person_id,
        Handover.day == old,
        Handover.state.in_((HandoverState.DRAFT, HandoverState.OFFERED, HandoverState.ACCEPTED)),
    )
    for handover in db.session.scalars(passing).all():
        handover.day, handover.version = day, handover.version + 1
        if handover.state is HandoverState.ACCEPTED and _move_holding(handover, old, day):
            announce(
                HandoverMoved(
                    actor_id=leaving.person_id,
                    item_id=handover.duty_id,
                    handover_id=handover.id,
                    day=day.isoformat(),
                    version=handover.version,
                )
            )
    db.session.flush()


def _move_holding(handover: Handover, old: date, day: date) -> bool:
    rows = db.session.scalars(
        select(Holding).where(
            Holding.duty_id == handover.duty_id,
            Holding.place == Place.HOLDER,
            Holding.state == HoldingState.ACCEPTED,
        )
    ).all()
    before = [one for one in rows if one.person_id == handover.giver_id and one.until_day == old]
    after = [one for one in rows if one.person_id == handover.taker_id and one.from_day == old]
    for one in after:
        one.from_day = day
        if one.until_day is not None and one.until_day < day:
            one.until_day = day
    for one in before:
        one.until_day = max(day, one.from_day)
    return bool(after)


def take_back(person: Person, *, at: datetime | None = None) -> bool:
    """Stay after all. What colleagues accepted stays theirs: nothing returns by itself (D7). False when nothing was set."""
    at = at or now()
    lock_people([person.id])
    leaving = coming_of(person.id)
    if leaving is None:
        return False
    if leaving.space_id is None and not closing.take_back(person, person=person):
        return False
    stop(leaving, at=at)
    return True


def take_back_for(here: Here, person: Person, *, at: datetime | None = None) -> None:
    """Let somebody stay in this space after all; twice is once. Raises Missing, Denied, RuleBroken when they set it themselves."""
    at = at or now()
    lock_people([here.actor.id, person.id])
    here = hold(here, Can.KEEP_ROSTER)
    leaving = coming_of(person.id)
    if leaving is None:
        return
    if leaving.space_id != here.space.id:
        raise RuleBroken(_("%(name)s set the last day. Only they take it back.", name=person.name))
    _require_removable(here, person)
    stop(leaving, at=at)
    record("took back last day", actor=here.actor, space=here.space, person=person, at=at)
    announce(LeavingFiled(actor_id=here.actor.id, leaving_id=leaving.id))


def stop(leaving: Leaving, *, at: datetime) -> None:
    """Let a leaving not come: what was offered and not answered isn't offered any more."""
    leaving.ended_at, leaving.is_taken_back = at, True
    for row in rows_of(leaving).values():
        if row.state is LeavingState.OFFERED:
            row.state, row.successor_id = LeavingState.OPEN, None
    waiting = select(Handover).where(
        Handover.giver_id == leaving.person_id,
        Handover.day == leaving.last_day + A_DAY,
        Handover.state == HandoverState.OFFERED,
    )
    for handover in db.session.scalars(waiting):
        handover.state = HandoverState.WITHDRAWN
    db.session.flush()
    settle_left(db.session.get_one(Person, leaving.person_id), leaving.space_id, at=at)
