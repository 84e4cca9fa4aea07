"""The lists: explicit columns by Core, the same number of queries for one row and for thirty."""

import enum
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import cache
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Integer,
    Select,
    Subquery,
    and_,
    bindparam,
    case,
    func,
    literal,
    or_,
    select,
    union_all,
)
from sqlalchemy.orm import aliased

from forum.content.models import Post, ReadMark, WatchLevel
from forum.content.reading import COUNTED, SPACE, capped, first_unread, is_unread, my_mark, space_mark, unread_count
from forum.core.db import db
from forum.core.time import now
from forum.people.models import Person
from forum.spaces.guard import Here
from forum.spaces.models import Item, ItemState
from forum.spaces.queries.visible import VIEWER, visible_items
from forum.threads.behind.conditions import asked_through
from forum.threads.models import Section, SectionAlias, Tag, Thread, ThreadTag
from forum.threads.queries.conditions import (
    is_announced,
    is_answered,
    is_pinned,
    is_unanswered,
    replies_shown,
    seen_by,
    stands_first,
    thread_level,
    threads_here,
)
from forum.threads.queries.tags import TagShown, shown, tags_on

PAGE = 30
MOST_LISTED = 10 * PAGE
"""How far the list of what is unread is counted and paged: after ten pages it is time to mark everything as read."""


class Show(enum.StrEnum):
    """Which threads a list shows."""

    EVERYTHING = "everything"
    UNREAD = "unread"
    UNANSWERED = "unanswered"
    MINE = "mine"
    WATCHED = "watched"


class Order(enum.StrEnum):
    """What stands first in a list."""

    LATEST = "latest"
    NEWEST = "newest"
    OLDEST = "oldest"


@dataclass(frozen=True, kw_only=True)
class Which:
    """The shape of a list: statements are built once for each, and executed with the section that is meant."""

    show: Show = Show.EVERYTHING
    in_section: bool = False
    has_tag: bool = False
    pinned_first: bool = False
    """What is announced or pinned stands on the first page, above as many others as a page holds."""


@dataclass(frozen=True, kw_only=True)
class Listed:
    """A thread as a list shows it. `new` is how many posts are unread, at most COUNTED."""

    ref: str
    title: str
    is_question: bool
    is_answered: bool
    is_unanswered: bool
    is_closed: bool
    is_pinned: bool
    is_announced: bool
    is_held: bool
    """Only its author sees it, until an organiser has approved it."""
    starter: str | None
    section: str
    section_slug: str
    replies: int
    new: int
    last_at: datetime
    last_by: str | None
    tag_lines: str | None = None

    @property
    def tags(self) -> list[TagShown]:
        """The thread's tags, by name."""
        return shown(self.tag_lines)

    @property
    def new_shown(self) -> str:
        """How many posts are unread, as it is shown; "" for none."""
        return capped(self.new) if self.new else ""

    @property
    def is_new(self) -> bool:
        """Whether all there is of it is unread."""
        return self.new > self.replies


def sections_of(here: Here) -> Sequence[Section]:
    """Return the sections of the space, in order."""
    query = select(Section).where(Section.space_id == here.space.id).order_by(Section.position, Section.id)
    return db.session.scalars(query).all()


def listed(
    here: Here,
    *,
    show: Show = Show.EVERYTHING,
    section: str | None = None,
    tag: str | None = None,
    order: Order = Order.LATEST,
    pinned_first: bool = False,
    before: int = 0,
    size: int = PAGE,
) -> list[Listed]:
    """Return `size` threads in `order`, leaving out the first `before` of them."""
    values = {**seen_by(here), "section": section, "tag": tag, "before": before, "size": size}
    which = Which(show=show, in_section=section is not None, has_tag=tag is not None, pinned_first=pinned_first)
    rows = db.session.execute(_listed(which, order), values)
    return [Listed(**row) for row in rows.mappings()]


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


def news(here: Here, *, size: int) -> tuple[list[Listed], datetime | None]:
    """Return the first `size` threads with something unread, and since when what is new in them is new.

    That is the last visit to the space, or the oldest of it when that is older; None for somebody who has never read here.
    """
    rows = db.session.execute(_news(), {**seen_by(here), "before": 0, "size": size}).all()
    found = [Listed(**dict(zip(Listed.__dataclass_fields__, row[:-2], strict=True))) for row in rows]
    visit, oldest = (rows[0][-1], [row[-2] for row in rows if row[-2]]) if rows else (None, [])
    return found, min([visit, *oldest]) if visit else None


def section_after(here: Here, slug: str) -> str | None:
    """Return the address of the section into which the one at `slug` was merged, None when there never was one."""
    query = select(Section.slug).join(SectionAlias, SectionAlias.section_id == Section.id)
    return db.session.scalar(query.where(SectionAlias.space_id == here.space.id, SectionAlias.slug == slug))


