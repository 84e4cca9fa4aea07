"""What is unread in the threads of a space: what to read next, what is new, and how much it is."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Integer, Select, and_, bindparam, func, select
from sqlalchemy.orm import aliased

from forum.content.models import Post, ReadMark
from forum.content.reading import COUNTED, SPACE, first_unread, space_mark
from forum.core.db import db
from forum.core.prepared import prepared
from forum.spaces.guard import Here
from forum.spaces.models import Item
from forum.spaces.queries.visible import VIEWER
from forum.threads.queries.conditions import seen_by
from forum.threads.queries.lists import Listed, Show, Which, ids_of, lines_of


@dataclass(frozen=True, kw_only=True)
class Following:
    """The thread to read next; `unread` is how many have something unread, at most COUNTED, so that it isn't asked once more."""

    ref: str
    title: str
    unread: int


def next_unread(here: Here, *, but_not: Item) -> Following | None:
    """Return the thread with something unread that stands first in the list, and isn't the one that is being read."""
    row = db.session.execute(_next_unread(), {**seen_by(here), "but_not": but_not.id}).mappings().one_or_none()
    return Following(**row) if row else None


@dataclass(frozen=True, kw_only=True)
class News:
    """The first threads with something unread, how many there are (at most COUNTED), and since when what is new in them is new.

    That is the last visit to the space, or the oldest of it when that is older; None for somebody who has never read here.
    """

    threads: Sequence[Listed] = ()
    number: int = 0
    since: datetime | None = None


def news(here: Here, *, size: int) -> News:
    """Return what is new to the person, the first `size` of it, and count it. One query."""
    if here.membership is None:
        return News()
    rows = db.session.execute(_news(), {**seen_by(here), "size": size}).all()
    if not rows:
        return News()
    found = [Listed(**dict(zip(Listed.__dataclass_fields__, row[:-3], strict=True))) for row in rows]
    visit, number = rows[0][-2:]
    oldest = [row[-3] for row in rows if row[-3]]
    return News(threads=found, number=number, since=min([visit, *oldest]) if visit else None)


@prepared
def _next_unread() -> Select[*tuple[Any, ...]]:
    every = ids_of(Which(show=Show.UNREAD))
    others = every.with_only_columns(Item.ref, Item.title, how_many_unread().scalar_subquery().label("unread")).where(
        Item.id != bindparam("but_not", type_=Integer)
    )
    return others.order_by(Item.last_at.desc(), Item.id.desc()).limit(1)


@prepared
def how_many_unread() -> Select[int]:
    """Return the query that counts the threads with something unread, at most COUNTED."""
    return select(func.count()).select_from(ids_of(Which(show=Show.UNREAD)).limit(COUNTED).subquery())


@prepared
def _news() -> Select[*tuple[Any, ...]]:
    first = aliased(Post)
    visit = (
        select(func.max(ReadMark.read_at))
        .join(Item, Item.id == ReadMark.item_id)
        .where(ReadMark.person_id == VIEWER, Item.space_id == SPACE)
    )
    visited = func.coalesce(visit.scalar_subquery(), space_mark())
    latest = (Item.last_at.desc(), Item.id.desc())
    every = ids_of(Which(show=Show.UNREAD)).add_columns(Item.last_at).order_by(*latest).limit(COUNTED).cte("every")
    number = select(func.count()).select_from(every).scalar_subquery()  # looked for once, counted and shown
    page = (
        select(every.c.id).order_by(every.c.last_at.desc(), every.c.id.desc()).limit(bindparam("size", type_=Integer))
    )
    return (
        lines_of(page.subquery())
        .add_columns(first.created_at, visited, number)
        .outerjoin(first, and_(first.item_id == Item.id, first.number == first_unread()))
        .order_by(*latest)
    )
