"""Removing a post, and putting it back."""

from flask import redirect, url_for
from werkzeug.wrappers import Response

from forum.content import removing
from forum.content.access import post_for
from forum.content.forms import RemoveForm
from forum.content.models import Post, PostState
from forum.core.db import transaction
from forum.core.errors import Invalid, Missing
from forum.core.text import one_line
from forum.spaces.guard import Here, needs
from forum.spaces.models import Item
from forum.spaces.policy import Can
from forum.threads import addresses
from forum.threads.access import thread_for
from forum.threads.views import Page, blueprint
from forum.threads.views.more import show_more
from forum.web.banners import banner
from forum.web.words import _


@blueprint.post("/<ref>/posts/<int:number>/remove")
@needs(Can.SEE_THREADS)
def remove(here: Here, ref: str, number: int) -> Page:
    """Put a marked gap where a post stood."""
    _thread, item = thread_for(here, ref)
    post = _post_or_gap(item, number)
    form = RemoveForm()
    if form.validate_on_submit():
        try:
            with transaction():
                removing.remove(here, post, reason=one_line(form.reason.data or ""))
        except Invalid as problem:
            form.add_problems(problem)
        else:
            undo = url_for("threads.put_back", slug=here.space.slug, ref=ref, number=number)
            banner(_("Post %(number)s is removed. A gap shows where it stood.", number=number), undo=undo)
            return redirect(addresses.post_url(here.space.slug, ref, number), 303)
    return show_more(here, item, number, remove_form=form), 422


@blueprint.post("/<ref>/posts/<int:number>/put-back")
@needs(Can.SEE_THREADS)
def put_back(here: Here, ref: str, number: int) -> Response:
    """Let a removed post be read again."""
    _thread, item = thread_for(here, ref)
    post = _post_or_gap(item, number)
    with transaction():
        removing.put_back(here, post)
    banner(_("Post %(number)s can be read again.", number=number))
    return redirect(addresses.post_url(here.space.slug, ref, number), 303)


def _post_or_gap(item: Item, number: int) -> Post:
    """Load a post whether it was removed or not: a second press of "Remove" or "Undo" finds what the first one did."""
    try:
        return post_for(item, number)
    except Missing:
        return post_for(item, number, state=PostState.REMOVED)
