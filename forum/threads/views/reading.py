"""A thread's page, and the ways to a place in it."""

from flask import redirect, request
from werkzeug.wrappers import Response

from forum.content.reading import is_undoable, note_read
from forum.notify.bell import is_being_read
from forum.spaces.guard import Here, needs
from forum.spaces.policy import Can
from forum.threads import addresses
from forum.threads.addresses import POSTS
from forum.threads.queries import Head, head_of
from forum.threads.views import Page, blueprint
from forum.threads.views.thread_page import pages_of, reply_url, show_thread, unread_url, why_no_reply
from forum.threads.views.writing import fresh_form


@blueprint.get("/<ref>/")
@needs(Can.SEE_THREADS)
def thread(here: Here, ref: str) -> Page:
    """Show a page of a thread, and note how far it was read."""
    head = head_of(here, ref, place=addresses.reply_place(ref))
    if _asks_for_form(here, head):
        wish = {name: request.args.get(name) for name in ("quote", "reply_to")}
        return redirect(reply_url(here, head, **wish), 303)
    draft_at = head.draft_at if head.draft_body else None
    seen = _seen(here, head)
    is_told = head.first_told is not None and head.first_told <= seen
    if is_told:
        is_being_read(head.item.id)
    html = show_thread(here, head, form=fresh_form(head), version=head.draft_version, draft_at=draft_at)
    if request.method == "GET" and (
        seen > head.read_to or is_told
    ):  # a HEAD asks whether the page is there, and shows it to nobody
        before_page = (pages_of(head).current - 1) * POSTS
        told_since = min(before_page, head.read_to) if is_told else None
        note_read(here.actor.id, head.item.id, seen, told_since=told_since)
    return html


@blueprint.get("/<ref>/unread")
@needs(Can.SEE_THREADS)
def unread(here: Here, ref: str) -> Response:
    """Lead to the first unread post, or to the last one when there is none."""
    head = head_of(here, ref, place=addresses.reply_place(ref))
    if head.first_unread is None:
        return redirect(addresses.post_url(here.space.slug, ref, head.latest_number), 303)
    return redirect(unread_url(here, head) or addresses.thread_url_of(here.space.slug, ref), 303)


def _asks_for_form(here: Here, head: Head) -> bool:
    """Whether a link to reply or quote leads to a page on which the form doesn't stand: it stands on the last one."""
    is_wish = "quote" in request.args or "reply_to" in request.args
    pages = pages_of(head)
    return is_wish and pages.current < pages.last and not why_no_reply(here, head)


def _seen(here: Here, head: Head) -> int:
    """Return the number up to which the person has read once this page is read; 0 for who isn't a member.

    What precedes the first unread post (older than their joining, or their own) counts as read, so that it is looked at once; but not
    while it may count so only because everything was marked as read, which can still be taken back (B3).
    """
    if here.membership is None:
        return 0
    pages = pages_of(head)
    shown = min(pages.current * POSTS, head.item.last_number)
    if is_undoable(head.marked_at):
        return shown
    read_before = head.item.last_number if head.first_unread is None else head.first_unread - 1
    return max(shown, read_before)
