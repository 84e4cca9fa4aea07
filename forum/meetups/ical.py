"""Putting a calendar together from events that were written before (RFC 5545): their zones, and when it was made."""

import re
from collections.abc import Iterable, Sequence
from datetime import UTC, date, datetime
from functools import lru_cache

from icalendar import Calendar, Event, Timezone

YEARS_MORE = 3
"""So many years after the last date are the zones told: a rule goes on."""
BEGINS, END_OF_EVENT, ENDS = b"BEGIN:VEVENT\r\n", b"END:VEVENT\r\n", b"END:VCALENDAR\r\n"
IN_ZONE = re.compile(rb"^(?:DTSTART|RECURRENCE-ID|EXDATE|RDATE);TZID=([^:;\r\n]+)", re.MULTILINE)
"""A property with its zone. What people wrote begins no line: icalendar writes it behind the name of its own."""


def properties_of(event: Event) -> bytes:
    """Return the lines of an event without its first and its last, which make it one."""
    return bytes(event.to_ical()).removeprefix(BEGINS).removesuffix(END_OF_EVENT)


def event_of(*parts: bytes) -> bytes:
    """Return an event from its lines."""
    return BEGINS + b"".join(parts) + END_OF_EVENT


def written(made: Calendar, events: Iterable[bytes], *, years: Sequence[int], at: datetime) -> str:
    """Return a calendar's text with these events, made `at`, and what is known of their zones in `years` and a few more (C5)."""
    stamp = f"DTSTAMP:{at.astimezone(UTC):%Y%m%dT%H%M%SZ}\r\n".encode()
    body = b"".join(event.replace(BEGINS, BEGINS + stamp, 1) for event in events)
    zones = sorted({found.decode() for found in IN_ZONE.findall(body)})
    told = b"".join(_zone(zone, min(years), max(years) + YEARS_MORE) for zone in zones)
    return (bytes(made.to_ical()).removesuffix(ENDS) + told + body + ENDS).decode()


@lru_cache(maxsize=256)
def _zone(name: str, first: int, last: int) -> bytes:
    """Return what clocks do in a zone from one year to another: the same for the same, so it is looked through once."""
    try:
        zone = Timezone.from_tzid(name, first_date=date(first, 1, 1), last_date=date(last, 1, 1))
    except ValueError:  # icalendar knows less of it than we do: programmes know the name
        return b""
    return bytes(zone.to_ical())
