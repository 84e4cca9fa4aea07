"""Gaps ahead: which begin soon, and which of them organisers are to be warned of now (D4)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import select

from forum.core.db import db
from forum.core.halves import SECOND, Span, half_at, half_of
from forum.core.time import local
from forum.people.models import Person
from forum.roster.models import CoverRequest, CoverState, Duty, GapWarning
from forum.roster.queries.book import book_of
from forum.roster.who import Book
from forum.spaces.models import Item, Space
from forum.spaces.queries import visible_items

BEFORE = (1, 7, 14)
"""How many days before a gap it is told of."""
AHEAD = timedelta(weeks=12)
"""How far ahead is looked for a gap's end."""
A_DAY = timedelta(days=1)


@dataclass(frozen=True)
class Gap:
    """A gap that begins later. `days_before` is which of the warnings is due for it."""

    duty_id: int
    span: Span
    owner_id: int | None
    days_before: int
    goes_on: bool
    """Whether no end of it is in sight."""


def gaps_ahead(space: Space, *, at: datetime, with_current: bool = False) -> list[Gap]:
    """Return the gaps of a space that begin within fourteen days: three queries. One that has begun isn't ahead any more."""
    today = local(at, space.zone).date()
    return _of(book_of(Item.space_id == space.id, today - A_DAY, today + AHEAD), at=at, with_current=with_current)


def _of(book: Book, *, at: datetime, with_current: bool) -> list[Gap]:
    found = []
    for duty_id, duty in book.duties.items():
        current = half_at(at, zone=duty.zone, midday=duty.midday)
        today = local(at, duty.zone).date()
        horizon = Span(current, half_of(today + AHEAD, SECOND))
        for run in book.gaps(duty_id, horizon, now=at):
            days = (run.span.first_day - today).days
            if days <= max(BEFORE) and (with_current or run.span.first > current):
                before = min(offset for offset in BEFORE if days <= offset)
                goes_on = run.span.last == horizon.last
                found.append(Gap(duty_id, run.span, run.held.owner_id, before, goes_on))
    return sorted(found, key=lambda gap: (gap.span.first, gap.duty_id))


def untold(gaps: Sequence[Gap]) -> list[Gap]:
    """Return of which of these nobody was warned so many days before. One that began to be covered, and is shorter, isn't new."""
    ids = {gap.duty_id for gap in gaps}
    told: dict[tuple[int, int], list[Span]] = {}
    for warning in db.session.scalars(select(GapWarning).where(GapWarning.duty_id.in_(ids))):
        told.setdefault((warning.duty_id, warning.days_before), []).append(warning.span)
    return [
        gap for gap in gaps if not any(gap.span.first in span for span in told.get((gap.duty_id, gap.days_before), ()))
    ]


@dataclass(frozen=True, kw_only=True)
class GapLine:
    """A gap with the names of what it is about."""

    ref: str
    title: str
    span: Span
    owner: Person | None
    goes_on: bool
    is_asked: bool
    """Whether cover is asked for."""


def lines_for(person: Person, gaps: Sequence[Gap], *, at: datetime) -> list[GapLine]:
    """Return the gaps of duties that somebody may see, with the words for them: three queries."""
    rows = {
        row.id: row
        for row in db.session.execute(
            select(Item.id, Item.ref, Item.title)
            .join(Duty, Duty.id == Item.id)
            .join(Space, Space.id == Item.space_id)
            .where(Item.id.in_({gap.duty_id for gap in gaps}), visible_items(person, at))
        )
    }
    asked: dict[int, list[Span]] = {}
    open_ones = CoverRequest.duty_id.in_(rows), CoverRequest.state == CoverState.OPEN
    for request in db.session.scalars(select(CoverRequest).where(*open_ones)):
        asked.setdefault(request.duty_id, []).append(request.span)
    owners = {gap.owner_id for gap in gaps if gap.owner_id is not None}
    people = {one.id: one for one in db.session.scalars(select(Person).where(Person.id.in_(owners)))}
    return [
        GapLine(
            ref=rows[gap.duty_id].ref,
            title=rows[gap.duty_id].title,
            goes_on=gap.goes_on,
            is_asked=any(span.within(gap.span) for span in asked.get(gap.duty_id, ())),
            span=gap.span,
            owner=people.get(gap.owner_id or 0),
        )
        for gap in gaps
        if gap.duty_id in rows
    ]
