"""Replying to a story: the reply itself, its preview and its draft; how much one wants to hear; what is said with one press."""

from forum.content import actions as content
from forum.content.forms import ReplyForm
from forum.content.models import Post
from forum.core.markup import Rendered
from forum.spaces.guard import Here
from forum.spaces.models import Item, ItemState
from forum.spaces.policy import Can
from forum.stories import addresses
from forum.stories.access import allow
from forum.stories.queries.one import head_of
from forum.stories.views import blueprint
from forum.stories.views.order import ROOM
from forum.stories.views.story_page import show_story
from forum.threads.views.writing import Writing, add_hearing, add_writing
from forum.web.words import _


def why_not_reply_now(here: Here, item: Item) -> str:
    """Return "" when the person may reply to a story's item now, else why not: for what spans rooms."""
    if not here.may(Can.WRITE_POST):
        return here.why_not(Can.WRITE_POST)
    if item.state is not ItemState.PUBLISHED:
        return _("This isn’t published yet, and can be replied to when everybody can read it.")
    return ""


def reply_to_item(here: Here, item: Item, text: Rendered, in_reply_to: int | None, once: str | None) -> Post:
    """Write a reply to a story's item: for what spans rooms."""
    return content.reply(here, item.id, text=text, in_reply_to=in_reply_to, once=once, check=_require_open)


def _require_open(here: Here, item: Item) -> None:
    allow(why_not_reply_now(here, item))


def _again(here: Here, ref: str, form: ReplyForm, **more: object) -> str:
    """Show the page once more with everything that was typed."""
    head = head_of(here, ref, place=addresses.reply_place(ref))
    return show_story(here, head, form=form, version=form.draft_version.data or 0, **more)


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
