"""Reading when somebody is away from an iCalendar file. Runs in the child process (`child.py`), on bytes that nobody vouches for.

Only days, halves, addresses and a hash of the UID leave this module. What an event is called, and why, is never looked at (D6).
"""

import hashlib
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from itertools import islice, takewhile
from typing import Any
from zoneinfo import ZoneInfo

from dateutil.rrule import rrulestr

from forum.core.calendars.reading import Unread, events_in, length_of, listed, start_of, wall_of
from forum.core.halves import Half, Span, half_of

SHORTEST = timedelta(hours=3)
"""A shorter time is an appointment, no half-day away."""
MOST_TIMES, MOST_OF_ONE = 2_000, 400
AHEAD = timedelta(days=366)
LONGEST = timedelta(days=400)
ADDRESS_LENGTH = 254
A_DAY = timedelta(days=1)
FINE = ("BYHOUR", "BYMINUTE", "BYSECOND", "BYSETPOS")
OFTEN_ENOUGH = {"DAILY", "WEEKLY", "MONTHLY", "YEARLY"}


@dataclass(frozen=True)
class Where:
    """Whose days these are: the zone, when the second half of a day begins there, and today's date."""

    zone: str
    midday: time
    today: date


@dataclass
class Times:
    """When somebody is away, as [hash of the UID, first half-day, last, addresses], and how many events weren't used, and why."""

    found: list[tuple[str, int, int, list[str]]] = field(default_factory=list)
    unused: Counter[str] = field(default_factory=Counter)


def read(data: bytes, where: Where) -> Times:
    """Return the times in a file. Raises Unread when it is no calendar, or too much."""
    events = events_in(data)
    times = Times()
    changed = {(str(event.get("UID", "")), _slot(event)) for event in events if event.get("RECURRENCE-ID") is not None}
    for event in events:
        try:
            for uid, span in _spans(event, changed, where, times.unused):
                times.found.append((uid, int(span.first), int(span.last), _addresses(event)))
        except Unread as unread:
            times.unused[unread.why] += 1
        except Exception:  # noqa: BLE001  # dates out of any range, properties of any type
            times.unused["nonsense"] += 1
        if len(times.found) > MOST_TIMES:
            raise Unread("many")
    return times


def _spans(
    event: Any,  # noqa: ANN401  # an event of the library
    changed: set[tuple[str, str]],
    where: Where,
    unused: Counter[str],
) -> Iterator[tuple[str, Span]]:
    """Yield the half-days of an event, each time it happens. Raises Unread."""
    if str(event.get("STATUS", "")).upper() == "CANCELLED":
        raise Unread("cancelled")
    start, length = start_of(event), length_of(event)
    if length > LONGEST:
        raise Unread("long")
    whole = not isinstance(start, datetime)
    if not whole and length < SHORTEST:
        raise Unread("short")
    if not whole and start.tzinfo is None and event["DTSTART"].params.get("TZID"):
        unused["zone"] += 1
    uid = str(event.get("UID", "")) or f"{start}{length}"
    alone = event.get("RRULE") is None and event.get("RDATE") is None
    was_used = False
    for slot in [start] if alone else _slots(event, start, where):
        name = _slot(event) if alone else _name(slot)
        if not alone and (uid, name) in changed:
            continue
        span = _halves(slot, length, where)
        if span.last < half_of(where.today):
            continue
        if span.first_day > where.today + AHEAD:
            continue
        was_used = True
        yield hashlib.sha256(f"{uid}\0{name}".encode()).hexdigest(), span
    if not was_used:
        unused["outside"] += 1


def _name(slot: Any) -> str:  # noqa: ANN401  # a date or a datetime
    return f"{slot:%Y%m%d}"


def _slot(event: Any) -> str:  # noqa: ANN401  # an event of the library
    """Return which time of a series an event stands for, "" for one that is no part of a series."""
    moved = event.get("RECURRENCE-ID")
    try:
        return "" if moved is None else _name(moved.dt)
    except Exception:  # noqa: BLE001  # a date that is none
        return ""


