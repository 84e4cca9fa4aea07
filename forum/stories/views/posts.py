"""Single posts of a story's conversation: everything that can be done with one, editing, its history."""

from typing import Any

from flask import redirect, render_template, request, url_for
from markupsafe import Markup
from werkzeug.wrappers import Response

from forum.content import actions as content
from forum.content import limits
from forum.content.access import post_for, require_edit
from forum.content.actions import Overtaken
from forum.content.forms import EditForm
from forum.content.models import Post
from forum.content.naming import text_for
from forum.core.db import transaction
from forum.core.errors import Invalid, Missing, TooMany
from forum.core.text import one_line
from forum.spaces.guard import Here, needs
from forum.spaces.models import Item
from forum.spaces.policy import Can
from forum.stories import addresses
from forum.stories.access import story_for
from forum.stories.views import Page, blueprint
from forum.threads.views import answers


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
