"""How a community is doing, over weeks that are over: the shapes, and the one rule of what is too few to be told (G2).

A number below FEWEST is never shown, nor is anything from which it follows: of a part and its whole neither the part nor the rest.
Zero is such a number, too. What is shown is of weeks that are over and have fixed edges, so that nothing can be learned by looking
again a day later; and no totals are shown beside the numbers that they sum up.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, Integer, case, cast, literal

from forum.core.halves import monday_of
from forum.core.time import local
from forum.spaces.parts import Drawn
from forum.web.words import _

if TYPE_CHECKING:
    from forum.web.words import LazyString

FEWEST = 5
WEEKS = 12
BLOCK = 4
BLOCKS = 6
WEEK = timedelta(weeks=1)
FIRST_MONDAY = date(2024, 1, 1)
"""From which blocks of four weeks are reckoned, so that those shown never overlap."""


@dataclass(frozen=True)
class Periods:
    """Periods in a row: the day on which each begins, and the one on which the last ends, in a zone."""

    days: Sequence[date]
    zone: str

    @property
    def edges(self) -> list[datetime]:
        """The instants at which they begin and end."""
        return [datetime.combine(day, time(), ZoneInfo(self.zone)).astimezone(UTC) for day in self.days]

    def __len__(self) -> int:
        """How many there are."""
        return len(self.days) - 1

    def index_of(self, day: date) -> int | None:
        """Return in which period a day is."""
        return next((place for place in range(len(self)) if self.days[place] <= day < self.days[place + 1]), None)

    def column(self, moment: ColumnElement[Any] | Any) -> ColumnElement[int]:  # noqa: ANN401  # a mapped column
        """Return in which period a moment of a row is, for rows that lie in one of them."""
        edges = self.edges
        whens = [(moment < edge, place) for place, edge in enumerate(edges[1:])]
        return cast(case(*whens, else_=literal(len(self))), Integer)


@dataclass(frozen=True, kw_only=True)
class Point:
    """What is said of a period: in words, and as the height of its bar. None: too few to be told, or nothing to tell."""

    words: str
    height: float | None
    label: str = ""
    """The words on the bar."""


@dataclass(frozen=True, kw_only=True)
class Measure:
    """Something measured over periods."""

    order: int
    title: LazyString
    definition: LazyString
    """How it is reckoned, as it is shown."""
    head: LazyString
    """What stands above the column of its values."""
    periods: Periods
    points: Sequence[Point]
    top: float | None = None
    """The value that fills the chart, where that isn't the highest."""


def weeks_of(zone: str, at: datetime) -> Periods:
    """Return the last twelve weeks that are over."""
    monday = monday_of(local(at, zone).date())
    return Periods([monday - WEEK * back for back in range(WEEKS, -1, -1)], zone)


def blocks_of(zone: str, at: datetime) -> Periods:
    """Return the last six blocks of four weeks that are over."""
    this = local(at, zone).date()
    last = FIRST_MONDAY + (this - FIRST_MONDAY) // (WEEK * BLOCK) * WEEK * BLOCK
    return Periods([last - WEEK * BLOCK * back for back in range(BLOCKS, -1, -1)], zone)


def counted(number: int) -> Point:
    """Tell a number of people or things, if it isn't too small."""
    if number < FEWEST:
        return Point(words=_("fewer than %(number)s", number=FEWEST), height=None, label=f"<{FEWEST}")
    return Point(words=str(number), height=number, label=str(number))


def shared(part: int, whole: int) -> Point:
    """Tell a part of a whole, with both numbers; neither the part nor the rest when that is too small (G2)."""
    if whole < FEWEST:
        return Point(words=_("fewer than %(number)s in all", number=FEWEST), height=None, label=f"<{FEWEST}")
    if part < FEWEST:
        words = _("fewer than %(number)s of %(whole)s", number=FEWEST, whole=whole)
        return Point(words=words, height=None, label=f"<{FEWEST}")
    if whole - part < FEWEST:
        words = _("all %(whole)s, or all but a few", whole=whole)
        return Point(words=words, height=1.0, label=_("~ all"))
    return Point(
        words=_("%(part)s of %(whole)s", part=part, whole=whole), height=part / whole, label=f"{part / whole:.0%}"
    )


def drawn_number(number: int) -> Drawn | None:
    """Return a number as a figure draws it; None when it is too small to be told."""
    return Drawn(number) if number >= FEWEST else None


def drawn_share(part: int, whole: int) -> Drawn | None:
    """Return how many in a hundred, with both numbers; of a rest that is too small to be told the least that the part can be (G2)."""
    if min(part, whole) < FEWEST:
        return None
    if whole - part < FEWEST:
        least = whole - FEWEST + 1
        return Drawn(100 * least // whole, _("at least %(least)s of %(whole)s", least=least, whole=whole))
    return Drawn(round(100 * part / whole), shared(part, whole).words)


def nothing() -> Point:
    """Tell that there was nothing to measure, or too little: which of both isn't told."""
    return Point(words=_("too few to tell"), height=None, label="–")
