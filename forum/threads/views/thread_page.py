"""What stands on a thread's page: its posts, what can be done with them, what the thread is part of, and the reply form."""

from dataclasses import dataclass
from functools import partial
from typing import Any

from flask import render_template, request
from markupsafe import Markup

from forum.content.around import around
from forum.content.attachments.told import told_by
from forum.content.forms import ReplyForm
from forum.content.models import ReactionKind
from forum.content.queries import PostShown, posts_between
from forum.content.reading import COUNTED, capped
from forum.core.paging import Page as Pages
from forum.core.paging import page, page_of
from forum.core.time import local
from forum.spaces.feature import deeds_for, made_link, stand_ins
from forum.spaces.guard import Here
from forum.spaces.models import Item
from forum.spaces.policy import Can
from forum.threads import addresses
from forum.threads.access import own_or_organisers, why_not_accept, why_not_reply
from forum.threads.actions.parts import is_long
from forum.threads.addresses import POSTS
from forum.threads.forms import WatchForm
from forum.threads.polls.queries import PollShown, poll_shown
from forum.threads.queries import Beside, Head, Passage, beside, next_unread
from forum.threads.today import note_unread
from forum.threads.views import talk
from forum.threads.views.watching import watch_form, why_watched
from forum.threads.words import day_name
from forum.web.words import _


@dataclass(frozen=True)
class Divider:
    """The line above what is new, and where it stands."""

    number: int
    sentence: str


def show_thread(here: Here, head: Head, *, form: ReplyForm, version: int, **more: Any) -> str:  # noqa: ANN401  # a template's own values
    """Render the page of a thread that the address asks for, with `form`, which knows draft `version`, at its end.

    The form stands on the last page, where everything before it was read; and wherever it was sent from.
    """
    pages = pages_of(head)
    posts = posts_between(head.item.id, after=pages.before, size=POSTS)
    found = _beside(here, head, pages)
    return render_template(
        "threads/thread.html",
        head=head,
        item=head.item,
        posts=posts,
        pages=pages,
        draft_version=version,
        away=stand_ins(here, {shown.author.id for shown in posts if shown.author}),
        place_url=lambda number: _place_url(number, pages, here=here, head=head),
        answer_url=_place_url(head.answer, pages, here=here, head=head) if head.answer else "",
        unread_url=unread_url(here, head),
        divider=_divider(head),
        **_on_posts(here, head, posts, pages),
        **_on_thread(here, head, found, shows_poll=head.has_poll and pages.current == 1),
        **_passages(found, posts),
        **_at_end(here, head, form, posts, pages),
        **more,
    )


def _on_posts(here: Here, head: Head, posts: list[PostShown], pages: Pages) -> dict[str, Any]:
    """Return what can be done with the posts of the page, and what was said about them and attached to them."""
    place, told = addresses.reply_place(head.item.ref), told_by(request.form)
    found = around(head.item, here.actor, after=pages.before, size=POSTS, place=place)

    def usual(number: int) -> ReactionKind:
        return ReactionKind.SAME_HERE if number == 1 and head.is_question else ReactionKind.THANKS

    return {
        "files": found.files,
        "attached": [one.as_told(told) for one in found.files.unsent],
        "accepts": head.is_question and not why_not_accept(here, head.item),
        **talk.on_posts(here, head, posts, found.said, unread=_unread_numbers(head, posts), usual=usual),
    }


def _on_thread(here: Here, head: Head, found: Beside, *, shows_poll: bool) -> dict[str, Any]:
    """Return what stands above the posts and beside them: what the thread goes on from, its summary, who is told of it."""
    has_summary = head.summary_html and head.item.last_number > POSTS
    return {
        "before_this": found.before,
        "after_this": found.after,
        "summary": Markup(head.summary_html) if has_summary else None,  # noqa: S704  # made by the renderer
        "is_long": is_long(head.item),
        **(on_poll(here, head.item, poll_shown(head.item.id, here.actor)) if shows_poll else {}),
        "made_of_it": made_link(here, head.made_of_it),
        "deeds": deeds_for(here, head.item),
        "organises": not own_or_organisers(here, head.item, Can.CHANGE_ANY_THREAD),
        "watch_form": _watch_form(here, head),
        "why_watched": why_watched(head),
    }


