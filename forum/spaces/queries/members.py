"""Reads of who belongs to a space, of who asks to, and of who is invited."""

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import BindParameter, Integer, Select, bindparam, case, func, or_, select

from forum.core.db import db
from forum.core.paging import Page, page
from forum.core.prepared import prepared
from forum.core.time import now
from forum.people.models import Department, Person, PersonState
from forum.spaces.models import Invitation, JoinRequest, JoinState, Membership, Role, Space, Suspension
from forum.spaces.policy import KEEPERS, RANK, Can
from forum.spaces.queries.rights import holds
from forum.spaces.queries.suspended import suspends
from forum.spaces.queries.visible import VIEWED_AT

PAGE = 50
MOST_WORDS = 5
Line = tuple[Person, str, Role, datetime, datetime | None]
FIRST_SENTENCE = re.compile(r"(?<=[.?!])\s")


@dataclass(frozen=True, kw_only=True)
class Wanted:
    """Which members are asked for. Text is looked for in names, departments, "ask me about", and in what they hold."""

    text: str = ""
    department_id: int | None = None
    role: Role | None = None
    among: Collection[int] | None = None
    """Only these, by their keys: who is away now."""
    holders: Mapping[str, Collection[int]] = field(default_factory=dict)
    """Who holds something with each of the words in its title, by their keys."""

    @property
    def words(self) -> Sequence[str]:
        """The words of the text, as far as they are looked for."""
        return self.text.split()[:MOST_WORDS]

    @property
    def is_all(self) -> bool:
        """Whether nothing was asked for in particular."""
        return not self.text and self.department_id is None and self.role is None and self.among is None


@dataclass(frozen=True, kw_only=True)
class Member:
    """A line of the members' page."""

    person: Person
    department: str | None
    role: Role
    joined_at: datetime
    suspended_until: datetime | None = None

    @property
    def is_active(self) -> bool:
        """Whether the account may be used."""
        return self.person.is_active

    @property
    def asks(self) -> str:
        """The first sentence of what one may ask them about."""
        return FIRST_SENTENCE.split(" ".join(self.person.about.split()), maxsplit=1)[0]


@dataclass(frozen=True, kw_only=True)
class MembersPage:
    """One page of the members, and how many there are in all."""

    members: Sequence[Member]
    total: int
    page: Page


def members(
    space: Space, wanted: Wanted, *, with_closed: bool = False, wish: str | None = None, size: int = PAGE
) -> MembersPage:
    """Return the page that an address asks for, by name. `with_closed` adds accounts out of use. Two queries."""
    query = _wanted(_of(space, with_closed=with_closed), wanted)
    total = db.session.scalar(select(func.count()).select_from(query.subquery())) or 0
    shown = page(wish, total=total, size=size)
    query = query.order_by(func.lower(Person.name), Person.id).limit(shown.size).offset(shown.before)
    found = [_member(*row) for row in db.session.execute(query)]
    return MembersPage(members=found, total=total, page=shown)


def keepers_of(space: Space) -> list[Member]:
    """Return who looks after a space now, stewards first."""
    rows = db.session.execute(_keepers(), {"space_id": space.id, VIEWED_AT.key: now()})
    return [_member(*row) for row in rows]


@prepared
def _keepers() -> Select[*Line]:
    rank = case({role.value: place for role, place in RANK.items()}, value=Membership.role)
    return (
        _lines(bindparam("space_id", type_=Integer), VIEWED_AT)
        .where(Person.state == PersonState.ACTIVE, Membership.role.in_(KEEPERS), Suspension.until.is_(None))
        .order_by(rank.desc(), func.lower(Person.name), Person.id)
    )


def membership_of(space: Space, person: Person) -> Membership | None:
    """Return the open membership of `person`, read anew."""
    query = select(Membership).where(
        Membership.space_id == space.id, Membership.person_id == person.id, Membership.ended_at.is_(None)
    )
    return db.session.scalars(query.execution_options(populate_existing=True)).one_or_none()


def member_by_handle(space: Space, handle: str) -> Member | None:
    """Return the member with that handle."""
    row = db.session.execute(_of(space, with_closed=True).where(Person.handle == handle)).one_or_none()
    return row and _member(*row)


def former_member(space: Space, handle: str) -> Person | None:
    """Return who had that handle and belonged to the space, and doesn't now."""
    was = select(Membership.id).where(Membership.space_id == space.id, Membership.person_id == Person.id)
    query = select(Person).where(Person.handle == handle, was.exists())
    return db.session.scalar(query.where(~was.where(Membership.ended_at.is_(None)).exists()))


def keys_of_members(space: Space) -> Sequence[int]:
    """Return the keys of all members."""
    query = select(Membership.person_id).where(Membership.space_id == space.id, Membership.ended_at.is_(None))
    return db.session.scalars(query).all()


def departments_of(space: Space) -> list[tuple[int, str]]:
    """Return the departments from which members come, by name, for the filter."""
    query = (
        select(Department.id, Department.name)
        .join(Person, Person.department_id == Department.id)
        .join(Membership, Membership.person_id == Person.id)
        .where(Membership.space_id == space.id, Membership.ended_at.is_(None), Person.state == PersonState.ACTIVE)
        .distinct()
        .order_by(Department.name)
    )
    return [(row.id, row.name) for row in db.session.execute(query)]


