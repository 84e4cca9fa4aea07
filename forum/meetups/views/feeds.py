"""The presses that make a calendar to be followed: of one's own meetups, of a space's, of one series."""

from flask import url_for

from forum.meetups.access import series_for
from forum.meetups.feeds import MINE, OF_SERIES, OF_SPACE
from forum.meetups.views import blueprint
from forum.notify.feeds.views import made
from forum.spaces.guard import Here, needs
from forum.spaces.policy import Can
from forum.web.presses import kept_at


@blueprint.post("/feed/all")
@needs(Can.SEE_MEETUPS)
@kept_at("feeds.mine")
def feed_of_space(here: Here) -> str:
    """Make a calendar of a space's meetups."""
    return made(OF_SPACE, here.space.uuid, pressed=url_for("meetups.feed_of_space", slug=here.space.slug))


@blueprint.post("/feed/mine")
@needs(Can.SEE_MEETUPS)
@kept_at("feeds.mine")
def feed_of_mine(here: Here) -> str:
    """Make a calendar of what one comes to, in all of one's spaces."""
    return made(MINE, "", pressed=url_for("meetups.feed_of_mine", slug=here.space.slug))


@blueprint.post("/<ref>/feed")
@needs(Can.SEE_MEETUPS)
@kept_at("feeds.mine")
def feed_of_series(here: Here, ref: str) -> str:
    """Make a calendar of one meetup."""
    _found, item = series_for(here, ref)
    return made(OF_SERIES, item.uuid, pressed=url_for("meetups.feed_of_series", slug=here.space.slug, ref=ref))
