"""What a showcase lets outsiders read of chosen items: their words, without who wrote them."""

import re
from dataclasses import dataclass

from sqlalchemy import select

from forum.clone.gathering import somebody
from forum.clone.queries import coming_posts, offered_items
from forum.clone.rooms import house
from forum.clone.texts import nameless
from forum.content.models import Post
from forum.core.db import Base, db
from forum.core.lineage import Posts
from forum.core.markup import plain
from forum.spaces.models import Item, Space

BLANK_LINES = re.compile(r"\n{2,}")
MOST_SHOWN = 30
"""Items of each kind on the page; the rest comes along all the same."""


@dataclass(frozen=True)
class Piece:
    """A chosen story or thread as outsiders read it: what was written in it, as plain text."""

    title: str
    kind: str
    texts: list[str]


def pieces_of(space: Space) -> list[Piece]:
    """Return the chosen items of a space to which everybody agreed, with their words."""
    found: list[Piece] = []
    for part in (part for part in house().parts if part.by_choice):
        items = db.session.scalars(
            select(Item)
            .where(Item.id.in_(offered_items(space.id, part.posts)))
            .where(Item.id.in_(select(Base.metadata.tables[part.tables[0]].c.id)))
            .order_by(Item.title, Item.id)
            .limit(MOST_SHOWN)
        ).all()
        posts = db.session.execute(
            select(Post.item_id, Post.html)
            .where(Post.item_id.in_([item.id for item in items]), *coming_posts(part.posts))
            .order_by(Post.item_id, Post.number)
        ).all()
        for item in items:
            words = [_plain(html) for item_id, html in posts if item_id == item.id]
            found.append(Piece(item.title, str(part.label), words))
    return found


def texts_of(item_id: int, posts: Posts) -> list[str]:
    """Return what would come along of an offered item's conversation, as plain text without names."""
    query = select(Post.html).where(Post.item_id == item_id, *coming_posts(posts)).order_by(Post.number)
    return [_plain(html) for html in db.session.scalars(query)] if posts is not Posts.NONE else []


def _plain(html: str) -> str:
    return BLANK_LINES.sub("\n", plain(nameless(html, somebody())))
