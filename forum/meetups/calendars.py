"""Meetups as calendar programmes read them (RFC 5545): for downloads, feeds and mail (C1-C6). Pure: from values to text.

A series is one event with its rule; a date that differs from it is a second event with the same UID, which names the slot that the rule
gave it. Dates that don't take place are left out of downloads and feeds, and cancelled by mail.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

from icalendar import Calendar, Event, vCalAddress, vDuration, vText

from forum.core.text import one_line
from forum.meetups.ical import event_of, properties_of, written
from forum.meetups.recurrence import Plan, Rhythm, ended_by, instant, rule_of, slot_at

MADE_BY = "-//Baton//Meetups//EN"
REFRESH = timedelta(hours=1)
KEPT_TEXTS = 4096
"""Events of single dates whose texts are kept: some 600 bytes each."""
REQUEST, CANCEL, PUBLISH = "REQUEST", "CANCEL", "PUBLISH"


@dataclass(frozen=True, kw_only=True)
class Told:
    """What a calendar says of a meetup or of one date of it, besides its time. All text is plain."""

    title: str
    place: str
    link: str
    """Empty for whoever has no seat."""
    words: str
    url: str
    changed_at: datetime
    sequence: int


@dataclass(frozen=True, kw_only=True)
class Dated:
    """One date: the slot that the rule gave it, when it really is, and what is said of it."""

    original: datetime
    fold: int
    starts_at: datetime
    minutes: int
    takes_place: bool
    is_exception: bool
    told: Told


@dataclass(frozen=True, kw_only=True)
class Whole:
    """A meetup with its rule, and those of its dates that calendars must be told of one by one."""

    uid: str
    plan: Plan
    told: Told
    dates: Sequence[Dated] = ()
    exdates: Sequence[datetime] = ()
    rdates: Sequence[datetime] = ()
    """Slots in which something takes place though the rule doesn't have them (any more)."""
    only_dates: bool = False
    """Of a series nothing but these dates, each by itself."""


@dataclass(frozen=True, kw_only=True)
class Writer:
    """Who asks people to come, and whom: in mail only. Downloads and feeds name nobody (C5)."""

    organiser: str
    """A space's name, and the address of the installation: so changes still come from the same when people leave (C6)."""
    address: str
    invited: str
    """The address of the one who gets it."""


def calendar(
    wholes: Iterable[Whole], *, at: datetime, name: str = "", method: str = PUBLISH, writer: Writer | None = None
) -> str:
    """Return a calendar of whole meetups: in a feed or a download, or in mail to somebody who comes every time."""
    wholes, events = list(wholes), list[bytes]()
    for whole in wholes:
        if not whole.only_dates and (whole.plan.comes_back or _takes_place(whole)):
            events.append(_master(whole, writer=writer, cancels=method == CANCEL))
        if whole.plan.comes_back and method != CANCEL:
            told = [one for one in whole.dates if one.takes_place and (one.is_exception or whole.only_dates)]
            events += [_one(whole, one, writer=writer) for one in told]
    return written(_empty(name, method), events, years=_years(wholes), at=at)


def dates_only(
    whole: Whole, dates: Sequence[Dated], *, at: datetime, method: str = PUBLISH, writer: Writer | None = None
) -> str:
    """Return a calendar of single dates of a meetup: in mail to somebody who comes to these. Those that don't take place say so."""
    events = [_one(whole, one, writer=writer, cancels=method == CANCEL or not one.takes_place) for one in dates]
    return written(_empty("", method), events, years=_years([replace(whole, dates=dates)]), at=at)


def left(whole: Whole, *, uid: str, zone: str, slots: Mapping[str, str], keys: Sequence[int]) -> Whole:
    """Return a meetup under the name and with the slots that its dates had before: to take them out of a calendar."""
    dates = [
        replace(one, original=datetime.fromisoformat(slots[str(key)]))
        for key, one in zip(keys, whole.dates, strict=True)
    ]
    rhythm = whole.plan.rhythm if whole.plan.comes_back else Rhythm.WEEKLY  # it had slots then, of whatever rhythm
    return replace(whole, uid=uid, plan=replace(whole.plan, zone=zone, rhythm=rhythm), dates=dates)


def every_time(
    whole: Whole, *, comes: Collection[datetime], declined: Collection[datetime], until: date | None, at: datetime
) -> Whole:
    """Leave of a series what somebody who always comes comes to: not what they declined, nor what is after their last day.

    `comes` and `declined`: the slots of which they said so. What they come to by itself after that day is kept.
    """
    ahead = [one for one in whole.dates if one.takes_place and one.starts_at > at]
    gone = {*declined, *(one.original for one in ahead if one.original not in comes)} - {*comes}
    plan, late = whole.plan, set()
    if until is not None and plan.comes_back:
        plan = ended_by(plan, until)
        gone.update([plan.start] if plan.start.date() > until else [])
        late = {one.original for one in ahead if one.original.date() > until}
    return replace(
        whole,
        plan=plan,
        dates=[one for one in whole.dates if one.original not in gone],
        exdates=sorted({*whole.exdates, *(gone - late)}),
        rdates=sorted(({*whole.rdates} | late) - gone),
    )


def ended(whole: Whole, *, day: date) -> Whole:
    """Leave of a series what was until a day: what is in calendars after it goes, and what has been stays there."""
    return replace(whole, plan=ended_by(whole.plan, day))


def _takes_place(whole: Whole) -> bool:
    """Say whether what takes place once does: it may have dates that are left of a series."""
    return not whole.dates or any(one.takes_place for one in whole.dates)


