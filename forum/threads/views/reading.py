"""A thread's page, and the ways to a place in it."""

from flask import jsonify, redirect, request
from werkzeug.wrappers import Response

from forum.content.forms import ReplyForm
from forum.content.queries import newer_than, source_of, stands
from forum.content.reading import COUNTED, is_undoable, note_read
from forum.core.errors import Missing
from forum.core.markup import quote
from forum.notify.bell import is_being_read
from forum.spaces.guard import Here, needs
from forum.spaces.policy import Can
from forum.threads import addresses
from forum.threads.access import thread_for
from forum.threads.addresses import POSTS
from forum.threads.queries import Head, head_of
from forum.threads.views import Page, blueprint
from forum.threads.views.thread_page import pages_of, reply_url, show_thread, unread_url, why_no_reply

LARGEST_NUMBER = 2**31 - 1


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
    html = show_thread(here, head, form=_fresh_form(head), version=head.draft_version, draft_at=draft_at)
    if request.method == "GET" and (
        seen > head.read_to or is_told
    ):  # a HEAD asks whether the page is there, and shows it to nobody
        before_page = (pages_of(head).current - 1) * POSTS
        told_since = min(before_page, head.read_to) if is_told else None
        note_read(here.actor.id, head.item.id, seen, told_since=told_since)
    return html


@blueprint.get("/<ref>/posts/<int:number>")
@needs(Can.SEE_THREADS)
def post(here: Here, ref: str, number: int) -> Response:
    """Lead a post's permalink to the page on which it stands now."""
    _thread, item = thread_for(here, ref)
    if not 1 <= number <= item.last_number or not stands(item.id, number):
        raise Missing
    return redirect(addresses.post_url(here.space.slug, ref, number), 303)


@blueprint.get("/<ref>/unread")
@needs(Can.SEE_THREADS)
def unread(here: Here, ref: str) -> Response:
    """Lead to the first unread post, or to the last one when there is none."""
    head = head_of(here, ref, place=addresses.reply_place(ref))
    if head.first_unread is None:
        return redirect(addresses.post_url(here.space.slug, ref, head.latest_number), 303)
    return redirect(unread_url(here, head) or addresses.thread_url_of(here.space.slug, ref), 303)


@blueprint.get("/<ref>/news")
@needs(Can.SEE_THREADS)
def news(here: Here, ref: str) -> Response:
    """Say how many replies others have written after a number, for a page that lies open."""
    _thread, item = thread_for(here, ref)
    after = request.args.get("after", type=int, default=item.last_number)
    after = min(max(after, 0), LARGEST_NUMBER)
    return jsonify(count=newer_than(item.id, after, but_not_by=here.actor.id, most=COUNTED))


def _asks_for_form(here: Here, head: Head) -> bool:
    """Whether a link to reply or quote leads to a page on which the form doesn't stand: it stands on the last one."""
    is_wish = "quote" in request.args or "reply_to" in request.args
    pages = pages_of(head)
    return is_wish and pages.current < pages.last and not why_no_reply(here, head)


def _fresh_form(head: Head) -> ReplyForm:
    """Return the reply form as a link opens it: with the draft, a quote, or a post that it answers."""
    body, number = head.draft_body, _number(request.args.get("quote"), head)
    if number is not None:
        source = source_of(head.item.id, number)
        body = f"{body.rstrip()}\n\n" if body.strip() else ""
        body += quote(number, source) if source else ""
    return ReplyForm(
        formdata=None,
        body=body,
        reply_to=_number(request.args.get("reply_to"), head) or head.draft_reply_to,
        draft_version=head.draft_version,
    )


def _number(typed: str | None, head: Head) -> int | None:
    """Return a post number that an address carries, None when the thread has no such post."""
    if typed is None or not (typed.isascii() and typed.isdigit()):
        return None
    number = int(typed[:10])
    return number if 1 <= number <= head.item.last_number else None


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
