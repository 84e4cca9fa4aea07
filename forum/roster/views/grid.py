"""The grid of the next weeks."""

from functools import cache

from flask import render_template, request

from forum.core.halves import SECOND, Span, part_of
from forum.roster.queries.away import hushed_in
from forum.roster.queries.grid import A_WEEK, FURTHEST, MOST_WEEKS, WEEKS, Grid, grid_of, week_from
from forum.roster.tellers.common import days_of
from forum.roster.views import Page, blueprint
from forum.roster.words import CRITICALITY
from forum.spaces.guard import Here, needs
from forum.spaces.policy import Can
from forum.web.rendering import day_words, reader
from forum.web.words import _

LISTED = 30
"""Gaps that stand under the grid in words, the next first; all of them are in it."""


@blueprint.get("/weeks")
@needs(Can.SEE_ROSTER)
def grid(here: Here) -> Page:
    """Show who holds each duty, week by week, and where nobody does."""
    weeks = MOST_WEEKS if request.args.get("weeks") == str(MOST_WEEKS) else WEEKS
    found = grid_of(here, first=week_from(request.args.get("from", "")), weeks=weeks)
    return render_template(
        "roster/grid.html",
        found=found,
        wanted=found.open,
        listed=LISTED,
        criticality=CRITICALITY,
        days_of=days_of,
        short_days=cache(short_days),  # many runs are of the same days
        earlier=_leafed(found, -1),
        later=_leafed(found, 1),
        most_weeks=MOST_WEEKS,
        hushed=hushed_in(here),
    )


def _leafed(found: Grid, by: int) -> str:
    """Return the first day of the weeks before or after, "" when there are none to be seen."""
    first = found.first + by * found.weeks * A_WEEK
    if by > 0:
        return first.isoformat() if first <= found.today + FURTHEST else ""
    return max(first, found.today).isoformat() if found.first > found.today else ""


def short_days(span: Span) -> str:
    """Return "Mon 7 Dec to Fri 11 Dec", with the halves where a day isn't whole."""
    today = reader().today
    first, last = day_words(span.first_day, today), day_words(span.last_day, today)
    starts_late, ends_early = part_of(span.first) == SECOND, part_of(span.last) != SECOND
    if span.first_day == span.last_day:
        if starts_late:
            return _("%(day)s from midday", day=first)
        return _("%(day)s until midday", day=first) if ends_early else first
    begin = _("%(day)s from midday", day=first) if starts_late else first
    end = _("%(day)s midday", day=last) if ends_early else last
    return _("%(first)s to %(last)s", first=begin, last=end)
