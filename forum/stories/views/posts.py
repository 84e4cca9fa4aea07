"""Single posts of a story's conversation: everything that can be done with one, editing, its history."""

import itertools
from typing import Any

from flask import redirect, render_template, request, url_for
from markupsafe import Markup
from werkzeug.wrappers import Response

from forum.content import actions as content
from forum.content import limits, reacting, removing
from forum.content.access import post_for, require_edit, why_not_edit
from forum.content.actions import Overtaken
from forum.content.around import mine_about
from forum.content.differences import Comparison, around_changes
from forum.content.forms import EditForm, RemoveForm
from forum.content.models import Post
from forum.content.naming import text_for
from forum.content.order.deciding import why_not_decide
from forum.content.order.flagging import why_not_flag
from forum.content.order.forms import HideForm
from forum.content.order.holding import is_held_now
from forum.content.queries import PostShown, posts_between, versions_of
from forum.content.reacting import Said, said_of, who_said
from forum.core.db import transaction
from forum.core.errors import Invalid, Missing, TooMany
from forum.core.paging import page
from forum.core.text import one_line
from forum.spaces.feature import nobody_of
from forum.spaces.guard import Here, needs
from forum.spaces.models import Item
from forum.spaces.policy import Can
from forum.stories import addresses
from forum.stories.access import story_for
from forum.stories.views import Page, blueprint
from forum.threads.views import answers
from forum.threads.views.more import NAMED, as_marked
from forum.threads.views.posts import COMPARED
from forum.threads.words import REACTIONS
from forum.web.words import _


@blueprint.get("/<ref>/posts/<int:number>/more")
@needs(Can.SEE_STORIES)
def more(here: Here, ref: str, number: int) -> Page:
    """Show a post by itself, with who said what about it and everything that can be done with it."""
    return show_more(here, story_for(here, ref).item, number)


@blueprint.get("/<ref>/posts/<int:number>/edit")
@needs(Can.SEE_STORIES)
def edit(here: Here, ref: str, number: int) -> Page:
    """Show a reply's text, to be changed. What was told has its own form."""
    if number == 1:
        return redirect(url_for("stories.change", slug=here.space.slug, ref=ref), 303)
    item, post = _editable(here, ref, number)
    return _show_edit(here, item, post, EditForm(formdata=None, body=post.source, version=post.version))


@blueprint.post("/<ref>/posts/<int:number>/edit")
@needs(Can.SEE_STORIES)
def save_edit(here: Here, ref: str, number: int) -> Page:
    """Save what a reply says now. When somebody saved first, both texts are shown."""
    item, post = _editable(here, ref, number)
    form = EditForm()
    try:
        if form.validate_on_submit():
            return _save(here, item, post, form)
    except Invalid as problem:
        form.add_problems(problem)
    except Overtaken as overtaken:
        item, post = _editable(here, ref, number)
        form.version.data = post.version
        return _show_edit(here, item, post, form, theirs=post.source, why=overtaken.why), 409
    except TooMany as slow:
        return answers.hold_up(slow, _show_edit(here, item, post, form, paused=slow.why))
    return _show_edit(here, item, post, form), 422


def _save(here: Here, item: Item, post: Post, form: EditForm) -> Page:
    where = addresses.posts_url(here.space.slug, item.ref)
    text = text_for(here.space, form.body.data or "", author=here.actor, item_id=item.id, posts_url=where)
    if "preview" in request.form:
        return _show_edit(here, item, post, form, preview=Markup(text.html))  # noqa: S704  # made by the renderer
    kinds = [limits.Kind.POST] if post.author_id == here.actor.id else []
    with limits.counting(here, *kinds) as count:
        with transaction():
            reason = one_line(form.reason.data or "")
            held = content.edit(here, post, text=text, version=form.version.data or 0, reason=reason)
        count.written(held.edited_at)
    return redirect(addresses.post_url(here.space.slug, item.ref, post.number), 303)


@blueprint.post("/<ref>/posts/<int:number>/preview")
@needs(Can.SEE_STORIES)
def preview_edit(here: Here, ref: str, number: int) -> Page:
    """Render a reply's text for a script that shows it beside: for whoever may edit it."""
    item, _post = _editable(here, ref, number)
    return answers.preview(here.space, author=here.actor, item=item)


@blueprint.get("/<ref>/posts/<int:number>/mentions")
@needs(Can.SEE_STORIES)
def mentions_in_edit(here: Here, ref: str, number: int) -> Response:
    """Offer members to whoever may edit the post (A3)."""
    _editable(here, ref, number)
    return answers.offer_members(here)


