"""Somebody's absences, and who is away in a space."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta

from sqlalchemy import and_, select

from forum.core.db import db
from forum.core.halves import MIDDAY, SECOND, Half, Span, begins, half_at, half_of, part_of
from forum.core.time import local, now
from forum.people.models import Person, PersonState
from forum.roster.daytime import EVENING
from forum.roster.models import Absence, Seen
from forum.spaces.guard import Here
from forum.spaces.models import Membership
from forum.spaces.policy import Can

SOON = timedelta(weeks=4)
A_DAY = timedelta(days=1)
MOST_PAST = 10


@dataclass(frozen=True, kw_only=True)
class MyAbsences:
    """What is or lies ahead, the soonest first; what is over, the latest first."""

    ahead: Sequence[Absence]
    over: Sequence[Absence]


def absences_of(person: Person) -> MyAbsences:
    """Return somebody's absences. One that was taken back before it began isn't there."""
    at = now()
    today = half_of(local(at, person.zone).date())
    rows = db.session.scalars(
        select(Absence)
        .where(Absence.person_id == person.id)
        .order_by(Absence.start_day, Absence.start_half, Absence.id)
    ).all()
    real = [one for one in rows if not was_undone(one, person.zone)]
    ahead = [one for one in real if one.returned_at is None and one.span.last >= today]
    kept = {one.id for one in ahead}
    return MyAbsences(ahead=ahead, over=[one for one in reversed(real) if one.id not in kept][:MOST_PAST])


def was_undone(absence: Absence, zone: str) -> bool:
    """Whether an absence was taken back before it began, so that nothing is left of it."""
    return absence.returned_at is not None and absence.returned_at <= begins(absence.span.first, zone=zone)


def span_taken(absence: Absence, zone: str) -> Span:
    """Return on which half-days somebody was away, or will be: as planned, or until they were back (in an evening, after all of it)."""
    if absence.returned_at is None or was_undone(absence, zone):
        return absence.span
    last = min(absence.span.last, last_half_before(absence.returned_at, zone=zone))
    return Span(absence.span.first, max(absence.span.first, last))


def last_half_before(back: datetime, *, zone: str, midday: time = MIDDAY) -> Half:
    """Return the last half-day on which somebody was away who is back at a moment: in an evening, that of the same day."""
    half = half_at(back, zone=zone, midday=midday)
    is_whole = part_of(half) == SECOND and local(back, zone).time() >= EVENING
    return half if is_whole else Half(half - 1)


def usual_seen(person: Person) -> Seen:
    """Return to whom somebody's being away was told the last time, as they chose it; for what others note for them."""
    last = select(Absence.seen).where(Absence.person_id == person.id).order_by(Absence.id.desc()).limit(1)
    return db.session.scalar(last) or Seen.MEMBERS


def is_own_slip(here: Here, absence: Absence) -> bool:
    """Whether somebody noted an absence here for another, so that they may take it back."""
    is_theirs = absence.filed_by_id == here.actor.id and absence.filed_in_id == here.space.id
    return is_theirs and absence.person_id != here.actor.id


@dataclass(frozen=True, kw_only=True)
class AwayHere:
    """That a member is away, now or soon."""

    person: Person
    absence: Absence
    is_now: bool
    may_take_back: bool
    """Whether the reader noted it, and nobody has corrected it since."""


def hushed_in(here: Here) -> frozenset[int]:
    """Return of whom the reader isn't told here that they are away: one query."""
    return frozenset() if here.is_keeper else hushed_for(here.actor, here.space.id)


class Hushed:
    """Whose being away the reader may not be told of: they said so to organisers only. Asked of the database when first needed."""

    def __init__(self, here: Here) -> None:
        """For somebody as they stand in a space."""
        self._here = here
        self._found: frozenset[int] | None = None

    def __contains__(self, person_id: object) -> bool:
        """Whether nothing is said of this person's absence."""
        if self._found is None:
            self._found = hushed_in(self._here)
        return person_id in self._found


def hushed_for(reader: Person, space_id: int) -> frozenset[int]:
    """Return the members of a space whose absence, now or ahead, is for organisers only: one query."""
    members = select(Membership.person_id).where(Membership.space_id == space_id, Membership.ended_at.is_(None))
    rows = db.session.scalars(
        select(Absence.person_id).where(
            Absence.seen == Seen.ORGANISERS,
            Absence.end_day >= now().date() - A_DAY,
            Absence.person_id != reader.id,
            Absence.person_id.in_(members),
        )
    )
    return frozenset(rows)


def away_in(here: Here) -> list[AwayHere]:
    """Return which members are away now or soon, as far as the person may know, in one query."""
    at = now()
    current = half_at(at, zone=here.space.zone, midday=here.space.midday)
    today = local(at, here.space.zone).date()
    rows = db.session.execute(
        select(Absence, Person)
        .join(Person, Person.id == Absence.person_id)
        .join(Membership, and_(Membership.person_id == Person.id, Membership.ended_at.is_(None)))
        .where(
            Membership.space_id == here.space.id,
            Person.state == PersonState.ACTIVE,
            Absence.returned_at.is_(None),
            Absence.end_day >= today,
            Absence.start_day <= today + SOON,
        )
        .order_by(Absence.start_day, Absence.start_half, Person.name)
    )
    return [
        AwayHere(
            person=person,
            absence=absence,
            is_now=current in absence.span,
            may_take_back=here.may(Can.KEEP_ROSTER) and absence.version == 1 and is_own_slip(here, absence),
        )
        for absence, person in rows
        if absence.span.last >= current
        and (absence.seen is Seen.MEMBERS or here.is_keeper or person.id == here.actor.id)
    ]


def away_on(here: Here, span: Span) -> Mapping[int, Collection[Span]]:
    """Return which members are away on some half-days, and when, as far as the person may know. For members only."""
    if not here.may(Can.SEE_ROSTER):
        return {}
    rows = db.session.scalars(
        select(Absence)
        .join(Membership, and_(Membership.person_id == Absence.person_id, Membership.ended_at.is_(None)))
        .where(
            Membership.space_id == here.space.id,
            Absence.returned_at.is_(None),
            Absence.end_day >= span.first_day,
            Absence.start_day <= span.last_day,
        )
        .order_by(Absence.start_day, Absence.id)
    )
    found: dict[int, list[Span]] = {}
    for one in rows:
        if one.seen is Seen.MEMBERS or here.is_keeper or one.person_id == here.actor.id:
            found.setdefault(one.person_id, []).append(one.span)
    return found
