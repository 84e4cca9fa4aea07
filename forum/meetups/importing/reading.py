"""Reading meetups from an iCalendar file. Runs in the child process (`child.py`), on bytes that nobody vouches for.

Who takes part is never read: only how many they are.
"""

import hashlib
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from itertools import islice
from typing import Any
from zoneinfo import ZoneInfo, available_timezones

from forum.core.calendars.reading import Unread, events_in, length_of, listed, start_of, wall_of
from forum.core.text import one_line
from forum.meetups.importing.rules import rule_of
from forum.meetups.recurrence import Plan, Rhythm, instant, slots

MOST_MEETUPS, MOST_OF_ONE, MOST_PAST = 100, 400, 6_000
HOUR, A_DAY = 60, 24 * 60
TITLE, PLACE, LINK, WORDS = 200, 200, 500, 4_000
AHEAD = timedelta(days=548)
LINKS = ("CONFERENCE", "X-GOOGLE-CONFERENCE", "X-MICROSOFT-SKYPETEAMSMEETINGURL", "URL")


@dataclass(frozen=True)
class Where:
    """What the reader's clock is, and the instant that it is now."""

    zone: str
    now: datetime


@dataclass(frozen=True, kw_only=True)
class Draft:
    """A meetup as a file has it, in plain values. `notes`: short words on what of it is not taken, or taken otherwise."""

    uid: str
    title: str
    place: str
    link: str
    words: str
    start: str
    zone: str
    minutes: int
    rhythm: str
    every: int
    until: str | None
    count: int | None
    gone: Sequence[str]
    """Slots that don't take place."""
    moved: Sequence[tuple[str, str, int]]
    """Slots that take place at another time: the slot, the time on the wall, and how many minutes."""
    notes: Sequence[str]

    @property
    def plan(self) -> Plan:
        """When it takes place."""
        return Plan(
            start=datetime.fromisoformat(self.start),
            zone=self.zone,
            minutes=self.minutes,
            rhythm=Rhythm(self.rhythm),
            every=self.every,
            until=date.fromisoformat(self.until) if self.until else None,
            count=self.count,
        )


@dataclass
class Read:
    """Meetups, and how many events weren't used, by why."""

    found: list[Draft] = field(default_factory=list)
    unused: Counter[str] = field(default_factory=Counter)


def read(data: bytes, where: Where) -> Read:
    """Return the meetups in a file. Raises Unread when it is no calendar, or too much."""
    events = events_in(data)
    parts: dict[str, list[Any]] = {}
    for event in events:
        if event.get("RECURRENCE-ID") is not None:
            parts.setdefault(str(event.get("UID", "")), []).append(event)
    read_in = Read()
    wholes = [event for event in events if event.get("RECURRENCE-ID") is None]
    known = {str(event.get("UID", "")) for event in wholes}
    read_in.unused["part"] += sum(len(some) for uid, some in parts.items() if uid not in known)
    for event in wholes:
        try:
            read_in.found.append(_draft(event, parts.get(str(event.get("UID", "")), []), where))
        except Unread as unread:
            read_in.unused[unread.why] += 1
        except Exception:  # noqa: BLE001  # dates out of any range, properties of any type
            read_in.unused["nonsense"] += 1
        if len(read_in.found) > MOST_MEETUPS:
            raise Unread("many")
    read_in.unused = Counter({why: number for why, number in read_in.unused.items() if number})
    return read_in


