"""Asking to be let into a space, and the answer."""

from forum.core.db import db, lock
from forum.core.errors import Denied, Missing, RuleBroken
from forum.core.events import announce
from forum.core.time import now
from forum.people.models import Person
from forum.spaces.actions.membership import enter
from forum.spaces.doors import Door, door_for
from forum.spaces.events import AskedToJoin, JoinRequestDecided
from forum.spaces.guard import Here, hold
from forum.spaces.log import record
from forum.spaces.models import JoinRequest, JoinState, LogAudience, Role, Space
from forum.spaces.policy import Can, giveable
from forum.spaces.queries import membership_of
from forum.web.words import _


def ask_to_join(actor: Person, door: Door, *, note: str = "") -> JoinRequest:
    """Ask the organisers to be let in. Twice is once. Use inside `transaction()`. Raises Missing when the door is gone."""
    lock(Space, door.space_id)
    door = door_for(actor, door.slug)
    if door.request is not None and door.is_waiting:
        return door.request
    request = JoinRequest(space_id=door.space_id, person_id=actor.id, note=note, asked_at=now())
    db.session.add(request)
    db.session.flush()
    announce(AskedToJoin(actor_id=actor.id, request_id=request.id))
    return request


def withdraw_request(actor: Person, door: Door) -> None:
    """Take one's own request back. Twice is once. Use inside `transaction()`. Raises RuleBroken when it was answered meanwhile."""
    lock(Space, door.space_id)
    door = door_for(actor, door.slug)
    if door.is_declined:
        raise RuleBroken(_("Your request has been answered already."))
    if door.request is None or not door.is_waiting:
        return
    door.request.state = JoinState.WITHDRAWN
    door.request.decided_at = now()


def accept_request(here: Here, request_id: int, *, role: Role = Role.CHAMPION) -> JoinRequest:
    """Let somebody in. Twice is once. Use inside `transaction()`.

    Raises Missing for a request of another space (A2), Denied for a role that is not to be given this way, RuleBroken when the
    request was answered otherwise meanwhile.
    """
    here, request, person = _asked(here, request_id)
    if request.state is JoinState.ACCEPTED and membership_of(here.space, person) is not None:
        return request
    _still_waits(request)
    if role not in giveable(Role.ORGANISER):
        raise Denied(_("Let people in as champion or reader. A steward can change their role afterwards."))
    if not person.is_active:
        raise RuleBroken(_("The account of %(name)s is not in use.", name=person.name))
    if membership_of(here.space, person) is None:
        enter(here.space, person, role=role, let_in_by=here.actor)
    _decide(here, request, JoinState.ACCEPTED)
    record(
        "accepted request",
        actor=here.actor,
        on_behalf_of=here.on_behalf_of(Can.DECIDE_REQUEST),
        space=here.space,
        person=person,
        role=role.value,
    )
    return request


def decline_request(here: Here, request_id: int, *, answer: str = "") -> JoinRequest:
    """Don't let somebody in, and say why if one likes. Use inside `transaction()`. Raises as `accept_request`."""
    here, request, person = _asked(here, request_id)
    if request.state is JoinState.DECLINED:
        return request
    _still_waits(request)
    request.answer = answer
    _decide(here, request, JoinState.DECLINED)
    record(
        "declined request",
        actor=here.actor,
        on_behalf_of=here.on_behalf_of(Can.DECIDE_REQUEST),
        space=here.space,
        person=person,
        reason=answer,
        audience=LogAudience.ORGANISERS,
    )
    return request


def _asked(here: Here, request_id: int) -> tuple[Here, JoinRequest, Person]:
    here = hold(here, Can.DECIDE_REQUEST)
    request = lock(JoinRequest, request_id)
    if request is None or request.space_id != here.space.id:
        raise Missing
    return here, request, db.session.get_one(Person, request.person_id)


def _still_waits(request: JoinRequest) -> None:
    if request.state is JoinState.WITHDRAWN:
        raise RuleBroken(_("Their request was withdrawn meanwhile."))
    if request.state is not JoinState.WAITING:
        raise RuleBroken(_("Somebody has answered this request already."))


def _decide(here: Here, request: JoinRequest, state: JoinState) -> None:
    request.state = state
    request.decided_at = now()
    request.decided_by_id = here.actor.id
    db.session.flush()
    announce(JoinRequestDecided(actor_id=here.actor.id, request_id=request.id))
