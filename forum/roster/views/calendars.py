"""The roster in one's own calendar: the presses that make an address to follow, and a single cover as a file."""

from flask import url_for
from werkzeug.wrappers import Response

from forum.core.db import db
from forum.core.errors import Missing
from forum.notify.feeds.views import made
from forum.roster.access import request_for
from forum.roster.calendars.feeds import COVERAGE, ICS, MINE
from forum.roster.calendars.writing import document
from forum.roster.models import CoverState
from forum.roster.queries.calendar import entries_of_cover
from forum.roster.views import Page, blueprint
from forum.spaces.guard import Here, needs
from forum.spaces.models import Item
from forum.spaces.policy import Can
from forum.web.presses import kept_at


@blueprint.post("/feed/mine")
@needs(Can.SEE_ROSTER)
@kept_at("feeds.mine")
def feed_of_mine(here: Here) -> Page:
    """Make a calendar address of one's own duties and covers, in all spaces."""
    return made(MINE, "", pressed=url_for("roster.feed_of_mine", slug=here.space.slug))


@blueprint.post("/feed/all")
@needs(Can.SEE_ROSTER)
@kept_at("feeds.mine")
def feed_of_space(here: Here) -> Page:
    """Make a calendar address of who has what in this space."""
    return made(COVERAGE, here.space.uuid, pressed=url_for("roster.feed_of_space", slug=here.space.slug))


@blueprint.get("/cover/<ref>.ics")
@needs(Can.SEE_ROSTER)
def cover_file(here: Here, ref: str) -> Page:
    """Give out a cover that somebody promised, for a calendar. Raises Missing when nobody did."""
    request = request_for(here, ref)
    item = db.session.get_one(Item, request.duty_id)
    entries = entries_of_cover(request, item, here.space) if request.state is CoverState.ACCEPTED else []
    if not entries:
        raise Missing
    is_own = request.accepted_by_id == here.actor.id
    response = Response(document(entries, name=item.title, is_own=is_own), mimetype=ICS)
    response.headers["Content-Disposition"] = f'attachment; filename="cover-{request.ref}.ics"'
    return response
