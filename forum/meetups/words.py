"""Meetups in words: when, how often, how far."""

from datetime import date

from babel.dates import format_date
from flask_babel import get_locale

from forum.core.time import local, today
from forum.meetups.models import Answer, Mode, Occurrence, OccurrenceState
from forum.meetups.recurrence import Plan, Rhythm, place_in_month
from forum.web.words import LazyString, _, _l, _n

ANSWERS: dict[Answer, LazyString] = {
    Answer.GOING: _l("You are going"),
    Answer.WAITING: _l("You are on the waiting list"),
    Answer.MAYBE: _l("You might come"),
    Answer.NO: _l("You can’t come"),
}
HAD_ANSWERED: dict[Answer, LazyString] = {
    Answer.GOING: _l("You had said that you come"),
    Answer.WAITING: _l("You were on the waiting list"),
    Answer.MAYBE: _l("You had said that you might come"),
    Answer.NO: _l("You had said that you can’t come"),
}
"""The same of a date that is over, or doesn't take place."""
COMING: dict[Answer, LazyString] = {
    Answer.GOING: _l("Comes"),
    Answer.WAITING: _l("Waits for a seat"),
    Answer.MAYBE: _l("Might come"),
    Answer.NO: _l("Can’t come"),
}
MODES: dict[Mode, LazyString] = {Mode.ROOM: _l("In the room"), Mode.ONLINE: _l("Online")}
OCCURRENCES: dict[OccurrenceState, LazyString] = {
    OccurrenceState.PLANNED: _l("Planned"),
    OccurrenceState.CANCELLED: _l("Cancelled"),
    OccurrenceState.PAUSED: _l("Paused"),
}
RHYTHMS: dict[Rhythm, LazyString] = {
    Rhythm.ONCE: _l("Once"),
    Rhythm.WEEKLY: _l("On a day of the week"),
    Rhythm.WEEKDAY: _l("On a weekday of the month"),
    Rhythm.LAST_WEEKDAY: _l("On the last such weekday of the month"),
    Rhythm.DAY: _l("On a day of the month"),
    Rhythm.LAST_DAY: _l("On the last day of the month"),
}
"""How often, where a whole plan isn't at hand."""


def day_words(day: date, *, zone: str) -> str:
    """Return "Wed 4 Nov", with the year when it isn't this one."""
    return _said(day, "EEE d MMM" if day.year == today(zone).year else "EEE d MMM y")


def local_words(one: Occurrence, zone: str) -> str:
    """Return when a date is on the clock of the reader: "Wed 4 Nov, 10:00-11:00"."""
    begins, ends = local(one.starts_at, zone), local(one.ends_at, zone)
    return f"{day_words(begins.date(), zone=zone)}, {begins:%H:%M}-{ends:%H:%M}"


def clock_words(one: Occurrence, zone: str) -> str:
    """Return what clocks show where it is, if that is another time than the reader's: "11:00 in Europe/Paris"; else ""."""
    there = local(one.starts_at, one.zone)
    if there.replace(tzinfo=None) == local(one.starts_at, zone).replace(tzinfo=None):
        return ""
    return _("%(clock)s in %(zone)s", clock=f"{there:%H:%M}", zone=one.zone.replace("_", " "))


def rhythm_words(plan: Plan) -> str:
    """Return how often: "every week on Wednesday", "every 2 months on the 1st Friday"; "" for once."""
    weekday = _said(plan.start, "EEEE")
    if plan.rhythm is Rhythm.ONCE:
        return ""
    if plan.rhythm is Rhythm.WEEKLY:
        return _n("Every week on %(day)s", "Every %(num)d weeks on %(day)s", plan.every, day=weekday)
    often = _n("Every month", "Every %(num)d months", plan.every)
    where = {
        Rhythm.WEEKDAY: _("on the %(place)s %(day)s", place=_ordinal(place_in_month(plan.start)), day=weekday),
        Rhythm.LAST_WEEKDAY: _("on the last %(day)s", day=weekday),
        Rhythm.DAY: _("on day %(day)s", day=plan.start.day),
        Rhythm.LAST_DAY: _("on the last day"),
    }
    return f"{often} {where[plan.rhythm]}"


def _ordinal(number: int) -> str:
    return (_("first"), _("second"), _("third"), _("fourth"), _("fifth"))[number - 1]


def _said(day: date, pattern: str) -> str:
    return str(format_date(day, pattern, locale=get_locale() or "en_GB"))


def date_words(day: date) -> str:
    """Return "9 December 2026": for what is kept, and read in other years."""
    return _said(day, "d MMMM y")


def month_words(day: date) -> str:
    """Return "November 2026"."""
    return _said(day, "MMMM y")
