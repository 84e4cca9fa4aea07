"""What can be done with a single post of a thread, as with any other."""

from forum.spaces.guard import Here
from forum.spaces.models import Item
from forum.spaces.policy import Can
from forum.threads import addresses
from forum.threads.access import thread_for
from forum.threads.views import blueprint
from forum.threads.views.any_post import add_to
from forum.threads.views.post_room import PostRoom


def _item_for(here: Here, ref: str) -> Item:
    _thread, item = thread_for(here, ref)
    return item


ROOM = PostRoom(
    name="threads",
    sees=Can.SEE_THREADS,
    item_for=_item_for,
    item_url=addresses.thread_url_of,
    post_url=addresses.post_url,
    posts_url=addresses.posts_url,
    reply_url=addresses.reply_url,
    edit_place=addresses.edit_place,
)
add_to(blueprint, ROOM)
