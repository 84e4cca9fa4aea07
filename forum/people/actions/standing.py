"""What an account may do on the installation: suspended or not, admin or not. Never about spaces."""

from sqlalchemy import select

from forum.core.db import db, lock
from forum.core.errors import Missing, RuleBroken
from forum.people import links, neighbours, sessions
from forum.people.models import LinkPurpose, Person, PersonState
from forum.web.words import _


def suspend(actor: Person, *, person: Person, reason: str = "") -> None:
    """Shut an account at once: sessions end and links stop; what the person wrote stays. Use inside `transaction()`."""
    if person.id == actor.id:
        raise RuleBroken(_("You can’t suspend your own account. Ask another admin."))
    admins = hold_admins(acting=actor)
    person = held(person)
    if person.state != PersonState.ACTIVE:
        return
    leave_one(admins, person=person)
    person.state = PersonState.SUSPENDED
    sessions.end_all(person)
    links.void_all(person)
    links.void_of(person, LinkPurpose.UNDO_ADDRESS)
    neighbours.ask().record("suspended account", actor=actor, person=person, reason=reason)


def restore(actor: Person, *, person: Person) -> None:
    """Open a suspended account again. Use inside `transaction()`."""
    hold_admins(acting=actor)
    person = held(person)
    if person.state == PersonState.SUSPENDED:
        person.state = PersonState.ACTIVE
        neighbours.ask().record("restored account", actor=actor, person=person)


def make_admin(person: Person, *, actor: Person | None = None) -> None:
    """Let `person` look after the installation; the first admin is made by nobody. Use inside `transaction()`."""
    hold_admins(acting=actor)
    person = held(person)
    if person.state != PersonState.ACTIVE:
        raise RuleBroken(_("This account is suspended. Restore it first."))
    if not person.is_admin:
        person.is_admin = True
        neighbours.ask().record("made admin", actor=actor, person=person)


def take_admin(actor: Person, *, person: Person) -> None:
    """End a person's looking after the installation; somebody must be left who does. Use inside `transaction()`."""
    admins = hold_admins(acting=actor)
    person = held(person)
    if person.is_admin:
        leave_one(admins, person=person)
        person.is_admin = False
        neighbours.ask().record("took admin away", actor=actor, person=person)


def held(person: Person) -> Person:
    """Return `person` as they are now, held until the transaction ends."""
    found = lock(Person, person.id)
    if found is None:
        raise Missing
    return found


def hold_admins(*, acting: Person | None) -> set[int]:
    """Return the ids of active admins, held until the transaction ends: of two who take it from each other the second is refused.

    Raises Missing when `acting` is none of them any more. Nobody acts where there is no admin yet, and on the command line.
    """
    found = set(
        db.session.scalars(
            select(Person.id)
            .where(Person.is_admin, Person.state == PersonState.ACTIVE)
            .order_by(Person.id)
            .with_for_update(key_share=True)
        )
    )
    if acting is not None and acting.id not in found:
        raise Missing
    return found


def leave_one(admins: set[int], *, person: Person) -> None:
    """Raise RuleBroken when nobody but `person` would look after the installation: who closes their account doesn't count."""
    staying = select(Person.id).where(Person.id.in_(admins), Person.closes_at.is_(None))
    if not set(db.session.scalars(staying)) - {person.id} and person.id in admins:
        raise RuleBroken(_("%(name)s is the only admin. Make somebody else an admin first.", name=person.name))
