"""Cover given and taken over a year, as counts of half-days: each person their own, organisers all of a space."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import ColumnElement, Select, and_, func, or_, select

from forum.core.db import db
from forum.core.time import today
from forum.people.models import Person, PersonState
from forum.roster.models import CoverRequest, CoverSlot
from forum.spaces.guard import Here
from forum.spaces.models import Item, Membership

A_YEAR = timedelta(days=365)


@dataclass(frozen=True, kw_only=True)
class Balance:
    """How many half-days somebody covered for others, and others for them, in the last year up to today."""

    given: int
    taken: int
    person: Person | None = None

    @property
    def given_days(self) -> str:
        """In days, with a half where there is one."""
        return _days(self.given)

    @property
    def taken_days(self) -> str:
        """Likewise."""
        return _days(self.taken)


def _days(halves: int) -> str:
    return f"{halves // 2}½" if halves % 2 else str(halves // 2)


def balance_of(person: Person) -> Balance:
    """Return somebody's own, in all of their spaces: one query."""
    last = today(person.zone)
    row = db.session.execute(
        select(
            func.count().filter(CoverSlot.person_id == person.id),
            func.count().filter(CoverRequest.away_id == person.id),
        )
        .select_from(CoverSlot)
        .join(CoverRequest, CoverRequest.id == CoverSlot.request_id)
        .where(
            or_(CoverSlot.person_id == person.id, CoverRequest.away_id == person.id),
            CoverSlot.day.between(last - A_YEAR, last),
        )
    ).one()
    return Balance(given=row[0], taken=row[1])


def balances_in(here: Here) -> Sequence[Balance]:
    """Return those of all members who gave or took, who gave most first: two queries. For organisers."""
    last = today(here.space.zone)
    when = CoverSlot.day.between(last - A_YEAR, last)
    given = {row[0]: row[1] for row in db.session.execute(_counted(CoverSlot.person_id, here, when))}
    taken = {row[0]: row[1] for row in db.session.execute(_counted(CoverRequest.away_id, here, when))}
    people = db.session.scalars(
        select(Person)
        .join(Membership, and_(Membership.person_id == Person.id, Membership.ended_at.is_(None)))
        .where(
            Membership.space_id == here.space.id,
            Person.id.in_({*given, *taken} - {None}),
            Person.state == PersonState.ACTIVE,
        )
        .order_by(Person.name, Person.id)
    )
    found = [Balance(given=given.get(one.id, 0), taken=taken.get(one.id, 0), person=one) for one in people]
    return sorted(found, key=lambda one: -one.given)


def _counted(by: object, here: Here, when: ColumnElement[bool]) -> Select[int, int]:
    column: ColumnElement[int] = by  # type: ignore[assignment]  # a column of either table
    return (
        select(column, func.count())
        .select_from(CoverSlot)
        .join(CoverRequest, CoverRequest.id == CoverSlot.request_id)
        .join(Item, Item.id == CoverSlot.duty_id)
        .where(Item.space_id == here.space.id, when)
        .group_by(column)
    )
