"""Moving some posts of a thread to a new one, or to another. Ticks are kept from page to page by the form itself, without script."""

from functools import partial

from flask import redirect, render_template, request

from forum.content.moving.models import PostMove
from forum.core.db import db, transaction
from forum.core.errors import Invalid, RuleBroken
from forum.core.markup import opening
from forum.core.paging import page, page_of
from forum.core.secrets import hashed
from forum.spaces.guard import Here, needs
from forum.spaces.models import Item
from forum.spaces.policy import Can
from forum.threads import addresses
from forum.threads.access import section_for, thread_for
from forum.threads.actions import checked_title, splitting
from forum.threads.actions.merging import checked_reason, require_another, why_not_merge
from forum.threads.actions.splitting import MOST_TICKED, Chosen
from forum.threads.addresses import POSTS
from forum.threads.forms.moving import NEW, SplitForm
from forum.threads.models import Thread
from forum.threads.queries import sections_of
from forum.threads.queries.moving import how_many_seen, offered, tickable
from forum.threads.queries.splitting import Fate, ForeseenSplit, foreseen_split
from forum.threads.views import Page, blueprint
from forum.threads.views.merging import target
from forum.web.banners import banner
from forum.web.words import _, _n

LARGEST = 2**31 - 1
OPENING = 160
KEEPS = ("go", "from", "not_all")
"""Presses that choose posts, and move none yet."""


@blueprint.get("/<ref>/split")
@needs(Can.MOVE_ANY_THREAD)
def choose_posts(here: Here, ref: str) -> Page:
    """Offer the posts of a thread to be ticked. `post` is one that is ticked already."""
    _thread, item = thread_for(here, ref)
    begun = _number(request.args.get("post", ""))
    wish = str(page_of(begun, size=POSTS)) if begun else request.args.get("page", "")
    form = SplitForm(None, sections=sections_of(here))
    return _show(here, item, form, {begun} - {0}, wish=wish)


@blueprint.post("/<ref>/split")
@needs(Can.MOVE_ANY_THREAD)
def split(here: Here, ref: str) -> Page:
    """Say what will happen to the ticked posts; and when that was seen, do it. Or show other posts to be ticked."""
    thread, item = thread_for(here, ref)
    form = SplitForm(sections=sections_of(here))
    ticked = {number for number in map(_number, request.form.getlist("posts")) if number}
    wish, status = request.form.get("page", ""), 422
    if any(name in request.form for name in KEEPS):
        return _choose(here, item, form, ticked)
    if form.validate_with(
        lambda: splitting.check_posts(item, _chosen(form, ticked), begins=form.where.data == NEW),
        lambda: checked_title(form.title.data or "") if form.where.data == NEW else target(here, form.target),
        lambda: checked_reason(form.reason.data or ""),
    ):
        try:
            foreseen = _foreseen(here, item, form, _chosen(form, ticked))
            if "split" not in request.form or form.seen.data != _mark(form, _chosen(form, ticked), foreseen):
                return _show(here, item, form, ticked, wish=wish, foreseen=foreseen)
            with transaction():
                move = _move(here, thread, form, _chosen(form, ticked), foreseen)
        except Invalid as problem:
            form.add_problems(problem)
        except RuleBroken as broken:
            form.form_errors.append(broken.why)
            status = 409
        else:
            there = db.session.get_one(Item, move.to_item_id)
            banner(_done(item, move, foreseen))
            return redirect(addresses.post_url(here.space.slug, there.ref, move.first_number), 303)
    return _show(here, item, form, ticked, wish=wish), status


def _foreseen(here: Here, item: Item, form: SplitForm, chosen: Chosen) -> ForeseenSplit:
    """Look at what will happen. Raises RuleBroken, or Invalid for `into`; it is looked at again under the lock."""
    there = target(here, form.target)[1] if form.where.data != NEW else None
    if there is not None:
        require_another(item.id, there.id)
        if why := why_not_merge(item, there):
            raise RuleBroken(why)
    ticked = [number for number in chosen.numbers if chosen.all_from is None or number < chosen.all_from]
    return foreseen_split(item, chosen.which(), ticked=ticked, there=there, is_question=form.is_question.data)


