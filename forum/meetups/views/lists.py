"""The agenda, what has been, and the month."""

import calendar
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import groupby
from zoneinfo import ZoneInfo

from flask import render_template, request

from forum.core.errors import Missing
from forum.core.text import one_line
from forum.core.time import local, now, today
from forum.meetups.models import Answer
from forum.meetups.polls.queries import polls_in
from forum.meetups.queries.lists import PAGE, Listed, in_month, past, upcoming
from forum.meetups.views import blueprint
from forum.meetups.words import ANSWERS, HAD_ANSWERED, month_words
from forum.spaces.guard import Here, needs
from forum.spaces.policy import Can

MONTH = re.compile(r"(\d{4})-(\d{2})", re.ASCII)
YEARS = range(1990, 2100)
DECEMBER = 12
LONGEST_WORDS = 100


@dataclass(frozen=True, kw_only=True)
class Day:
    """A field of the month."""

    day: date
    is_inside: bool
    dates: Sequence[Listed]


@blueprint.get("/")
@needs(Can.SEE_MEETUPS)
def index(here: Here) -> str:
    """List what is to come, or (`show=past`) what has been, by month."""
    is_past = request.args.get("show") == "past"
    edge = request.args.get("from", type=int)
    edge = edge if edge is not None and 0 < edge < 2**31 else None
    words = one_line(request.args.get("q", ""))[:LONGEST_WORDS]
    found = past(here, before=edge, words=words) if is_past else upcoming(here, after=edge)
    shown = found[:PAGE]
    months = [
        (month_words(first), list(them))
        for first, them in groupby(shown, key=lambda one: _shown_day(here, one).replace(day=1))
    ]
    return render_template(
        "meetups/index.html",
        months=months,
        is_past=is_past,
        words=words,
        is_first=edge is None,
        more=shown[-1].one.id if len(found) > PAGE else None,
        this_month=this_month(here),
        polls=polls_in(here) if not is_past and edge is None else [],
        may_schedule=here.may(Can.SCHEDULE_MEETUP),
    )


@blueprint.get("/month/<month>")
@needs(Can.SEE_MEETUPS)
def month(here: Here, month: str) -> str:
    """Show a month as a table of weeks, on the reader's clock."""
    first = _first_of(month)
    weeks = calendar.Calendar().monthdatescalendar(first.year, first.month)
    zone = ZoneInfo(here.actor.zone)
    begins = datetime.combine(weeks[0][0], datetime.min.time(), zone)
    ends = datetime.combine(weeks[-1][-1] + timedelta(days=1), datetime.min.time(), zone)
    by_day: dict[date, list[Listed]] = {}
    for one in in_month(here, first=begins, last=ends):
        by_day.setdefault(_shown_day(here, one), []).append(one)
    return render_template(
        "meetups/month.html",
        title=month_words(first),
        this_month=this_month(here),
        at=now(),
        going=(ANSWERS[Answer.GOING], HAD_ANSWERED[Answer.GOING]),
        weeks=[
            [Day(day=day, is_inside=day.month == first.month, dates=by_day.get(day, ())) for day in week]
            for week in weeks
        ],
        earlier=f"{first - timedelta(days=1):%Y-%m}",
        later=f"{first + timedelta(days=32):%Y-%m}",
        earlier_words=month_words(first - timedelta(days=1)),
        later_words=month_words((first + timedelta(days=32)).replace(day=1)),
        may_schedule=here.may(Can.SCHEDULE_MEETUP),
    )


def this_month(here: Here) -> str:
    """Return the month in which the reader is, as its address says it."""
    return f"{today(here.actor.zone):%Y-%m}"


def _first_of(typed: str) -> date:
    found = MONTH.fullmatch(typed)
    year, number = (int(found[1]), int(found[2])) if found else (0, 0)
    if year not in YEARS or not 1 <= number <= DECEMBER:
        raise Missing
    return date(year, number, 1)


def _shown_day(here: Here, one: Listed) -> date:
    return local(one.one.starts_at, here.actor.zone).date()
