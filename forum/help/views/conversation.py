"""Writing to a case: the reply itself, its preview and its draft; how much one wants to hear; what is said with one press."""

from forum.content import actions as content
from forum.content.forms import ReplyForm
from forum.content.models import Post
from forum.core.markup import Rendered
from forum.help import addresses
from forum.help.access import allow, why_not_reply
from forum.help.queries.cases import head_of
from forum.help.views import blueprint
from forum.help.views.case_page import show_case
from forum.help.views.order import ROOM
from forum.spaces.guard import Here
from forum.spaces.models import Item
from forum.threads.views.writing import Writing, add_hearing, add_writing


def reply_to_item(here: Here, item: Item, text: Rendered, in_reply_to: int | None, once: str | None) -> Post:
    """Write a reply to a case: for what spans rooms."""
    return content.reply(here, item.id, text=text, in_reply_to=in_reply_to, once=once, check=_require_open)


def _require_open(here: Here, item: Item) -> None:
    allow(why_not_reply(here, item))


def _again(here: Here, ref: str, form: ReplyForm, **more: object) -> str:
    """Show the page once more with everything that was typed."""
    head = head_of(here, ref, place=addresses.reply_place(ref))
    return show_case(here, head, form=form, version=form.draft_version.data or 0, **more)


add_writing(
    blueprint,
    Writing(
        room=ROOM,
        reply_place=addresses.reply_place,
        held_url=addresses.held_url,
        write=reply_to_item,
        again=_again,
    ),
)
add_hearing(blueprint, ROOM)
