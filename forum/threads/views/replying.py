"""Replying to a thread: the reply itself, its preview, its draft, and whom it can name."""

from flask import redirect, request
from markupsafe import Markup
from werkzeug.wrappers import Response

from forum.content import drafts, limits
from forum.content.access import post_for
from forum.content.attachments.actions import send_with
from forum.content.attachments.told import told_by
from forum.content.forms import ReplyForm
from forum.content.models import PostState
from forum.content.naming import text_for
from forum.core.db import transaction
from forum.core.errors import Invalid, TooMany
from forum.core.markup import quote
from forum.spaces.guard import Here, needs
from forum.spaces.models import Item
from forum.spaces.policy import Can
from forum.threads import actions, addresses
from forum.threads.access import IsClosed, thread_for
from forum.threads.models import Thread
from forum.threads.queries import head_of
from forum.threads.views import Page, answers, attaching, blueprint
from forum.threads.views.thread_page import show_thread
from forum.web.banners import banner, note_arrival
from forum.web.uploads import takes_files
from forum.web.words import _


@blueprint.post("/<ref>/")
@needs(Can.WRITE_POST)
def reply(here: Here, ref: str) -> Page:
    """Write a reply. For those without script the same form saves a draft, shows a preview, or stops answering one post."""
    thread, item = thread_for(here, ref)
    form = ReplyForm()
    try:
        if "keep" in request.form:
            return _keep(here, item, form)
        if "plain" in request.form:
            newer = answers.answer_nobody(here.actor, addresses.reply_place(ref), form)
            return _again(here, ref, form, newer=newer), 409 if newer else 200
        if form.validate_on_submit():
            return _reply(here, thread, item, form)
    except Invalid as problem:
        form.add_problems(problem)
    except IsClosed:
        answers.keep_unsent(here.actor, addresses.reply_place(ref), form, in_reply_to=form.reply_to.data)
        return _again(here, ref, form, unsent=form.body.data), 409
    except TooMany as slow:
        answers.keep_unsent(here.actor, addresses.reply_place(ref), form, in_reply_to=form.reply_to.data)
        return answers.hold_up(slow, _again(here, ref, form, paused=slow.why))
    return _again(here, ref, form), 422


def _keep(here: Here, item: Item, form: ReplyForm) -> Page:
    newer = answers.save_by_press(here.actor, addresses.reply_place(item.ref), form)
    if newer is not None:
        return _again(here, item.ref, form, newer=newer), 409
    return redirect(addresses.reply_url(here.space.slug, item.ref, last_number=item.last_number), 303)


def _reply(here: Here, thread: Thread, item: Item, form: ReplyForm) -> Page:
    told, place, slug = told_by(request.form), addresses.reply_place(item.ref), here.space.slug
    body = attaching.body_of(form, attaching.attached_at(here, place))
    where = addresses.posts_url(slug, item.ref)
    text = text_for(here.space, body, author=here.actor, item_id=item.id, posts_url=where, told=told)
    if "preview" in request.form:
        return _again(here, item.ref, form, preview=Markup(text.html))  # noqa: S704  # made by the renderer
    with limits.counting(here, limits.Kind.POST) as count:
        with transaction():
            post = actions.reply(here, thread, text=text, in_reply_to=form.reply_to.data, once=form.once.data)
            send_with(here, post, place=place, told=told, text=text)
            drafts.sent(here.actor, place, version=form.draft_version.data or 0, body=form.body.data or "")
        count.written(post.created_at)
    note_arrival(form.once.data)
    if post.state is PostState.HELD:
        banner(
            _("An organiser looks at it before others see it. You hear by mail, and find it here until then."),
            kind="wait",
        )
    if not post.has_number:
        return redirect(addresses.held_url(slug, item.ref, post.id, last_number=item.last_number), 303)
    return redirect(addresses.post_url(slug, item.ref, post.number), 303)


@blueprint.post("/<ref>/attach")
@takes_files
@needs(Can.WRITE_POST)
def attach_to_reply(here: Here, ref: str) -> Page | tuple[Response, int]:
    """Attach files to a reply that is being written."""
    thread_for(here, ref)
    form = ReplyForm()
    taken = attaching.attach(here, addresses.reply_place(ref), form, power=Can.WRITE_POST)
    return attaching.answer(taken) or (_again(here, ref, form), 422 if taken.problems else 200)


@blueprint.post("/<ref>/preview")
@needs(Can.WRITE_POST)
def preview_reply(here: Here, ref: str) -> Page:
    """Render a reply for a script that shows it beside the text."""
    _thread, item = thread_for(here, ref)
    return answers.preview(here.space, author=here.actor, item=item)


@blueprint.get("/<ref>/posts/<int:number>/quote")
@needs(Can.WRITE_POST)
def quoted(here: Here, ref: str, number: int) -> Response:
    """Give a post as a quote, for a script that puts it into the reply."""
    _thread, item = thread_for(here, ref)
    return Response(quote(number, post_for(item, number).source), mimetype="text/plain")


@blueprint.post("/<ref>/draft")
@needs(Can.WRITE_POST)
def save_reply_draft(here: Here, ref: str) -> tuple[Response, int]:
    """Save a reply's draft while it is written."""
    thread_for(here, ref)
    return answers.save_by_script(here.actor, addresses.reply_place(ref))


@blueprint.post("/<ref>/draft/discard")
@needs(Can.WRITE_POST)
def discard_reply_draft(here: Here, ref: str) -> Response:
    """Throw a reply's draft away."""
    _thread, item = thread_for(here, ref)
    answers.throw_away(here.actor, addresses.reply_place(ref))
    return redirect(addresses.reply_url(here.space.slug, ref, last_number=item.last_number), 303)


@blueprint.get("/mentions")
@needs(Can.WRITE_POST)
def mentions(here: Here) -> Response:
    """Offer members whose name begins with what was typed after "@". Only those who can write ask, and only members are named (A3)."""
    return answers.offer_members(here)


def _again(here: Here, ref: str, form: ReplyForm, **more: object) -> str:
    """Show the page once more with everything that was typed."""
    head = head_of(here, ref, place=addresses.reply_place(ref))
    return show_thread(here, head, form=form, version=form.draft_version.data or 0, **more)
