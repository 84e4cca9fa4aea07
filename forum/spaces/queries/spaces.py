"""Reads of spaces themselves: whose they are, the directory, and what admins see of them."""

import enum
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, ScalarSelect, Select, and_, bindparam, exists, func, or_, select
from sqlalchemy.orm import aliased

from forum.core.db import db
from forum.core.prepared import prepared
from forum.core.time import now
from forum.people.models import Person, PersonState
from forum.spaces.models import Cloth, JoinRequest, JoinState, Membership, Role, Space, Visibility
from forum.spaces.queries.suspended import is_suspended


def belongs(actor: Person) -> ColumnElement[bool]:
    """Return the condition on `Membership` that it is `actor`'s and open."""
    return and_(Membership.person_id == actor.id, Membership.ended_at.is_(None))


def spaces_of(actor: Person) -> list[Space]:
    """Return the spaces that `actor` belongs to, by name; archived ones last."""
    return list(db.session.scalars(own_spaces(), {"actor_id": actor.id}))


@prepared
def own_spaces() -> Select[Space]:
    """Build the statement of `spaces_of` once. Execute it with `actor_id`."""
    return (
        select(Space)
        .join(Membership, Membership.space_id == Space.id)
        .where(Membership.person_id == bindparam("actor_id"), Membership.ended_at.is_(None))
        .order_by(Space.archived_at.is_not(None), func.lower(Space.name), Space.id)
    )


def member_count() -> ScalarSelect[int]:
    """Return the number of members of a `Space` in the query around it. Accounts that are closed don't count."""
    member, person = aliased(Membership), aliased(Person)
    return (
        select(func.count(member.id))
        .join(person, person.id == member.person_id)
        .where(member.space_id == Space.id, member.ended_at.is_(None), person.state == PersonState.ACTIVE)
        .correlate(Space)
        .scalar_subquery()
    )


def department_count() -> ScalarSelect[int]:
    """Return the number of departments from which the members of a `Space` in the query around it come."""
    member, person = aliased(Membership), aliased(Person)
    return (
        select(func.count(func.distinct(person.department_id)))
        .select_from(member)
        .join(person, person.id == member.person_id)
        .where(member.space_id == Space.id, member.ended_at.is_(None), person.state == PersonState.ACTIVE)
        .correlate(Space)
        .scalar_subquery()
    )


def team_count(space_id: int) -> int:
    """Return from how many departments the members of a space come, asked for that one alone."""
    return db.session.scalar(select(department_count()).where(Space.id == space_id)) or 0


class Way(enum.StrEnum):
    """How somebody stands to a space in the directory."""

    MINE = "mine"
    OPEN = "open"
    BY_REQUEST = "by request"


@dataclass(frozen=True, kw_only=True)
class Listed:
    """A space in the directory. Of one that is joined by request, strangers learn its name and purpose, and no number."""

    id: int
    name: str
    slug: str
    purpose: str
    cloth: Cloth
    visibility: Visibility
    archived_at: datetime | None
    role: Role | None
    members: int | None
    asked_at: datetime | None
    way: Way


def directory(actor: Person) -> Sequence[Listed]:
    """Return every space that `actor` may know of, by name. One query."""
    membership, waiting = aliased(Membership), aliased(JoinRequest)
    query = (
        select(Space, membership.role, member_count().label("members"), waiting.asked_at)
        .outerjoin(
            membership,
            and_(membership.space_id == Space.id, membership.person_id == actor.id, membership.ended_at.is_(None)),
        )
        .outerjoin(
            waiting,
            and_(waiting.space_id == Space.id, waiting.person_id == actor.id, waiting.state == JoinState.WAITING),
        )
        .where(
            or_(
                membership.id.is_not(None),
                and_(Space.archived_at.is_(None), Space.visibility.in_((Visibility.OPEN, Visibility.BY_REQUEST))),
            )
        )
        .order_by(Space.archived_at.is_not(None), func.lower(Space.name), Space.id)
    )
    return [
        _listed(space, role=role, members=members, asked_at=asked_at)
        for space, role, members, asked_at in db.session.execute(query)
    ]


def _listed(space: Space, *, role: Role | None, members: int, asked_at: datetime | None) -> Listed:
    way = Way.MINE if role else Way.OPEN if space.visibility == Visibility.OPEN else Way.BY_REQUEST
    return Listed(
        id=space.id,
        name=space.name,
        slug=space.slug,
        purpose=space.purpose,
        cloth=space.cloth,
        visibility=space.visibility,
        archived_at=space.archived_at,
        role=role,
        members=None if way is Way.BY_REQUEST else members,
        asked_at=asked_at,
        way=way,
    )


@dataclass(frozen=True, kw_only=True)
class Overseen:
    """What admins see of a space: its name, who looks after it, how many belong to it. Never what stands in it."""

    name: str
    slug: str
    visibility: Visibility
    archived_at: datetime | None
    created_at: datetime
    members: int
    stewards: Sequence[Person]


def all_spaces() -> list[Overseen]:
    """Return every space of the installation for its admins, those without a steward first. Two queries.

    One to which nobody has ever belonged is being restored from an archive, and isn't there yet.
    """
    stewards: dict[int, list[Person]] = {}
    for space_id, person in db.session.execute(
        select(Membership.space_id, Person)
        .join(Person, Person.id == Membership.person_id)
        .where(
            Membership.ended_at.is_(None),
            Membership.role == Role.STEWARD,
            Person.state == PersonState.ACTIVE,
            ~is_suspended(Membership, now()),
        )
        .order_by(Person.name)
    ):
        stewards.setdefault(space_id, []).append(person)
    query = select(
        Space.id,
        Space.name,
        Space.slug,
        Space.visibility,
        Space.archived_at,
        Space.created_at,
        member_count().label("members"),
    ).order_by(func.lower(Space.name), Space.id)
    query = query.where(exists().where(Membership.space_id == Space.id))
    found = [
        Overseen(
            name=row.name,
            slug=row.slug,
            visibility=row.visibility,
            archived_at=row.archived_at,
            created_at=row.created_at,
            members=row.members,
            stewards=stewards.get(row.id, ()),
        )
        for row in db.session.execute(query)
    ]
    return sorted(found, key=lambda space: (bool(space.stewards), space.archived_at is not None))
