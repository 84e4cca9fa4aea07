"""What keeps order in a story's conversation, and bookmarks: removing, flagging, hiding."""

from flask import redirect, render_template, url_for
from werkzeug.wrappers import Response

from forum.content import bookmarks, limits, removing
from forum.content.access import post_for
from forum.content.around import mine_about
from forum.content.forms import BookmarkForm, RemoveForm
from forum.content.models import Post, PostState
from forum.content.order import deciding, flagging
from forum.content.order.deciding import AlreadyDecided
from forum.content.order.flagging import why_not_flag
from forum.content.order.forms import KNOWN, FlagForm, HideForm
from forum.core.db import transaction
from forum.core.errors import Invalid, Missing, RuleBroken, TooMany
from forum.core.text import one_line
from forum.spaces.guard import Here, needs
from forum.spaces.models import Item
from forum.spaces.policy import Can
from forum.stories import addresses
from forum.stories.access import allow, story_for
from forum.stories.views import Page, blueprint
from forum.stories.views.posts import show_more
from forum.threads.views import answers
from forum.threads.views.marks import moment_of
from forum.threads.views.more import offered
from forum.web.banners import banner
from forum.web.words import _


@blueprint.post("/<ref>/posts/<int:number>/remove")
@needs(Can.SEE_STORIES)
def remove(here: Here, ref: str, number: int) -> Page:
    """Put a marked gap where a reply stood. A story itself is withdrawn instead."""
    item = story_for(here, ref).item
    if number == 1:
        raise RuleBroken(_("A story is withdrawn, not removed: the press for it is on its page."))
    post, form = _post_or_gap(item, number), RemoveForm()
    if form.validate_on_submit():
        try:
            with transaction():
                removing.remove(here, post, reason=one_line(form.reason.data or ""))
        except Invalid as problem:
            form.add_problems(problem)
        else:
            undo = url_for("stories.put_back_post", slug=here.space.slug, ref=ref, number=number)
            banner(_("Post %(number)s is removed. A gap shows where it stood.", number=number), undo=undo)
            return redirect(addresses.post_url(here.space.slug, ref, number), 303)
    return show_more(here, item, number, remove_form=form), 422


@blueprint.post("/<ref>/posts/<int:number>/put-back")
@needs(Can.SEE_STORIES)
def put_back_post(here: Here, ref: str, number: int) -> Response:
    """Let a removed reply be read again."""
    item = story_for(here, ref).item
    with transaction():
        removing.put_back(here, _post_or_gap(item, number))
    banner(_("Post %(number)s can be read again.", number=number))
    return redirect(addresses.post_url(here.space.slug, ref, number), 303)


@blueprint.get("/<ref>/posts/<int:number>/flag")
@needs(Can.FLAG_POST)
def flag(here: Here, ref: str, number: int) -> Page:
    """Ask what is wrong with a post."""
    item, post = _flaggable(here, ref, number)
    _mark, mine = mine_about(here.actor, item, number)
    form = FlagForm(formdata=None, reason=mine.reason.value if mine else None, note=mine.note if mine else "")
    return _show_flag(here, item, post, form)


@blueprint.post("/<ref>/posts/<int:number>/flag")
@needs(Can.FLAG_POST)
def save_flag(here: Here, ref: str, number: int) -> Page:
    """Flag a post, or say something else about it than before."""
    item, post = _flaggable(here, ref, number)
    form = FlagForm()
    form.offer()
    if form.validate_on_submit():
        try:
            with limits.counting(here, limits.Kind.PRESS), transaction():
                flagging.flag(here, post, reason=KNOWN[form.reason.data], note=one_line(form.note.data or ""))
        except Invalid as problem:
            form.add_problems(problem)
        except TooMany as slow:
            form.form_errors.append(slow.why)
            return answers.hold_up(slow, _show_flag(here, item, post, form))
        else:
            undo = url_for("stories.take_back_flag", slug=here.space.slug, ref=ref, number=number)
            banner(_("The organisers look at post %(number)s. You hear what becomes of it.", number=number), undo=undo)
            return redirect(addresses.post_url(here.space.slug, ref, number), 303)
    return _show_flag(here, item, post, form), 422


@blueprint.post("/<ref>/posts/<int:number>/flag/take-back")
@needs(Can.FLAG_POST)
def take_back_flag(here: Here, ref: str, number: int) -> Response:
    """Take one's flag back."""
    post = post_for(story_for(here, ref).item, number)
    with transaction():
        flagging.take_back(here, post)
    banner(_("Your flag is gone."), kind="info")
    return redirect(addresses.post_url(here.space.slug, ref, number), 303)


@blueprint.post("/<ref>/posts/<int:number>/hide")
@needs(Can.KEEP_ORDER)
def hide(here: Here, ref: str, number: int) -> Page:
    """Hide a post until it is decided what becomes of it; with what was told, the whole story."""
    item = story_for(here, ref).item
    post, form = post_for(item, number), HideForm(prefix="hide")
    if form.validate_on_submit():
        try:
            with transaction():
                deciding.hide(here, post.id, reason=one_line(form.reason.data or ""))
        except Invalid as problem:
            form.add_problems(problem)
        except AlreadyDecided as other:
            banner(other.why, kind="info")
            return redirect(url_for("order.queue", slug=here.space.slug), 303)
        else:
            banner(_("Post %(number)s is hidden until it is decided what becomes of it.", number=number))
            return redirect(url_for("order.queue", slug=here.space.slug), 303)
    return show_more(here, item, number, hide_form=form), 422


@blueprint.post("/<ref>/posts/<int:number>/bookmark")
@needs(Can.SEE_STORIES)
def bookmark(here: Here, ref: str, number: int) -> Page:
    """Keep a post to be found again."""
    item = story_for(here, ref).item
    post, form = post_for(item, number), offered(BookmarkForm(), here.actor)
    if not form.validate_on_submit():
        return show_more(here, item, number, bookmark_form=form), 422
    with transaction():
        moment = moment_of(form, here.actor)
        bookmarks.keep(here.actor, post, note=one_line(form.note.data or ""), remind_at=moment)
    banner(
        _("You find it under your bookmarks."),
        undo=url_for("stories.drop_bookmark", slug=here.space.slug, ref=ref, number=number),
    )
    return redirect(addresses.post_url(here.space.slug, ref, number), 303)


@blueprint.post("/<ref>/posts/<int:number>/bookmark/drop")
@needs(Can.SEE_STORIES)
def drop_bookmark(here: Here, ref: str, number: int) -> Response:
    """Take a bookmark away."""
    post = post_for(story_for(here, ref).item, number)
    with transaction():
        bookmarks.drop(here.actor, post)
    banner(_("The bookmark is gone."))
    return redirect(addresses.post_url(here.space.slug, ref, number), 303)


def _flaggable(here: Here, ref: str, number: int) -> tuple[Item, Post]:
    item = story_for(here, ref).item
    post = post_for(item, number)
    allow(why_not_flag(here, author_id=post.author_id))
    return item, post


def _post_or_gap(item: Item, number: int) -> Post:
    try:
        return post_for(item, number)
    except Missing:
        return post_for(item, number, state=PostState.REMOVED)


def _show_flag(here: Here, item: Item, post: Post, form: FlagForm) -> str:
    form.offer()
    return render_template(
        "threads/flag.html",
        room="stories",
        item=item,
        post=post,
        form=form,
        thread_url=addresses.story_url(here.space.slug, item.ref),
        post_url=addresses.post_url(here.space.slug, item.ref, post.number),
    )
