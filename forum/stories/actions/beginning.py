"""What begins with a story that everybody can read, and whether its space wants it read by somebody else before."""

from forum.core.db import db
from forum.core.events import announce
from forum.spaces.models import Item
from forum.stories.events import StoryTold
from forum.stories.models import SpaceRule


def announce_begun(item: Item, post_id: int) -> None:
    """Announce a story that was told, approved, or read by a second reader: now everybody can read it."""
    announce(StoryTold(actor_id=item.author_id, item_id=item.id, post_id=post_id))


def asks_reader(space_id: int) -> bool:
    """Say whether a space asks for a second reader of each story."""
    rule = db.session.get(SpaceRule, space_id)
    return rule is not None and rule.asks_reader
