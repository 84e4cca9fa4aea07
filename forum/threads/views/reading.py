"""A thread's page, and the ways to a place in it."""

from dataclasses import dataclass
from typing import Any

from flask import jsonify, redirect, render_template, request
from markupsafe import Markup
from werkzeug.wrappers import Response

from forum.content.access import why_not_edit
from forum.content.forms import ReplyForm
from forum.content.queries import PostShown, newer_than, posts_between, source_of
from forum.content.reading import COUNTED, capped, note_read
from forum.core.errors import Missing
from forum.core.markup import quote
from forum.core.paging import Page as Pages
from forum.core.paging import page, page_of
from forum.spaces.guard import Here, needs
from forum.spaces.policy import Can
from forum.threads import addresses
from forum.threads.access import own_or_organisers, thread_for, why_not_accept, why_not_reply
from forum.threads.actions.parts import is_long
from forum.threads.addresses import POSTS
from forum.threads.forms import WatchForm
from forum.threads.queries import Head, head_of, parts_of
from forum.threads.views import Page, blueprint
from forum.threads.views.watching import watch_form, why_watched
from forum.threads.words import day_name
from forum.web.words import _

LARGEST_NUMBER = 2**31 - 1


@blueprint.get("/<ref>/")
@needs(Can.SEE_THREADS)
def thread(here: Here, ref: str) -> Page:
    """Show a page of a thread, and note how far it was read."""
    head = head_of(here, ref, place=addresses.reply_place(ref))
    draft_at = head.draft_at if head.draft_body else None
    html = show_thread(here, head, form=_fresh_form(head), version=head.draft_version, draft_at=draft_at)
    seen = _seen(here, head)
    if request.method == "GET" and seen > head.read_to:  # a HEAD asks whether the page is there, and shows it to nobody
        note_read(here.actor.id, head.item.id, seen)
    return html


@blueprint.get("/<ref>/posts/<int:number>")
@needs(Can.SEE_THREADS)
def post(here: Here, ref: str, number: int) -> Response:
    """Lead a post's permalink to the page on which it stands now."""
    _thread, item = thread_for(here, ref)
    if not 1 <= number <= item.last_number:
        raise Missing
    return redirect(addresses.post_url(here.space.slug, ref, number), 303)


@blueprint.get("/<ref>/unread")
@needs(Can.SEE_THREADS)
def unread(here: Here, ref: str) -> Response:
    """Lead to the first unread post, or to the last one when there is none."""
    head = head_of(here, ref, place=addresses.reply_place(ref))
    if head.first_unread is None:
        return redirect(addresses.post_url(here.space.slug, ref, head.item.last_number), 303)
    return redirect(_unread_url(here, head) or addresses.thread_url_of(here.space.slug, ref), 303)


@blueprint.get("/<ref>/news")
@needs(Can.SEE_THREADS)
def news(here: Here, ref: str) -> Response:
    """Say how many replies others have written after a number, for a page that lies open."""
    _thread, item = thread_for(here, ref)
    after = request.args.get("after", type=int, default=item.last_number)
    after = min(max(after, 0), LARGEST_NUMBER)
    return jsonify(count=newer_than(item.id, after, but_not_by=here.actor.id, most=COUNTED))


@dataclass(frozen=True)
class Divider:
    """The line above what is new, and where it stands."""

    number: int
    sentence: str


def show_thread(here: Here, head: Head, *, form: ReplyForm, version: int, **more: Any) -> str:  # noqa: ANN401  # a template's own values
    """Render the page of a thread that the address asks for, with `form` at its end, which knows draft `version`."""
    slug, ref = here.space.slug, head.item.ref
    pages = _pages(head)
    posts = posts_between(head.item.id, after=pages.before, size=POSTS)
    before_this, after_this = parts_of(here, head.item) if head.has_parts else (None, None)
    why_not = why_not_reply(here, head.item, is_closed=head.closed_at is not None)
    return render_template(
        "threads/thread.html",
        head=head,
        item=head.item,
        posts=posts,
        pages=pages,
        form=form if not why_not else None,
        unsent=more.pop("unsent", None) or head.draft_body,
        draft_version=version,
        why_not=why_not,
        may_join=here.may(Can.JOIN_SPACE),
        before_this=before_this,
        after_this=after_this,
        summary=Markup(head.summary_html) if head.summary_html and head.item.last_number > POSTS else None,  # noqa: S704  # made by the renderer
        is_long=is_long(head.item),
        watch_form=_watch_form(here, head),
        why_watched=why_watched(head),
        organises=not own_or_organisers(here, head.item, Can.CHANGE_ANY_THREAD),
        accepts=head.is_question and not why_not_accept(here, head.item),
        editable={shown.number for shown in posts if _may_edit(here, head, shown)},
        unread=_unread_numbers(here, head, posts),
        divider=_divider(head),
        unread_url=_unread_url(here, head),
        answer_url=_place_url(head.answer, pages, slug=slug, ref=ref) if head.answer else "",
        place_url=lambda number: _place_url(number, pages, slug=slug, ref=ref),
        **more,
    )


def _watch_form(here: Here, head: Head) -> WatchForm | None:
    if not here.may(Can.WATCH_THREAD):
        return None
    return watch_form(chosen=head.chosen_level, usual=None if head.chosen_level else head.level)


def _pages(head: Head) -> Pages:
    return page(request.args.get("page"), total=head.item.last_number, size=POSTS)


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

    What precedes the first unread post (older than their joining, or their own) counts as read, so that it is looked at once.
    """
    if here.membership is None:
        return 0
    pages = _pages(head)
    shown = min(pages.current * POSTS, head.item.last_number)
    read_before = head.item.last_number if head.first_unread is None else head.first_unread - 1
    return max(shown, read_before)


def _may_edit(here: Here, head: Head, shown: PostShown) -> bool:
    author_id = shown.author.id if shown.author else None
    return not why_not_edit(here, head.item, author_id=author_id, created_at=shown.created_at)


def _unread_numbers(here: Here, head: Head, posts: list[PostShown]) -> set[int]:
    first = head.first_unread
    if first is None:
        return set()
    return {
        shown.number
        for shown in posts
        if shown.number >= first and not (shown.author and shown.author.id == here.actor.id)
    }


def _divider(head: Head) -> Divider | None:
    """Return the line "2 new since Friday". A thread of which nothing was read yet needs none."""
    first, at = head.first_unread, head.first_unread_at
    if first is None or first == 1 or at is None:
        return None
    new = capped(head.unread)
    before = [moment for moment in (head.read_at, head.read_until) if moment is not None]
    since = max((moment for moment in before if moment < at), default=None)
    if since is not None:
        return Divider(first, _("%(new)s new since %(day)s", new=new, day=day_name(since)))
    return Divider(first, _("%(new)s new", new=new) if before else _("%(new)s new since you joined", new=new))


def _unread_url(here: Here, head: Head) -> str:
    """Return where the first unread post stands, "" when nothing is unread or the thread begins with it."""
    first = head.first_unread
    if first is None or first == 1:
        return ""
    return addresses.page_url(here.space.slug, head.item.ref, page_of(first, size=POSTS), anchor="new")


def _place_url(number: int, pages: Pages, *, slug: str, ref: str) -> str:
    """Return how this page links to a post: within it, or to another page."""
    if page_of(number, size=POSTS) == pages.current:
        return f"#p{number}"
    return addresses.post_url(slug, ref, number)
