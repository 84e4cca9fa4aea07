"""Saying that one is away and asking for cover in one write: all of it holds, or nothing."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select

from forum.core.db import db, lock
from forum.core.errors import Missing
from forum.core.halves import Span
from forum.core.time import now
from forum.people.models import Person
from forum.roster.actions import absences, requesting
from forum.roster.models import Absence, CoverRequest, Duty, Seen
from forum.spaces.guard import Here, here_for
from forum.spaces.models import Membership, Space


@dataclass(frozen=True, kw_only=True)
class Wish:
    """That cover of a duty is asked for: of `people`, or of everybody."""

    duty: Duty
    space: Space
    people: Sequence[Person] = ()


def file_and_ask(
    person: Person,
    span: Span,
    wishes: Sequence[Wish],
    *,
    seen: Seen,
    once: str | None = None,
    at: datetime | None = None,
) -> Absence:
    """Say that one is away, and ask for cover. A second press asks for nothing twice. Use inside `transaction()`.

    Raises as `absences.file` and `requesting.ask` do.
    """
    at = at or now()
    _hold_all(person)
    absence = absences.file(person, span, seen=seen, once=once, at=at)
    _ask(person, person, absence, wishes, at=at)
    return absence


def file_for_and_ask(
    here: Here,
    person: Person,
    span: Span,
    wishes: Sequence[Wish],
    *,
    once: str | None = None,
    at: datetime | None = None,
) -> Absence:
    """The same by an organiser, for somebody who is off today, in one space. Use inside `transaction()`."""
    at = at or now()
    _hold_all(person)
    absence = absences.file_for(here, person, span, once=once, at=at)
    _ask(here.actor, person, absence, wishes, at=at)
    return absence


def ask_for(
    actor: Person, absence: Absence, wishes: Sequence[Wish], *, at: datetime | None = None
) -> list[CoverRequest]:
    """Ask for what an absence of one's own still needs. Raises Missing for anybody else's. Use inside `transaction()`."""
    at = at or now()
    _hold_all(actor)
    held = lock(Absence, absence.id)
    if held is None or held.person_id != actor.id or held.returned_at is not None:
        raise Missing
    return _ask(actor, actor, held, wishes, at=at)


def _hold_all(person: Person) -> None:
    """Hold the person and then their spaces by key: what follows holds them in whatever order."""
    if lock(Person, person.id) is None:
        raise Missing
    places = select(Membership.space_id).where(Membership.person_id == person.id, Membership.ended_at.is_(None))
    for space_id in sorted(db.session.scalars(places)):
        lock(Space, space_id)


def _ask(actor: Person, away: Person, absence: Absence, wishes: Sequence[Wish], *, at: datetime) -> list[CoverRequest]:
    made: list[CoverRequest] = []
    heres: dict[int, Here] = {}
    for wish in sorted(wishes, key=lambda one: (one.space.id, one.duty.id)):
        here = heres.setdefault(wish.space.id, here_for(actor, wish.space.slug))
        made += requesting.ask(
            here,
            wish.duty,
            absence.span,
            away=away,
            people=wish.people,
            to_all=not wish.people,
            absence=absence,
            at=at,
        )
    return made
