"""The duties of a space as a list, and all that stands on the page of one."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy import ColumnElement, and_, case, select

from forum.core.db import db
from forum.core.halves import SECOND, Span, half_at, half_of
from forum.core.time import local, now
from forum.people.models import Department, Person, PersonState
from forum.roster.models import CoverRequest, Criticality, Duty, DutyKind, DutyLink, Holding, HoldingState, Place
from forum.roster.queries.book import book_of
from forum.roster.who import Held, Run
from forum.spaces.guard import Here
from forum.spaces.models import Item, Membership, Role
from forum.spaces.policy import POWERS, Can
from forum.spaces.queries import viewing, visible_to_viewer
from forum.spaces.queries.visible import is_for_member

AHEAD = timedelta(weeks=12)
"""How far ahead the list looks for gaps."""


@dataclass(frozen=True, kw_only=True)
class DutyLine:
    """A duty as the list shows it: who holds it now, the deputy, and the next time at which nobody does."""

    id: int
    ref: str
    title: str
    kind: DutyKind
    often: str
    criticality: Criticality
    department: str | None
    rotates: bool
    is_ended: bool
    held: Held
    holder: Person | None
    owner: Person | None
    deputy: Person | None
    gap: Run | None
    gap_goes_on: bool
    """It lasts as far as is looked ahead: there is no day yet on which it ends."""

    @property
    def is_vacant(self) -> bool:
        """Whether it is nobody's now."""
        return self.held.is_gap and self.owner is None


@dataclass(frozen=True, kw_only=True)
class Duties:
    """The list, what is most critical first, and those that are over."""

    current: Sequence[DutyLine]
    over: Sequence[DutyLine]

    @property
    def vacant(self) -> int:
        """How many are nobody's now."""
        return sum(line.is_vacant for line in self.current)

    @property
    def gaps(self) -> int:
        """How many of the others have a gap ahead."""
        return sum(line.gap is not None and not line.is_vacant for line in self.current)


def duties_of(here: Here) -> Duties:
    """Return all duties of a space that the person sees: five queries, whatever the number."""
    at = now()
    rank = case({one.value: place for place, one in enumerate(Criticality)}, value=Duty.criticality)
    rows = db.session.execute(
        select(Item.id, Item.ref, Item.title, Duty, Department.name)
        .join(Duty, Duty.id == Item.id)
        .outerjoin(Department, Department.id == Duty.department_id)
        .where(Item.space_id == here.space.id, visible_to_viewer())
        .order_by(rank.desc(), Item.title, Item.id),
        viewing(here.actor, at),
    ).all()
    today = local(at, here.space.zone).date()
    book = book_of(Item.space_id == here.space.id, today - timedelta(days=1), today + AHEAD)
    span = Span.of_days(today, today + AHEAD)
    held = {row.id: book.at(row.id, at) for row in rows if row.id in book.duties}
    people = _people(
        {person_id for one in held.values() for person_id in (one.person_id, one.owner_id)}
        | {book.duties[key].deputy_on(today) for key in held}
    )
    gaps = {key: next(iter(book.gaps(key, span, now=at)), None) for key in held}
    lines = [
        DutyLine(
            id=row.id,
            ref=row.ref,
            title=row.title,
            kind=row.Duty.kind,
            often=row.Duty.often,
            criticality=row.Duty.criticality,
            department=row.name,
            rotates=row.Duty.rotates,
            is_ended=_is_over(row.Duty, today),
            held=held[row.id],
            holder=people.get(held[row.id].person_id),
            owner=people.get(held[row.id].owner_id),
            deputy=people.get(book.duties[row.id].deputy_on(today)),
            gap=gaps[row.id],
            gap_goes_on=(gap := gaps[row.id]) is not None and gap.span.last == span.last,
        )
        for row in rows
        if row.id in held
    ]
    return Duties(current=[line for line in lines if not line.is_ended], over=[line for line in lines if line.is_ended])


def _is_over(duty: Duty, today: date) -> bool:
    is_ended = duty.ended_on is not None and duty.ended_on <= today
    return is_ended or (duty.last_day is not None and duty.last_day < today)


def _people(ids: Collection[int | None]) -> dict[int | None, Person]:
    known = [key for key in ids if key is not None]
    return {person.id: person for person in db.session.scalars(select(Person).where(Person.id.in_(known)))}


@dataclass(frozen=True, kw_only=True)
class PassportLine:
    """Somebody's time with a duty, or an offer that waits."""

    holding: Holding
    person: Person


