"""The presses that make a feed of everything, or of a space."""

from flask import Blueprint, url_for

from forum.content.feeds.kinds import EVERYTHING, SPACE
from forum.notify.feeds.views import made
from forum.spaces.guard import Here, needs
from forum.spaces.policy import Can
from forum.web.access import signed_in
from forum.web.presses import kept_at

blueprint = Blueprint("post_feeds", __name__)


@blueprint.post("/me/feeds")
@signed_in
def of_everything() -> str:
    """Make a feed of all that is written in one's spaces."""
    return made(EVERYTHING, "", pressed=url_for("post_feeds.of_everything"))


@blueprint.post("/s/<slug>/feed")
@needs(Can.SEE_THREADS)
@kept_at("feeds.mine")
def of_space(here: Here) -> str:
    """Make a feed of all that is written in a space."""
    return made(SPACE, here.space.uuid, pressed=url_for("post_feeds.of_space", slug=here.space.slug))
