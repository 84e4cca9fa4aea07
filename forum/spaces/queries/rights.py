"""Who holds which power in a space: by their role, or because it is lent to them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, Select, and_, bindparam, exists, or_, select
from sqlalchemy.orm import aliased

from forum.core.db import db
from forum.core.prepared import prepared
from forum.core.time import now
from forum.people.models import Person, PersonState
from forum.spaces.models import Grant, Membership, Role, Space
from forum.spaces.policy import LENDABLE, POWERS, Can
from forum.spaces.queries.suspended import is_suspended
from forum.spaces.queries.visible import VIEWED_AT, VIEWER, holds_now, is_in_force, viewing


@dataclass(frozen=True)
class Lent:
    """A power that somebody holds for somebody else, in the whole space or (`item_id`) over one item."""

    power: Can
    item_id: int | None
    giver: Person


def lent_to(actor: Person, space: Space, *, at: datetime) -> list[Lent]:
    """Return what is lent to `actor` in `space` at `at`, and never more than each giver holds now (D5)."""
    rows = db.session.execute(_lent(), {"space_id": space.id, **viewing(actor, at)})
    return [Lent(Can(row.power), row.item_id, row.Person) for row in rows]


@prepared
def _lent() -> Select[str, int | None, Person]:
    """Build the statement of `lent_to` once: it is asked on every page of a space."""
    giver = aliased(Membership)
    return (
        select(Grant.power, Grant.item_id, Person)
        .join(
            giver, and_(giver.space_id == Grant.space_id, giver.person_id == Grant.giver_id, giver.ended_at.is_(None))
        )
        .join(Person, Person.id == Grant.giver_id)
        .where(
            Grant.space_id == bindparam("space_id"),
            Grant.person_id == VIEWER,
            Person.state == PersonState.ACTIVE,
            is_in_force(VIEWED_AT),
            holds_now(giver, VIEWED_AT),
        )
        .order_by(Grant.id)
    )


def holders_of(space: Space, power: Can, *, at: datetime) -> list[Person]:
    """Return who may use `power` in all of `space` at `at`, by role or by a grant; by name. Nobody in an archived space."""
    if space.archived_at is not None:
        return []
    found = db.session.scalars(select(Person).where(holds(space, power, at=at)))
    return sorted(found, key=lambda person: person.name.casefold())


def is_holder(person: Person, space: Space, power: Can, *, at: datetime) -> bool:
    """Say whether `person` is one of `holders_of`."""
    if space.archived_at is not None:
        return False
    query = select(Person.id).where(Person.id == person.id, holds(space, power, at=at))
    return db.session.scalar(query) is not None


def holds(space: Space, power: Can, *, at: datetime) -> ColumnElement[bool]:
    """Return the condition on `Person` that they may use `power` in all of `space` at `at`, unless that is archived."""
    roles = [role for role in Role if power in POWERS[role]]
    member = exists().where(
        Membership.space_id == space.id,
        Membership.person_id == Person.id,
        Membership.ended_at.is_(None),
        ~is_suspended(Membership, at),
    )
    by_role = member.where(Membership.role.in_(roles))
    has_it = or_(by_role, and_(member, _takes(space, power, at=at))) if power in LENDABLE else by_role
    return and_(Person.state == PersonState.ACTIVE, has_it)


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
        holds_now(giver, at),
    )


def stewards_of(space_id: int) -> Sequence[Person]:
    """Return the stewards who can act: accounts in use, not suspended here; by name. An empty list is a vacancy (A4)."""
    return db.session.scalars(
        select(Person)
        .join(Membership, Membership.person_id == Person.id)
        .where(
            Membership.space_id == space_id,
            Membership.ended_at.is_(None),
            Membership.role == Role.STEWARD,
            Person.state == PersonState.ACTIVE,
            ~is_suspended(Membership, now()),
        )
        .order_by(Person.name)
    ).all()
