"""What Today says of copies: what comes first in a new one, what one is asked to show, and where the space came from."""

from flask import url_for
from markupsafe import Markup
from sqlalchemy import BindParameter, Integer, bindparam, exists

from forum.clone.first_week import part as first_week
from forum.clone.models import Consent
from forum.clone.queries import asked_of, grown_from
from forum.clone.upstream.following import counted
from forum.clone.upstream.offers import offers_for
from forum.clone.upstream.waiting import may_be_offered
from forum.spaces.guard import Here
from forum.spaces.parts import TodayIf, TodayPart
from forum.spaces.policy import Can
from forum.spaces.queries.visible import VIEWER
from forum.web.words import _

ASKED, UPSTREAM, GROWN = 13, 17, 75


def parts(here: Here) -> list[TodayPart]:
    """Return the parts that have something to say."""
    found = first_week(here)
    if here.space.origin_uuid is not None and (origin := grown_from(here.space.id, here.actor)):
        shown: dict[str, object] = {"origin": origin, "is_steward": here.may(Can.CHANGE_SPACE)}
        found.append(TodayPart(order=GROWN, template="clone/today_grown.html", values=shown, in_rail=True))
    return found


def asked_parts(here: Here) -> list[TodayPart]:
    """Return what one is asked to let others read."""
    asked = asked_of(here.actor, here.space) if here.is_member else []
    if not asked:
        return []
    values: dict[str, object] = {
        "asked": [(one.item.title, url_for("clone.asked", slug=one.slug, ref=one.item.ref)) for one in asked]
    }
    sentence = _("Others would like to read what you wrote.")
    return [
        TodayPart(order=ASKED, template="clone/today_asked.html", values=values, waits=len(asked), sentence=sentence)
    ]


def upstream_parts(here: Here) -> list[TodayPart]:
    """Return how much the original offers, for stewards."""
    offers = offers_for(here) if here.may(Can.CHANGE_SPACE) else []
    if not offers:
        return []
    return [
        TodayPart(
            order=UPSTREAM,
            template="clone/today_upstream.html",
            values={"offers": offers},
            waits=len(offers),
            sentence=Markup('<a href="{}">{}</a>').format(
                url_for("clone.upstream", slug=here.space.slug), f"{counted(len(offers))}."
            ),
        )
    ]


IS_ASKED = exists().where(Consent.person_id == VIEWER, Consent.agreed.is_(None))
HERE: BindParameter[int] = bindparam("space_id", type_=Integer)
TODAY_IF = (
    TodayIf(may=IS_ASKED, parts=asked_parts),
    TodayIf(may=lambda: may_be_offered(HERE), parts=upstream_parts),
)
