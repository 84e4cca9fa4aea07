"""Where a mail about a post leads: to the post itself, or as near to it as its reader may go now."""

from sqlalchemy import select

from forum.content.models import Post
from forum.core.db import db
from forum.core.time import now
from forum.people.models import Person
from forum.spaces.feature import kind_of, post_url
from forum.spaces.models import Item, ItemState, Space
from forum.spaces.queries import visible_items
from forum.web.links import absolute, whole


def sees(person: Person, item: Item) -> bool:
    """Say whether somebody may see an item now (A3)."""
    return db.session.scalar(select(Item.id).where(Item.id == item.id, visible_items(person, now()))) is not None


def url_of(post: Post, item: Item, space: Space) -> str:
    """Return the whole permanent address of a post that has a place."""
    return absolute(kind_of(item).permalink, slug=space.slug, ref=item.ref, number=post.number)


def place_for(person: Person, post: Post, item: Item, space: Space) -> str:
    """Return where a post stands, or its gap; where it never had a place, its conversation; Today for who can't see that."""
    if item.state is not ItemState.PUBLISHED or not sees(person, item):
        return absolute("home.today_page", slug=space.slug)
    if post.has_number:
        return url_of(post, item, space)
    return whole(post_url(item, space.slug, max(item.last_number, 1)))
