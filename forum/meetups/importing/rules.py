"""The rhythm of an event in a calendar file, as far as meetups know it. Runs in the child process, on rules that nobody vouches for."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from forum.core.calendars.reading import Unread
from forum.meetups.recurrence import DAYS, Plan, Rhythm, fits_its_start, place_in_month

KNOWN_PARTS = frozenset({"FREQ", "INTERVAL", "COUNT", "UNTIL", "BYDAY", "BYMONTHDAY", "BYSETPOS", "WKST"})
MOST_EVERY, MOST_COUNT = 12, 500
LONGEST = timedelta(days=3653)


@dataclass(frozen=True, kw_only=True)
class Rule:
    """How an event comes back."""

    rhythm: Rhythm
    every: int
    until: date | None
    count: int | None


def rule_of(event: Any, start: datetime, zone: str) -> Rule | None:  # noqa: ANN401  # an event of the library
    """Return how an event comes back that begins at `start` on the wall, None when it doesn't. Raises Unread ("rule")."""
    found = event.get("RRULE")
    if found is None:
        return None
    if isinstance(found, list) or not {str(key).upper() for key in found} <= KNOWN_PARTS:
        raise Unread("rule")
    every, count = _number(found, "INTERVAL") or 1, _number(found, "COUNT")
    if not 1 <= every <= MOST_EVERY:
        raise Unread("rule")
    rhythm = _rhythm(found, start)
    plan = Plan(start=start, zone=zone, minutes=1, rhythm=rhythm, every=every)
    if not fits_its_start(plan):
        raise Unread("rule")
    until = _until(found, zone)
    if until is not None and until - start.date() > LONGEST:
        until = None
    if count is not None:
        until, count = None, None if count > MOST_COUNT else count
    return Rule(rhythm=rhythm, every=every, until=until, count=count)


def _rhythm(found: Any, start: datetime) -> Rhythm:  # noqa: ANN401  # a rule of the library
    often, days = str(_only(found, "FREQ") or "").upper(), [str(one).upper() for one in found.get("BYDAY", [])]
    month_days, place = [int(one) for one in found.get("BYMONTHDAY", [])], _number(found, "BYSETPOS")
    mine, nth = DAYS[start.weekday()], place_in_month(start)
    if often == "WEEKLY" and not month_days and place is None and days in ([], [mine]):
        return Rhythm.WEEKLY
    if often != "MONTHLY" or (days and month_days):
        raise Unread("rule")
    if not days and place is None:
        if month_days in ([], [start.day]):
            return Rhythm.DAY
        if month_days == [-1]:
            return Rhythm.LAST_DAY
    by_place = [f"{place}{days[0]}"] if place is not None and days == [mine] else days if place is None else []
    if by_place in ([f"{nth}{mine}"], [f"+{nth}{mine}"]):
        return Rhythm.WEEKDAY
    if by_place == [f"-1{mine}"]:
        return Rhythm.LAST_WEEKDAY
    raise Unread("rule")


def _until(found: Any, zone: str) -> date | None:  # noqa: ANN401  # a rule of the library
    until = _only(found, "UNTIL")
    if isinstance(until, datetime):
        return (until.astimezone(ZoneInfo(zone)) if until.tzinfo else until).date()
    return until if isinstance(until, date) else None


def _number(found: Any, name: str) -> int | None:  # noqa: ANN401  # a rule of the library
    value = _only(found, name)
    return None if value is None else int(value)


def _only(found: Any, name: str) -> Any:  # noqa: ANN401  # a value of a rule
    values = found.get(name, [])
    values = values if isinstance(values, list) else [values]
    if len(values) > 1:
        raise Unread("rule")
    return values[0] if values else None