@blueprint.get("/<ref>/posts/<int:number>/history")
@needs(Can.SEE_STORIES)
def history(here: Here, ref: str, number: int) -> Page:
    """Show what each change of the story, or of a reply, was: the latest first."""
    item = story_for(here, ref).item
    post = post_for(item, number)
    pages = page(request.args.get("page"), total=post.version - 1, size=COMPARED)
    versions = versions_of(post, newest=post.version - pages.before, size=COMPARED + 1)
    comparison = Comparison()
    edits = [
        (after, list(around_changes(comparison.pieces(before.source, after.source))))
        for after, before in itertools.pairwise(versions)
    ]
    return render_template(
        "content/history.html",
        room="stories",
        nobody=nobody_of(item, number) if item.author_id is None else "",
        item=item,
        post=post,
        edits=edits,
        first=versions[-1] if pages.current == pages.last else None,
        pages=pages,
        thread_url=addresses.story_url(here.space.slug, ref),
        post_url=addresses.post_url(here.space.slug, ref, number),
    )


def show_more(here: Here, item: Item, number: int, **forms: Any) -> str:  # noqa: ANN401  # forms that were wrong
    """Render the page of a post; a form that is given was wrong, and keeps what was typed."""
    shown = posts_between(item.id, after=number - 1, size=1)
    if not shown or shown[0].gone:
        raise Missing
    post = shown[0]
    is_own = post.author is not None and post.author.id == here.actor.id
    said = said_of(item, here.actor, after=number - 1, size=1).get(number, {})
    marked, flagged = mine_about(here.actor, item, number)
    return render_template(
        "threads/more.html",
        room="stories",
        nobody=nobody_of(item, number) if item.author_id is None else "",
        item=item,
        post=post,
        is_own=is_own,
        reactions=[(kind, words, said.get(kind, Said())) for kind, words in REACTIONS.items()] if number > 1 else [],
        may_say={kind for kind, power in reacting.POWER.items() if here.may(power) and not is_own and number > 1},
        names=who_said(item, number, most=NAMED) if number > 1 else {},
        form=next(iter(forms.values()), None),
        remove_form=forms.get("remove_form") or RemoveForm(formdata=None),
        hide_form=forms.get("hide_form") or HideForm(None, prefix="hide"),
        flag=flagged,
        bookmark=marked,
        bookmark_form=forms.get("bookmark_form") or as_marked(here.actor, marked),
        **_presses(here, item, post),
    )


def _presses(here: Here, item: Item, post: PostShown) -> dict[str, Any]:
    slug, ref, number = here.space.slug, item.ref, post.number
    author_id = post.author.id if post.author else None
    is_held = author_id == here.actor.id and is_held_now(here)
    why_not = why_not_edit(here, item, author_id=author_id, created_at=post.created_at, is_held=is_held)
    quote = addresses.reply_url(slug, ref, last_number=item.last_number, quote=number)
    return {
        "thread_url": addresses.story_url(slug, ref),
        "post_url": addresses.post_url(slug, ref, number),
        "permalink": addresses.posts_url(slug, ref) + str(number),
        "quote_url": quote if here.may(Can.WRITE_POST) else "",
        "may_edit": number > 1 and not why_not,
        "why_not_remove": _("It is withdrawn on its page.")
        if number == 1
        else removing.why_not_remove(here, item, author_id=author_id),
        "may_flag": not why_not_flag(here, author_id=author_id),
        "may_hide": not why_not_decide(here, author_id=author_id),
    }


def _editable(here: Here, ref: str, number: int) -> tuple[Item, Post]:
    item = story_for(here, ref).item
    if number == 1:
        raise Missing
    post = post_for(item, number)
    require_edit(here, item, post)
    return item, post


def _show_edit(here: Here, item: Item, post: Post, form: EditForm, **more: Any) -> str:  # noqa: ANN401  # a template's own values
    base: dict[str, Any] = {"slug": here.space.slug, "ref": item.ref, "number": post.number}
    return render_template(
        "content/edit.html",
        item=item,
        post=post,
        form=form,
        is_own=post.author_id == here.actor.id,
        attached=(),
        attach_url=None,
        thread_url=addresses.story_url(here.space.slug, item.ref),
        post_url=addresses.post_url(here.space.slug, item.ref, post.number),
        preview_url=url_for("stories.preview_edit", **base),
        mentions_url=url_for("stories.mentions_in_edit", **base),
        **more,
    )
