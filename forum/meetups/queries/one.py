"""One date: who comes, and what the reader said."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import select

from forum.core.db import db
from forum.meetups.models import COMES, Answer, Mode, Occurrence, Rsvp, Series, StandingRsvp
from forum.meetups.seats import has_room
from forum.people.models import Department, Person, PersonState
from forum.spaces.models import Membership, Role, Space
from forum.spaces.policy import POWERS, Can


@dataclass(frozen=True, kw_only=True)
class Comer:
    """Somebody on a list of a date."""

    person: Person
    department: str | None
    rsvp: Rsvp


@dataclass(frozen=True, kw_only=True)
class Coming:
    """Who said what of one date: who has a seat in the order in which they said so, who waits in the order of the line."""

    room: Sequence[Comer] = ()
    online: Sequence[Comer] = ()
    waiting: Sequence[Comer] = ()
    maybe: Sequence[Comer] = ()
    declined: int = 0
    mine: Rsvp | None = field(default=None)

    def is_full(self, occurrence: Occurrence, mode: Mode) -> bool:
        """Whether who wants to take part like this waits: all seats are taken, or others wait for one already."""
        seated = self.room if mode is Mode.ROOM else self.online
        others_wait = any(one.rsvp.mode is mode for one in self.waiting)
        return others_wait or not has_room(taken=range(len(seated)), capacity=occurrence.seats(mode))

    @property
    def line(self) -> int:
        """The reader's place in the line, from 1 on, among those who wait for the same; 0 without one."""
        if self.mine is None:
            return 0
        same = [one.rsvp.person_id for one in self.waiting if one.rsvp.mode is self.mine.mode]
        return same.index(self.mine.person_id) + 1 if self.mine.person_id in same else 0


def coming_of(occurrence: Occurrence, viewer: Person) -> Coming:
    """Return who said what of a date. Who can't come is only counted."""
    rows = db.session.execute(
        select(Rsvp, Person, Department.name)
        .join(Person, Person.id == Rsvp.person_id)
        .outerjoin(Department, Department.id == Person.department_id)
        .where(Rsvp.occurrence_id == occurrence.id)
        .order_by(Rsvp.mode, Rsvp.wait_pos, Rsvp.seat_no, Rsvp.at)
    ).all()
    them = [Comer(person=person, department=department, rsvp=rsvp) for rsvp, person, department in rows]
    going = [one for one in them if one.rsvp.status is Answer.GOING]
    return Coming(
        room=[one for one in going if one.rsvp.mode is Mode.ROOM],
        online=[one for one in going if one.rsvp.mode is Mode.ONLINE],
        waiting=[one for one in them if one.rsvp.status is Answer.WAITING],
        maybe=[one for one in them if one.rsvp.status is Answer.MAYBE],
        declined=sum(one.rsvp.status is Answer.NO for one in them),
        mine=next((one.rsvp for one in them if one.person.id == viewer.id), None),
    )


def own_answer(occurrence: Occurrence, viewer: Person) -> Rsvp | None:
    """Return what somebody said of a date."""
    return db.session.get(Rsvp, (occurrence.id, viewer.id))


def standing_of(series: Series, viewer: Person) -> StandingRsvp | None:
    """Return somebody's standing RSVP."""
    return db.session.get(StandingRsvp, (series.id, viewer.id))


def members_of(space: Space, *, writers: bool = False) -> list[tuple[int, str]]:
    """Return the members by name; or only those who may write, who can host a meetup."""
    roles = [role for role in Role if not writers or Can.WRITE_POST in POWERS[role]]
    rows = db.session.execute(
        select(Person.id, Person.name)
        .join(Membership, Membership.person_id == Person.id)
        .where(Membership.space_id == space.id, Membership.ended_at.is_(None), Person.state == PersonState.ACTIVE)
        .where(Membership.role.in_(roles))
        .order_by(Person.name, Person.id)
    )
    return [(person_id, name) for person_id, name in rows]


def first_to_come(series: Series, *, at: datetime) -> Occurrence | None:
    """Return the next date of a series in the order of its rule, whether it takes place or not."""
    return db.session.scalar(
        select(Occurrence)
        .where(Occurrence.series_id == series.id, Occurrence.starts_at > at)
        .order_by(Occurrence.original_local_start)
        .limit(1)
    )


def followers_of(series_id: int, *, at: datetime) -> Sequence[int]:
    """Return who comes to any date of a series to come, waits or might, whether it takes place or not; and who comes every time."""
    single = (
        select(Rsvp.person_id)
        .join(Occurrence, Occurrence.id == Rsvp.occurrence_id)
        .where(Occurrence.series_id == series_id, Rsvp.status.in_(COMES), Occurrence.ends_at > at)
    )
    always = select(StandingRsvp.person_id).where(StandingRsvp.series_id == series_id)
    return sorted({*db.session.scalars(single), *db.session.scalars(always)})


def goes_on_in(series: Series) -> int | None:
    """Return the key of the meetup that goes on from this one."""
    return db.session.scalar(select(Series.id).where(Series.continues_id == series.id))
