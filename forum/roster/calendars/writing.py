"""Writing runs of the roster as iCalendar: whole days where they are whole, times where they aren't; nobody is invited (C5)."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from icalendar import Calendar, Event

from forum.core.halves import FIRST, SECOND, begins, ends, part_of
from forum.roster.queries.calendar import Entry
from forum.roster.who import Why
from forum.web.links import absolute
from forum.web.words import _

PRODUCT = "-//Baton//Roster//EN"
REFRESH = timedelta(hours=4)
"""How often programmes are asked to look. Most look once or thrice a day, whatever is asked."""
EPOCH = datetime(2020, 1, 1, tzinfo=UTC)
A_DAY = timedelta(days=1)


def document(entries: Sequence[Entry], *, name: str, is_own: bool) -> bytes:
    """Return the calendar. It has the zones that are used, for the years that are used."""
    calendar = Calendar()
    calendar.add("prodid", PRODUCT)
    calendar.add("version", "2.0")
    calendar.add("method", "PUBLISH")
    calendar.add("name", _one_line(name))
    calendar.add("x-wr-calname", _one_line(name))
    calendar.add("refresh-interval", REFRESH, parameters={"VALUE": "DURATION"})
    calendar.add("x-published-ttl", REFRESH)
    for entry in entries:
        calendar.add_component(_event(entry, is_own=is_own))
    if entries:
        first = min(entry.span.first_day for entry in entries)
        last = max(entry.span.last_day for entry in entries)
        calendar.add_missing_timezones(first.replace(month=1, day=1), last.replace(month=12, day=31))
    return bytes(calendar.to_ical())


def _event(entry: Entry, *, is_own: bool) -> Event:
    event = Event()
    event.add("uid", f"{entry.name}@baton")
    event.add("dtstamp", entry.changed_at)
    event.add("last-modified", entry.changed_at)
    event.add("sequence", max(0, int((entry.changed_at - EPOCH).total_seconds())))
    if part_of(entry.span.first) == FIRST and part_of(entry.span.last) == SECOND:
        event.add("dtstart", entry.span.first_day)
        event.add("dtend", entry.span.last_day + A_DAY)
    else:
        zone = ZoneInfo(entry.zone)
        event.add("dtstart", begins(entry.span.first, zone=entry.zone, midday=entry.midday).astimezone(zone))
        event.add("dtend", ends(entry.span.last, zone=entry.zone, midday=entry.midday).astimezone(zone))
    event.add("summary", _one_line(_summary(entry) if is_own else _told(entry)))
    event.add("url", absolute("roster.duty", slug=entry.slug, ref=entry.ref))
    event.add("transp", "TRANSPARENT")
    return event


def _summary(entry: Entry) -> str:
    """Say to whoever holds it what it is."""
    if entry.held.why is Why.COVER and entry.owner:
        return _("Cover: %(title)s, for %(name)s", title=entry.title, name=entry.owner)
    if entry.held.why is Why.COVER:
        return _("Cover: %(title)s", title=entry.title)
    return _("Deputy: %(title)s", title=entry.title) if entry.held.why is Why.DEPUTY else entry.title


def _told(entry: Entry) -> str:
    """Say to others who holds it."""
    if entry.held.is_gap:
        return _("%(title)s: nobody", title=entry.title)
    if entry.held.why is Why.HOLDER or not entry.owner:
        return _("%(title)s: %(name)s", title=entry.title, name=entry.person)
    return _("%(title)s: %(name)s, for %(owner)s", title=entry.title, name=entry.person, owner=entry.owner)


def _one_line(text: str) -> str:
    """Return a text without characters that would end a line or can't be seen."""
    return " ".join("".join(char if char.isprintable() else " " for char in text).split())
