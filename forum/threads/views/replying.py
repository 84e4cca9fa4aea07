"""Replying to a thread, as to any conversation; and whom a text of this space can name."""

from werkzeug.wrappers import Response

from forum.content.forms import ReplyForm
from forum.spaces.guard import Here, needs
from forum.spaces.policy import Can
from forum.threads import addresses
from forum.threads.actions import reply_to_item
from forum.threads.queries import head_of
from forum.threads.views import answers, blueprint
from forum.threads.views.single import ROOM
from forum.threads.views.thread_page import show_thread
from forum.threads.views.writing import Writing, add_writing


@blueprint.get("/mentions")
@needs(Can.WRITE_POST)
def mentions(here: Here) -> Response:
    """Offer members whose name begins with what was typed after "@". Only those who can write ask, and only members are named (A3)."""
    return answers.offer_members(here)


def _again(here: Here, ref: str, form: ReplyForm, **more: object) -> str:
    """Show the page once more with everything that was typed."""
    head = head_of(here, ref, place=addresses.reply_place(ref))
    return show_thread(here, head, form=form, version=form.draft_version.data or 0, **more)


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
