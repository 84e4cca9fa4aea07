"""What can be done with a single post of a case, as with any other. The case itself is closed instead of removed."""

from forum.help import addresses
from forum.help.access import case_for
from forum.help.views import blueprint
from forum.spaces.guard import Here
from forum.spaces.models import Item
from forum.spaces.policy import Can
from forum.threads.views.any_post import add_to
from forum.threads.views.post_room import PostRoom
from forum.web.words import _l


def _item_for(here: Here, ref: str) -> Item:
    return case_for(here, ref).item


ROOM = PostRoom(
    name="help",
    sees=Can.SEE_HELP,
    item_for=_item_for,
    item_url=addresses.case_url,
    post_url=addresses.post_url,
    posts_url=addresses.posts_url,
    reply_url=addresses.reply_url,
    edit_place=addresses.edit_place,
    is_first_edited=True,
    why_first_stays=_l("A call for help is closed, not removed: the press for it is on its page."),
)
add_to(blueprint, ROOM)