def _empty(name: str, method: str) -> Calendar:
    made = Calendar()
    made.add("PRODID", MADE_BY)
    made.add("VERSION", "2.0")
    made.add("CALSCALE", "GREGORIAN")
    made.add("METHOD", method)
    if name:
        said = one_line(name)
        made.add("NAME", said)
        made.add("X-WR-CALNAME", said)
        made.add("REFRESH-INTERVAL", vDuration(REFRESH), parameters={"VALUE": "DURATION"})
        made.add("X-PUBLISHED-TTL", vDuration(REFRESH))
    return made


def _master(whole: Whole, *, writer: Writer | None, cancels: bool = False) -> bytes:
    plan = whole.plan
    if not plan.comes_back and whole.dates:
        only = next((one for one in whole.dates if one.takes_place), whole.dates[0])
        return _one(whole, only, writer=writer, cancels=cancels)
    slot = slot_at(plan.start, plan.zone, fold=plan.fold)
    first = Dated(
        original=plan.start,
        fold=slot.fold,
        starts_at=slot.starts_at,
        minutes=plan.minutes,
        takes_place=True,
        is_exception=False,
        told=whole.told,
    )
    rule = Event()
    if plan.comes_back:
        rule.add("RRULE", rule_of(plan))
        here = ZoneInfo(plan.zone)
        if whole.exdates:
            rule.add("EXDATE", [original.replace(tzinfo=here) for original in whole.exdates])
        if whole.rdates:
            rule.add("RDATE", [original.replace(tzinfo=here) for original in whole.rdates])
    parts = (_shared(whole.uid, first, writer, cancels=cancels), _own(first, plan.zone), properties_of(rule))
    return event_of(*parts)


def _one(whole: Whole, one: Dated, *, writer: Writer | None, cancels: bool = False) -> bytes:
    return _text_of_one(whole.uid, whole.plan.zone, one, writer, is_part=whole.plan.comes_back, cancels=cancels)


@lru_cache(maxsize=KEPT_TEXTS)
def _text_of_one(uid: str, zone: str, one: Dated, writer: Writer | None, *, is_part: bool, cancels: bool) -> bytes:
    """Return the event of one date; the same for the same values, so what was written once is kept."""
    return event_of(_shared(uid, one, writer, cancels=cancels), _own(one, zone, is_part=is_part))


def forget_texts() -> None:
    """Forget what was written once, to measure how long that takes."""
    _text_of_one.cache_clear()
    _said_of_all.cache_clear()


def _shared(uid: str, one: Dated, writer: Writer | None, *, cancels: bool) -> bytes:
    return _said_of_all(uid, replace(one.told, url="", words=""), one.minutes, writer, cancels=cancels)


@lru_cache(maxsize=256)
def _said_of_all(uid: str, told: Told, minutes: int, writer: Writer | None, *, cancels: bool) -> bytes:
    """Return what an event says that other dates of its series say, too, mostly: written once for all of them."""
    event = Event()
    event.add("UID", uid)
    event.add("SEQUENCE", told.sequence)
    event.add("LAST-MODIFIED", told.changed_at)
    event.add("SUMMARY", one_line(told.title))
    event.add("DURATION", timedelta(minutes=minutes))
    if told.place or told.link:
        event.add("LOCATION", one_line(told.place or told.link))
    event.add("STATUS", "CANCELLED" if cancels else "CONFIRMED")
    event.add("TRANSP", "OPAQUE")
    if writer is not None:
        _ask(event, writer)
    return properties_of(event)


def _own(one: Dated, zone: str, *, is_part: bool = False) -> bytes:
    """Return what an event says of its very date."""
    event, told = Event(), one.told
    event.add("DTSTART", _start(one, zone))
    if is_part:
        event.add("RECURRENCE-ID", one.original.replace(tzinfo=ZoneInfo(zone)))
    event.add("DESCRIPTION", "\n".join((*_lines(told.words, told.link), told.url)))
    event.add("URL", told.url)
    return properties_of(event)


def _start(one: Dated, zone: str) -> datetime:
    """Return when a date begins, with its zone. The second of two equal times can be said in UTC only (C4)."""
    local = one.starts_at.astimezone(ZoneInfo(zone))
    if instant(local.replace(tzinfo=None, fold=0), zone) != one.starts_at:
        return one.starts_at.astimezone(UTC)
    return local.replace(fold=0)


@lru_cache(maxsize=256)
def _lines(words: str, link: str) -> tuple[str, ...]:
    return tuple(one_line(line) for line in (*words.splitlines(), link) if line.strip())


def _ask(event: Event, writer: Writer) -> None:
    organiser = vCalAddress(f"MAILTO:{_address(writer.address)}")
    organiser.params["CN"] = vText(one_line(writer.organiser).replace('"', "'"))
    event["ORGANIZER"] = organiser
    attendee = vCalAddress(f"MAILTO:{_address(writer.invited)}")
    attendee.params["PARTSTAT"] = vText("ACCEPTED")
    attendee.params["ROLE"] = vText("REQ-PARTICIPANT")
    attendee.params["RSVP"] = vText("FALSE")
    event.add("ATTENDEE", attendee, encode=False)


def _address(address: str) -> str:
    return "".join(char for char in address if char.isprintable() and not char.isspace())


def _years(wholes: Iterable[Whole]) -> list[int]:
    """Return the years that meetups are about."""
    found = [year for whole in wholes for year in (whole.plan.start.year, *(one.starts_at.year for one in whole.dates))]
    return sorted(set(found))
