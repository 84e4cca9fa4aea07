"""What can be done with any post, in whichever room it stands: flagging, hiding, removing, bookmarking, and what its edits changed.

A room says how its items are loaded and where they stand (`PostRoom`), and adds these pages to its own.
"""

import itertools

from flask import Blueprint, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from forum.content import limits, removing
from forum.content.access import post_for
from forum.content.around import mine_about
from forum.content.differences import Comparison, around_changes
from forum.content.forms import RemoveForm
from forum.content.models import Post, PostState
from forum.content.order import deciding, flagging
from forum.content.order.deciding import AlreadyDecided
from forum.content.order.forms import KNOWN, FlagForm, HideForm
from forum.content.queries import versions_of
from forum.core.db import transaction
from forum.core.errors import Invalid, Missing, RuleBroken, TooMany
from forum.core.paging import page
from forum.core.text import one_line
from forum.spaces.guard import Here, needs
from forum.spaces.models import Item
from forum.spaces.policy import Can
from forum.threads.access import allow
from forum.threads.views import Page, answers
from forum.threads.views.editing import add_editing
from forum.threads.views.more import add_more, show_more
from forum.threads.views.post_room import PostRoom
from forum.threads.views.remembering import add_bookmarks
from forum.web.banners import banner
from forum.web.words import _

COMPARED = 5
"""Edits on a page of a post's history."""


def add_to(blueprint: Blueprint, room: PostRoom) -> None:
    """Add all of it to a room's pages."""
    for add in (add_more, add_editing, _add_flags, _add_hiding, _add_removing, add_bookmarks, _add_history):
        add(blueprint, room)


def _add_flags(blueprint: Blueprint, room: PostRoom) -> None:
    @blueprint.get("/<ref>/posts/<int:number>/flag")
    @needs(Can.FLAG_POST)
    def flag(here: Here, ref: str, number: int) -> Page:
        """Ask what is wrong with a post."""
        item, post = _flaggable(room, here, ref, number)
        _mark, mine = mine_about(here.actor, item, number)
        form = FlagForm(formdata=None, reason=mine.reason.value if mine else None, note=mine.note if mine else "")
        return _show_flag(room, here, item, post, form)

    @blueprint.post("/<ref>/posts/<int:number>/flag")
    @needs(Can.FLAG_POST)
    def save_flag(here: Here, ref: str, number: int) -> Page:
        """Flag a post, or say something else about it than before."""
        item, post = _flaggable(room, here, ref, number)
        form = FlagForm()
        form.offer()
        if not form.validate_on_submit():
            return _show_flag(room, here, item, post, form), 422
        try:
            with limits.counting(here, limits.Kind.PRESS), transaction():
                flagging.flag(here, post, reason=KNOWN[form.reason.data], note=one_line(form.note.data or ""))
        except Invalid as problem:
            form.add_problems(problem)
            return _show_flag(room, here, item, post, form), 422
        except TooMany as slow:
            form.form_errors.append(slow.why)
            return answers.hold_up(slow, _show_flag(room, here, item, post, form))
        undo = room.url("take_back_flag", here, ref, number)
        banner(_("The organisers look at post %(number)s. You hear what becomes of it.", number=number), undo=undo)
        return room.back(here, ref, number)

    @blueprint.post("/<ref>/posts/<int:number>/flag/take-back")
    @needs(Can.FLAG_POST)
    def take_back_flag(here: Here, ref: str, number: int) -> Response:
        """Take one's flag back."""
        post = post_for(room.item_for(here, ref), number)
        with transaction():
            flagging.take_back(here, post)
        banner(_("Your flag is gone."), kind="info")
        return room.back(here, ref, number)


def _flaggable(room: PostRoom, here: Here, ref: str, number: int) -> tuple[Item, Post]:
    item = room.item_for(here, ref)
    post = post_for(item, number)
    allow(flagging.why_not_flag(here, author_id=post.author_id))
    return item, post


def _show_flag(room: PostRoom, here: Here, item: Item, post: Post, form: FlagForm) -> str:
    form.offer()
    return render_template("threads/flag.html", post=post, form=form, **room.places(here, item, post.number))


def _add_hiding(blueprint: Blueprint, room: PostRoom) -> None:
    @blueprint.post("/<ref>/posts/<int:number>/hide")
    @needs(Can.KEEP_ORDER)
    def hide(here: Here, ref: str, number: int) -> Page:
        """Hide a post until it is decided what becomes of it."""
        item = room.item_for(here, ref)
        post, form = post_for(item, number), HideForm(prefix="hide")
        if not form.validate_on_submit():
            return show_more(room, here, item, number, hide_form=form), 422
        try:
            with transaction():
                deciding.hide(here, post.id, reason=one_line(form.reason.data or ""))
        except Invalid as problem:
            form.add_problems(problem)
            return show_more(room, here, item, number, hide_form=form), 422
        except AlreadyDecided as other:
            banner(other.why, kind="info")
        else:
            said = _("Post %(number)s is hidden. It stands here until it is decided what becomes of it.", number=number)
            banner(said)
        return redirect(url_for("order.queue", slug=here.space.slug), 303)


def _add_removing(blueprint: Blueprint, room: PostRoom) -> None:
    @blueprint.post("/<ref>/posts/<int:number>/remove")
    @needs(room.sees)
    def remove(here: Here, ref: str, number: int) -> Page:
        """Put a marked gap where a post stood."""
        item = room.item_for(here, ref)
        if room.is_itself(number):
            raise RuleBroken(str(room.why_first_stays))
        post, form = _post_or_gap(item, number), RemoveForm()
        if not form.validate_on_submit():
            return show_more(room, here, item, number, remove_form=form), 422
        try:
            with transaction():
                removing.remove(here, post, reason=one_line(form.reason.data or ""))
        except Invalid as problem:
            form.add_problems(problem)
            return show_more(room, here, item, number, remove_form=form), 422
        undo = room.url("put_back_post", here, ref, number)
        banner(_("Post %(number)s is removed. A gap shows where it stood.", number=number), undo=undo)
        return room.back(here, ref, number)

    @blueprint.post("/<ref>/posts/<int:number>/put-back")
    @needs(room.sees)
    def put_back_post(here: Here, ref: str, number: int) -> Response:
        """Let a removed post be read again."""
        post = _post_or_gap(room.item_for(here, ref), number)
        with transaction():
            removing.put_back(here, post)
        banner(_("Post %(number)s can be read again.", number=number))
        return room.back(here, ref, number)


def _post_or_gap(item: Item, number: int) -> Post:
    """Load a post whether it was removed or not: a second press of "Remove" or "Undo" finds what the first one did."""
    try:
        return post_for(item, number)
    except Missing:
        return post_for(item, number, state=PostState.REMOVED)


def _add_history(blueprint: Blueprint, room: PostRoom) -> None:
    @blueprint.get("/<ref>/posts/<int:number>/history")
    @needs(room.sees)
    def history(here: Here, ref: str, number: int) -> Page:
        """Show what each edit of a post changed, the latest first."""
        item = room.item_for(here, ref)
        post = post_for(item, number)
        pages = page(request.args.get("page"), total=post.version - 1, size=COMPARED)
        versions = versions_of(post, newest=post.version - pages.before, size=COMPARED + 1)
        comparison = Comparison()
        edits = [
            (after, list(around_changes(comparison.pieces(before.source, after.source))))
            for after, before in itertools.pairwise(versions)
        ]
        first = versions[-1] if pages.current == pages.last else None
        places = room.places(here, item, number)
        return render_template("content/history.html", post=post, edits=edits, first=first, pages=pages, **places)
