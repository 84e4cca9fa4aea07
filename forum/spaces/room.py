"""What the spaces themselves register."""

from collections.abc import Sequence

from flask import url_for

from forum.spaces.feature import Feature, TabRule, TodayPart
from forum.spaces.guard import Here
from forum.spaces.policy import Can
from forum.spaces.queries import asking
from forum.spaces.sentences import SENTENCES
from forum.spaces.tellers import TELLERS
from forum.spaces.views import blueprint
from forum.web.words import _l

PAGES = frozenset(
    {
        "spaces.members",
        "spaces.member",
        "spaces.change_role",
        "spaces.remove",
        "spaces.requests",
        "spaces.accept_request",
        "spaces.decline_request",
        "spaces.invitations",
        "spaces.invite",
        "spaces.new_link",
        "spaces.about",
        "spaces.log",
        "spaces.settings",
        "spaces.change_settings",
        "spaces.archive",
    }
)


def today(here: Here) -> Sequence[TodayPart]:
    """Say who asks to be let in, to those who can let them in."""
    if not here.may(Can.DECIDE_REQUEST):
        return []
    waiting = asking(here.space)
    if not waiting:
        return []
    values: dict[str, object] = {"asking": waiting, "url": url_for("spaces.requests", slug=here.space.slug)}
    return [TodayPart(order=15, template="spaces/today.html", values=values, waits=len(waiting))]


feature = Feature(
    name="spaces",
    blueprints=(blueprint,),
    tellers=TELLERS,
    tabs=(TabRule(label=_l("People"), endpoint="spaces.members", order=60, pages=PAGES),),
    today=today,
    log_sentences=SENTENCES,
)
