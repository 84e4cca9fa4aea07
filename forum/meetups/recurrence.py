"""When a series takes place: from a time on the wall of a zone to instants (C1, C4). Pure.

Dates are found in local time and turned into UTC one by one, so that ten o'clock is ten o'clock before and after the clocks change.
"""

import enum
from collections.abc import Collection, Iterator
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from itertools import islice, takewhile
from zoneinfo import ZoneInfo

from dateutil.rrule import MONTHLY, WEEKLY, rrule, weekday

WEEK = 7
FEWEST_DAYS_OF_A_MONTH = 28
DAYS = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")


class Rhythm(enum.StrEnum):
    """How a meetup comes back."""

    ONCE = "once"
    WEEKLY = "weekly"
    WEEKDAY = "weekday of month"
    LAST_WEEKDAY = "last weekday"
    DAY = "day of month"
    LAST_DAY = "last day"


class Clock(enum.Enum):
    """What a time on the wall is on the day on which clocks change."""

    PLAIN = enum.auto()
    SKIPPED = enum.auto()
    """It never comes: clocks jump over it."""
    DOUBLED = enum.auto()
    """It comes twice."""


@dataclass(frozen=True, kw_only=True)
class Plan:
    """When something takes place. `start` is naive, on the wall of `zone`; `until` is the last day, `count` the number of dates."""

    start: datetime
    zone: str
    minutes: int
    rhythm: Rhythm = Rhythm.ONCE
    every: int = 1
    until: date | None = None
    count: int | None = None
    fold: int = 0

    @property
    def comes_back(self) -> bool:
        """Whether it is a series."""
        return self.rhythm is not Rhythm.ONCE


@dataclass(frozen=True, kw_only=True)
class Slot:
    """One date of a plan. `original` is what the rule says, `local` when it really is: later where clocks jump over it."""

    original: datetime
    local: datetime
    fold: int
    starts_at: datetime


def clock_at(local: datetime, zone: str) -> Clock:
    """Say whether a time on the wall comes once, twice or never."""
    here = ZoneInfo(zone)
    first, second = (local.replace(tzinfo=here, fold=fold).utcoffset() for fold in (0, 1))
    if first == second:
        return Clock.PLAIN
    back = local.replace(tzinfo=here).astimezone(UTC).astimezone(here).replace(tzinfo=None)
    return Clock.DOUBLED if back == local else Clock.SKIPPED


def instant(local: datetime, zone: str, *, fold: int = 0) -> datetime:
    """Return the instant of a time on the wall. One that clocks jump over is as much later (RFC 5545, 3.3.5)."""
    return local.replace(tzinfo=ZoneInfo(zone), fold=fold).astimezone(UTC)


def on_wall(moment: datetime, zone: str) -> datetime:
    """Return what clocks show at an instant; `fold` says whether it is the second of two equal times."""
    return moment.astimezone(ZoneInfo(zone)).replace(tzinfo=None)


def slot_at(original: datetime, zone: str, *, fold: int = 0) -> Slot:
    """Return the slot of a time on the wall."""
    starts_at = instant(original, zone, fold=fold)
    local = starts_at.astimezone(ZoneInfo(zone)).replace(tzinfo=None, fold=0)
    kept = fold if clock_at(original, zone) is Clock.DOUBLED else 0
    return Slot(original=original, local=local, fold=kept, starts_at=starts_at)


def slots(plan: Plan, *, before: datetime) -> Iterator[Slot]:
    """Give the dates of a plan in order, as far as `before` (an instant). Nothing is kept: a rule may go on for ever."""
    for original in _originals(plan):
        slot = slot_at(original, plan.zone, fold=plan.fold if original == plan.start else 0)
        if slot.starts_at >= before:
            return
        yield slot


def first_slots(plan: Plan, *, most: int) -> list[Slot]:
    """Return the first dates of a plan."""
    return [slot_at(original, plan.zone, fold=plan.fold) for original in islice(_originals(plan), most)]


def ended_by(plan: Plan, day: date) -> Plan:
    """Return a plan without what comes after a day; its first date stays, for a rule has one."""
    ends = [one for one in (plan.until, day) if one]
    if plan.count is not None:
        ends += [slot.original.date() for slot in first_slots(plan, most=plan.count)[-1:]]
    return replace(plan, count=None, until=max(plan.start.date(), min(ends)))


def not_in(plan: Plan, originals: Collection[datetime]) -> list[datetime]:
    """Return those of some slots that a plan which comes back doesn't have (any more)."""
    last = max(originals, default=datetime.min)  # noqa: DTZ901  # on any wall
    by_rule = set(takewhile(lambda original: original <= last, _originals(plan))) if originals else set()
    return sorted(set(originals) - by_rule)


