"""What the roster has to say on Today: to organisers, where nobody is now or soon."""

from flask import url_for
from markupsafe import Markup

from forum.core.time import now
from forum.roster.queries.gaps import GapLine, gaps_ahead, lines_for
from forum.roster.views.grid import short_days
from forum.spaces.feature import TodayPart
from forum.spaces.guard import Here
from forum.spaces.policy import Can
from forum.web.rendering import day_words, reader
from forum.web.words import _, _n

GAPS = 12
LISTED = 5


def gaps_for(here: Here) -> list[TodayPart]:
    """Return the part that lists gaps of the next fourteen days, and those that are there now. Nothing when there are none."""
    if not here.may(Can.KEEP_ROSTER):
        return []
    at = now()
    gaps = gaps_ahead(here.space, at=at, with_current=True)
    lines = lines_for(here.actor, gaps, at=at) if gaps else []
    if not lines:
        return []
    url = url_for("roster.grid", slug=here.space.slug, _anchor="gaps")
    said = _n("%(num)d duty", "%(num)d duties", len({line.ref for line in lines}))
    sentence = Markup('<a href="{}">{}</a> {}').format(
        url, said, _n("has a gap soon.", "have a gap soon.", len({line.ref for line in lines}))
    )
    values: dict[str, object] = {"lines": lines[:LISTED], "more": len(lines) - LISTED, "url": url, "days": _days}
    return [TodayPart(order=GAPS, template="roster/today_gaps.html", values=values, sentence=sentence)]


def _days(line: GapLine) -> str:
    if line.goes_on:
        return _("From %(day)s on", day=day_words(line.span.first_day, reader().today))
    return short_days(line.span)
