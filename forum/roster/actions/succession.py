"""Finding the next champion of a department: its colleagues are asked, its sponsor is told. Each runs inside `transaction()`."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import select

from forum.core.db import db, insert
from forum.core.errors import RuleBroken
from forum.core.events import announce
from forum.core.time import now
from forum.people.models import Person, PersonState
from forum.roster.access import hold_duty
from forum.roster.actions.seats import require_seat
from forum.roster.actions.volunteering import why_not_forward
from forum.roster.events import SeatCalled
from forum.roster.models import Duty, SeatCall, Volunteer, VolunteerState
from forum.spaces.actions.invitations import MOST_AT_ONCE, how_many_new, invite_addresses
from forum.spaces.guard import Here
from forum.spaces.log import record
from forum.spaces.models import Membership
from forum.spaces.policy import Can
from forum.web.words import _

AGAIN_AFTER = timedelta(days=60)
"""So long nobody is asked about the same seat again."""


def call(here: Here, duty: Duty, *, at: datetime | None = None) -> int:
    """Ask colleagues of a vacant seat's department whether they would take it; who isn't in the space is invited to it, too.

    Whom was asked lately isn't asked again, so a second press asks nobody. Returns how many were asked.
    Raises Missing when the duty is no seat, Denied, RuleBroken when it isn't vacant or nobody is left to ask.
    """
    at = at or now()
    here, duty, item = hold_duty(here, duty.id, power=Can.KEEP_ROSTER)
    require_seat(duty)
    if why := why_not_forward(duty, at=at):
        raise RuleBroken(why)
    people = colleagues(duty, at=at)[:MOST_AT_ONCE]
    if not people:
        if _asked_at(duty, at):
            return 0
        raise RuleBroken(_("Nobody else of this department has an account here. Invite somebody by address."))
    _invite(here, people)
    for person in people:
        made = insert(SeatCall).values(duty_id=duty.id, person_id=person.id, asked_by_id=here.actor.id, at=at)
        db.session.execute(
            made.on_conflict_do_update(
                index_elements=[SeatCall.duty_id, SeatCall.person_id],
                set_={"asked_by_id": made.excluded.asked_by_id, "at": made.excluded.at},
            )
        )
    record("asked department", actor=here.actor, space=here.space, item=item, at=at)
    announce(SeatCalled(actor_id=here.actor.id, item_id=item.id, person_ids=tuple(one.id for one in people)))
    return len(people)


def colleagues(duty: Duty, *, at: datetime) -> list[Person]:
    """Return who of a seat's department can be asked: with an account in use, not asked lately, not put forward already."""
    lately = select(SeatCall.person_id).where(SeatCall.duty_id == duty.id, SeatCall.at > at - AGAIN_AFTER)
    forward = select(Volunteer.person_id).where(Volunteer.duty_id == duty.id, Volunteer.state == VolunteerState.WAITING)
    query = select(Person).where(
        Person.department_id == duty.department_id,
        Person.state == PersonState.ACTIVE,
        Person.closes_at.is_(None),
        Person.email.is_not(None),
        Person.id.not_in(lately),
        Person.id.not_in(forward),
    )
    return list(db.session.scalars(query.order_by(Person.name, Person.id)))


def _asked_at(duty: Duty, at: datetime) -> bool:
    query = select(SeatCall.person_id).where(SeatCall.duty_id == duty.id, SeatCall.at > at - AGAIN_AFTER)
    return db.session.scalar(query.limit(1)) is not None


def _invite(here: Here, people: Sequence[Person]) -> None:
    """Invite to the space who isn't in it and has no invitation yet."""
    inside = set(
        db.session.scalars(
            select(Membership.person_id).where(Membership.space_id == here.space.id, Membership.ended_at.is_(None))
        )
    )
    addresses = [one.email for one in people if one.email and one.id not in inside]
    if how_many_new(here.space, addresses):
        invite_addresses(here, addresses=addresses)
