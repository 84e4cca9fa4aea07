"""Editing a post, in whichever room it stands: its text, what is attached to it, its preview and whom it can name."""

from typing import Any

from flask import Blueprint, redirect, render_template, request
from markupsafe import Markup
from werkzeug.wrappers import Response

from forum.content import actions as content
from forum.content import limits
from forum.content.access import post_for, require_edit
from forum.content.actions import Overtaken
from forum.content.attachments.actions import send_with_edit
from forum.content.attachments.queries import Attached, of_post
from forum.content.attachments.told import told_by
from forum.content.forms import EditForm
from forum.content.models import Post
from forum.content.naming import text_for
from forum.core.db import transaction
from forum.core.errors import Invalid, Missing, TooMany
from forum.core.text import one_line
from forum.spaces.guard import Here, needs
from forum.spaces.models import Item
from forum.threads.views import Page, answers, attaching
from forum.threads.views.post_room import PostRoom
from forum.web.uploads import takes_files


def add_editing(blueprint: Blueprint, room: PostRoom) -> None:
    """Add these pages to a room's. What is the thing itself, the room changes in its own way."""
    _add_text(blueprint, room)
    _add_helpers(blueprint, room)


def _add_text(blueprint: Blueprint, room: PostRoom) -> None:
    @blueprint.get("/<ref>/posts/<int:number>/edit")
    @needs(room.sees)
    def edit(here: Here, ref: str, number: int) -> Page:
        """Show a post's text, to be changed."""
        if room.is_itself(number) and room.change_url is not None:
            return redirect(room.change_url(here.space.slug, ref), 303)
        item, post = _editable(room, here, ref, number)
        return _show_edit(room, here, item, post, EditForm(formdata=None, body=post.source, version=post.version))

    @blueprint.post("/<ref>/posts/<int:number>/edit")
    @needs(room.sees)
    def save_edit(here: Here, ref: str, number: int) -> Page:
        """Save what a post says now. When somebody saved first, both texts are shown."""
        item, post = _editable(room, here, ref, number)
        form = EditForm()
        if form.validate_on_submit():
            try:
                return _save(room, here, item, post, form)
            except Invalid as problem:
                form.add_problems(problem)
            except Overtaken as overtaken:
                item, post = _editable(room, here, ref, number)
                form.version.data = post.version
                return _show_edit(room, here, item, post, form, theirs=post.source, why=overtaken.why), 409
            except TooMany as slow:
                return answers.hold_up(slow, _show_edit(room, here, item, post, form, paused=slow.why))
        return _show_edit(room, here, item, post, form), 422


def _add_helpers(blueprint: Blueprint, room: PostRoom) -> None:
    @blueprint.post("/<ref>/posts/<int:number>/attach")
    @takes_files
    @needs(room.sees)
    def attach_to_edit(here: Here, ref: str, number: int) -> Page | tuple[Response, int]:
        """Attach files to a post that is being edited; they go with it when it is saved."""
        item, post = _editable(room, here, ref, number)
        form, place = EditForm(), room.edit_place(ref, number)
        taken = attaching.attach(here, place, form, power=room.sees, has=of_post(post))
        return attaching.answer(taken) or (_show_edit(room, here, item, post, form), 422 if taken.problems else 200)

    @blueprint.post("/<ref>/posts/<int:number>/preview")
    @needs(room.sees)
    def preview_edit(here: Here, ref: str, number: int) -> Page:
        """Render a post's text for a script that shows it beside: for whoever may edit the post, be it by a lent right (D5)."""
        item, _post = _editable(room, here, ref, number)
        return answers.preview(here.space, author=here.actor, item=item)

    @blueprint.get("/<ref>/posts/<int:number>/mentions")
    @needs(room.sees)
    def mentions_in_edit(here: Here, ref: str, number: int) -> Response:
        """Offer members to whoever may edit the post (A3)."""
        _editable(room, here, ref, number)
        return answers.offer_members(here)


def _save(room: PostRoom, here: Here, item: Item, post: Post, form: EditForm) -> Page:
    told, attached = told_by(request.form), _attached(room, here, item, post)
    body = attaching.body_of(form, attached)
    where = room.posts_url(here.space.slug, item.ref)
    text = text_for(here.space, body, author=here.actor, item_id=item.id, posts_url=where, told=told)
    if "preview" in request.form:
        return _show_edit(room, here, item, post, form, preview=Markup(text.html))  # noqa: S704  # made by the renderer
    kinds = [limits.Kind.POST] if post.author_id == here.actor.id else []  # others' posts are edited by who keeps order
    with limits.counting(here, *kinds) as count:
        with transaction():
            reason = one_line(form.reason.data or "")
            held = content.edit(here, post, text=text, version=form.version.data or 0, reason=reason, files=attached)
            send_with_edit(here, held, place=room.edit_place(item.ref, post.number), told=told, text=text)
        count.written(held.edited_at)
    return redirect(room.post_url(here.space.slug, item.ref, post.number), 303)


def _editable(room: PostRoom, here: Here, ref: str, number: int) -> tuple[Item, Post]:
    item = room.item_for(here, ref)
    if not room.is_edited_as_a_reply(number):
        raise Missing
    post = post_for(item, number)
    require_edit(here, item, post)
    return item, post


def _attached(room: PostRoom, here: Here, item: Item, post: Post) -> list[Attached]:
    """Return what the post has and what lies beside it, as the form says it is."""
    told = told_by(request.form)
    has = [one.as_told(told) for one in of_post(post)]
    return has + attaching.attached_at(here, room.edit_place(item.ref, post.number))


def _show_edit(room: PostRoom, here: Here, item: Item, post: Post, form: EditForm, **more: Any) -> str:  # noqa: ANN401  # a template's own values
    return render_template(
        "content/edit.html",
        post=post,
        form=form,
        is_own=post.author_id == here.actor.id,
        attached=_attached(room, here, item, post),
        attach_url=room.url("attach_to_edit", here, item.ref, post.number),
        preview_url=room.url("preview_edit", here, item.ref, post.number),
        mentions_url=room.url("mentions_in_edit", here, item.ref, post.number),
        **room.places(here, item, post.number),
        **more,
    )