def ids_in(here: Here, section: Section) -> Select[int]:
    """Return the ids of the threads of a section that the person can see. Its values are in it: it is part of a write."""
    seen = and_(Item.space_id == here.space.id, visible_items(here.actor, now()))
    return select(Item.id).join(Thread, Thread.id == Item.id).where(seen, Thread.section_id == section.id)


@cache
def _listed(which: Which, order: Order) -> Select[*tuple[Any, ...]]:
    ordered = {
        Order.LATEST: (Item.last_at.desc(), Item.id.desc()),
        Order.NEWEST: (Item.created_at.desc(), Item.id.desc()),
        Order.OLDEST: (Item.created_at.asc(), Item.id.asc()),
    }[order]
    ids = _page_of(which, ordered)
    starter, last = aliased(Person), aliased(Person)
    return (
        select(
            Item.ref,
            Item.title,
            Thread.is_question,
            is_answered().label("is_answered"),
            is_unanswered().label("is_unanswered"),
            Thread.closed_at.is_not(None).label("is_closed"),
            is_pinned().label("is_pinned"),
            is_announced().label("is_announced"),
            (Item.state == ItemState.HELD).label("is_held"),
            starter.name.label("starter"),
            Section.name.label("section"),
            Section.slug.label("section_slug"),
            replies_shown().label("replies"),
            unread_count().label("new"),
            Item.last_at,
            last.name.label("last_by"),
            tags_on().label("tag_lines"),
        )
        .join(ids, ids.c.id == Item.id)
        .join(Thread, Thread.id == Item.id)
        .join(Section, Section.id == Thread.section_id)
        .outerjoin(ReadMark, my_mark())
        .outerjoin(starter, starter.id == Item.author_id)
        .outerjoin(last, last.id == Item.last_by_id)
        .order_by(*([ids.c.rank] if which.pinned_first else []), *ordered)
    )


@cache
def _next_unread() -> Select[*tuple[Any, ...]]:
    every = ids_of(Which(show=Show.UNREAD))
    number = select(func.count()).select_from(every.limit(COUNTED).subquery()).scalar_subquery()
    others = every.with_only_columns(Item.ref, Item.title, number.label("unread")).where(
        Item.id != bindparam("but_not", type_=Integer)
    )
    return others.order_by(Item.last_at.desc(), Item.id.desc()).limit(1)


@cache
def _news() -> Select[*tuple[Any, ...]]:
    first = aliased(Post)
    visit = (
        select(func.max(ReadMark.read_at))
        .join(Item, Item.id == ReadMark.item_id)
        .where(ReadMark.person_id == VIEWER, Item.space_id == SPACE)
    )
    visited = func.coalesce(visit.scalar_subquery(), space_mark())
    return (
        _listed(Which(show=Show.UNREAD), Order.LATEST)
        .add_columns(first.created_at, visited)
        .outerjoin(first, and_(first.item_id == Item.id, first.number == first_unread()))
    )


def _page_of(which: Which, ordered: Sequence[ColumnElement[Any]]) -> Subquery:
    """Return the ids on a page. What stands first comes beside it, so that the index still gives the others in their order."""
    before = bindparam("before", type_=Integer)
    query = ids_of(which)
    if not which.pinned_first:
        return query.order_by(*ordered).offset(before).limit(bindparam("size", type_=Integer)).subquery()
    others = query.where(~stands_first()).add_columns(literal(2).label("rank"))
    others = others.order_by(*ordered).offset(before).limit(bindparam("size", type_=Integer))
    rank = case((is_announced(), 0), else_=1).label("rank")
    first = first_ids_of(which).where(before == 0).add_columns(rank)
    return union_all(first, select(others.subquery())).subquery()


def first_ids_of(which: Which) -> Select[int]:
    """Return the ids of what stands first in the list of everything, or of a section: announcements, then what is pinned."""
    return ids_of(replace(which, show=Show.EVERYTHING)).where(stands_first())


def ids_of(which: Which) -> Select[int]:
    """Return the ids of the threads that a list shows."""
    show = which.show
    query = select(Item.id).where(threads_here())
    if which.in_section or show in {Show.UNANSWERED, Show.WATCHED}:
        query = query.join(Thread, Thread.id == Item.id)
    if which.in_section:
        query = query.join(Section, Section.id == Thread.section_id).where(Section.slug == bindparam("section"))
    if which.has_tag:
        tagged = select(ThreadTag.thread_id).join(Tag, Tag.id == ThreadTag.tag_id)
        query = query.where(Item.id.in_(tagged.where(Tag.space_id == SPACE, Tag.slug == bindparam("tag"))))
    if show is Show.UNREAD:
        query = query.outerjoin(ReadMark, my_mark()).where(is_unread())
    if show is Show.UNANSWERED:
        query = query.where(is_unanswered())
    if show is Show.WATCHED:
        query = query.where(thread_level(VIEWER) == WatchLevel.EVERYTHING)
    if show is Show.MINE:
        wrote = select(Post.item_id).where(Post.author_id == VIEWER)
        query = query.where(or_(Item.author_id == VIEWER, Item.id.in_(wrote), Item.id.in_(asked_through())))
    return query
