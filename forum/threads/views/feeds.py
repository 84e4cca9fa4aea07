"""The presses that make a feed of a section or of a thread."""

from flask import url_for

from forum.content.feeds.kinds import CONVERSATION
from forum.notify.feeds.views import made
from forum.spaces.guard import Here, needs
from forum.spaces.policy import Can
from forum.threads.access import section_for, thread_for
from forum.threads.feeds import SECTION
from forum.threads.views import blueprint
from forum.web.presses import kept_at


@blueprint.post("/sections/<address>/feed")
@needs(Can.SEE_THREADS)
@kept_at("feeds.mine")
def feed_of_section(here: Here, address: str) -> str:
    """Make a feed of all that is written in a section."""
    section = section_for(here, address)
    return made(
        SECTION, section.uuid, pressed=url_for("threads.feed_of_section", slug=here.space.slug, address=address)
    )


@blueprint.post("/<ref>/feed")
@needs(Can.SEE_THREADS)
@kept_at("feeds.mine")
def feed_of_thread(here: Here, ref: str) -> str:
    """Make a feed of a thread."""
    _thread, item = thread_for(here, ref)
    return made(CONVERSATION, item.uuid, pressed=url_for("threads.feed_of_thread", slug=here.space.slug, ref=ref))
