"""Who holds which power in a space: by their role, or because it is lent to them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, and_, exists, select
from sqlalchemy.orm import aliased

from forum.core.db import db
from forum.people.models import Person, PersonState
from forum.spaces.models import Grant, Membership, Role, Space
from forum.spaces.policy import LENDABLE, POWERS, Can
from forum.spaces.queries.visible import holds_now, is_in_force


@dataclass(frozen=True)
class Lent:
    """A power that somebody holds for somebody else, in the whole space or (`item_id`) over one item."""

    power: Can
    item_id: int | None
    giver: Person


def lent_to(actor: Person, space: Space, *, at: datetime) -> list[Lent]:
    """Return what is lent to `actor` in `space` at `at`, and never more than each giver holds now (D5)."""
    giver = aliased(Membership)
    rows = db.session.execute(
        select(Grant.power, Grant.item_id, Person)
        .join(
            giver, and_(giver.space_id == Grant.space_id, giver.person_id == Grant.giver_id, giver.ended_at.is_(None))
        )
        .join(Person, Person.id == Grant.giver_id)
        .where(
            Grant.space_id == space.id,
            Grant.person_id == actor.id,
            Person.state == PersonState.ACTIVE,
            is_in_force(at),
            holds_now(giver),
        )
        .order_by(Grant.id)
    )
    return [Lent(Can(row.power), row.item_id, row.Person) for row in rows]


def holders_of(space: Space, power: Can, *, at: datetime) -> list[Person]:
    """Return who may use `power` in all of `space` at `at`, by role or by a grant; by name. Nobody in an archived space."""
    if space.archived_at is not None:
        return []
    roles = [role for role in Role if power in POWERS[role]]
    member = and_(Membership.space_id == space.id, Membership.ended_at.is_(None))
    people = select(Person).join(Membership, Membership.person_id == Person.id).where(member)
    active = people.where(Person.state == PersonState.ACTIVE)
    found = {person.id: person for person in db.session.scalars(active.where(Membership.role.in_(roles)))}
    if power in LENDABLE:
        found |= {person.id: person for person in db.session.scalars(active.where(_takes(space, power, at=at)))}
    return sorted(found.values(), key=lambda person: person.name.casefold())


def _takes(space: Space, power: Can, *, at: datetime) -> ColumnElement[bool]:
    """Return the condition on `Person` that `power` is lent to them in all of `space`."""
    giver, giving = aliased(Membership), aliased(Person)
    return exists().where(
        Grant.person_id == Person.id,
        Grant.space_id == space.id,
        Grant.item_id.is_(None),
        Grant.power == power.value,
        is_in_force(at),
        giver.space_id == Grant.space_id,
        giver.person_id == Grant.giver_id,
        giver.ended_at.is_(None),
        giving.id == Grant.giver_id,
        giving.state == PersonState.ACTIVE,
        holds_now(giver),
    )


def stewards_of(space_id: int) -> Sequence[Person]:
    """Return the stewards whose accounts may be used, by name. An empty list is a vacancy (A4)."""
    return db.session.scalars(
        select(Person)
        .join(Membership, Membership.person_id == Person.id)
        .where(
            Membership.space_id == space_id,
            Membership.ended_at.is_(None),
            Membership.role == Role.STEWARD,
            Person.state == PersonState.ACTIVE,
        )
        .order_by(Person.name)
    ).all()
