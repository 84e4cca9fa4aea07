"""Writing in a conversation, in whichever room it stands: the reply, its files, its preview and its draft; and hearing of it.

A room says how its items are loaded (`PostRoom`) and how a reply is written (`Writing`), and adds these pages to its own.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

from flask import Blueprint, jsonify, redirect, request
from markupsafe import Markup
from werkzeug.wrappers import Response

from forum.content import drafts, limits
from forum.content.access import post_for
from forum.content.attachments.actions import send_with
from forum.content.attachments.told import told_by
from forum.content.forms import ReplyForm
from forum.content.models import Post, PostState, ReactionKind, WatchLevel
from forum.content.naming import text_for
from forum.content.queries import newer_than, source_of, stands
from forum.content.reacting import react, said_of, take_back
from forum.content.reading import COUNTED
from forum.content.watching import choose
from forum.core.db import transaction
from forum.core.errors import Invalid, Missing, TooMany
from forum.core.markup import Rendered, quote
from forum.spaces.guard import Here, needs
from forum.spaces.models import Item
from forum.spaces.policy import Can
from forum.threads.access import IsClosed
from forum.threads.forms import AS_USUAL, WatchForm
from forum.threads.views import Page, answers, attaching
from forum.threads.views.post_room import PostRoom
from forum.web.banners import banner, note_arrival
from forum.web.uploads import takes_files
from forum.web.words import _

LARGEST_NUMBER = 2**31 - 1


class Again(Protocol):
    """Shows the page once more, with everything that was typed; `more` are values of its template."""

    def __call__(self, here: Here, ref: str, form: ReplyForm, **more: object) -> str: ...  # noqa: D102  # see above


class Begun(Protocol):
    """What the head of a room's item says of the reply that somebody has begun."""

    @property
    def item(self) -> Item: ...  # noqa: D102  # the item
    @property
    def draft_body(self) -> str: ...  # noqa: D102  # what is begun
    @property
    def draft_version(self) -> int: ...  # noqa: D102  # its version
    @property
    def draft_reply_to(self) -> int | None: ...  # noqa: D102  # which post it answers


@dataclass(frozen=True, kw_only=True)
class Writing:
    """How a reply is written in a room. `write` raises Missing, Denied and RuleBroken as the room's rules say."""

    room: PostRoom
    reply_place: Callable[[str], str]
    held_url: Callable[..., str]
    write: Callable[[Here, Item, Rendered, int | None, str | None], Post]
    again: Again


def add_writing(blueprint: Blueprint, writing: Writing) -> None:
    """Add the pages on which replies are written to a room's; what is said with one press; and the way to a post."""
    for add in (_add_reply, _add_helpers, _add_drafts):
        add(blueprint, writing)
    _add_presses(blueprint, writing.room)
    _add_ways(blueprint, writing.room)


def add_hearing(blueprint: Blueprint, room: PostRoom) -> None:
    """Add how much one hears, and the way to the last post, where a room has no pages of its own for these."""

    @blueprint.post("/<ref>/watch")
    @needs(Can.WATCH_THREAD)
    def watch(here: Here, ref: str) -> Response:
        """Hear of an item at the level that was chosen."""
        item, form = room.item_for(here, ref), WatchForm()
        if not form.validate_on_submit():
            raise Missing
        level = None if form.level.data == AS_USUAL else WatchLevel(form.level.data)
        with transaction():
            choose(here.actor, item, level)
        banner(_("Your choice is kept."))
        return redirect(room.item_url(here.space.slug, ref), 303)

    @blueprint.get("/<ref>/unread")
    @needs(room.sees)
    def unread(here: Here, ref: str) -> Response:
        """Lead to the last post."""
        return room.back(here, ref, max(room.item_for(here, ref).last_number, 1))


def fresh_form(head: Begun) -> ReplyForm:
    """Return the reply form as a link opens it: with the draft, a quote, or a post that it answers."""
    body, number = head.draft_body, _number(request.args.get("quote"), head.item)
    if number is not None:
        source = source_of(head.item.id, number)
        body = f"{body.rstrip()}\n\n" if body.strip() else ""
        body += quote(number, source) if source else ""
    return ReplyForm(
        formdata=None,
        body=body,
        reply_to=_number(request.args.get("reply_to"), head.item) or head.draft_reply_to,
        draft_version=head.draft_version,
    )


def _number(typed: str | None, item: Item) -> int | None:
    """Return a post number that an address carries, None when the item has no such post."""
    if typed is None or not (typed.isascii() and typed.isdigit()):
        return None
    number = int(typed[:10])
    return number if 1 <= number <= item.last_number else None


def _add_reply(blueprint: Blueprint, writing: Writing) -> None:
    room, again = writing.room, writing.again

    @blueprint.post("/<ref>/")
    @needs(Can.WRITE_POST)
    def reply(here: Here, ref: str) -> Page:
        """Write a reply. For those without script the same form saves a draft, shows a preview, or stops answering one post."""
        item = room.item_for(here, ref)
        form, place = ReplyForm(), writing.reply_place(ref)
        try:
            if "keep" in request.form:
                return _keep(here, writing, item, form)
            if "plain" in request.form:
                newer = answers.answer_nobody(here.actor, place, form)
                return again(here, ref, form, newer=newer), 409 if newer else 200
            if form.validate_on_submit():
                return _reply(here, writing, item, form)
        except Invalid as problem:
            form.add_problems(problem)
        except IsClosed:
            answers.keep_unsent(here.actor, place, form, in_reply_to=form.reply_to.data)
            return again(here, ref, form), 409
        except TooMany as slow:
            answers.keep_unsent(here.actor, place, form, in_reply_to=form.reply_to.data)
            return answers.hold_up(slow, again(here, ref, form, paused=slow.why))
        return again(here, ref, form), 422


