"""Single posts: editing one, its history, and accepting it as the answer."""

from typing import Any

from flask import redirect, render_template, request, url_for
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
from forum.spaces.policy import Can
from forum.threads import actions, addresses
from forum.threads.access import thread_for
from forum.threads.views import Page, answers, attaching, blueprint
from forum.web.banners import banner
from forum.web.uploads import takes_files
from forum.web.words import _


@blueprint.get("/<ref>/posts/<int:number>/edit")
@needs(Can.SEE_THREADS)
def edit(here: Here, ref: str, number: int) -> Page:
    """Show a post's text, to be changed."""
    item, post = _editable(here, ref, number)
    form = EditForm(formdata=None, body=post.source, version=post.version)
    return _show_edit(here, item, post, form)


@blueprint.post("/<ref>/posts/<int:number>/edit")
@needs(Can.SEE_THREADS)
def save_edit(here: Here, ref: str, number: int) -> Page:
    """Save what a post says now. When somebody saved first, both texts are shown."""
    item, post = _editable(here, ref, number)
    form = EditForm()
    if form.validate_on_submit():
        try:
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
    told, attached = told_by(request.form), _attached(here, item, post)
    body = attaching.body_of(form, attached)
    where = addresses.posts_url(here.space.slug, item.ref)
    text = text_for(here.space, body, author=here.actor, item_id=item.id, posts_url=where, told=told)
    if "preview" in request.form:
        return _show_edit(here, item, post, form, preview=Markup(text.html))  # noqa: S704  # made by the renderer
    kinds = [limits.Kind.POST] if post.author_id == here.actor.id else []  # others' posts are edited by who keeps order
    with limits.counting(here, *kinds) as count:
        with transaction():
            reason = one_line(form.reason.data or "")
            held = content.edit(here, post, text=text, version=form.version.data or 0, reason=reason, files=attached)
            place = addresses.edit_place(item.ref, post.number)
            send_with_edit(here, held, place=place, told=told, text=text)
        count.written(held.edited_at)
    return redirect(addresses.post_url(here.space.slug, item.ref, post.number), 303)


@blueprint.post("/<ref>/posts/<int:number>/attach")
@takes_files
@needs(Can.SEE_THREADS)
def attach_to_edit(here: Here, ref: str, number: int) -> Page | tuple[Response, int]:
    """Attach files to a post that is being edited; they go with it when it is saved."""
    item, post = _editable(here, ref, number)
    form, place = EditForm(), addresses.edit_place(ref, number)
    taken = attaching.attach(here, place, form, power=Can.SEE_THREADS, has=of_post(post))
    return attaching.answer(taken) or (_show_edit(here, item, post, form), 422 if taken.problems else 200)


@blueprint.post("/<ref>/posts/<int:number>/preview")
@needs(Can.SEE_THREADS)
def preview_edit(here: Here, ref: str, number: int) -> Page:
    """Render a post's text for a script that shows it beside: for whoever may edit the post, be it by a lent right (D5)."""
    item, _post = _editable(here, ref, number)
    return answers.preview(here.space, author=here.actor, item=item)


@blueprint.get("/<ref>/posts/<int:number>/mentions")
@needs(Can.SEE_THREADS)
def mentions_in_edit(here: Here, ref: str, number: int) -> Response:
    """Offer members to whoever may edit the post (A3)."""
    _editable(here, ref, number)
    return answers.offer_members(here)


@blueprint.post("/<ref>/accept")
@needs(Can.SEE_THREADS)
def accept(here: Here, ref: str) -> Response:
    """Accept a post as the answer."""
    thread, _item = thread_for(here, ref)
    number = request.form.get("number", type=int)
    if number is None:
        raise Missing
    with transaction():
        before = actions.accept(here, thread, number=number)
    undo = url_for("threads.withdraw", slug=here.space.slug, ref=ref, number=number, before=before)
    is_repeat = before == number
    banner(_("Post %(number)s is the accepted answer.", number=number), undo="" if is_repeat else undo)
    return redirect(addresses.post_url(here.space.slug, ref, number), 303)


@blueprint.post("/<ref>/accept/withdraw")
@needs(Can.SEE_THREADS)
def withdraw(here: Here, ref: str) -> Response:
    """Take the acceptance of the post with `number` back; "Undo" also names the one that was accepted `before` it."""
    thread, _item = thread_for(here, ref)
    number, before = request.values.get("number", type=int), request.values.get("before", type=int)
    if number is None:
        raise Missing
    with transaction():
        is_done = actions.withdraw_acceptance(here, thread, number=number, before=before)
    if not is_done:
        banner(_("Post %(number)s isn’t the accepted answer any more, so nothing changed.", number=number), kind="info")
    elif before is not None:
        banner(_("Post %(number)s is the accepted answer again.", number=before), kind="info")
        return redirect(addresses.post_url(here.space.slug, ref, before), 303)
    else:
        banner(_("The question is open again: no answer is accepted."), kind="info")
    return redirect(addresses.thread_url_of(here.space.slug, ref), 303)


def _editable(here: Here, ref: str, number: int) -> tuple[Item, Post]:
    _thread, item = thread_for(here, ref)
    post = post_for(item, number)
    require_edit(here, item, post)
    return item, post


def _attached(here: Here, item: Item, post: Post) -> list[Attached]:
    """Return what the post has and what lies beside it, as the form says it is."""
    told = told_by(request.form)
    has = [one.as_told(told) for one in of_post(post)]
    return has + attaching.attached_at(here, addresses.edit_place(item.ref, post.number))


def _show_edit(here: Here, item: Item, post: Post, form: EditForm, **more: Any) -> str:  # noqa: ANN401  # a template's own values
    return render_template(
        "content/edit.html",
        item=item,
        post=post,
        form=form,
        is_own=post.author_id == here.actor.id,
        attached=_attached(here, item, post),
        attach_url=url_for("threads.attach_to_edit", slug=here.space.slug, ref=item.ref, number=post.number),
        thread_url=addresses.thread_url_of(here.space.slug, item.ref),
        post_url=addresses.post_url(here.space.slug, item.ref, post.number),
        preview_url=url_for("threads.preview_edit", slug=here.space.slug, ref=item.ref, number=post.number),
        mentions_url=url_for("threads.mentions_in_edit", slug=here.space.slug, ref=item.ref, number=post.number),
        **more,
    )
