"""Who was there, what the minutes say, what was decided."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import and_, or_, select
from sqlalchemy.orm import aliased

from forum.core.db import db
from forum.core.time import now
from forum.meetups.day.models import Attendance, Decision, Minutes, MinutesVersion
from forum.meetups.models import Answer, Occurrence, Rsvp
from forum.people.models import Department, Person, PersonState
from forum.spaces.guard import Here
from forum.spaces.models import Item, Membership, Space
from forum.spaces.queries import visible_items

PAGE = 20


@dataclass(frozen=True, kw_only=True)
class There:
    """Somebody who was there."""

    person: Person
    department: str | None
    said_it: bool
    """They said so themselves."""


@dataclass(frozen=True, kw_only=True)
class Written:
    """The minutes as they are read now, with who wrote the latest version."""

    minutes: Minutes
    latest: MinutesVersion
    author: Person | None


@dataclass(frozen=True, kw_only=True)
class Decided:
    """A decision in the list of its space."""

    decision: Decision
    one: Occurrence
    ref: str
    series_title: str

    @property
    def title(self) -> str:
        """What the meetup was called on that day."""
        return self.one.title or self.series_title


def attendance_of(occurrence_id: int) -> Sequence[There]:
    """Return who was there, by name."""
    rows = db.session.execute(
        select(Attendance, Person, Department.name)
        .join(Person, Person.id == Attendance.person_id)
        .outerjoin(Department, Department.id == Person.department_id)
        .where(Attendance.occurrence_id == occurrence_id)
        .order_by(Person.name, Person.id)
    )
    return [
        There(person=person, department=department, said_it=row.noted_by_id == person.id)
        for row, person, department in rows
    ]


def minutes_of(occurrence_id: int) -> Written | None:
    """Return the minutes of a date in their latest version. Whether the reader may see them is for the caller: `is_published`."""
    row = db.session.execute(
        select(Minutes, MinutesVersion, Person)
        .join(
            MinutesVersion,
            and_(MinutesVersion.occurrence_id == Minutes.occurrence_id, MinutesVersion.version == Minutes.version),
        )
        .outerjoin(Person, Person.id == MinutesVersion.author_id)
        .where(Minutes.occurrence_id == occurrence_id)
        .execution_options(populate_existing=True)
    ).one_or_none()
    return Written(minutes=row[0], latest=row[1], author=row[2]) if row else None


def versions_of(occurrence_id: int, *, first: int, most: int) -> Sequence[tuple[MinutesVersion, str | None]]:
    """Return versions from `first` on with who wrote them, the latest first."""
    rows = db.session.execute(
        select(MinutesVersion, Person.name)
        .outerjoin(Person, Person.id == MinutesVersion.author_id)
        .where(MinutesVersion.occurrence_id == occurrence_id, MinutesVersion.version >= first)
        .order_by(MinutesVersion.version.desc())
        .limit(most)
    )
    return [(version, name) for version, name in rows]


def decisions_of(occurrence_id: int) -> Sequence[Decision]:
    """Return what was decided on a date and still stands, in order."""
    query = select(Decision).where(Decision.occurrence_id == occurrence_id, Decision.removed_at.is_(None))
    return db.session.scalars(query.order_by(Decision.id)).all()


def decisions_in(here: Here, *, before: int | None = None, size: int = PAGE) -> Sequence[Decided]:
    """Return the decisions of a space that everybody reads with published minutes, the latest first; one more than `size`."""
    own = aliased(Item)
    query = (
        select(Decision, Occurrence, Item.ref, Item.title)
        .join(Occurrence, Occurrence.id == Decision.occurrence_id)
        .join(Item, Item.id == Occurrence.series_id)
        .join(Minutes, Minutes.occurrence_id == Occurrence.id)
        .join(own, own.id == Minutes.item_id)
        .where(Item.space_id == here.space.id, Decision.removed_at.is_(None), visible_items(here.actor, now()))
        .order_by(Decision.id.desc())
        .limit(size + 1)
    )
    if before is not None:
        query = query.where(Decision.id < before)
    return [
        Decided(decision=decision, one=one, ref=ref, series_title=title)
        for decision, one, ref, title in db.session.execute(query)
    ]


@dataclass(frozen=True, kw_only=True)
class ToTick:
    """Somebody on the list of who may have been there."""

    person: Person
    department: str | None
    had_answered: bool
    """They had said that they come, or might."""
    is_there: bool


def listed_for(space: Space, occurrence_id: int) -> tuple[Sequence[ToTick], Sequence[ToTick]]:
    """Return who may have been there, by name: who had said that they come or is noted already, and the other members."""
    coming = and_(Rsvp.occurrence_id == occurrence_id, Rsvp.person_id == Person.id, Rsvp.status != Answer.NO)
    noted = and_(Attendance.occurrence_id == occurrence_id, Attendance.person_id == Person.id)
    belongs = and_(Membership.space_id == space.id, Membership.person_id == Person.id, Membership.ended_at.is_(None))
    rows = db.session.execute(
        select(Person, Department.name, Rsvp.status, Attendance.at)
        .outerjoin(Membership, belongs)
        .outerjoin(Department, Department.id == Person.department_id)
        .outerjoin(Rsvp, coming)
        .outerjoin(Attendance, noted)
        .where(or_(and_(Membership.id.is_not(None), Person.state == PersonState.ACTIVE), Attendance.at.is_not(None)))
        .order_by(Person.name, Person.id)
    )
    found = [
        ToTick(person=person, department=name, had_answered=status is not None, is_there=at is not None)
        for person, name, status, at in rows
    ]
    first = [one for one in found if one.had_answered or one.is_there]
    return first, [one for one in found if not (one.had_answered or one.is_there)]
