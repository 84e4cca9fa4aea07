"""What the roster says on Today: that somebody is back and has something to read, and what cover they are asked for."""

from collections.abc import Sequence

from flask import url_for
from markupsafe import Markup

from forum.roster.actions.returning import unread_return
from forum.roster.queries.cover import cover_of
from forum.roster.tellers.common import days_of
from forum.spaces.feature import TodayPart
from forum.spaces.guard import Here
from forum.spaces.policy import Can
from forum.web.words import _

BACK, ASKED = 3, 12
LISTED = 4


def parts(here: Here) -> Sequence[TodayPart]:
    """Return the parts of Today that have something in them: two queries."""
    if not here.may(Can.SEE_ROSTER):
        return []
    found = []
    back = unread_return(here.actor)
    if back is not None:
        link = Markup('<a href="{}">{}</a>').format(
            url_for("away.brief", absence_id=back.id), _("what happened meanwhile")
        )
        sentence = Markup(_("Welcome back. Read %(link)s.")) % {"link": link}  # noqa: S704  # our own words
        found.append(TodayPart(order=BACK, template="roster/today_back.html", values={}, sentence=sentence))
    asked = [line for line in cover_of(here).open_ones if line.mine and not line.declined]
    if asked:
        values = {"lines": asked[:LISTED], "days_of": days_of}
        found.append(TodayPart(order=ASKED, template="roster/today_asked.html", values=values, waits=len(asked)))
    return found
