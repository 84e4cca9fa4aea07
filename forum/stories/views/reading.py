"""A story's page, and the ways to a place in it."""

from flask import redirect, request, url_for

from forum.content.reading import note_read
from forum.core.errors import Missing
from forum.notify.bell import is_being_read
from forum.spaces.guard import Here, needs
from forum.spaces.policy import Can
from forum.stories import addresses
from forum.stories.access import may_read_first
from forum.stories.addresses import POSTS
from forum.stories.queries.one import head_of
from forum.stories.views import Page, blueprint
from forum.stories.views.sharing import show_shared
from forum.stories.views.story_page import pages_of, show_story, why_no_reply
from forum.threads.views.writing import fresh_form


@blueprint.get("/<ref>/")
@needs(Can.SEE_STORIES)
def story(here: Here, ref: str) -> Page:
    """Show a story with a page of its conversation, and note how far it was read."""
    try:
        head = head_of(here, ref, place=addresses.reply_place(ref))
    except Missing:
        if may_read_first(here, ref):  # its author sent them the address
            return redirect(url_for("stories.second", slug=here.space.slug, ref=ref), 303)
        return show_shared(here, ref)
    wish = {name: request.args.get(name) for name in ("quote", "reply_to") if name in request.args}
    pages = pages_of(head)
    if wish and pages.current < pages.last and not why_no_reply(here, head):
        return redirect(addresses.reply_url(here.space.slug, ref, last_number=head.item.last_number, **wish), 303)
    seen = min(pages.current * POSTS, head.item.last_number) if here.membership else 0
    is_told = head.first_told is not None and head.first_told <= seen
    if is_told:
        is_being_read(head.item.id)
    draft_at = head.draft_at if head.draft_body else None
    html = show_story(here, head, form=fresh_form(head), version=head.draft_version, draft_at=draft_at)
    if request.method == "GET" and (seen > head.read_to or is_told):
        note_read(here.actor.id, head.item.id, seen, told_since=min(pages.before, head.read_to) if is_told else None)
    return html