def _mark(form: SplitForm, chosen: Chosen, foreseen: ForeseenSplit) -> str:
    """Return what stands for all that the page said; what is written after the last of the posts meanwhile goes along unsaid."""
    whither = foreseen.there.ref if foreseen.there is not None else f"{form.section.data} {form.title.data}"
    kind = form.is_question.data and foreseen.there is None
    said = (foreseen.runs, chosen.all_from, whither, kind, foreseen.fate.value, foreseen.answer, foreseen.is_closed)
    return hashed(repr(said))


def _done(item: Item, move: PostMove, foreseen: ForeseenSplit) -> str:
    said = _n("One post stands here now.", "%(num)d posts stand here now.", move.posts)
    said += " " + _("Old addresses lead here.")
    if foreseen.fate is not Fate.STAYS:
        said += " " + _(
            "“%(title)s” has no accepted answer any more: post %(number)s was it.",
            title=item.title,
            number=foreseen.answer,
        )
    return said


def _choose(here: Here, item: Item, form: SplitForm, ticked: set[int]) -> str:
    """Show the posts again with what was ticked: another page, or with all posts from one on."""
    begins = _number(request.form.get("from", ""))
    if begins:
        form.all_from.data = begins
    elif "not_all" in request.form:
        form.all_from.data = None
    wish = request.form.get("go") or request.form.get("page", "")
    return _show(here, item, form, ticked, wish=wish)


def _chosen(form: SplitForm, ticked: set[int]) -> Chosen:
    """Return the posts that were chosen; a number that can't be one is said beside it, and chooses none."""
    return Chosen(numbers=ticked, all_from=None if form.all_from.errors else form.all_from.data)


def _move(here: Here, thread: Thread, form: SplitForm, chosen: Chosen, foreseen: ForeseenSplit) -> PostMove:
    where = partial(addresses.posts_url, here.space.slug)
    reason = form.reason.data or ""
    if form.where.data != NEW:
        into, _there = target(here, form.target)
        return splitting.move_into(
            here, thread, chosen, into=into, reason=reason, posts_url=where, foreseen=foreseen.fate
        )
    return splitting.split(
        here,
        thread,
        chosen,
        title=form.title.data or "",
        section=section_for(here, form.section.data or ""),
        is_question=form.is_question.data,
        reason=reason,
        posts_url=where,
        foreseen=foreseen.fate,
    )


def _show(
    here: Here,
    item: Item,
    form: SplitForm,
    ticked: set[int],
    *,
    wish: str,
    foreseen: ForeseenSplit | None = None,
) -> str:
    thread = db.session.get_one(Thread, item.id)
    pages = page(wish, total=item.last_number, size=POSTS)
    posts = tickable(item, after=pages.before, size=POSTS)
    all_from = _chosen(form, ticked).all_from
    form.seen.data = _mark(form, _chosen(form, ticked), foreseen) if foreseen is not None else ""
    form.offer(offered(here, item, words=form.find.data or "", chosen=form.recent.data or ""))
    return render_template(
        "threads/split.html",
        item=item,
        form=form,
        foreseen=foreseen,
        going=[(one, opening(one.html, length=OPENING)) for one in foreseen.listed] if foreseen is not None else (),
        there_url=_url_of(here, foreseen.there) if foreseen is not None and foreseen.there is not None else "",
        answer=thread.accepted_number if thread.is_question else None,
        posts=[(one, opening(one.html, length=OPENING)) for one in posts],
        pages=pages,
        ticked=ticked,
        elsewhere=sorted(ticked - {one.number for one in posts})[:MOST_TICKED],
        all_from=all_from,
        later=how_many_seen(item, after=all_from - 1) if all_from else 0,
        thread_url=_url_of(here, item),
    )


def _url_of(here: Here, item: Item) -> str:
    return addresses.thread_url_of(here.space.slug, item.ref)


def _number(typed: str) -> int:
    """Return the number of a post that was typed, 0 for anything else."""
    return min(int(typed[:10]), LARGEST) if typed.isascii() and typed.isdigit() else 0
