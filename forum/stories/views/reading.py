"""A story's page, and the ways to a place in it."""

from flask import redirect, request
from werkzeug.wrappers import Response

from forum.content.forms import ReplyForm
from forum.content.queries import newer_than, source_of, stands
from forum.content.reading import COUNTED, note_read
from forum.core.errors import Missing
from forum.core.markup import quote
from forum.notify.bell import is_being_read
from forum.spaces.guard import Here, needs
from forum.spaces.policy import Can
from forum.stories import addresses
from forum.stories.access import story_for
from forum.stories.addresses import POSTS
from forum.stories.queries.one import Head, head_of
from forum.stories.views import Page, blueprint
from forum.stories.views.story_page import pages_of, show_story, why_no_reply


@blueprint.get("/<ref>/")
@needs(Can.SEE_STORIES)
def story(here: Here, ref: str) -> Page:
    """Show a story with a page of its conversation, and note how far it was read."""
    head = head_of(here, ref, place=addresses.reply_place(ref))
    wish = {name: request.args.get(name) for name in ("quote", "reply_to") if name in request.args}
    pages = pages_of(head)
    if wish and pages.current < pages.last and not why_no_reply(here, head):
        return redirect(addresses.reply_url(here.space.slug, ref, last_number=head.item.last_number, **wish), 303)
    seen = min(pages.current * POSTS, head.item.last_number) if here.membership else 0
    is_told = head.first_told is not None and head.first_told <= seen
    if is_told:
        is_being_read(head.item.id)
    draft_at = head.draft_at if head.draft_body else None
    html = show_story(here, head, form=_fresh_form(head), version=head.draft_version, draft_at=draft_at)
    if request.method == "GET" and (seen > head.read_to or is_told):
        note_read(here.actor.id, head.item.id, seen, told_since=min(pages.before, head.read_to) if is_told else None)
    return html


@blueprint.get("/<ref>/posts/<int:number>")
@needs(Can.SEE_STORIES)
def post(here: Here, ref: str, number: int) -> Response:
    """Lead a post's permalink to where it stands now."""
    item = story_for(here, ref).item
    if not 1 <= number <= item.last_number or not stands(item.id, number):
        raise Missing
    return redirect(addresses.post_url(here.space.slug, ref, number), 303)


@blueprint.get("/<ref>/news")
@needs(Can.SEE_STORIES)
def news(here: Here, ref: str) -> dict[str, int]:
    """Say how many replies others have written after a number, for a page that lies open."""
    item = story_for(here, ref).item
    after = request.args.get("after", type=int, default=item.last_number)
    after = min(max(after, 0), 2**31 - 1)
    return {"count": newer_than(item.id, after, but_not_by=here.actor.id, most=COUNTED)}


@blueprint.get("/<ref>/unread")
@needs(Can.SEE_STORIES)
def unread(here: Here, ref: str) -> Response:
    """Lead to the last post."""
    item = story_for(here, ref).item
    return redirect(addresses.post_url(here.space.slug, ref, max(item.last_number, 1)), 303)


def _fresh_form(head: Head) -> ReplyForm:
    """Return the reply form as a link opens it: with the draft, a quote, or a post that it answers."""
    body, number = head.draft_body, _number(request.args.get("quote"), head)
    if number is not None:
        source = source_of(head.item.id, number)
        body = f"{body.rstrip()}\n\n" if body.strip() else ""
        body += quote(number, source) if source else ""
    return ReplyForm(
        formdata=None,
        body=body,
        reply_to=_number(request.args.get("reply_to"), head) or head.draft_reply_to,
        draft_version=head.draft_version,
    )


def _number(typed: str | None, head: Head) -> int | None:
    if typed is None or not (typed.isascii() and typed.isdigit()):
        return None
    number = int(typed[:10])
    return number if 1 <= number <= head.item.last_number else None