def _of(space: Space, *, with_closed: bool) -> Select[*Line]:
    query = _lines(space.id, now())
    return query if with_closed else query.where(Person.state == PersonState.ACTIVE)


def _lines(space_id: int | BindParameter[int], at: datetime | BindParameter[datetime]) -> Select[*Line]:
    return (
        select(Person, Department.name, Membership.role, Membership.joined_at, Suspension.until)
        .join(Membership, Membership.person_id == Person.id)
        .outerjoin(Department, Department.id == Person.department_id)
        .outerjoin(Suspension, suspends(space_id, Person.id, at))
        .where(Membership.space_id == space_id, Membership.ended_at.is_(None))
    )


def _wanted(query: Select[*Line], wanted: Wanted) -> Select[*Line]:
    for word in wanted.words:
        said = (column.icontains(word, autoescape=True) for column in (Person.name, Department.name, Person.about))
        query = query.where(or_(*said, Person.id.in_(wanted.holders.get(word, ()))))
    if wanted.department_id is not None:
        query = query.where(Person.department_id == wanted.department_id)
    if wanted.role is not None:
        query = query.where(Membership.role == wanted.role)
    if wanted.among is not None:
        query = query.where(Person.id.in_(wanted.among))
    return query


def _member(
    person: Person, department: str | None, role: Role, joined_at: datetime, suspended_until: datetime | None
) -> Member:
    return Member(person=person, department=department, role=role, joined_at=joined_at, suspended_until=suspended_until)


@dataclass(frozen=True, kw_only=True)
class Asking:
    """Somebody who asks to join."""

    request_id: int
    person: Person
    department: str | None
    note: str
    asked_at: datetime


def asking(space: Space) -> list[Asking]:
    """Return who waits to be let in, the longest first. One query."""
    query = (
        select(JoinRequest, Person, Department.name)
        .join(Person, Person.id == JoinRequest.person_id)
        .outerjoin(Department, Department.id == Person.department_id)
        .where(
            JoinRequest.space_id == space.id,
            JoinRequest.state == JoinState.WAITING,
            Person.state == PersonState.ACTIVE,
        )
        .order_by(JoinRequest.asked_at, JoinRequest.id)
    )
    return [
        Asking(request_id=found.id, person=person, department=name, note=found.note, asked_at=found.asked_at)
        for found, person, name in db.session.execute(query)
    ]


def how_many_ask(space: Space) -> int:
    """Return how many people wait to be let in."""
    query = (
        select(func.count(JoinRequest.id))
        .join(Person, Person.id == JoinRequest.person_id)
        .where(
            JoinRequest.space_id == space.id,
            JoinRequest.state == JoinState.WAITING,
            Person.state == PersonState.ACTIVE,
        )
    )
    return db.session.scalar(query) or 0


def latest_request(space: Space, person: Person) -> JoinRequest | None:
    """Return the newest request of `person` to join, whatever became of it."""
    query = (
        select(JoinRequest)
        .where(JoinRequest.space_id == space.id, JoinRequest.person_id == person.id)
        .order_by(JoinRequest.id.desc())
        .limit(1)
    )
    return db.session.scalars(query.execution_options(populate_existing=True)).one_or_none()


@dataclass(frozen=True, kw_only=True)
class Invited:
    """An invitation that is still open. `works` is False while who wrote it may not invite: it opens nothing then."""

    id: int
    address: str | None
    role: Role
    uses_left: int
    created_at: datetime
    expires_at: datetime
    mailed_at: datetime | None
    label: str
    invited_by: Person
    works: bool


def open_invitations(space: Space, *, at: datetime) -> Sequence[Invited]:
    """Return the invitations that are not used up, revoked or over, the newest first. One query."""
    query = (
        select(Invitation, Person, holds(space, Can.INVITE_MEMBER, at=at).label("works"))
        .join(Person, Person.id == Invitation.invited_by_id)
        .where(
            Invitation.space_id == space.id,
            Invitation.revoked_at.is_(None),
            Invitation.uses_left > 0,
            Invitation.expires_at > at,
        )
        .order_by(Invitation.id.desc())
    )
    return [
        Invited(
            id=found.id,
            address=found.address,
            role=found.role,
            uses_left=found.uses_left,
            created_at=found.created_at,
            expires_at=found.expires_at,
            mailed_at=found.mailed_at,
            label=found.label,
            invited_by=inviter,
            works=works,
        )
        for found, inviter, works in db.session.execute(query)
    ]


def has_invitation(space: Space, invitation_id: int) -> bool:
    """Say whether an invitation is one of this space's."""
    query = select(Invitation.id).where(Invitation.id == invitation_id, Invitation.space_id == space.id)
    return db.session.scalar(query) is not None


def person_named(person_id: int) -> str:
    """Return a person's name."""
    return db.session.get_one(Person, person_id).name
