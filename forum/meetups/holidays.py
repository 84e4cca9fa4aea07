"""Bank holidays of Britain, as far as they are known: from the list that comes with the package, never from the network."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from functools import cache

from govuk_bank_holidays.bank_holidays import BankHolidays  # type: ignore[import-untyped]  # it has no types

from forum.meetups.words import day_words
from forum.web.words import _

BRITISH = frozenset({"Europe/London", "Europe/Belfast", "Europe/Guernsey", "Europe/Isle_of_Man", "Europe/Jersey"})
"""Zones in which these days mean something."""


def holiday_on(day: date, zone: str) -> str:
    """Return what a day is called that is a bank holiday in a part of Britain at the least; "" for others, and elsewhere."""
    return _days().get(day, "") if zone in BRITISH else ""


@dataclass(frozen=True, kw_only=True)
class Warned:
    """What whoever asks people to come is told before: which of the days are bank holidays. `key` is sent along by who knows."""

    lines: list[str]
    key: str


def warned_of(days: Iterable[date], zone: str, *, knowing: str = "") -> Warned | None:
    """Return what to say of the bank holidays among days, None when there are none, or they were all told before: `knowing`."""
    found = {day: name for day in sorted(set(days)) if (name := holiday_on(day, zone))}
    if {day.isoformat() for day in found} <= set(knowing.split()):
        return None
    lines = [
        _("%(day)s is a bank holiday: %(name)s.", day=day_words(day, zone=zone), name=name)
        for day, name in found.items()
    ]
    return Warned(lines=lines, key=" ".join(day.isoformat() for day in found))


@cache
def _days() -> dict[date, str]:
    known = BankHolidays(use_cached_holidays=True)
    found: dict[date, str] = {}
    for division in (BankHolidays.SCOTLAND, BankHolidays.NORTHERN_IRELAND, BankHolidays.ENGLAND_AND_WALES):
        for one in known.get_holidays(division=division):
            found[one["date"]] = str(one["title"])
    return found
