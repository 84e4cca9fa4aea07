"""Half-days: plain dates with a first and a second half, in whatever zone they are looked at. Pure.

A half-day is a number, two for each day, so that spans are compared, counted and walked with arithmetic; rows hold the date and the
half. The first half begins at midnight and the second at midday, both on the wall clock of the zone.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import NewType
from zoneinfo import ZoneInfo

from forum.core.time import local

Half = NewType("Half", int)
FIRST, SECOND = 0, 1
MIDDAY = time(13)
"""When the second half of a day begins, unless a space says otherwise."""
EARLIEST_MIDDAY, LATEST_MIDDAY = time(10), time(16)
"""Between them no clock is ever changed, so that a midday is one instant."""


def half_of(day: date, part: int = FIRST) -> Half:
    """Return the half-day `part` (FIRST or SECOND) of a date."""
    return Half(day.toordinal() * 2 + part)


def day_of(half: Half) -> date:
    """Return the date of a half-day."""
    return date.fromordinal(half // 2)


def part_of(half: Half) -> int:
    """Return FIRST or SECOND."""
    return half % 2


def half_at(instant: datetime, *, zone: str, midday: time = MIDDAY) -> Half:
    """Return the half-day that it is at `instant` where the clock is the one of `zone`."""
    there = local(instant, zone)
    return half_of(there.date(), SECOND if there.time() >= midday else FIRST)


def begins(half: Half, *, zone: str, midday: time = MIDDAY) -> datetime:
    """Return the instant, in UTC, at which a half-day begins. The one before it ends there."""
    wall = midday if part_of(half) == SECOND else time()
    return datetime.combine(day_of(half), wall, ZoneInfo(zone)).astimezone(UTC)


def ends(half: Half, *, zone: str, midday: time = MIDDAY) -> datetime:
    """Return the first instant after a half-day."""
    return begins(Half(half + 1), zone=zone, midday=midday)


@dataclass(frozen=True, order=True)
class Span:
    """Half-days in a row, from `first` to `last`, both of them included."""

    first: Half
    last: Half

    @classmethod
    def of_days(cls, first: date, last: date, *, first_part: int = FIRST, last_part: int = SECOND) -> "Span":
        """Return the span between two dates: whole days, unless the parts say otherwise."""
        return cls(half_of(first, first_part), half_of(last, last_part))

    def __len__(self) -> int:
        """How many half-days it has; none when it ends before it begins."""
        return max(0, self.last - self.first + 1)

    def __iter__(self) -> Iterator[Half]:
        return (Half(number) for number in range(self.first, self.last + 1))

    def __contains__(self, half: object) -> bool:
        return isinstance(half, int) and self.first <= half <= self.last

    def within(self, other: "Span") -> "Span | None":
        """Return what both have in common, None when that is nothing."""
        both = Span(max(self.first, other.first), min(self.last, other.last))
        return both if len(both) else None

    def without(self, other: "Span") -> list["Span"]:
        """Return what is left of it when `other` is taken out: none, one or two spans."""
        before = Span(self.first, min(self.last, Half(other.first - 1)))
        after = Span(max(self.first, Half(other.last + 1)), self.last)
        return [part for part in ((before,) if before == after else (before, after)) if len(part)]

    @property
    def first_day(self) -> date:
        """The date on which it begins."""
        return day_of(self.first)

    @property
    def last_day(self) -> date:
        """The date on which it ends."""
        return day_of(self.last)


def spans_of(halves: Iterator[Half] | list[Half]) -> list[Span]:
    """Return half-days as the fewest spans that hold just these."""
    found: list[Span] = []
    for half in sorted(set(halves)):
        if found and half == found[-1].last + 1:
            found[-1] = Span(found[-1].first, half)
        else:
            found.append(Span(half, half))
    return found


def monday_of(day: date) -> date:
    """Return the Monday of a date's week."""
    return day - timedelta(days=day.weekday())
