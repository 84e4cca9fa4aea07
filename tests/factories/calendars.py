"""Calendar files, as HR systems write them."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta


def make_calendar(*events: Sequence[str]) -> bytes:
    """Return a file with these events, each as its lines."""
    lines = ["BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//HR//EN"]
    for event in events:
        lines += ["BEGIN:VEVENT", *event, "END:VEVENT"]
    return "\r\n".join([*lines, "END:VCALENDAR", ""]).encode()


def away_days(uid: str, first: date, days: int = 1, *more: str) -> list[str]:
    """Return the lines of an event of whole days."""
    end = first + timedelta(days=days)
    return [f"UID:{uid}", f"DTSTART;VALUE=DATE:{first:%Y%m%d}", f"DTEND;VALUE=DATE:{end:%Y%m%d}", *more]


def away_times(uid: str, start: datetime, end: datetime, *more: str, zone: str = "Europe/London") -> list[str]:
    """Return the lines of an event with times of a zone."""
    return [
        f"UID:{uid}",
        f"DTSTART;TZID={zone}:{start:%Y%m%dT%H%M%S}",
        f"DTEND;TZID={zone}:{end:%Y%m%dT%H%M%S}",
        *more,
    ]