def last_slot(plan: Plan) -> Slot | None:
    """Return the last date of a plan that ends on a day; None when it has none."""
    found = None
    if plan.until is not None:
        for original in _originals(plan):
            found = original
    return slot_at(found, plan.zone) if found is not None else None


def fits_its_start(plan: Plan) -> bool:
    """Say whether the plan's own start is a date of it: a series for the last Friday begins on one."""
    return next(_originals(replace(plan, until=None, count=None)), None) == plan.start


def skips_months(plan: Plan) -> bool:
    """Say whether there are months in which the plan has no date: the 31st, the fifth Friday."""
    if plan.rhythm is Rhythm.DAY:
        return plan.start.day > FEWEST_DAYS_OF_A_MONTH
    return plan.rhythm is Rhythm.WEEKDAY and place_in_month(plan.start) == FEWEST_DAYS_OF_A_MONTH // WEEK + 1


def place_in_month(day: date) -> int:
    """Return 1 for the first Friday of a month, 2 for the second one, and so on."""
    return (day.day - 1) // WEEK + 1


def rule_of(plan: Plan) -> dict[str, object]:
    """Return the parts of the plan's rule as calendars write them (RFC 5545). UNTIL is the last date, in UTC (C4)."""
    day = DAYS[plan.start.weekday()]
    rule: dict[str, object] = {"FREQ": "WEEKLY" if plan.rhythm is Rhythm.WEEKLY else "MONTHLY"}
    if plan.every > 1:
        rule["INTERVAL"] = plan.every
    if plan.rhythm is Rhythm.WEEKLY:
        rule["BYDAY"] = day
    elif plan.rhythm is Rhythm.WEEKDAY:
        rule["BYDAY"] = f"{place_in_month(plan.start)}{day}"
    elif plan.rhythm is Rhythm.LAST_WEEKDAY:
        rule["BYDAY"] = f"-1{day}"
    else:
        rule["BYMONTHDAY"] = -1 if plan.rhythm is Rhythm.LAST_DAY else plan.start.day
    if plan.count is not None:
        rule["COUNT"] = plan.count
    last = last_slot(plan)
    if last is not None:
        rule["UNTIL"] = last.starts_at
    return rule


def _originals(plan: Plan) -> Iterator[datetime]:
    if not plan.comes_back:
        yield plan.start
        return
    day = plan.start.weekday()
    weekdays = {
        Rhythm.WEEKDAY: weekday(day, place_in_month(plan.start)),
        Rhythm.LAST_WEEKDAY: weekday(day, -1),
    }
    days = {Rhythm.DAY: plan.start.day, Rhythm.LAST_DAY: -1}
    yield from rrule(
        WEEKLY if plan.rhythm is Rhythm.WEEKLY else MONTHLY,
        dtstart=plan.start,
        interval=plan.every,
        count=plan.count,
        until=datetime.combine(plan.until, time.max) if plan.until else None,
        byweekday=weekdays.get(plan.rhythm),
        bymonthday=days.get(plan.rhythm),
    )


def period_of(day: date, rhythm: Rhythm) -> tuple[int, int]:
    """Return the week or month to which a date of a series belongs."""
    if rhythm is Rhythm.WEEKLY:
        year, week, _weekday = day.isocalendar()
        return year, week
    return day.year, day.month


def matched(before: list[datetime], after: list[Slot], rhythm: Rhythm) -> dict[datetime, Slot]:
    """Say which date of a series becomes which when the series is moved: by date, never by its place in a list (C2).

    The same day is the same date; else the one date of a week (or month) becomes the one that week has then.
    """
    by_day = {slot.original.date(): slot for slot in after}
    found = {original: by_day[original.date()] for original in before if original.date() in by_day}
    taken = {slot.original for slot in found.values()}
    old = _alone((original for original in before if original not in found), rhythm)
    new = _alone((slot.original for slot in after if slot.original not in taken), rhythm)
    slot_of = {slot.original: slot for slot in after}
    return found | {old[period]: slot_of[new[period]] for period in old.keys() & new.keys()}


def _alone(originals: Iterator[datetime], rhythm: Rhythm) -> dict[tuple[int, int], datetime]:
    """Return the dates that are the only one of their week or month."""
    found: dict[tuple[int, int], list[datetime]] = {}
    for original in originals:
        found.setdefault(period_of(original, rhythm), []).append(original)
    return {period: them[0] for period, them in found.items() if len(them) == 1}


def ends_at(starts_at: datetime, minutes: int) -> datetime:
    """Return when something that takes so many minutes is over."""
    return starts_at + timedelta(minutes=minutes)
