"""The newest posts that a person may see, for feeds."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, or_, select

from forum.content.models import Post, PostState
from forum.core.db import db
from forum.people.models import Person
from forum.spaces.feature import kinds_of_one_text
from forum.spaces.models import Item, ItemState, Membership, Space, Visibility
from forum.spaces.queries import viewing, visible_items
from forum.spaces.queries.sharing import known_name, read_at
from forum.spaces.queries.visible import stays_inside

MOST = 50


@dataclass(frozen=True, kw_only=True)
class Entry:
    """A post as a feed names it. `author` is "" for somebody who left no name behind, `space` for one that the reader may not know."""

    post_id: int
    uuid: str
    number: int
    version: int
    created_at: datetime
    edited_at: datetime | None
    for_colleague: bool
    author: str
    space: str
    slug: str
    item: Item

    @property
    def updated(self) -> datetime:
        """When it was written or changed last."""
        return self.edited_at or self.created_at

    @property
    def state(self) -> tuple[object, ...]:
        """What of it a feed shows, but its text, which `version` stands for."""
        names = self.author, self.space, self.slug, self.item.title, self.item.ref
        return self.uuid, self.number, self.version, self.updated.isoformat(), self.for_colleague, *names


def newest(person: Person, where: ColumnElement[bool], *, at: datetime) -> list[Entry]:
    """Return the newest posts of the items that `where` finds and `person` may see, newest first (A3, A5).

    They stand in those items in which something was written last, and near the end of them: no index of all posts by time is needed.
    """
    recent = (
        select(Item.id, Item.last_number)
        .where(where, Item.state == ItemState.PUBLISHED, visible_items(person, at))
        .order_by(Item.last_at.desc(), Item.id.desc())
        .limit(MOST)
        .subquery()
    )
    rows = db.session.execute(
        select(
            Post.id,
            Post.uuid,
            Post.number,
            Post.version,
            Post.created_at,
            Post.edited_at,
            Post.for_colleague,
            Person.name,
            known_name().label("space"),
            read_at().label("slug"),
            Item,
        )
        .join(recent, recent.c.id == Post.item_id)
        .join(Item, Item.id == Post.item_id)
        .join(Space, Space.id == Item.space_id)
        .outerjoin(Person, Person.id == Post.author_id)
        .where(
            Post.state == PostState.PUBLISHED,
            Post.number > recent.c.last_number - MOST,
            stays_inside(Post.number, kinds_of_one_text()),
            read_at().is_not(None),
        )
        .order_by(Post.created_at.desc(), Post.id.desc())
        .limit(MOST),
        viewing(person, at),
    )
    return [
        Entry(
            post_id=row.id,
            uuid=row.uuid,
            number=row.number,
            version=row.version,
            created_at=row.created_at,
            edited_at=row.edited_at,
            for_colleague=row.for_colleague,
            author=row.name or "",
            space=row.space or "",
            slug=row.slug,
            item=row.Item,
        )
        for row in rows
    ]


def texts_of(ids: Collection[int]) -> Mapping[int, str]:
    """Return the posts' HTML by their ids."""
    query = select(Post.id, Post.html).where(Post.id.in_(ids), Post.state == PostState.PUBLISHED)
    return {row.id: row.html for row in db.session.execute(query)}


def stands_in(person: Person) -> ColumnElement[bool]:
    """Return the condition on `Space` that a person may see it: a member may, and everybody an open one."""
    return or_(Space.visibility == Visibility.OPEN, is_member(person))


def is_member(person: Person) -> ColumnElement[bool]:
    """Return the condition on `Space` that a person belongs to it now."""
    mine = select(Membership.space_id).where(Membership.person_id == person.id, Membership.ended_at.is_(None))
    return Space.id.in_(mine)
