"""The champions' seats by department: held, deputised, endorsed, vacant; and who put themselves forward."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select

from forum.core.db import db
from forum.core.time import now
from forum.people.models import Department, Person, PersonState
from forum.people.queries import open_departments
from forum.roster.actions.succession import AGAIN_AFTER, colleagues
from forum.roster.actions.volunteering import why_not_forward
from forum.roster.models import Duty, DutyKind, Endorsement, SeatCall, Volunteer, VolunteerState
from forum.roster.queries.duties import DutyLine, duties_of
from forum.spaces.guard import Here
from forum.spaces.models import Item, Membership
from forum.spaces.queries import Member, keepers_of, viewing, visible_to_viewer


@dataclass(frozen=True, kw_only=True)
class Seat:
    """A department's seat: None as `line` while there is none."""

    department: Department
    line: DutyLine | None
    given: Endorsement | None = None
    asked: Endorsement | None = None

    @property
    def is_vacant(self) -> bool:
        """Whether nobody's name stands on it."""
        return self.line is None or (self.line.held.is_gap and self.line.owner is None)

    @property
    def is_uncovered(self) -> bool:
        """Whether whose it is is away, and nobody stands in."""
        return self.line is not None and self.line.held.is_gap and self.line.owner is not None

    @property
    def ask(self) -> Person | None:
        """Who does it now, also for somebody else; None: ask who looks after the space."""
        return self.line.holder if self.line is not None else None


@dataclass(frozen=True, kw_only=True)
class Coverage:
    """Every department with its seats, how many of its people are members, and whom to ask where nobody has one."""

    seats: Sequence[Seat]
    members: Mapping[int, int]
    keepers: Sequence[Member]

    @property
    def departments(self) -> int:
        """How many departments there are."""
        return len({seat.department.id for seat in self.seats})

    @property
    def held(self) -> int:
        """How many have a champion, also one who is away."""
        return len({seat.department.id for seat in self.seats if not seat.is_vacant})

    @property
    def deputised(self) -> int:
        """How many have a deputy."""
        return len({seat.department.id for seat in self.seats if seat.line is not None and seat.line.deputy})

    @property
    def vacant(self) -> int:
        """How many have a seat, and nobody on it."""
        return len({seat.department.id for seat in self.seats if seat.line is not None}) - self.held

    @property
    def without(self) -> int:
        """How many have no seat at all."""
        return sum(seat.line is None for seat in self.seats)

    @property
    def uncovered(self) -> int:
        """How many have a champion who is away, and nobody stands in."""
        return len({seat.department.id for seat in self.seats if seat.is_uncovered})


@dataclass(frozen=True, kw_only=True)
class Forward:
    """Somebody who put themselves forward."""

    volunteer: Volunteer
    person: Person
    title: str
    ref: str


def coverage_of(here: Here) -> Coverage:
    """Return how the departments are covered: ten queries, whatever the number of departments and members."""
    counted = db.session.execute(
        select(Person.department_id, func.count())
        .join(Membership, Membership.person_id == Person.id)
        .where(Membership.space_id == here.space.id, Membership.ended_at.is_(None), Person.state == PersonState.ACTIVE)
        .group_by(Person.department_id)
    )
    members = {department_id: number for department_id, number in counted if department_id is not None}
    return Coverage(seats=seats_of(here), members=members, keepers=keepers_of(here.space))


def seats_of(here: Here) -> list[Seat]:
    """Return the seats that the person sees, department by department; departments without one too. As many queries for all."""
    lines = {line.id: line for line in duties_of(here).current if line.kind is DutyKind.SEAT}
    of = {
        row.id: row.department_id
        for row in db.session.execute(select(Duty.id, Duty.department_id).where(Duty.id.in_(lines)))
    }
    given, asked = endorsements_of(list(lines), at=now())
    seats = []
    for department in open_departments():
        mine = [lines[key] for key, of_department in of.items() if of_department == department.id]
        if not mine:
            seats.append(Seat(department=department, line=None))
        seats.extend(
            Seat(department=department, line=line, given=given.get(line.id), asked=asked.get(line.id))
            for line in sorted(mine, key=lambda one: one.id)
        )
    return seats


def endorsements_of(duty_ids: Sequence[int], *, at: datetime) -> tuple[dict[int, Endorsement], dict[int, Endorsement]]:
    """Return the newest endorsement of each seat, and what its sponsor is asked and can answer still."""
    given, asked = {}, {}
    rows = db.session.scalars(
        select(Endorsement)
        .where(Endorsement.duty_id.in_(duty_ids), Endorsement.withdrawn_at.is_(None))
        .order_by(Endorsement.asked_at, Endorsement.id)
    )
    for row in rows:
        if row.given_at is not None:
            given[row.duty_id] = row
        elif row.declined_at is None and row.expires_at > at:
            asked[row.duty_id] = row
    return given, asked


def forward_of(here: Here, *, duty: Duty | None = None) -> list[Forward]:
    """Return who put themselves forward and waits for an answer, the longest first; for one duty, or all that one sees."""
    only = (Duty.id == duty.id,) if duty is not None else ()
    rows = db.session.execute(
        select(Volunteer, Person, Item.title, Item.ref)
        .join(Person, Person.id == Volunteer.person_id)
        .join(Duty, Duty.id == Volunteer.duty_id)
        .join(Item, Item.id == Duty.id)
        .where(
            Item.space_id == here.space.id,
            Volunteer.state == VolunteerState.WAITING,
            Duty.ended_on.is_(None),
            visible_to_viewer(),
            *only,
        )
        .order_by(Volunteer.at, Volunteer.id),
        viewing(here.actor, now()),
    )
    return [Forward(volunteer=row.Volunteer, person=row.Person, title=row.title, ref=row.ref) for row in rows]


@dataclass(frozen=True, kw_only=True)
class Call:
    """Whom of a vacant seat's department an organiser can ask, and whom they asked lately."""

    department: str
    members: Sequence[Person]
    others: int
    """How many have an account, and aren't in the space."""
    asked: int
    last_at: datetime | None


def call_of(here: Here, duty: Duty) -> Call | None:
    """Return whom to ask about a seat: None when it is no vacant seat. Who isn't a member is counted, not named."""
    at = now()
    if duty.kind is not DutyKind.SEAT or why_not_forward(duty, at=at):
        return None
    people = colleagues(duty, at=at)
    inside = set(
        db.session.scalars(
            select(Membership.person_id).where(
                Membership.space_id == here.space.id,
                Membership.ended_at.is_(None),
                Membership.person_id.in_([one.id for one in people]),
            )
        )
    )
    asked = db.session.scalars(
        select(SeatCall.at).where(SeatCall.duty_id == duty.id, SeatCall.at > at - AGAIN_AFTER)
    ).all()
    return Call(
        department=db.session.get_one(Department, duty.department_id).name,
        members=[one for one in people if one.id in inside],
        others=sum(one.id not in inside for one in people),
        asked=len(asked),
        last_at=max(asked, default=None),
    )
