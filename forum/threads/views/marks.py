"""A reminder of a post that did its work."""

from flask import redirect, url_for
from werkzeug.wrappers import Response

from forum.content import bookmarks
from forum.content.access import post_for
from forum.core.db import transaction
from forum.spaces.guard import Here, needs
from forum.spaces.policy import Can
from forum.threads.access import thread_for
from forum.threads.views import blueprint


@blueprint.post("/<ref>/posts/<int:number>/bookmark/done")
@needs(Can.SEE_THREADS)
def settle_bookmark(here: Here, ref: str, number: int) -> Response:
    """Say that a reminder did its work; the bookmark stays."""
    _thread, item = thread_for(here, ref)
    post = post_for(item, number)
    with transaction():
        bookmarks.settle_reminder(here.actor, post)
    return redirect(url_for("home.today_page", slug=here.space.slug), 303)
