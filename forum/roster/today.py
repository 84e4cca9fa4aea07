"""What the roster says on Today: that somebody is back, what cover they are asked for; to organisers, where nobody is now or soon."""

from collections.abc import Sequence

from flask import url_for
from markupsafe import Markup

from forum.core.time import now
from forum.roster.actions.returning import unread_return
from forum.roster.queries.cover import cover_of
from forum.roster.queries.gaps import GapLine, gaps_ahead, lines_for
from forum.roster.tellers.common import days_of
from forum.roster.views.grid import short_days
from forum.spaces.guard import Here
from forum.spaces.parts import TodayPart
from forum.spaces.policy import Can
from forum.web.rendering import day_words, reader
from forum.web.words import _, _n

BACK, ASKED, GAPS = 3, 12, 13
LISTED = 5


def parts(here: Here) -> Sequence[TodayPart]:
    """Return the parts of Today that have something in them."""
    if not here.may(Can.SEE_ROSTER):
        return []
    return [*_back(here), *_asked(here), *_gaps(here)]


def _back(here: Here) -> list[TodayPart]:
    back = unread_return(here.actor)
    if back is None:
        return []
    link = Markup('<a href="{}">{}</a>').format(url_for("away.brief", absence_id=back.id), _("what happened meanwhile"))
    sentence = Markup(_("Welcome back. Read %(link)s.")) % {"link": link}  # noqa: S704  # our own words
    return [TodayPart(order=BACK, template="roster/today_back.html", values={}, sentence=sentence)]


def _asked(here: Here) -> list[TodayPart]:
    """What they are asked to cover, and what everybody is asked and they may take."""
    found = [line for line in cover_of(here).open_ones if not line.declined]
    asked = [line for line in found if line.mine]
    others = [line for line in found if not line.mine and line.request.to_all]
    if not found:
        return []
    values = {"lines": [*asked, *others][:LISTED], "days_of": days_of, "is_asked": bool(asked)}
    return [TodayPart(order=ASKED, template="roster/today_asked.html", values=values, waits=len(asked))]


def _gaps(here: Here) -> list[TodayPart]:
    """The gaps of the next fourteen days, and those that are there now."""
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
