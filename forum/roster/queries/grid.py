"""The grid: who holds each duty of a space over weeks, as runs of half-days, and where nobody does. By `Book`, so it agrees (D1)."""

import enum
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta

from sqlalchemy import case, select

from forum.core.db import db
from forum.core.halves import Half, Span, half_at, monday_of
from forum.core.time import local, now
from forum.people.models import Person
from forum.roster.models import CoverRequest, CoverState, Criticality, Duty
from forum.roster.queries.book import book_of
from forum.roster.who import Held, Run, Why
from forum.spaces.guard import Here
from forum.spaces.models import Item
from forum.spaces.queries import viewing, visible_to_viewer

WEEKS, MOST_WEEKS = 12, 26
FURTHEST = timedelta(weeks=52)
"""How far ahead it can be leafed to."""
A_DAY, A_WEEK = timedelta(days=1), timedelta(weeks=1)
IN_WEEK = 14
"""Half-days."""


class Looks(enum.StrEnum):
    """How a run is drawn: only what isn't as usual carries colour."""

    HELD = "held"
    COVER = "cover"
    """Covered, or the deputy stands in."""
    ASK = "ask"
    """Nobody yet; cover is asked for."""
    GAP = "gap"
    REST = "rest"


@dataclass(frozen=True, kw_only=True)
class Cell:
    """A run in the grid. `person` is who does it, `owner` whose it is; both may be nobody."""

    span: Span
    held: Held
    looks: Looks
    person: Person | None
    owner: Person | None

    @property
    def is_short(self) -> bool:
        """Whether there is no room for a word."""
        return len(self.span) < IN_WEEK // 2

    @property
    def is_narrow(self) -> bool:
        """Whether it is shorter than a week."""
        return len(self.span) < IN_WEEK

    @property
    def is_long(self) -> bool:
        """Whether there is room for a tile and the whole name."""
        return len(self.span) >= 3 * IN_WEEK


@dataclass(frozen=True, kw_only=True)
class Row:
    """A duty's line. Its cells lie side by side, and fill the weeks."""

    ref: str
    title: str
    criticality: Criticality
    often: str
    rotates: bool
    deputy: Person | None
    cells: Sequence[Cell]


@dataclass(frozen=True, kw_only=True)
class Grid:
    """Duties by weeks. `first` is a Monday."""

    first: date
    weeks: int
    today: date
    current: Half
    rows: Sequence[Row]

    @property
    def mondays(self) -> list[date]:
        """The days on which its weeks begin."""
        return [self.first + number * A_WEEK for number in range(self.weeks)]

    @property
    def last(self) -> date:
        """Its last day."""
        return self.first + self.weeks * A_WEEK - A_DAY

    @property
    def open(self) -> list[tuple[Row, Cell]]:
        """What somebody should be found for, as it comes: gaps, and what cover is asked for. What is past is no gap (D4)."""
        found = [
            (row, replace(cell, span=Span(max(cell.span.first, self.current), cell.span.last)))
            for row in self.rows
            for cell in row.cells
            if cell.looks in {Looks.GAP, Looks.ASK} and cell.span.last >= self.current
        ]
        return sorted(found, key=lambda pair: (pair[1].span.first, pair[0].title))


def grid_of(here: Here, *, first: date | None = None, weeks: int = WEEKS) -> Grid:
    """Return the grid from the week of `first` on, at the earliest this week: six queries, whatever the number of duties."""
    at = now()
    today = local(at, here.space.zone).date()
    monday = monday_of(min(max(first or today, today), today + FURTHEST))
    span = Span.of_days(monday, monday + weeks * A_WEEK - A_DAY)
    rank = case({one.value: place for place, one in enumerate(Criticality)}, value=Duty.criticality)
    rows = db.session.execute(
        select(Item.id, Item.ref, Item.title, Duty.criticality, Duty.often, Duty.turn_weeks)
        .join(Duty, Duty.id == Item.id)
        .where(Item.space_id == here.space.id, visible_to_viewer())
        .order_by(rank.desc(), Item.title, Item.id),
        viewing(here.actor, at),
    ).all()
    book = book_of(Item.space_id == here.space.id, span.first_day - A_DAY, span.last_day)
    asked = _asked(here, span)
    runs = {
        row.id: [part for run in book.runs(row.id, span, now=at) for part in _parts(run, asked.get(row.id, []))]
        for row in rows
        if row.id in book.duties
    }
    deputies = {key: book.duties[key].deputy_on(max(today, monday)) for key in runs}
    people = _people(
        {key for parts in runs.values() for run, _asked in parts for key in (run.held.person_id, run.held.owner_id)}
        | set(deputies.values())
    )
    return Grid(
        first=monday,
        weeks=weeks,
        today=today,
        current=half_at(at, zone=here.space.zone, midday=here.space.midday),
        rows=[
            Row(
                ref=row.ref,
                title=row.title,
                criticality=row.criticality,
                often=row.often,
                rotates=row.turn_weeks is not None,
                deputy=people.get(deputies[row.id]),
                cells=[
                    Cell(
                        span=run.span,
                        held=run.held,
                        looks=_looks(run, is_asked=is_asked),
                        person=people.get(run.held.person_id),
                        owner=people.get(run.held.owner_id),
                    )
                    for run, is_asked in runs[row.id]
                ],
            )
            for row in rows
            if row.id in runs and any(run.held.why is not Why.RESTS for run, _asked in runs[row.id])
        ],
    )


def _asked(here: Here, span: Span) -> dict[int, list[Span]]:
    """Return for which half-days cover is asked and not taken, by duty."""
    requests = db.session.scalars(
        select(CoverRequest)
        .join(Item, Item.id == CoverRequest.duty_id)
        .where(
            Item.space_id == here.space.id,
            CoverRequest.state == CoverState.OPEN,
            CoverRequest.start_day <= span.last_day,
            CoverRequest.end_day >= span.first_day,
        )
        .order_by(CoverRequest.id)
    )
    found: dict[int, list[Span]] = {}
    for request in requests:
        found.setdefault(request.duty_id, []).append(request.span)
    return found


def _parts(run: Run, asked: Sequence[Span]) -> Iterator[tuple[Run, bool]]:
    """Yield a run, and whether cover is asked for; a gap that is asked for in part, in parts."""
    wanted = [both for span in asked if (both := span.within(run.span))] if run.held.is_gap else []
    edges = {run.span.first, *(one.first for one in wanted), *(Half(one.last + 1) for one in wanted)}
    inside = sorted(edge for edge in edges if edge in run.span)
    for edge, after in zip(inside, [*inside[1:], Half(run.span.last + 1)], strict=True):
        yield Run(Span(edge, Half(after - 1)), run.held), any(edge in one for one in wanted)


def _looks(run: Run, *, is_asked: bool) -> Looks:
    if run.held.is_gap:
        return Looks.ASK if is_asked else Looks.GAP
    return {Why.HOLDER: Looks.HELD, Why.RESTS: Looks.REST}.get(run.held.why, Looks.COVER)


def _people(ids: set[int | None]) -> dict[int | None, Person]:
    known = [key for key in ids if key is not None]
    return {person.id: person for person in db.session.scalars(select(Person).where(Person.id.in_(known)))}


def week_from(text: str) -> date | None:
    """Return the day that an address asks for, None for none or nonsense."""
    try:
        found = date.fromisoformat(text)
    except ValueError:
        return None
    return found if date(2000, 1, 1) <= found < date(9000, 1, 1) else None