def _beside(here: Here, head: Head, pages: Pages) -> Beside:
    if not head.has_parts and not head.has_moves:
        return Beside()
    return beside(here, head.item, after=pages.before, size=POSTS)


def _passages(found: Beside, posts: list[PostShown]) -> dict[str, Any]:
    """Return where posts went and came from, by the number of the post before which that stands; 0 for the end of the page."""
    numbers = [shown.number for shown in posts]
    passages: dict[int, list[Passage]] = {}
    for passage in sorted([*found.came, *found.went], key=lambda one: one.number):
        passages.setdefault(next((number for number in numbers if number >= passage.number), 0), []).append(passage)
    return {"passages": passages}


def on_poll(here: Here, item: Item, poll: PollShown | None) -> dict[str, Any]:
    """Return what a poll shows, and what can be done with it."""
    return {
        "poll": poll,
        "may_vote": here.may(Can.VOTE),
        "poll_day": lambda moment: local(moment, here.space.zone).date(),
        "keeps_poll": not own_or_organisers(here, item, Can.CHANGE_ANY_THREAD),
    }


def _at_end(here: Here, head: Head, form: ReplyForm, posts: list[PostShown], pages: Pages) -> dict[str, Any]:
    """Return the form, or why there is none, and where to go on."""
    url = partial(_place_url, pages=pages, here=here, head=head)
    found = talk.at_end(here, head, form, posts, pages, why_not=why_no_reply(here, head), url=url)
    is_end = found["is_end"]
    return {
        **found,
        "reply_url": reply_url(here, head),
        "latest_url": "" if is_end else addresses.post_url(here.space.slug, head.item.ref, head.latest_number),
        **(_next_unread(here, head) if is_end else {}),
    }


def pages_of(head: Head) -> Pages:
    """Return the page of the thread that the address asks for."""
    return page(request.args.get("page"), total=head.item.last_number, size=POSTS)


def why_no_reply(here: Here, head: Head) -> str:
    """Return "" when the person may reply, else the sentence that says why not."""
    return why_not_reply(here, head.item, is_closed=head.closed_at is not None)


def reply_url(here: Here, head: Head, *, quote: str | None = None, reply_to: str | None = None) -> str:
    """Return where the reply form stands."""
    last = head.item.last_number
    return addresses.reply_url(here.space.slug, head.item.ref, last_number=last, quote=quote, reply_to=reply_to)


def unread_url(here: Here, head: Head) -> str:
    """Return where the first unread post stands, "" when nothing is unread or the thread begins with it."""
    first = head.first_unread
    if first is None or first == 1:
        return ""
    return addresses.page_url(here.space.slug, head.item.ref, page_of(first, size=POSTS), anchor="new")


def _next_unread(here: Here, head: Head) -> dict[str, Any]:
    """Return where to read on once this thread is read, and how many more threads have something new."""
    if here.membership is None:
        return {"next_unread": None}
    is_unread = head.first_unread is not None
    following = next_unread(here, but_not=head.item)
    note_unread(following.unread if following else is_unread)
    left = following.unread - is_unread if following else 0
    return {"next_unread": following, "unread_left": capped(left) if left < COUNTED - 1 else capped(COUNTED)}


def _watch_form(here: Here, head: Head) -> WatchForm | None:
    if not here.may(Can.WATCH_THREAD):
        return None
    return watch_form(chosen=head.chosen_level, usual=None if head.chosen_level else head.level)


def _unread_numbers(head: Head, posts: list[PostShown]) -> set[int]:
    first = head.first_unread
    return set() if first is None else {shown.number for shown in posts if shown.number >= first}


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


def _place_url(number: int, pages: Pages, *, here: Here, head: Head) -> str:
    elsewhere = partial(addresses.post_url, here.space.slug, head.item.ref)
    return talk.place_url(number, pages, size=POSTS, elsewhere=elsewhere)
