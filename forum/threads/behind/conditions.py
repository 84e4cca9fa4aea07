"""Conditions about relays, for queries of threads. What they tell of a relay they tell its asker, the viewer, alone."""

from sqlalchemy import ScalarSelect, Select, false, func, select
from sqlalchemy.orm import aliased

from forum.content.models import Post
from forum.spaces.models import Item
from forum.spaces.queries.visible import VIEWER
from forum.threads.behind.models import Relay


def is_for_colleague() -> ScalarSelect[bool]:
    """Return whether a thread begins with what an organiser passed on: a column beside `Item`."""
    first = aliased(Post)
    mark = select(first.for_colleague).where(first.item_id == Item.id, first.number == 1)
    return select(func.coalesce(mark.correlate(Item).scalar_subquery(), false())).correlate(Item).scalar_subquery()


def my_relay() -> ScalarSelect[str]:
    """Return the ref of the relay through which the viewer asked what stands in a thread: a column beside `Item`.

    It begins with the viewer's own relays, which are few, and never with the posts of the thread.
    """
    where = select(Post.item_id).where(Post.id == Relay.post_id).correlate(Relay).scalar_subquery()
    mine = select(Relay.ref).where(Relay.asker_id == VIEWER, Relay.about_id.is_(None), where == Item.id)
    return mine.order_by(Relay.id).limit(1).correlate(Item).scalar_subquery()


def asked_through() -> Select[int]:
    """Return the ids of the items in which stands what the viewer asked through organisers."""
    return select(Post.item_id).join(Relay, Relay.post_id == Post.id).where(Relay.asker_id == VIEWER)