def _keep(here: Here, writing: Writing, item: Item, form: ReplyForm) -> Page:
    newer = answers.save_by_press(here.actor, writing.reply_place(item.ref), form)
    if newer is not None:
        return writing.again(here, item.ref, form, newer=newer), 409
    return redirect(writing.room.reply_url(here.space.slug, item.ref, last_number=item.last_number), 303)


def _reply(here: Here, writing: Writing, item: Item, form: ReplyForm) -> Page:
    room, place, slug = writing.room, writing.reply_place(item.ref), here.space.slug
    told, where = told_by(request.form), room.posts_url(slug, item.ref)
    body = attaching.body_of(form, attaching.attached_at(here, place))
    text = text_for(here.space, body, author=here.actor, item_id=item.id, posts_url=where, told=told)
    if "preview" in request.form:
        return writing.again(here, item.ref, form, preview=Markup(text.html))  # noqa: S704  # made by the renderer
    with limits.counting(here, limits.Kind.POST) as count:
        with transaction():
            post = writing.write(here, item, text, form.reply_to.data, form.once.data)
            send_with(here, post, place=place, told=told, text=text)
            drafts.sent(here.actor, place, version=form.draft_version.data or 0, body=form.body.data or "")
        count.written(post.created_at)
    note_arrival(form.once.data)
    if post.state is PostState.HELD:
        said = _("An organiser looks at it before others see it. You hear by mail, and find it here until then.")
        banner(said, kind="wait")
    if not post.has_number:
        return redirect(writing.held_url(slug, item.ref, post.id, last_number=item.last_number), 303)
    return redirect(room.post_url(slug, item.ref, post.number), 303)


def _add_helpers(blueprint: Blueprint, writing: Writing) -> None:
    room = writing.room

    @blueprint.post("/<ref>/attach")
    @takes_files
    @needs(Can.WRITE_POST)
    def attach_to_reply(here: Here, ref: str) -> Page | tuple[Response, int]:
        """Attach files to a reply that is being written."""
        room.item_for(here, ref)
        form = ReplyForm()
        taken = attaching.attach(here, writing.reply_place(ref), form, power=Can.WRITE_POST)
        return attaching.answer(taken) or (writing.again(here, ref, form), 422 if taken.problems else 200)

    @blueprint.post("/<ref>/preview")
    @needs(Can.WRITE_POST)
    def preview_reply(here: Here, ref: str) -> Page:
        """Render a reply for a script that shows it beside the text."""
        return answers.preview(here.space, author=here.actor, item=room.item_for(here, ref))

    @blueprint.get("/<ref>/posts/<int:number>/quote")
    @needs(Can.WRITE_POST)
    def quoted(here: Here, ref: str, number: int) -> Response:
        """Give a post as a quote, for a script that puts it into the reply."""
        return Response(quote(number, post_for(room.item_for(here, ref), number).source), mimetype="text/plain")


def _add_drafts(blueprint: Blueprint, writing: Writing) -> None:
    room = writing.room

    @blueprint.post("/<ref>/draft")
    @needs(Can.WRITE_POST)
    def save_reply_draft(here: Here, ref: str) -> tuple[Response, int]:
        """Save a reply's draft while it is written."""
        room.item_for(here, ref)
        return answers.save_by_script(here.actor, writing.reply_place(ref))

    @blueprint.post("/<ref>/draft/discard")
    @needs(Can.WRITE_POST)
    def discard_reply_draft(here: Here, ref: str) -> Response:
        """Throw a reply's draft away."""
        item = room.item_for(here, ref)
        answers.throw_away(here.actor, writing.reply_place(ref))
        return redirect(room.reply_url(here.space.slug, ref, last_number=item.last_number), 303)


def _add_presses(blueprint: Blueprint, room: PostRoom) -> None:
    @blueprint.post("/<ref>/react")
    @needs(room.sees)
    def give(here: Here, ref: str) -> Response:
        """Say something about a post, or take it back."""
        item = room.item_for(here, ref)
        does, kind, number = _wish()
        post = post_for(item, number)
        with limits.counting(here, limits.Kind.PRESS), transaction():
            (react if does == "give" else take_back)(here, post, kind)
        if request.headers.get("X-Requested-With") == "fetch":
            said = said_of(item, here.actor, after=number - 1, size=1).get(number, {})
            return jsonify({one.value: {"people": said[one].people, "mine": said[one].by_me} for one in said})
        return room.back(here, ref, number)


def _add_ways(blueprint: Blueprint, room: PostRoom) -> None:
    @blueprint.get("/<ref>/posts/<int:number>")
    @needs(room.sees)
    def post(here: Here, ref: str, number: int) -> Response:
        """Lead a post's permalink to where it stands now."""
        item = room.item_for(here, ref)
        if not 1 <= number <= item.last_number or not stands(item.id, number):
            raise Missing
        return room.back(here, ref, number)

    @blueprint.get("/<ref>/news")
    @needs(room.sees)
    def news(here: Here, ref: str) -> dict[str, int]:
        """Say how many replies others have written after a number, for a page that lies open."""
        item = room.item_for(here, ref)
        after = request.args.get("after", type=int, default=item.last_number)
        after = min(max(after, 0), LARGEST_NUMBER)
        return {"count": newer_than(item.id, after, but_not_by=here.actor.id, most=COUNTED)}


def _wish() -> tuple[str, ReactionKind, int]:
    """Read which press it was, such as give="thanks 7". Raises Missing for what no page of ours sends."""
    for does in ("give", "take"):
        word, _space, number = request.form.get(does, "").rpartition(" ")
        if word in set(ReactionKind) and number.isascii() and number.isdigit() and len(number) < len(str(2**31)):
            return does, ReactionKind(word), int(number)
    raise Missing
