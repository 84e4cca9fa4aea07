"""What rooms share of whose items the first post is what is told, and the others are written to it: which of their posts are found.

When the first post is gone nothing of the item is found, its title neither.
"""

from collections.abc import Callable, Collection, Sequence
from typing import Any

from sqlalchemy import ColumnElement, and_, exists, func, or_, select

from forum.content.models import Post, PostState
from forum.core.db import db
from forum.spaces.findable import Key
from forum.spaces.models import Item


def first_stands(item_id: Any) -> ColumnElement[bool]:  # noqa: ANN401  # a number or a column
    """Return the condition that the first post of an item can be read."""
    first = Post.__table__.alias()
    return exists().where(first.c.item_id == item_id, first.c.number == 1, first.c.state == PostState.PUBLISHED)


def post_stands(item_id: Any, number: Any) -> ColumnElement[bool]:  # noqa: ANN401  # columns
    """Return the condition that a post of an item can be read, and its first one too."""
    is_shown = and_(Post.item_id == item_id, Post.number == number, Post.state == PostState.PUBLISHED)
    return and_(exists().where(is_shown), first_stands(item_id))


def keys_of(kind: str) -> Callable[[int, int], Sequence[tuple[int, int, int]]]:
    """Return how the posts of items of a kind are walked, some after a key."""

    def keys_after(key: int, limit: int) -> Sequence[tuple[int, int, int]]:
        query = (
            select(Post.id, Post.item_id, Post.number)
            .join(Item, Item.id == Post.item_id)
            .where(Post.id > key, Post.number.is_not(None), Item.kind == kind)
        )
        return [(row.id, row.item_id, row.number) for row in db.session.execute(query.order_by(Post.id).limit(limit))]

    return keys_after


def last_key_of(kind: str) -> Callable[[], int]:
    """Return how the last post of items of a kind is found."""
    query = select(func.max(Post.id)).join(Item, Item.id == Post.item_id).where(Item.kind == kind)
    return lambda: db.session.scalar(query) or 0


def post_ids(keys: Collection[Key]) -> Collection[int]:
    """Return the posts that some keys name."""
    wanted = or_(*(and_(Post.item_id == item_id, Post.number == number) for item_id, number in keys))
    return db.session.scalars(select(Post.id).where(wanted)).all() if keys else ()
