"""Conditions and columns that several reads of threads share."""

from sqlalchemy import ColumnElement, and_, exists, func, select

from forum.content.models import Post, PostState
from forum.core.time import now
from forum.spaces.guard import Here
from forum.spaces.models import Item
from forum.spaces.queries import visible_items
from forum.threads.access import KIND
from forum.threads.models import Thread


def threads_in(here: Here) -> ColumnElement[bool]:
    """Return the condition on `Item` that holds for the threads of this space that the person can see (A3)."""
    return and_(Item.space_id == here.space.id, Item.kind == KIND, visible_items(here.actor, now()))


def is_unanswered() -> ColumnElement[bool]:
    """Return the condition, on `Item` and `Thread`, that nobody but the asker has written under a question."""
    return and_(Thread.is_question, Thread.accepted_number.is_(None), ~has_answers())


def has_answers() -> ColumnElement[bool]:
    """Return the condition on `Item` that somebody else than its author has written in it."""
    replies = select(Post.id).where(
        Post.item_id == Item.id,
        Post.number > 1,
        Post.state == PostState.PUBLISHED,
        Post.author_id.is_distinct_from(Item.author_id),
    )
    return exists(replies.correlate(Item))


def unseen_replies() -> ColumnElement[int]:
    """Return how many replies to an item are held, hidden or removed: few, and in an index of their own (A5)."""
    hidden = select(func.count()).where(Post.item_id == Item.id, Post.number > 1, Post.state != PostState.PUBLISHED)
    return hidden.correlate(Item).scalar_subquery()
