"""Replying to a story: the reply itself, its preview and its draft; how much one wants to hear; what is said with one press."""

from flask import jsonify, redirect, request
from markupsafe import Markup
from werkzeug.wrappers import Response

from forum.content import actions as content
from forum.content import drafts, limits
from forum.content.access import post_for
from forum.content.forms import ReplyForm
from forum.content.models import Post, PostState, WatchLevel
from forum.content.naming import text_for
from forum.content.reacting import react, said_of, take_back
from forum.content.watching import choose
from forum.core.db import transaction
from forum.core.errors import Invalid, Missing, TooMany
from forum.core.markup import Rendered, quote
from forum.spaces.guard import Here, needs
from forum.spaces.models import Item, ItemState
from forum.spaces.policy import Can
from forum.stories import addresses
from forum.stories.access import allow, story_for
from forum.stories.queries.one import head_of
from forum.stories.views import Page, blueprint
from forum.stories.views.story_page import show_story
from forum.threads.forms import AS_USUAL, WatchForm
from forum.threads.views import answers
from forum.threads.views.reactions import wish_of
from forum.web.banners import banner, note_arrival
from forum.web.words import _


def why_not_reply_now(here: Here, item: Item) -> str:
    """Return "" when the person may reply to a story's item now, else why not: for what spans rooms."""
    if not here.may(Can.WRITE_POST):
        return here.why_not(Can.WRITE_POST)
    if item.state is not ItemState.PUBLISHED:
        return _("This waits for an organiser, and can be replied to when everybody can read it.")
    return ""


def reply_to_item(here: Here, item: Item, text: Rendered, in_reply_to: int | None, once: str) -> Post:
    """Write a reply to a story's item: for what spans rooms."""
    return content.reply(here, item.id, text=text, in_reply_to=in_reply_to, once=once, check=_require_open)


def _require_open(here: Here, item: Item) -> None:
    allow(why_not_reply_now(here, item))


@blueprint.post("/<ref>/")
@needs(Can.WRITE_POST)
def reply(here: Here, ref: str) -> Page:
    """Write a reply. For those without script the same form saves a draft, shows a preview, or stops answering one post."""
    item = story_for(here, ref).item
    form, place = ReplyForm(), addresses.reply_place(ref)
    try:
        if "keep" in request.form:
            newer = answers.save_by_press(here.actor, place, form)
            if newer is not None:
                return _again(here, ref, form, newer=newer), 409
            return redirect(addresses.reply_url(here.space.slug, ref, last_number=item.last_number), 303)
        if "plain" in request.form:
            newer = answers.answer_nobody(here.actor, place, form)
            return _again(here, ref, form, newer=newer), 409 if newer else 200
        if form.validate_on_submit():
            return _reply(here, item, form)
    except Invalid as problem:
        form.add_problems(problem)
    except TooMany as slow:
        answers.keep_unsent(here.actor, place, form, in_reply_to=form.reply_to.data)
        return answers.hold_up(slow, _again(here, ref, form, paused=slow.why))
    return _again(here, ref, form), 422


def _reply(here: Here, item: Item, form: ReplyForm) -> Page:
    place, slug = addresses.reply_place(item.ref), here.space.slug
    where = addresses.posts_url(slug, item.ref)
    text = text_for(here.space, form.body.data or "", author=here.actor, item_id=item.id, posts_url=where)
    if "preview" in request.form:
        return _again(here, item.ref, form, preview=Markup(text.html))  # noqa: S704  # made by the renderer
    with limits.counting(here, limits.Kind.POST) as count:
        with transaction():
            post = content.reply(
                here,
                item.id,
                text=text,
                in_reply_to=form.reply_to.data,
                once=form.once.data,
                check=_require_open,
            )
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


@blueprint.post("/<ref>/preview")
@needs(Can.WRITE_POST)
def preview_reply(here: Here, ref: str) -> Page:
    """Render a reply for a script that shows it beside the text."""
    return answers.preview(here.space, author=here.actor, item=story_for(here, ref).item)


@blueprint.get("/<ref>/posts/<int:number>/quote")
@needs(Can.WRITE_POST)
def quoted(here: Here, ref: str, number: int) -> Response:
    """Give a post as a quote, for a script that puts it into the reply."""
    return Response(quote(number, post_for(story_for(here, ref).item, number).source), mimetype="text/plain")


@blueprint.post("/<ref>/draft")
@needs(Can.WRITE_POST)
def save_reply_draft(here: Here, ref: str) -> tuple[Response, int]:
    """Save a reply's draft while it is written."""
    story_for(here, ref)
    return answers.save_by_script(here.actor, addresses.reply_place(ref))


@blueprint.post("/<ref>/draft/discard")
@needs(Can.WRITE_POST)
def discard_reply_draft(here: Here, ref: str) -> Response:
    """Throw a reply's draft away."""
    item = story_for(here, ref).item
    answers.throw_away(here.actor, addresses.reply_place(ref))
    return redirect(addresses.reply_url(here.space.slug, ref, last_number=item.last_number), 303)


@blueprint.post("/<ref>/watch")
@needs(Can.WATCH_THREAD)
def watch(here: Here, ref: str) -> Response:
    """Hear of a story at the level that was chosen."""
    item = story_for(here, ref).item
    form = WatchForm()
    if not form.validate_on_submit():
        raise Missing
    level = None if form.level.data == AS_USUAL else WatchLevel(form.level.data)
    with transaction():
        choose(here.actor, item, level)
    banner(_("Your choice is kept."))
    return redirect(addresses.story_url(here.space.slug, ref), 303)


@blueprint.post("/<ref>/react")
@needs(Can.SEE_STORIES)
def give(here: Here, ref: str) -> Response:
    """Say something about a reply, or take it back."""
    item = story_for(here, ref).item
    does, kind, number = wish_of()
    post = post_for(item, number)
    with limits.counting(here, limits.Kind.PRESS), transaction():
        (react if does == "give" else take_back)(here, post, kind)
    if request.headers.get("X-Requested-With") == "fetch":
        said = said_of(item, here.actor, after=number - 1, size=1).get(number, {})
        return jsonify({one.value: {"people": said[one].people, "mine": said[one].by_me} for one in said})
    return redirect(addresses.post_url(here.space.slug, ref, number), 303)


def _again(here: Here, ref: str, form: ReplyForm, **more: object) -> str:
    """Show the page once more with everything that was typed."""
    head = head_of(here, ref, place=addresses.reply_place(ref))
    return show_story(here, head, form=form, version=form.draft_version.data or 0, **more)
