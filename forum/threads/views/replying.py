"""Replying to a thread: the reply itself, its preview, its draft, and whom it can name."""

from flask import jsonify, redirect, request
from markupsafe import Markup
from werkzeug.wrappers import Response

from forum.content import drafts
from forum.content.drafts import NewerDraft
from forum.content.forms import ReplyForm
from forum.content.naming import suggestions, text_for
from forum.core.db import transaction
from forum.core.errors import Invalid
from forum.core.text import one_line
from forum.spaces.guard import Here, needs
from forum.spaces.policy import Can
from forum.threads import actions, addresses
from forum.threads.access import IsClosed, thread_for
from forum.threads.queries import head_of
from forum.threads.views import Page, answers, blueprint
from forum.threads.views.reading import show_thread

LONGEST_NAME = 40


@blueprint.post("/<ref>/")
@needs(Can.WRITE_POST)
def reply(here: Here, ref: str) -> Page:
    """Write a reply. For those without script the same form saves a draft or shows a preview."""
    thread, item = thread_for(here, ref)
    form = ReplyForm()
    if "keep" in request.form:
        newer = answers.save_by_press(here.actor, addresses.reply_place(ref), form)
        if newer is None:
            return redirect(addresses.page_url(here.space.slug, ref, 1, anchor="reply"), 303)
        return _again(here, ref, form, newer=newer), 409
    if form.validate_on_submit():
        try:
            body = form.body.data or ""
            where = addresses.posts_url(here.space.slug, ref)
            text = text_for(here.space, body, item_id=item.id, posts_url=where)
            if "preview" in request.form:
                return _again(here, ref, form, preview=Markup(text.html))  # noqa: S704  # made by the renderer
            with transaction():
                post = actions.reply(here, thread, text=text, in_reply_to=form.reply_to.data, once=form.once.data)
                drafts.sent(here.actor, addresses.reply_place(ref), version=form.draft_version.data or 0, body=body)
            return redirect(addresses.post_url(here.space.slug, ref, post.number), 303)
        except Invalid as problem:
            form.add_problems(problem)
        except IsClosed:
            _keep(here, ref, form)
            return _again(here, ref, form, unsent=form.body.data), 409
    return _again(here, ref, form), 422


@blueprint.post("/<ref>/preview")
@needs(Can.WRITE_POST)
def preview_reply(here: Here, ref: str) -> Page:
    """Render a reply for a script that shows it beside the text."""
    _thread, item = thread_for(here, ref)
    return answers.preview(here.space, item=item)


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
    thread_for(here, ref)
    answers.throw_away(here.actor, addresses.reply_place(ref))
    return redirect(addresses.page_url(here.space.slug, ref, 1, anchor="reply"), 303)


@blueprint.get("/mentions")
@needs(Can.WRITE_POST)
def mentions(here: Here) -> Response:
    """Offer members whose name begins with what was typed after "@". Only those who can write ask, and only members are named (A3)."""
    return jsonify(suggestions(here.space, one_line(request.args.get("q", ""))[:LONGEST_NAME]))


def _keep(here: Here, ref: str, form: ReplyForm) -> None:
    """Save as a draft what came too late, unless another tab's text stands there: the page shows it in any case."""
    try:
        with transaction():
            drafts.save(
                here.actor,
                addresses.reply_place(ref),
                version=form.draft_version.data or 0,
                body=form.body.data or "",
                in_reply_to=form.reply_to.data,
            )
    except NewerDraft:
        return


def _again(here: Here, ref: str, form: ReplyForm, **more: object) -> str:
    """Show the page once more with everything that was typed."""
    head = head_of(here, ref, place=addresses.reply_place(ref))
    return show_thread(here, head, form=form, version=form.draft_version.data or 0, **more)
