"""Flagging a post, and hiding one: what keeps order begins on the page of the post."""

from flask import redirect, render_template, url_for
from werkzeug.wrappers import Response

from forum.content import limits
from forum.content.access import post_for
from forum.content.around import mine_about
from forum.content.models import Post
from forum.content.order import deciding, flagging
from forum.content.order.deciding import AlreadyDecided
from forum.content.order.forms import KNOWN, FlagForm, HideForm
from forum.core.db import transaction
from forum.core.errors import Invalid, TooMany
from forum.core.text import one_line
from forum.spaces.guard import Here, needs
from forum.spaces.models import Item
from forum.spaces.policy import Can
from forum.threads import addresses
from forum.threads.access import allow, thread_for
from forum.threads.views import Page, answers, blueprint
from forum.threads.views.more import show_more
from forum.web.banners import banner
from forum.web.words import _


@blueprint.get("/<ref>/posts/<int:number>/flag")
@needs(Can.FLAG_POST)
def flag(here: Here, ref: str, number: int) -> Page:
    """Ask what is wrong with a post."""
    item, post = _post(here, ref, number)
    _mark, mine = mine_about(here.actor, item, number)
    form = FlagForm(formdata=None, reason=mine.reason.value if mine else None, note=mine.note if mine else "")
    return _show(here, item, post, form)


@blueprint.post("/<ref>/posts/<int:number>/flag")
@needs(Can.FLAG_POST)
def save_flag(here: Here, ref: str, number: int) -> Page:
    """Flag a post, or say something else about it than before."""
    item, post = _post(here, ref, number)
    form = FlagForm()
    form.offer()
    if form.validate_on_submit():
        try:
            with limits.counting(here, limits.Kind.PRESS), transaction():
                reason = KNOWN[form.reason.data]
                flagging.flag(here, post, reason=reason, note=one_line(form.note.data or ""))
        except Invalid as problem:
            form.add_problems(problem)
        except TooMany as slow:
            form.form_errors.append(slow.why)
            return answers.hold_up(slow, _show(here, item, post, form))
        else:
            undo = url_for("threads.take_back_flag", slug=here.space.slug, ref=ref, number=number)
            banner(_("The organisers look at post %(number)s. You hear what becomes of it.", number=number), undo=undo)
            return redirect(addresses.post_url(here.space.slug, ref, number), 303)
    return _show(here, item, post, form), 422


@blueprint.post("/<ref>/posts/<int:number>/flag/take-back")
@needs(Can.FLAG_POST)
def take_back_flag(here: Here, ref: str, number: int) -> Response:
    """Take one's flag back."""
    _thread, item = thread_for(here, ref)
    post = post_for(item, number)
    with transaction():
        flagging.take_back(here, post)
    banner(_("Your flag is gone."), kind="info")
    return redirect(addresses.post_url(here.space.slug, ref, number), 303)


@blueprint.post("/<ref>/posts/<int:number>/hide")
@needs(Can.KEEP_ORDER)
def hide(here: Here, ref: str, number: int) -> Page:
    """Hide a post until it is decided what becomes of it."""
    _thread, item = thread_for(here, ref)
    post = post_for(item, number)
    form = HideForm(prefix="hide")
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
            banner(
                _("Post %(number)s is hidden. It stands here until it is decided what becomes of it.", number=number)
            )
            return redirect(url_for("order.queue", slug=here.space.slug), 303)
    return show_more(here, item, number, hide_form=form), 422


def _post(here: Here, ref: str, number: int) -> tuple[Item, Post]:
    _thread, item = thread_for(here, ref)
    post = post_for(item, number)
    allow(flagging.why_not_flag(here, author_id=post.author_id))
    return item, post


def _show(here: Here, item: Item, post: Post, form: FlagForm) -> str:
    form.offer()
    return render_template(
        "threads/flag.html",
        item=item,
        post=post,
        form=form,
        thread_url=addresses.thread_url_of(here.space.slug, item.ref),
        post_url=addresses.post_url(here.space.slug, item.ref, post.number),
    )