def _slots(event: Any, start: Any, where: Where) -> Iterator[Any]:  # noqa: ANN401  # dates or datetimes
    """Yield the times at which a series happens, on the clock of its own zone, as far as they matter."""
    last = where.today + AHEAD
    zone = start.tzinfo if isinstance(start, datetime) else None
    first = wall_of(start, start) if isinstance(start, datetime) else datetime.combine(start, time())
    walls = {first} | {_as_wall(one, start) for one in listed(event, "RDATE")}
    rule = event.get("RRULE")
    if rule is not None:
        walls |= set(_ruled(rule, first, zone, last, where))
    walls -= {_as_wall(one, start) for one in listed(event, "EXDATE")}
    for wall in islice(sorted(wall for wall in walls if wall.date() <= last), MOST_OF_ONE):
        yield wall.replace(tzinfo=zone) if isinstance(start, datetime) else wall.date()


def _ruled(rule: Any, first: datetime, zone: Any, last: date, where: Where) -> Iterator[datetime]:  # noqa: ANN401  # likewise
    if isinstance(rule, list) or str(rule.get("FREQ", [""])[0]).upper() not in OFTEN_ENOUGH:
        raise Unread("often")
    if any(part in rule for part in FINE):
        raise Unread("often")
    parts = []
    for part in rule.to_ical().decode().split(";"):
        key, _is, _value = part.partition("=")
        if key.upper() != "UNTIL":
            parts.append(part)
            continue
        until = rule["UNTIL"][0]
        if isinstance(until, datetime):
            until = until.astimezone(zone).replace(tzinfo=None) if until.tzinfo and zone else until.replace(tzinfo=None)
        else:
            until = datetime.combine(until, time(23, 59))
        parts.append(f"UNTIL={until:%Y%m%dT%H%M%S}")
    series = rrulestr(";".join(parts), dtstart=first)
    earliest = datetime.combine(where.today - LONGEST, time())
    ahead = takewhile(lambda wall: wall.date() <= last, series)
    return islice((wall for wall in ahead if wall >= earliest), 2 * MOST_OF_ONE)


def _as_wall(moment: Any, start: Any) -> datetime:  # noqa: ANN401  # a date or a datetime
    if isinstance(moment, tuple):  # a period
        moment = moment[0]
    if isinstance(moment, datetime) and isinstance(start, datetime):
        found: datetime = wall_of(moment, start)
        return found
    at = start.time() if isinstance(start, datetime) else time()
    return datetime.combine(moment.date() if isinstance(moment, datetime) else moment, at)


def _halves(slot: Any, length: timedelta, where: Where) -> Span:  # noqa: ANN401  # a date or a datetime
    """Return the half-days that a time touches, where its reader is."""
    if not isinstance(slot, datetime):
        return Span.of_days(slot, slot + length - A_DAY)
    end = slot + length  # on the wall, as calendars reckon
    begins, ends = _there(slot, where), _there(end, where) - timedelta(microseconds=1)
    return Span(_half(begins, where), _half(ends, where))


def _there(moment: datetime, where: Where) -> datetime:
    return moment.astimezone(ZoneInfo(where.zone)).replace(tzinfo=None) if moment.tzinfo is not None else moment


def _half(wall: datetime, where: Where) -> Half:
    return half_of(wall.date(), 1 if wall.time() >= where.midday else 0)


def _addresses(event: Any) -> list[str]:  # noqa: ANN401  # an event of the library
    """Return whom an event is about: who takes part; with nobody, whose it is, after an empty one."""
    people = _mailboxes(event.get("ATTENDEE"))
    return people or ["", *_mailboxes(event.get("ORGANIZER"))]


def _mailboxes(found: Any) -> list[str]:  # noqa: ANN401  # none, one or a list
    several = found if isinstance(found, list) else [found] if found is not None else []
    texts = [str(one).strip() for one in several[:20]]
    bare = [text[7:] if text.lower().startswith("mailto:") else text for text in texts]
    return [text.lower() for text in bare if "@" in text and text.isprintable() and len(text) <= ADDRESS_LENGTH]
