"""Who wrote in a space, for its health: people are counted, not what they wrote."""

from collections.abc import Mapping

from sqlalchemy import select

from forum.content.models import Post, PostState
from forum.core.db import db
from forum.spaces.guard import Here
from forum.spaces.health import Periods
from forum.spaces.models import Audience, Item, ItemState


def took_part(here: Here, periods: Periods) -> Mapping[int, set[int]]:
    """Return who wrote something that all members can read, by the number of the period (A5). One query."""
    edges, place = periods.edges, periods.column(Post.created_at)
    rows = db.session.execute(
        select(place, Post.author_id)
        .join(Item, Item.id == Post.item_id)
        .where(
            Item.space_id == here.space.id,
            Item.state == ItemState.PUBLISHED,
            Item.audience == Audience.SPACE,
            Post.state == PostState.PUBLISHED,
            Post.author_id.is_not(None),
            Post.created_at >= edges[0],
            Post.created_at < edges[-1],
        )
        .distinct()
    )
    found: dict[int, set[int]] = {}
    for number, person_id in rows:
        found.setdefault(number, set()).add(person_id or 0)
    return found
