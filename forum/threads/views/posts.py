"""Accepting a post as the answer."""

from flask import redirect, request, url_for
from werkzeug.wrappers import Response

from forum.core.db import transaction
from forum.core.errors import Missing
from forum.spaces.guard import Here, needs
from forum.spaces.policy import Can
from forum.threads import actions, addresses
from forum.threads.access import thread_for
from forum.threads.views import blueprint
from forum.web.banners import banner
from forum.web.words import _


@blueprint.post("/<ref>/accept")
@needs(Can.SEE_THREADS)
def accept(here: Here, ref: str) -> Response:
    """Accept a post as the answer."""
    thread, _item = thread_for(here, ref)
    number = request.form.get("number", type=int)
    if number is None:
        raise Missing
    with transaction():
        before = actions.accept(here, thread, number=number)
    undo = url_for("threads.withdraw", slug=here.space.slug, ref=ref, number=number, before=before)
    is_repeat = before == number
    banner(_("Post %(number)s is the accepted answer.", number=number), undo="" if is_repeat else undo)
    return redirect(addresses.post_url(here.space.slug, ref, number), 303)


@blueprint.post("/<ref>/accept/withdraw")
@needs(Can.SEE_THREADS)
def withdraw(here: Here, ref: str) -> Response:
    """Take the acceptance of the post with `number` back; "Undo" also names the one that was accepted `before` it."""
    thread, _item = thread_for(here, ref)
    number, before = request.values.get("number", type=int), request.values.get("before", type=int)
    if number is None:
        raise Missing
    with transaction():
        is_done = actions.withdraw_acceptance(here, thread, number=number, before=before)
    if not is_done:
        banner(_("Post %(number)s isn’t the accepted answer any more, so nothing changed.", number=number), kind="info")
    elif before is not None:
        banner(_("Post %(number)s is the accepted answer again.", number=before), kind="info")
        return redirect(addresses.post_url(here.space.slug, ref, before), 303)
    else:
        banner(_("The question is open again: no answer is accepted."), kind="info")
    return redirect(addresses.thread_url_of(here.space.slug, ref), 303)
