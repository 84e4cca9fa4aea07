"""What is said about a post with one press, and the page of everything that can be done with a post."""

from typing import Any

from flask import jsonify, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from forum.content import reacting, removing
from forum.content.access import post_for, why_not_edit
from forum.content.forms import RemoveForm
from forum.content.models import Post, ReactionKind
from forum.content.queries import posts_between
from forum.content.reacting import Said, react, said_of, take_back, who_said
from forum.core.db import transaction
from forum.core.errors import Invalid, Missing
from forum.core.text import one_line
from forum.spaces.guard import Here, needs
from forum.spaces.models import Item
from forum.spaces.policy import Can
from forum.threads import addresses
from forum.threads.access import thread_for
from forum.threads.views import Page, blueprint
from forum.threads.words import REACTIONS
from forum.web.banners import banner
from forum.web.words import _

NAMED = 60
"""The most names that stand under a post on its own page."""


@blueprint.post("/<ref>/react")
@needs(Can.SEE_THREADS)
def give(here: Here, ref: str) -> Response:
    """Say something about a post, or take it back: "give" or "take" holds the kind and the post's number."""
    _thread, item = thread_for(here, ref)
    does, kind, number = _wish()
    post = post_for(item, number)
    with transaction():
        (react if does == "give" else take_back)(here, post, kind)
    if request.headers.get("X-Requested-With") == "fetch":
        said = said_of(item, here.actor, after=number - 1, size=1).get(number, {})
        return jsonify({one.value: {"people": said[one].people, "mine": said[one].by_me} for one in said})
    return redirect(addresses.post_url(here.space.slug, ref, number), 303)


def _wish() -> tuple[str, ReactionKind, int]:
    """Read which press it was, such as give="thanks 7". Raises Missing for what no page of ours sends."""
    for does in ("give", "take"):
        word, _space, number = request.form.get(does, "").rpartition(" ")
        if word in set(ReactionKind) and number.isascii() and number.isdigit() and len(number) < len(str(2**31)):
            return does, ReactionKind(word), int(number)
    raise Missing


@blueprint.get("/<ref>/posts/<int:number>/more")
@needs(Can.SEE_THREADS)
def more(here: Here, ref: str, number: int) -> Page:
    """Show a post by itself, with who said what about it and everything that can be done with it."""
    _thread, item = thread_for(here, ref)
    return _show_more(here, item, post_for(item, number))


@blueprint.post("/<ref>/posts/<int:number>/remove")
@needs(Can.SEE_THREADS)
def remove(here: Here, ref: str, number: int) -> Page:
    """Put a marked gap where a post stood."""
    _thread, item = thread_for(here, ref)
    post = _post_or_gap(item, number)
    form = RemoveForm()
    if form.validate_on_submit():
        try:
            with transaction():
                removing.remove(here, post, reason=one_line(form.reason.data or ""))
        except Invalid as problem:
            form.add_problems(problem)
        else:
            undo = url_for("threads.put_back", slug=here.space.slug, ref=ref, number=number)
            banner(_("Post %(number)s is removed. A gap shows where it stood.", number=number), undo=undo)
            return redirect(addresses.post_url(here.space.slug, ref, number), 303)
    return _show_more(here, item, post, form=form), 422


@blueprint.post("/<ref>/posts/<int:number>/put-back")
@needs(Can.SEE_THREADS)
def put_back(here: Here, ref: str, number: int) -> Response:
    """Let a removed post be read again."""
    _thread, item = thread_for(here, ref)
    post = _post_or_gap(item, number)
    with transaction():
        removing.put_back(here, post)
    banner(_("Post %(number)s can be read again.", number=number))
    return redirect(addresses.post_url(here.space.slug, ref, number), 303)


def _post_or_gap(item: Item, number: int) -> Post:
    """Load a post whether it was removed or not: a second press of "Remove" or "Undo" finds what the first one did."""
    try:
        return post_for(item, number)
    except Missing:
        return removing.removed_post(item, number)


def _show_more(here: Here, item: Item, post: Post, *, form: RemoveForm | None = None) -> str:
    shown = posts_between(item.id, after=post.number - 1, size=1)
    if not shown or shown[0].gone:
        raise Missing
    is_own = post.author_id == here.actor.id
    said = said_of(item, here.actor, after=post.number - 1, size=1).get(post.number, {})
    return render_template(
        "threads/more.html",
        item=item,
        post=shown[0],
        is_own=is_own,
        reactions=[(kind, words, said.get(kind, Said())) for kind, words in REACTIONS.items()],
        may_say={kind for kind, power in reacting.POWER.items() if here.may(power) and not is_own},
        names=who_said(post, most=NAMED),
        form=form,
        remove_form=form or RemoveForm(formdata=None),
        **_presses(here, item, post),
    )


def _presses(here: Here, item: Item, post: Post) -> dict[str, Any]:
    """Say what can be done with the post, and why something can't."""
    slug, ref, number = here.space.slug, item.ref, post.number
    page = addresses.page_of_post(number)
    quote = url_for("threads.thread", slug=slug, ref=ref, page=page, quote=number, _anchor="reply")
    return {
        "thread_url": addresses.thread_url_of(slug, ref),
        "post_url": addresses.post_url(slug, ref, number),
        "permalink": addresses.posts_url(slug, ref) + str(number),
        "quote_url": quote if here.may(Can.WRITE_POST) else "",
        "may_edit": not why_not_edit(here, item, author_id=post.author_id, created_at=post.created_at),
        "why_not_remove": removing.why_not_remove(here, item, author_id=post.author_id),
    }
