"""What the roster says on Today: that somebody is back, what they are asked; to organisers, where nobody is now or soon."""

from collections.abc import Sequence

from flask import url_for
from markupsafe import Markup
from sqlalchemy import Integer, bindparam, exists, or_

from forum.core.time import now
from forum.roster.access import KIND
from forum.roster.models import Absence, CoverRequest, CoverState, Duty, DutyKind
from forum.roster.queries.asked import asked_of
from forum.roster.queries.asks import What
from forum.roster.queries.cover import cover_of
from forum.roster.queries.gaps import GapLine, gaps_ahead, lines_for
from forum.roster.queries.present import Present, present
from forum.roster.tellers.common import days_of
from forum.roster.views.grid import short_days
from forum.spaces.guard import Here
from forum.spaces.models import Item, Membership
from forum.spaces.parts import TodayIf, TodayPart
from forum.spaces.policy import Can
from forum.web.rendering import day_words, reader
from forum.web.words import _, _n

BACK, ASKED, WANTED, GAPS = 3, 8, 12, 13
ON_DUTY, AWAY = 10, 18
LISTED, MOST_ASKED, MOST_AWAY = 3, 6, 6


def parts(here: Here) -> Sequence[TodayPart]:
    """Return what the person is asked; to organisers the gaps of the next fourteen days, and those that are there now."""
    return [*_asked(here), *_gaps(here)] if here.may(Can.SEE_ROSTER) else []


def _asked(here: Here) -> list[TodayPart]:
    """What they are asked, but for cover, which is told with who is away (`_cover`)."""
    lines = [line for line in asked_of(here) if line.what is not What.COVER]
    if not lines:
        return []
    values: dict[str, object] = {"lines": lines[:MOST_ASKED], "more": len(lines) - MOST_ASKED}
    return [TodayPart(order=ASKED, template="roster/today_asked.html", values=values, waits=len(lines))]


def _around(here: Here) -> list[TodayPart]:
    """Who is on duty and who is away now, and whether one is back."""
    if not here.may(Can.SEE_ROSTER):
        return []
    found = present(here)
    return [*_back(found), *_on_duty(found), *_away(found)]


def _on_duty(found: Present) -> list[TodayPart]:
    """Who is on duty now, in the rail; that nobody is, is said too."""
    if not found.on_duty:
        return []
    values: dict[str, object] = {"on_duty": found.on_duty}
    return [TodayPart(order=ON_DUTY, template="roster/today_on_duty.html", values=values, in_rail=True)]


def _away(found: Present) -> list[TodayPart]:
    """Who is away now, in the rail, with who covers."""
    if not found.away:
        return []
    values: dict[str, object] = {"away": found.away[:MOST_AWAY], "more": len(found.away) - MOST_AWAY}
    return [TodayPart(order=AWAY, template="roster/today_away.html", values=values, in_rail=True)]


def _back(found: Present) -> list[TodayPart]:
    back = found.back
    if back is None:
        return []
    link = Markup('<a href="{}">{}</a>').format(url_for("away.brief", absence_id=back.id), _("what happened meanwhile"))
    sentence = Markup(_("Welcome back. Read %(link)s.")) % {"link": link}  # noqa: S704  # our own words
    return [TodayPart(order=BACK, template="roster/today_back.html", values={}, sentence=sentence, greets=True)]


def _cover(here: Here) -> list[TodayPart]:
    """What they are asked to cover, and what everybody is asked and they may take."""
    if not here.may(Can.SEE_ROSTER):
        return []
    found = [line for line in cover_of(here).open_ones if not line.declined]
    asked = [line for line in found if line.mine]
    others = [line for line in found if not line.mine and line.request.to_all]
    if not found:
        return []
    lines = [*asked, *others]
    values = {"lines": lines[:LISTED], "more": len(lines) - LISTED, "days_of": days_of, "is_asked": bool(asked)}
    order, template = ASKED if asked else WANTED, "roster/today_cover.html"
    return [TodayPart(order=order, template=template, values=values, waits=len(asked), is_for_settled=not asked)]


def _gaps(here: Here) -> list[TodayPart]:
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


HERE = Item.space_id == bindparam("space_id", type_=Integer)
SOMEBODY_AWAY = exists().where(
    Absence.person_id == Membership.person_id,
    Membership.space_id == bindparam("space_id", type_=Integer),
    Membership.ended_at.is_(None),
)
ON_DUTY_HERE = exists().where(Duty.id == Item.id, HERE, Item.kind == KIND, Duty.kind == DutyKind.ON_DUTY)
COVER_WANTED = exists().where(CoverRequest.duty_id == Item.id, HERE, CoverRequest.state == CoverState.OPEN)
TODAY_IF = (TodayIf(may=or_(SOMEBODY_AWAY, ON_DUTY_HERE), parts=_around), TodayIf(may=COVER_WANTED, parts=_cover))
