"""Whom a call for help reaches, step by step: by the roster's one rule, and never anybody who is away (D1, D9)."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, and_, exists, select

from forum.core.db import db
from forum.core.halves import day_of, half_at
from forum.help.models import DEPUTY, ON_DUTY, ORGANISERS, USUAL_MINUTES, WILLING, Rules, Willing
from forum.people.models import Person, PersonState
from forum.roster.models import Duty, DutyKind
from forum.roster.queries.book import TAKERS, book_at
from forum.roster.queries.standing import away_now
from forum.roster.who import Book, Held
from forum.spaces.models import Item, Membership, Space
from forum.spaces.policy import KEEPERS
from forum.spaces.queries.suspended import is_suspended

STEPS = (ON_DUTY, DEPUTY, ORGANISERS, WILLING)
DRILL_STEPS = (ON_DUTY, DEPUTY)
"""A drill asks only those who have the duty, or stand in for it: they agreed to that."""


def steps_of(*, is_drill: bool) -> Sequence[int]:
    """Return how far a call goes, step by step."""
    return DRILL_STEPS if is_drill else STEPS


def minutes_of(space: Space) -> int:
    """Return after how many minutes a call in this space goes a step further."""
    rules = db.session.get(Rules, space.id)
    return rules.minutes if rules else USUAL_MINUTES


@dataclass(frozen=True)
class Watch:
    """A duty of first response, and who has it now."""

    title: str
    ref: str
    held: Held
    person: Person | None


@dataclass(frozen=True)
class Reach:
    """Whom a call in a space would reach at one moment, by step: read once, asked as often as one likes."""

    people: dict[int, Sequence[int]]

    def at_step(self, step: int, *, but: Collection[int | None]) -> list[int]:
        """Return who is asked at a step, without some who were asked before."""
        return [one for one in self.people[step] if one not in but]

    def first(self, steps: Sequence[int], *, but: Collection[int | None]) -> list[int]:
        """Return who is asked first at all."""
        return next((found for step in steps if (found := self.at_step(step, but=but))), [])


def reach_of(space: Space, at: datetime) -> Reach:
    """Return whom a call reaches at `at`: members in good standing, and nobody who is away. Seven queries, for any number.

    Nor who covers though away: it goes further at once then, and no time is lost.
    """
    book = _book(space, at)
    on_duty, deputies = _on_duty(book, at), _deputies(book, at)
    keepers = _members(space, at, Membership.role.in_(KEEPERS))
    willing = _members(space, at, Person.id.in_(select(Willing.person_id).where(Willing.space_id == space.id)))
    may = set(_members(space, at, Person.id.in_({*on_duty, *deputies})))
    away = away_now(space, {*on_duty, *deputies, *keepers, *willing}, at)
    return Reach(
        {
            ON_DUTY: [one for one in on_duty if one in may - away],
            DEPUTY: [one for one in deputies if one in may - away],
            ORGANISERS: [one for one in keepers if one not in away],
            WILLING: [one for one in willing if one not in away],
        }
    )


def watches_in(space: Space, at: datetime) -> list[Watch]:
    """Return the duties of first response in a space with who has them at `at`, by name."""
    book = _book(space, at)
    if not book.duties:
        return []
    held = {duty_id: book.at(duty_id, at) for duty_id in book.duties}
    ids = {one.person_id for one in held.values()} - {None}
    people = {one.id: one for one in db.session.scalars(select(Person).where(Person.id.in_(ids)))}
    rows = db.session.execute(select(Item.id, Item.title, Item.ref).where(Item.id.in_(held)).order_by(Item.title))
    found = [Watch(row.title, row.ref, held[row.id], people.get(held[row.id].person_id or 0)) for row in rows]
    return [one for one in found if one.held.person_id is not None or one.held.is_gap]


def can_be_asked(space: Space, people: Collection[int], at: datetime) -> set[int]:
    """Return those of some people who can be asked now: members in good standing who aren't away; nobody in a closed space."""
    if space.archived_at is not None:
        return set()
    return set(_members(space, at, Person.id.in_(people))) - away_now(space, people, at)


def _book(space: Space, at: datetime) -> Book:
    return book_at(and_(Item.space_id == space.id, Duty.kind == DutyKind.ON_DUTY), at)


def _on_duty(book: Book, at: datetime) -> list[int]:
    held = [book.at(duty_id, at).person_id for duty_id in sorted(book.duties)]
    return list(dict.fromkeys(one for one in held if one is not None))


def _deputies(book: Book, at: datetime) -> list[int]:
    found = []
    for _key, duty in sorted(book.duties.items()):
        day = day_of(half_at(at, zone=duty.zone, midday=duty.midday))
        deputy = duty.deputy_on(day) if duty.runs_on(day) else None
        found += [deputy] if deputy is not None else []
    return list(dict.fromkeys(found))


def takes_cases(space_id: Any, person_id: Any, at: datetime) -> ColumnElement[bool]:  # noqa: ANN401  # columns
    """Return the condition that somebody can take a case in a space: an active member, no reader, not suspended there."""
    return (
        exists()
        .where(Person.id == person_id, Membership.person_id == Person.id, Membership.space_id == space_id, *_takers(at))
        .correlate_except(Person, Membership)
    )


def _members(space: Space, at: datetime, which: object) -> list[int]:
    """Return the members for whom a condition holds who can take a case: active, no readers, not suspended here."""
    query = (
        select(Person.id)
        .join(Membership, Membership.person_id == Person.id)
        .where(Membership.space_id == space.id, *_takers(at), which)  # type: ignore[arg-type]  # a condition
        .order_by(Person.id)
    )
    return list(db.session.scalars(query))


def _takers(at: datetime) -> tuple[ColumnElement[bool], ...]:
    return (
        Membership.ended_at.is_(None),
        Membership.role.in_(TAKERS),
        Person.state == PersonState.ACTIVE,
        ~is_suspended(Membership, at),
    )


def is_alone(space: Space, person: Person, at: datetime) -> bool:
    """Say whether nobody but this person belongs to a space who could take a call there: not even somebody who is away."""
    return not _members(space, at, Person.id != person.id)


@dataclass(frozen=True)
class Planned:
    """A step of a call that isn't made yet: who would be asked, by name."""

    step: int
    names: Sequence[str]


def plan_for(space: Space, asker: Person, *, is_drill: bool, at: datetime) -> list[Planned]:
    """Return whom a call by `asker` would reach, step by step; steps at which there is nobody are left out, as they are passed over."""
    reach, known = reach_of(space, at), {asker.id}
    by_step: dict[int, list[int]] = {}
    for step in steps_of(is_drill=is_drill):
        by_step[step] = reach.at_step(step, but=known)
        known |= set(by_step[step])
    rows = db.session.execute(select(Person.id, Person.name).where(Person.id.in_(known)).order_by(Person.name))
    names = [(row.id, row.name) for row in rows]
    return [Planned(step, [name for key, name in names if key in people]) for step, people in by_step.items() if people]
