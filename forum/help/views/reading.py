"""A case's page, and the ways to a place in it."""

from flask import redirect, request

from forum.content.reading import note_read
from forum.help import addresses
from forum.help.access import why_not_reply
from forum.help.addresses import POSTS
from forum.help.queries.cases import head_of
from forum.help.views import Page, blueprint
from forum.help.views.case_page import pages_of, show_case
from forum.notify import heads_up
from forum.notify.bell import is_being_read
from forum.spaces.guard import Here, needs
from forum.spaces.policy import Can
from forum.threads.views.writing import fresh_form


@blueprint.get("/<ref>/")
@needs(Can.SEE_HELP)
def case(here: Here, ref: str) -> Page:
    """Show a case with a page of its conversation, and note how far it was read."""
    head = head_of(here, ref, place=addresses.reply_place(ref))
    wish = {name: request.args.get(name) for name in ("quote", "reply_to") if name in request.args}
    pages = pages_of(head)
    if wish and pages.current < pages.last and not why_not_reply(here, head.item):
        return redirect(addresses.reply_url(here.space.slug, ref, last_number=head.item.last_number, **wish), 303)
    seen = min(pages.current * POSTS, head.item.last_number) if here.membership else 0
    is_told = head.first_told is not None and head.first_told <= seen
    is_being_read(head.item.id)
    draft_at = head.draft_at if head.draft_body else None
    html = show_case(here, head, form=fresh_form(head), version=head.draft_version, draft_at=draft_at)
    if request.method == "GET" and here.membership is not None:
        if seen > head.read_to or is_told:
            note_read(
                here.actor.id, head.item.id, seen, told_since=min(pages.before, head.read_to) if is_told else None
            )
        heads_up.read(here.actor, item_id=head.item.id)
    return html