def _draft(event: Any, parts: Sequence[Any], where: Where) -> Draft:  # noqa: ANN401  # an event of the library
    if str(event.get("STATUS", "")).upper() == "CANCELLED":
        raise Unread("cancelled")
    begins = start_of(event)
    if not isinstance(begins, datetime):
        raise Unread("whole day")
    notes: list[str] = []
    minutes = int(length_of(event).total_seconds() // 60)
    if not minutes:
        minutes = HOUR
        notes.append("length")
    if not 1 <= minutes <= A_DAY:
        raise Unread("long")
    start, zone, said = _clock(event, begins, where)
    notes += said
    plan = Plan(start=start, zone=zone, minutes=minutes)
    try:
        rule = rule_of(event, start, zone)
    except Unread:
        rule = None
        notes.append("rule")
    if rule is not None:
        plan = replace(plan, rhythm=rule.rhythm, every=rule.every, until=rule.until, count=rule.count)
    if event.get("RDATE") is not None:
        notes.append("more dates")
    if event.get("ATTENDEE") is not None:
        notes.append("guests")
    plan = _from_now(plan, where.now)
    gone, moved = _exceptions(event, parts, begins, plan)
    return _made(event, plan, gone=gone, moved=moved, notes=notes)


def _made(
    event: Any,  # noqa: ANN401  # an event of the library
    plan: Plan,
    *,
    gone: Sequence[str],
    moved: Sequence[tuple[str, str, int]],
    notes: Sequence[str],
) -> Draft:
    place, link = one_line(_said(event, "LOCATION")), ""
    if _is_link(place):
        place, link = "", place
    for name in LINKS:
        value = _said(event, name).strip()
        link = link or (value if _is_link(value) else "")
    uid = str(event.get("UID", "")) or f"{plan.start}{event.get('SUMMARY', '')}"
    return Draft(
        uid=hashlib.sha256(uid.encode()).hexdigest(),
        title=one_line(_said(event, "SUMMARY"))[:TITLE].strip(),
        place=place[:PLACE].strip(),
        link=link,
        words=_said(event, "DESCRIPTION").strip()[:WORDS],
        start=plan.start.isoformat(),
        zone=plan.zone,
        minutes=plan.minutes,
        rhythm=plan.rhythm.value,
        every=plan.every,
        until=plan.until.isoformat() if plan.until else None,
        count=plan.count,
        gone=gone,
        moved=moved,
        notes=notes,
    )


def _clock(event: Any, begins: datetime, where: Where) -> tuple[datetime, str, list[str]]:  # noqa: ANN401  # likewise
    """Return the time on the wall with its zone. A zone that isn't known is the reader's, and so is none."""
    wall = begins.replace(tzinfo=None, fold=0)
    zone = getattr(begins.tzinfo, "key", None)
    if zone in available_timezones() and zone != "UTC":
        return wall, str(zone), []
    if begins.tzinfo is not None:
        there = begins.astimezone(ZoneInfo(where.zone)).replace(tzinfo=None, fold=0)
        return there, where.zone, ["world time"] if begins.utcoffset() == timedelta() else ["zone"]
    return wall, where.zone, ["zone" if event["DTSTART"].params.get("TZID") else "no zone"]


def _from_now(plan: Plan, now: datetime) -> Plan:
    """Return the plan from its first date on that is ahead. Raises Unread when there is none."""
    if instant(plan.start, plan.zone) > now:
        return plan
    if not plan.comes_back:
        raise Unread("past")
    for passed, slot in enumerate(islice(slots(plan, before=now + AHEAD), MOST_PAST)):
        if slot.starts_at > now:
            left = plan.count - passed if plan.count is not None else None
            return replace(plan, start=slot.original, count=left)
    raise Unread("past")


def _exceptions(
    event: Any,  # noqa: ANN401  # an event of the library
    parts: Sequence[Any],
    begins: datetime,
    plan: Plan,
) -> tuple[list[str], list[tuple[str, str, int]]]:
    """Return which dates don't take place, and which do at another time."""
    if not plan.comes_back:
        return [], []
    gone = {_wall(one, begins, plan) for one in listed(event, "EXDATE")}
    moved: dict[datetime, tuple[datetime, int]] = {}
    for part in parts[:MOST_OF_ONE]:
        slot, other = _wall(part["RECURRENCE-ID"].dt, begins, plan), start_of(part)
        if str(part.get("STATUS", "")).upper() == "CANCELLED" or not isinstance(other, datetime):
            gone.add(slot)
        else:
            minutes = int(length_of(part).total_seconds() // 60) or plan.minutes
            moved[slot] = (_wall(other, begins, plan), max(1, min(minutes, A_DAY)))
    from_start = sorted(slot for slot in gone if slot >= plan.start)[:MOST_OF_ONE]
    return (
        [slot.isoformat() for slot in from_start],
        [
            (slot.isoformat(), at.isoformat(), minutes)
            for slot, (at, minutes) in sorted(moved.items())
            if slot >= plan.start and (at, minutes) != (slot, plan.minutes)
        ],
    )


def _wall(moment: Any, begins: datetime, plan: Plan) -> datetime:  # noqa: ANN401  # a date or a datetime
    """Return a moment of the file on the wall of the plan."""
    if not isinstance(moment, datetime):
        return datetime.combine(moment, plan.start.time())
    if moment.tzinfo is not None:
        return moment.astimezone(ZoneInfo(plan.zone)).replace(tzinfo=None, fold=0)
    found: datetime = wall_of(moment, begins)
    return found


def _said(event: Any, name: str) -> str:  # noqa: ANN401  # an event of the library
    """Return a text of an event, the first where there are several."""
    found = event.get(name, "")
    return str(found[0]) if isinstance(found, list) and found else str(found)


def _is_link(text: str) -> bool:
    is_whole = text.startswith(("https://", "http://")) and len(text) <= LINK
    return is_whole and text.isprintable() and not any(char.isspace() for char in text)


def drafts_of(found: Sequence[Mapping[str, Any]]) -> list[Draft]:
    """Make drafts again from what the child printed, or from what a plan keeps."""
    return [Draft(**{**one, "moved": [tuple(some) for some in one["moved"]]}) for one in found]
