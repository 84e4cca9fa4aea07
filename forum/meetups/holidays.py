"""Bank holidays of Britain, as far as they are known: from the list that comes with the package, never from the network."""

from datetime import date
from functools import cache

from govuk_bank_holidays.bank_holidays import BankHolidays  # type: ignore[import-untyped]  # it has no types

BRITISH = frozenset({"Europe/London", "Europe/Belfast", "Europe/Guernsey", "Europe/Isle_of_Man", "Europe/Jersey"})
"""Zones in which these days mean something."""


def holiday_on(day: date, zone: str) -> str:
    """Return what a day is called that is a bank holiday in a part of Britain at the least; "" for others, and elsewhere."""
    return _days().get(day, "") if zone in BRITISH else ""


@cache
def _days() -> dict[date, str]:
    known = BankHolidays(use_cached_holidays=True)
    found: dict[date, str] = {}
    for division in (BankHolidays.SCOTLAND, BankHolidays.NORTHERN_IRELAND, BankHolidays.ENGLAND_AND_WALES):
        for one in known.get_holidays(division=division):
            found[one["date"]] = str(one["title"])
    return found
