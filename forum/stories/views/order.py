"""What can be done with a single post of a story's conversation, as with any other. What was told is withdrawn instead of removed."""

from forum.spaces.guard import Here
from forum.spaces.models import Item
from forum.spaces.policy import Can
from forum.stories import addresses
from forum.stories.access import story_for
from forum.stories.views import blueprint
from forum.threads.views.any_post import add_to
from forum.threads.views.post_room import PostRoom
from forum.web.words import _l


def _item_for(here: Here, ref: str) -> Item:
    return story_for(here, ref).item


ROOM = PostRoom(
    name="stories",
    sees=Can.SEE_STORIES,
    item_for=_item_for,
    item_url=addresses.story_url,
    post_url=addresses.post_url,
    posts_url=addresses.posts_url,
    reply_url=addresses.reply_url,
    edit_place=addresses.edit_place,
    change_url=addresses.change_url,
    why_first_stays=_l("A story is withdrawn, not removed: the press for it is on its page."),
)
add_to(blueprint, ROOM)
