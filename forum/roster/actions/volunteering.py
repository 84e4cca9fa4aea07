"""Putting oneself forward for a duty, and what an organiser says to it. Each runs inside `transaction()`."""

from datetime import datetime

from sqlalchemy import select

from forum.core.db import db, lock
from forum.core.errors import Missing, RuleBroken
from forum.core.events import announce
from forum.core.text import one_line
from forum.core.time import local, now
from forum.people.models import Person
from forum.roster.access import hold_duty
from forum.roster.actions.appointing import Gone, give, offered_of, require_offerable
from forum.roster.events import VolunteerAnswered, VolunteerCame
from forum.roster.models import Duty, Holding, Place, Volunteer, VolunteerState
from forum.roster.queries.book import who_holds
from forum.spaces.guard import Here
from forum.spaces.log import record
from forum.spaces.models import REASON_LENGTH
from forum.spaces.policy import Can
from forum.web.words import _


def why_not_forward(duty: Duty, *, at: datetime) -> str:
    """Return "" when one can put oneself forward for a duty: it is nobody's. Else why not."""
    if duty.ended_on is not None:
        return _("This duty has ended.")
    if duty.rotates:
        return _("This duty goes round. Ask an organiser for a place in the order.")
    if who_holds(duty.id, at).owner_id is not None:
        return _("Somebody holds this duty.")
    return ""


def put_forward(here: Here, duty: Duty, *, note: str = "", at: datetime | None = None) -> Volunteer:
    """Put oneself forward for a vacant duty. Twice is once. Raises Missing, Denied, RuleBroken."""
    at = at or now()
    lock(Person, here.actor.id)
    here, duty, item = hold_duty(here, duty.id, power=Can.VOLUNTEER)
    waiting = waiting_of(duty.id, here.actor.id)
    if waiting is not None:
        return waiting
    if why := why_not_forward(duty, at=at):
        raise RuleBroken(why)
    volunteer = Volunteer(duty_id=duty.id, person_id=here.actor.id, note=one_line(note)[:REASON_LENGTH], at=at)
    db.session.add(volunteer)
    db.session.flush()
    announce(VolunteerCame(actor_id=here.actor.id, item_id=item.id, volunteer_id=volunteer.id))
    return volunteer


def take_back(here: Here, volunteer: Volunteer, *, at: datetime | None = None) -> None:
    """Put oneself forward no longer. Twice is once. Raises Missing for anybody else's, Gone when it was answered."""
    here, _duty, _item = hold_duty(here, volunteer.duty_id, power=Can.SEE_ROSTER)
    held = lock(Volunteer, volunteer.id)
    if held is None or held.person_id != here.actor.id:
        raise Missing
    if held.state is VolunteerState.WITHDRAWN:
        return
    _require_waiting(held)
    held.state, held.answered_at = VolunteerState.WITHDRAWN, at or now()


def agree(here: Here, volunteer: Volunteer, *, at: datetime | None = None) -> None:
    """Let a volunteer have the duty from today on: they asked for it, so nothing has to be accepted. Twice is once.

    Raises Missing, Denied, Gone, RuleBroken when it isn't vacant any more, or they can't hold a duty here.
    """
    at = at or now()
    person = lock(Person, volunteer.person_id)
    here, duty, item = hold_duty(here, volunteer.duty_id, power=Can.KEEP_ROSTER)
    held = lock(Volunteer, volunteer.id)
    if held is None or person is None:
        raise Missing
    if held.state is VolunteerState.AGREED:
        return
    _require_waiting(held)
    if why := why_not_forward(duty, at=at):
        raise RuleBroken(why)
    today = local(at, here.space.zone).date()
    day = max(today, duty.first_day)
    require_offerable(here, duty, person, place=Place.HOLDER, day=day)
    if offered_of(duty.id, Place.HOLDER) is not None:
        raise RuleBroken(_("Somebody else is asked to take it on. Take that back first."))
    holding = Holding(
        duty_id=duty.id,
        person_id=person.id,
        place=Place.HOLDER,
        from_day=day,
        offered_by_id=here.actor.id,
        offered_at=at,
    )
    db.session.add(holding)
    db.session.flush()
    _answer(here, held, VolunteerState.AGREED, at=at)
    give(duty, holding, actor_id=here.actor.id, today=today, at=at)
    record("agreed volunteer", actor=here.actor, space=here.space, item=item, person=person, at=at)


def decline(here: Here, volunteer: Volunteer, *, answer: str = "", at: datetime | None = None) -> None:
    """Say no to a volunteer, who is told kindly. Twice is once. Raises Missing, Denied, Gone."""
    here, _duty, _item = hold_duty(here, volunteer.duty_id, power=Can.KEEP_ROSTER)
    held = lock(Volunteer, volunteer.id)
    if held is None:
        raise Missing
    if held.state is VolunteerState.DECLINED:
        return
    _require_waiting(held)
    held.answer = one_line(answer)[:REASON_LENGTH]
    _answer(here, held, VolunteerState.DECLINED, at=at or now())


def _answer(here: Here, held: Volunteer, state: VolunteerState, *, at: datetime) -> None:
    held.state, held.answered_at, held.answered_by_id = state, at, here.actor.id
    if held.person_id != here.actor.id:
        announce(VolunteerAnswered(actor_id=here.actor.id, item_id=held.duty_id, volunteer_id=held.id))


def waiting_of(duty_id: int, person_id: int) -> Volunteer | None:
    """Return what somebody put themselves forward with, while nobody has answered."""
    return db.session.scalar(
        select(Volunteer).where(
            Volunteer.duty_id == duty_id,
            Volunteer.person_id == person_id,
            Volunteer.state == VolunteerState.WAITING,
        )
    )


def _require_waiting(volunteer: Volunteer) -> None:
    if volunteer.state is not VolunteerState.WAITING:
        raise Gone(_("This isn’t waiting for an answer any more."))
