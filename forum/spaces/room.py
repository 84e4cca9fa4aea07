"""What the spaces themselves register."""

from collections.abc import Sequence

from flask import url_for

from forum.spaces.feature import Feature, TabRule, TodayPart
from forum.spaces.guard import Here
from forum.spaces.policy import Can
from forum.spaces.queries import asking, keepers_of
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
    """Say who looks after the space and, to those who can let people in, who asks to be let in."""
    parts = []
    if here.may(Can.DECIDE_REQUEST) and (waiting := asking(here.space)):
        values: dict[str, object] = {"asking": waiting, "url": url_for("spaces.requests", slug=here.space.slug)}
        parts.append(TodayPart(order=15, template="spaces/today.html", values=values, waits=len(waiting)))
    if keepers := keepers_of(here.space):
        parts.append(TodayPart(order=70, template="spaces/today_keepers.html", values={"keepers": keepers}, in_rail=True))
    return parts


feature = Feature(
    name="spaces",
    blueprints=(blueprint,),
    tellers=TELLERS,
    tabs=(TabRule(label=_l("People"), endpoint="spaces.members", order=60, pages=PAGES),),
    today=today,
    log_sentences=SENTENCES,
)
