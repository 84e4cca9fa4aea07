"""The lists: explicit columns by Core, the same number of queries for one row and for thirty."""

import enum
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy import (
    ColumnElement,
    FromClause,
    Integer,
    Select,
    Subquery,
    and_,
    bindparam,
    case,
    literal,
    or_,
    select,
    union_all,
)
from sqlalchemy.orm import aliased

from forum.content.models import Post, ReadMark, WatchLevel
from forum.content.reading import SPACE, capped, is_unread, my_mark, unread_count
from forum.core.db import db
from forum.core.prepared import prepared
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
    is_inherited: bool
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


def section_after(here: Here, slug: str) -> str | None:
    """Return the address of the section into which the one at `slug` was merged, None when there never was one."""
    query = select(Section.slug).join(SectionAlias, SectionAlias.section_id == Section.id)
    return db.session.scalar(query.where(SectionAlias.space_id == here.space.id, SectionAlias.slug == slug))


def ids_in(here: Here, section: Section) -> Select[int]:
    """Return the ids of the threads of a section that the person can see. Its values are in it: it is part of a write."""
    seen = and_(Item.space_id == here.space.id, visible_items(here.actor, now()))
    return select(Item.id).join(Thread, Thread.id == Item.id).where(seen, Thread.section_id == section.id)


@prepared
def _listed(which: Which, order: Order) -> Select[*tuple[Any, ...]]:
    ordered = {
        Order.LATEST: (Item.last_at.desc(), Item.id.desc()),
        Order.NEWEST: (Item.created_at.desc(), Item.id.desc()),
        Order.OLDEST: (Item.created_at.asc(), Item.id.asc()),
    }[order]
    ids = _page_of(which, ordered)
    return lines_of(ids).order_by(*([ids.c.rank] if which.pinned_first else []), *ordered)


def lines_of(ids: FromClause) -> Select[*tuple[Any, ...]]:
    """Return the query of what a list shows of the threads whose ids are in `ids`."""
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
            Item.inherited.is_not(None).label("is_inherited"),
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
