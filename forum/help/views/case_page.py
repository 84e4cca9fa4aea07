"""What stands on a case's page: who has it, what happened, how far it was asked round, and the conversation."""

from functools import partial
from typing import Any

from flask import render_template, request

from forum.content.access import why_not_edit
from forum.content.around import around
from forum.content.attachments.told import told_by
from forum.content.forms import ReplyForm
from forum.content.queries import PostShown, posts_between
from forum.core.paging import Page as Pages
from forum.core.paging import page
from forum.core.time import now
from forum.help import addresses
from forum.help.access import is_holder, why_not_close, why_not_pass, why_not_reopen, why_not_reply, why_not_take
from forum.help.actions.asking import titled
from forum.help.addresses import POSTS
from forum.help.forms import CloseForm, HandOnForm
from forum.help.queries.cases import Head, rounds_before, way_of
from forum.help.queries.reach import can_be_asked
from forum.help.words import SHORT_AUDIENCES, STEPS
from forum.roster.queries.duties import members_by_name
from forum.search.finding import Hit, alike
from forum.search.language import read_text
from forum.spaces.feature import deeds_for, made_link, stand_ins
from forum.spaces.guard import Here
from forum.spaces.models import Role
from forum.spaces.policy import POWERS, Can
from forum.threads.views import talk
from forum.web.words import _

ALIKE = 3
TAKERS = tuple(role for role in Role if Can.TAKE_HELP in POWERS[role])


def show_case(here: Here, head: Head, *, form: ReplyForm, version: int, **more: Any) -> str:  # noqa: ANN401  # a template's own values
    """Render a case with the page of its conversation that the address asks for."""
    pages = pages_of(head)
    posts = posts_between(head.item.id, after=max(pages.before, 1), size=POSTS - (pages.current == 1))
    people = {shown.author.id for shown in posts if shown.author} | {
        one.id for one in (head.author, head.holder) if one is not None
    }
    place_url = partial(_place_url, pages=pages, here=here, head=head)
    values = {
        **_case(here, head, pages),
        **_presses_of_case(here, head),
        **_on_posts(here, head, posts, pages),
        **talk.at_end(here, head, form, posts, pages, why_not=why_not_reply(here, head.item), url=place_url),
        **talk.heard(here, head, started=_("Because you asked.")),
        "away": stand_ins(here, people),
        "head": head,
        "item": head.item,
        "case": head.case,
        "posts": posts,
        "helped": _helped(head, posts, pages),
        "pages": pages,
        "draft_version": version,
        "place_url": place_url,
    }
    return render_template("help/case.html", **{**values, **more})


def _case(here: Here, head: Head, pages: Pages) -> dict[str, Any]:
    """Return what it says, how far it has come, and what is like it: that only on its first page, while it is open."""
    is_first = pages.current == 1
    way = way_of(head.case) if is_first and here.may(Can.SEE_ROSTER) else ()
    return {
        "way": way,
        "reached": not way or any(went.names for went in way),
        "before": rounds_before(head.case) if is_first and here.may(Can.SEE_ROSTER) else (),
        "says_more": titled(head.post.source.strip(), is_drill=head.case.is_drill) != head.item.title,
        "steps": STEPS,
        "audience": SHORT_AUDIENCES.get(head.item.audience, ""),
        "alike": _alike(here, head) if is_first and not head.case.is_closed and here.may(Can.TAKE_HELP) else (),
        "made_of_it": made_link(here, head.made_of_it),
        "deeds": deeds_for(here, head.item) if head.case.is_closed and not head.case.is_drill else (),
        "is_late": head.case.until is not None and head.case.until <= now(),
    }


def _helped(head: Head, posts: list[PostShown], pages: Pages) -> PostShown | None:
    """Return the post that says what helped: it stands above the conversation, once, if it is on its first page."""
    if not head.case.is_closed or head.helped is None or pages.current != 1:
        return None
    return next((shown for shown in posts if shown.number == head.case.helped_number), None)


def _alike(here: Here, head: Head) -> list[Hit]:
    words = read_text(f"{head.item.title} {head.post.source[:2000]}")
    hits = alike(here.actor, words, at=now(), most=ALIKE + 1)
    return [hit for hit in hits if hit.shown.item_id != head.item.id][:ALIKE]


def _presses_of_case(here: Here, head: Head) -> dict[str, Any]:
    case, item = head.case, head.item
    may_pass = not why_not_pass(here, case)
    return {
        "is_mine": is_holder(here, case),
        "is_own": item.author_id == here.actor.id,
        "may_take": case.is_open and not why_not_take(here, item),
        "is_offered_me": case.offered_to_id == here.actor.id,
        "may_pass": may_pass,
        "hand_on": hand_on_form(here, head) if may_pass else None,
        "may_close": not case.is_closed and not why_not_close(here, item, case),
        "may_reopen": case.is_closed and not why_not_reopen(here, item, case),
        "close": CloseForm(formdata=None, prefix="close"),
        "may_edit_first": not why_not_edit(
            here, item, author_id=item.author_id, created_at=head.post.created_at, is_held=head.holds_viewer
        ),
    }


def hand_on_form(here: Here, head: Head, form: HandOnForm | None = None) -> HandOnForm:
    """Return the form with which a case is handed on: to members who can take it, and aren't away."""
    form = form or HandOnForm(formdata=None)
    members = members_by_name(here, TAKERS)
    may = can_be_asked(here.space, [one.id for one in members], now())
    but = {head.case.holder_id, head.item.author_id}
    form.offer([(one.id, one.name) for one in members if one.id in may and one.id not in but])
    return form


def pages_of(head: Head) -> Pages:
    """Return the page of the conversation that the address asks for."""
    return page(request.args.get("page"), total=max(head.item.last_number, 1), size=POSTS)


def _on_posts(here: Here, head: Head, posts: list[PostShown], pages: Pages) -> dict[str, Any]:
    told = told_by(request.form)
    found = around(head.item, here.actor, after=pages.before, size=POSTS, place=addresses.reply_place(head.item.ref))
    return {
        "files": found.files,
        "attached": [one.as_told(told) for one in found.files.unsent],
        "accepts": False,
        **talk.on_posts(here, head, posts, found.said, unread=talk.new_since(here, head, posts)),
    }


def _place_url(number: int, pages: Pages, *, here: Here, head: Head) -> str:
    """Return how the page links to a post: what happened stands on its own page."""
    if number == 1:
        return addresses.post_url(here.space.slug, head.item.ref, number)
    return talk.place_url(
        number, pages, size=POSTS, elsewhere=partial(addresses.post_url, here.space.slug, head.item.ref)
    )
