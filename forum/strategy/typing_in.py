"""What people type on the pages of a strategy, read: numbers, days as people write them here, texts of several lines. Pure."""

import math
import re
from datetime import date, datetime

from forum.core.markup.source import normalised
from forum.strategy.content import is_amount
from forum.web.words import _

FIRST_YEAR, LAST_YEAR = 1990, 2199
NUMBER = re.compile(r"[-+\u2212]?(?:[0-9]{1,3}(?:,[0-9]{3})+|[0-9]{1,3}(?: [0-9]{3})+|[0-9]*)(?:(?<=[0-9])|\.[0-9]+)")
"""A comma or blank only before three digits, the same ones all through."""


def amount_of(typed: str | None) -> float:
    """Return the number that somebody typed: "1,250", "2 300", "54 %" and "£3.50" too.

    Raises ValueError for what is none, is too large to be one, or could be two: "3,5" is three and a half to some (G2).
    """
    amount = _read(typed)
    if not is_amount(amount):
        raise ValueError
    return amount


def why_no_amount(typed: str | None) -> str:
    """Say what to write instead of what `amount_of` doesn't take."""
    if math.isnan(_read(typed)):
        return _("Write a number in digits, such as 54, 2,300 or 3.5.")
    return _(
        "That is larger than any number that is kept here. Write it in thousands or millions, and say so in the unit."
    )


def _read(typed: str | None) -> float:
    found = NUMBER.fullmatch((typed or "").strip().strip("%£€ "))
    return float(re.sub(r"[ ,]", "", found[0]).replace("\u2212", "-")) if found else math.nan


def amount_or_problem(typed: str | None, problems: dict[str, list[str]]) -> float | None:
    """Return a number of a measure, None for nothing or for what is noted under `problems`."""
    if not typed:
        return None
    try:
        return amount_of(typed)
    except ValueError:
        problems.setdefault("measures", []).append(
            _(
                "“%(typed)s” is no number that is read in one way only. Write it in digits, such as 54, 2,300 or 3.5.",
                typed=typed[:40],
            )
        )
        return None


def day_or_problem(typed: str | None, name: str, problems: dict[str, list[str]]) -> date | None:
    """Return a day, None for nothing or for what is noted under `problems`."""
    if not typed:
        return None
    day = _day_in_words(typed)
    if day is None or not FIRST_YEAR <= day.year <= LAST_YEAR:
        problems.setdefault(name, []).append(
            _("“%(typed)s” is no day that is known here. Write it as 2028-03-31 or 31 March 2028.", typed=typed[:40])
        )
        return None
    return day


def _day_in_words(typed: str) -> date | None:
    """Read "2028-03-31", "31 March 2028" and "31/3/2028", the day first, as people write here; None for anything else."""
    for pattern in ("%Y-%m-%d", "%d %B %Y", "%d %b %Y", "%d/%m/%Y"):
        try:
            return datetime.strptime(typed, pattern).date()  # noqa: DTZ007  # a day on a calendar has no zone
        except ValueError:
            continue
    return None


def tidy(text: str | None) -> str:
    """Return a text of several lines without what no text needs."""
    return "\n".join(line.rstrip() for line in normalised(text or "").splitlines()).strip()
