"""What taking absences over from a calendar would do: whose they are, and what is noted already. For the preview, and for doing it."""

import enum
import json
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select

from forum.core.db import db
from forum.core.halves import Half, Span, half_of
from forum.core.time import local
from forum.people.models import Person, PersonState
from forum.roster.models import Absence, AbsencePlan
from forum.spaces.models import Membership, Space


@dataclass(frozen=True)
class Line:
    """An absence of a plan."""

    person_id: int
    uid: str
    span: Span


@dataclass(frozen=True)
class Stranger:
    """Somebody in the calendar who is no member here, and how often they are away."""

    address: str
    times: int


@dataclass(frozen=True)
class Planned:
    """What was read from a calendar: absences of members, who is no member, and how many events weren't used, by why."""

    lines: Sequence[Line]
    strangers: Sequence[Stranger]
    unused: Mapping[str, int]


class Outcome(enum.StrEnum):
    """What becomes of a line."""

    NEW = "new"
    PART = "part"
    """A part of it is noted already; the rest is."""
    MOVED = "moved"
    """It came from a calendar before, and is at another time now."""
    KNOWN = "known"
    """It is noted already."""
    CHANGED = "changed"
    """It came from a calendar before, was changed here since, and stays so."""


@dataclass(frozen=True)
class Fate:
    """What becomes of a line: which spans are noted, or to where `own` moves."""

    outcome: Outcome
    spans: Sequence[Span] = ()
    own: Absence | None = None


def written(planned: Planned) -> str:
    """Return a plan as its row holds it."""
    return json.dumps(
        {
            "lines": [[one.person_id, one.uid, one.span.first, one.span.last] for one in planned.lines],
            "strangers": [[one.address, one.times] for one in planned.strangers],
            "unused": dict(planned.unused),
        }
    )


def read_plan(plan: AbsencePlan) -> Planned:
    """Return what a plan holds; nothing once it was taken over."""
    held = json.loads(plan.lines or "{}")
    return Planned(
        lines=[Line(key, uid, Span(Half(first), Half(last))) for key, uid, first, last in held.get("lines", ())],
        strangers=[Stranger(*one) for one in held.get("strangers", ())],
        unused=held.get("unused", {}),
    )


def plan_of(person: Person, space: Space, ref: str) -> AbsencePlan | None:
    """Return a plan of one's own in a space."""
    if not ref.isprintable():
        return None
    return db.session.scalar(
        select(AbsencePlan).where(
            AbsencePlan.ref == ref, AbsencePlan.person_id == person.id, AbsencePlan.space_id == space.id
        )
    )


def members_by_address(space: Space) -> dict[str, int]:
    """Return the keys of a space's members by their addresses."""
    rows = db.session.execute(
        select(Person.email, Person.id)
        .join(Membership, Membership.person_id == Person.id)
        .where(
            Membership.space_id == space.id,
            Membership.ended_at.is_(None),
            Person.state == PersonState.ACTIVE,
            Person.email.is_not(None),
        )
    )
    return {str(row.email).casefold(): row.id for row in rows}


def joined(lines: Iterable[Line]) -> list[Line]:
    """Return lines with those of one person that overlap or touch made one, under the name of the first."""
    found: list[Line] = []
    for line in sorted(lines, key=lambda one: (one.person_id, one.span.first, -one.span.last, one.uid)):
        before = found[-1] if found else None
        if before and before.person_id == line.person_id and line.span.first <= before.span.last + 1:
            found[-1] = Line(
                before.person_id, before.uid, Span(before.span.first, max(before.span.last, line.span.last))
            )
        else:
            found.append(line)
    return found


def absences_of(people: Collection[int]) -> dict[int, list[Absence]]:
    """Return the absences of people, one query."""
    found: dict[int, list[Absence]] = {}
    for absence in db.session.scalars(
        select(Absence)
        .where(Absence.person_id.in_(people))
        .order_by(Absence.id)
        .execution_options(populate_existing=True)
    ):
        found.setdefault(absence.person_id, []).append(absence)
    return found


def fate_of(line: Line, absences: Sequence[Absence], *, today: Half) -> Fate:
    """Say what becomes of a line, of somebody with these absences. What is noted already is never noted twice."""
    own = next((one for one in absences if one.uid == line.uid), None)
    if own is not None and own.returned_at is not None:
        return Fate(Outcome.KNOWN)
    others = [one.span for one in absences if one is not own and one.returned_at is None]
    rest = _without(line.span, others)
    if own is None:
        if not rest:
            return Fate(Outcome.KNOWN)
        return Fate(Outcome.NEW if rest == [line.span] else Outcome.PART, rest)
    ahead = own.span.within(Span(today, max(today, own.span.last)))
    if not rest or ahead in rest:
        return Fate(Outcome.KNOWN)
    if own.version != (own.calendar_version or 1):
        return Fate(Outcome.CHANGED, own=own)
    has_begun = own.span.first < today <= own.span.last and rest[0].first == today
    return Fate(Outcome.MOVED, [Span(own.span.first, rest[0].last) if has_begun else rest[0]], own)


def _without(span: Span, others: Iterable[Span]) -> list[Span]:
    rest = [span]
    for other in others:
        rest = [part for one in rest for part in one.without(other)]
    return sorted(rest)


def first_of_today(zone: str, *, at: datetime) -> Half:
    """Return the first half-day of today."""
    return half_of(local(at, zone).date())