@dataclass(frozen=True, kw_only=True)
class DutyShown:
    """What stands on a duty's page."""

    department: str | None
    links: Sequence[DutyLink]
    held: Held
    holder: Person | None
    owner: Person | None
    deputy: Person | None
    runs: Sequence[tuple[Run, Person | None, Person | None]]
    covers: Mapping[int, str]
    """By the keys of requests that are covered in `runs`, where they are found."""
    order: Sequence[Person]
    passport: Sequence[PassportLine]
    offers: Sequence[PassportLine]
    holding: Holding | None
    deputising: Holding | None


def shown(here: Here, duty: Duty) -> DutyShown:
    """Return what stands on the page of a duty that was let through: who holds it for the next weeks, and who did before."""
    at = now()
    today = local(at, here.space.zone).date()
    book = book_of(Duty.id == duty.id, today - timedelta(days=1), today + AHEAD)
    runs = book.runs(
        duty.id,
        Span(half_at(at, zone=here.space.zone, midday=here.space.midday), half_of(today + AHEAD, SECOND)),
        now=at,
    )
    lines = _passport(duty)
    deputy_id = book.duties[duty.id].deputy_on(today)
    held = book.at(duty.id, at)
    people = _people({deputy_id, *_in(runs), *book.duties[duty.id].turns.values()})
    return DutyShown(
        department=db.session.scalar(select(Department.name).where(Department.id == duty.department_id)),
        links=db.session.scalars(select(DutyLink).where(DutyLink.duty_id == duty.id).order_by(DutyLink.place)).all(),
        held=held,
        holder=people.get(held.person_id),
        owner=people.get(held.owner_id),
        deputy=people.get(deputy_id),
        runs=[(run, people.get(run.held.person_id), people.get(run.held.owner_id)) for run in runs],
        covers=_covers(runs),
        order=[
            people[person_id] for _place, person_id in sorted(book.duties[duty.id].turns.items()) if person_id in people
        ],
        passport=[line for line in lines if line.holding.state is HoldingState.ACCEPTED and line.holding.lasts],
        offers=[line for line in lines if line.holding.state is HoldingState.OFFERED],
        holding=_current(lines, Place.HOLDER),
        deputising=_current(lines, Place.DEPUTY),
    )


def _in(runs: Sequence[Run]) -> set[int | None]:
    return {person_id for run in runs for person_id in (run.held.person_id, run.held.owner_id)}


def _covers(runs: Sequence[Run]) -> dict[int, str]:
    keys = {run.held.request_id for run in runs if run.held.request_id is not None}
    rows = (
        db.session.execute(select(CoverRequest.id, CoverRequest.ref).where(CoverRequest.id.in_(keys))) if keys else ()
    )
    return {row.id: row.ref for row in rows}


def _passport(duty: Duty) -> list[PassportLine]:
    rows = db.session.execute(
        select(Holding, Person)
        .join(Person, Person.id == Holding.person_id)
        .where(Holding.duty_id == duty.id, Holding.state.in_((HoldingState.ACCEPTED, HoldingState.OFFERED)))
        .order_by(Holding.from_day.desc(), Holding.id.desc())
    )
    return [PassportLine(holding=holding, person=person) for holding, person in rows]


def _current(lines: Sequence[PassportLine], place: Place) -> Holding | None:
    return next(
        (
            line.holding
            for line in lines
            if line.holding.place is place
            and line.holding.state is HoldingState.ACCEPTED
            and line.holding.until_day is None
        ),
        None,
    )


def who_may_hold(here: Here, duty_id: int | None = None) -> Sequence[Person]:
    """Return the members who can be asked to hold or cover something here, by name; of one duty, those who see it (A3)."""
    roles = [role for role in Role if Can.TAKE_DUTY in POWERS[role]]
    if duty_id is None:
        return members_by_name(here, roles)
    return members_by_name(here, roles, is_for_member(db.session.get_one(Item, duty_id), now()))


def members_by_name(here: Here, roles: Sequence[Role] = tuple(Role), *where: ColumnElement[bool]) -> Sequence[Person]:
    """Return the members with one of the roles whose account is in use, and for whom `where` holds too."""
    return db.session.scalars(
        select(Person)
        .join(Membership, and_(Membership.person_id == Person.id, Membership.ended_at.is_(None)))
        .where(Membership.space_id == here.space.id, Membership.role.in_(roles), Person.state == PersonState.ACTIVE)
        .where(*where)
        .order_by(Person.name, Person.id)
    ).all()
