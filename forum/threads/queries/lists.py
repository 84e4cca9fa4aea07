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
    Label,
    ScalarSelect,
    Select,
    Subquery,
    and_,
    bindparam,
    func,
    literal,
    or_,
    select,
    union_all,
)
from sqlalchemy.orm import aliased

from forum.content.models import Post, ReadMark, WatchLevel, WatchSpace
from forum.content.reading import COUNTED, SPACE, capped, is_unread, my_mark, unread_count
from forum.core.db import db
from forum.core.time import now
from forum.people.models import Person
from forum.spaces.guard import Here
from forum.spaces.models import Item
from forum.spaces.queries.visible import VIEWER, visible_items
from forum.threads.models import Section, SectionAlias, Thread, WatchSection
from forum.threads.queries.conditions import (
    is_pinned,
    is_unanswered,
    replies_shown,
    seen_by,
    thread_level,
    threads_here,
)

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
    pinned_first: bool = False
    """What is pinned stands on the first page, above as many others as a page holds."""


@dataclass(frozen=True, kw_only=True)
class Listed:
    """A thread as a list shows it. `new` is how many posts are unread, at most COUNTED."""

    ref: str
    title: str
    is_question: bool
    is_answered: bool
    is_closed: bool
    is_pinned: bool
    starter: str | None
    section: str
    section_slug: str
    replies: int
    new: int
    last_at: datetime
    last_by: str | None

    @property
    def is_unanswered(self) -> bool:
        """Whether it is a question to which nobody has written anything."""
        return self.is_question and not self.is_answered and not self.is_closed and self.replies == 0

    @property
    def new_shown(self) -> str:
        """How many posts are unread, as it is shown; "" for none."""
        return capped(self.new) if self.new else ""

    @property
    def is_new(self) -> bool:
        """Whether all there is of it is unread."""
        return self.new > self.replies


@dataclass(frozen=True, kw_only=True)
class Counted:
    """A section, and how many threads of it the reader can see."""

    name: str
    slug: str
    description: str
    threads: int


@dataclass(frozen=True, kw_only=True)
class Counts:
    """How many threads each filter would list. `unread` stops at MOST_LISTED, `unread_everywhere` at COUNTED."""

    unread: int
    unread_everywhere: int
    pinned: int
    unanswered: int
    mine: int
    watched: int
    level: WatchLevel | None
    """What the person chose for the section, or for the space where all of it is listed."""


def sections_of(here: Here) -> Sequence[Section]:
    """Return the sections of the space, in order."""
    query = select(Section).where(Section.space_id == here.space.id).order_by(Section.position, Section.id)
    return db.session.scalars(query).all()


def counted_sections(here: Here) -> list[Counted]:
    """Return the sections with the number of threads in each, in order."""
    return [Counted(**row) for row in db.session.execute(_counted_sections(), seen_by(here)).mappings()]


def unread_threads(here: Here) -> int:
    """Count the threads in which something is unread, at most COUNTED. Asked on every page of a space."""
    if here.membership is None:
        return 0
    return db.session.scalar(_unread_threads(), seen_by(here)) or 0


def counts(here: Here, *, section: str | None = None) -> Counts:
    """Count what each filter would list, in a section or in all, in one query."""
    query = _counts(in_section=section is not None)
    return Counts(**db.session.execute(query, {**seen_by(here), "section": section}).mappings().one())


def listed(
    here: Here,
    *,
    show: Show = Show.EVERYTHING,
    section: str | None = None,
    order: Order = Order.LATEST,
    pinned_first: bool = False,
    before: int = 0,
    size: int = PAGE,
) -> list[Listed]:
    """Return `size` threads in `order`, leaving out the first `before` of them."""
    values = {**seen_by(here), "section": section, "before": before, "size": size}
    which = Which(show=show, in_section=section is not None, pinned_first=pinned_first)
    rows = db.session.execute(_listed(which, order), values)
    return [Listed(**row) for row in rows.mappings()]


def all_threads_in(here: Here) -> dict[int, int]:
    """Count the threads in each section, by its id: all of them, seen or not, as only an empty section can be removed."""
    counted = (
        select(Thread.section_id, func.count())
        .join(Section, Section.id == Thread.section_id)
        .where(Section.space_id == here.space.id)
        .group_by(Thread.section_id)
    )
    return {row[0]: row[1] for row in db.session.execute(counted)}


def section_after(here: Here, slug: str) -> str | None:
    """Return the address of the section into which the one at `slug` was merged, None when there never was one."""
    query = select(Section.slug).join(SectionAlias, SectionAlias.section_id == Section.id)
    return db.session.scalar(query.where(SectionAlias.space_id == here.space.id, SectionAlias.slug == slug))


def ids_in(here: Here, section: Section) -> Select[int]:
    """Return the ids of the threads of a section that the person can see. Its values are in it: it is part of a write."""
    seen = and_(Item.space_id == here.space.id, visible_items(here.actor, now()))
    return select(Item.id).join(Thread, Thread.id == Item.id).where(seen, Thread.section_id == section.id)


@cache
def _counted_sections() -> Select[*tuple[Any, ...]]:
    threads = (
        select(Thread.section_id, func.count().label("threads"))
        .join(Item, Item.id == Thread.id)
        .where(threads_here())
        .group_by(Thread.section_id)
        .subquery()
    )
    return (
        select(Section.name, Section.slug, Section.description, func.coalesce(threads.c.threads, 0).label("threads"))
        .outerjoin(threads, threads.c.section_id == Section.id)
        .where(Section.space_id == SPACE)
        .order_by(Section.position, Section.id)
    )


@cache
def _unread_threads() -> Select[int]:
    return select(func.count()).select_from(_ids(Which(show=Show.UNREAD)).limit(COUNTED).subquery())


@cache
def _counts(*, in_section: bool) -> Select[*tuple[Any, ...]]:
    def counted(show: Show, *, most: int | None = None) -> Label[int]:
        some = _ids(Which(show=show, in_section=in_section)).limit(most).subquery()
        return select(func.count()).select_from(some).scalar_subquery().label(show.value)

    pinned = select(func.count()).select_from(_pinned_ids(Which(in_section=in_section)).subquery())
    return select(
        counted(Show.UNREAD, most=MOST_LISTED),
        counted(Show.UNANSWERED),
        counted(Show.MINE),
        counted(Show.WATCHED),
        _place_level(in_section=in_section).label("level"),
        _unread_threads().scalar_subquery().label("unread_everywhere"),
        pinned.scalar_subquery().label("pinned"),
    )


def _place_level(*, in_section: bool) -> ScalarSelect[WatchLevel | None]:
    if not in_section:
        chosen = select(WatchSpace.level).where(WatchSpace.space_id == SPACE, WatchSpace.person_id == VIEWER)
        return chosen.scalar_subquery()
    here = and_(Section.space_id == SPACE, Section.slug == bindparam("section"))
    chosen = select(WatchSection.level).join(Section, Section.id == WatchSection.section_id)
    return chosen.where(here, WatchSection.person_id == VIEWER).scalar_subquery()


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
            Thread.accepted_number.is_not(None).label("is_answered"),
            Thread.closed_at.is_not(None).label("is_closed"),
            is_pinned().label("is_pinned"),
            starter.name.label("starter"),
            Section.name.label("section"),
            Section.slug.label("section_slug"),
            replies_shown().label("replies"),
            unread_count().label("new"),
            Item.last_at,
            last.name.label("last_by"),
        )
        .join(ids, ids.c.id == Item.id)
        .join(Thread, Thread.id == Item.id)
        .join(Section, Section.id == Thread.section_id)
        .outerjoin(ReadMark, my_mark())
        .outerjoin(starter, starter.id == Item.author_id)
        .outerjoin(last, last.id == Item.last_by_id)
        .order_by(*([ids.c.rank] if which.pinned_first else []), *ordered)
    )


def _page_of(which: Which, ordered: Sequence[ColumnElement[Any]]) -> Subquery:
    """Return the ids on a page. What is pinned comes beside it, so that the index still gives the others in their order."""
    before = bindparam("before", type_=Integer)
    query = _ids(which)
    if not which.pinned_first:
        return query.order_by(*ordered).offset(before).limit(bindparam("size", type_=Integer)).subquery()
    others = query.where(~is_pinned()).add_columns(literal(1).label("rank"))
    others = others.order_by(*ordered).offset(before).limit(bindparam("size", type_=Integer))
    pinned = _pinned_ids(which).where(before == 0).add_columns(literal(0).label("rank"))
    return union_all(pinned, select(others.subquery())).subquery()


def _pinned_ids(which: Which) -> Select[int]:
    """Return the ids of what stands first in the list of everything, or of a section."""
    return _ids(replace(which, show=Show.EVERYTHING)).where(is_pinned())


def _ids(which: Which) -> Select[int]:
    """Return the ids of the threads that a list shows."""
    show = which.show
    query = select(Item.id).where(threads_here())
    if which.in_section or show in {Show.UNANSWERED, Show.WATCHED}:
        query = query.join(Thread, Thread.id == Item.id)
    if which.in_section:
        query = query.join(Section, Section.id == Thread.section_id).where(Section.slug == bindparam("section"))
    if show is Show.UNREAD:
        query = query.outerjoin(ReadMark, my_mark()).where(is_unread())
    if show is Show.UNANSWERED:
        query = query.where(is_unanswered())
    if show is Show.WATCHED:
        query = query.where(thread_level(VIEWER) == WatchLevel.EVERYTHING)
    if show is Show.MINE:
        wrote = select(Post.item_id).where(Post.author_id == VIEWER)
        query = query.where(or_(Item.author_id == VIEWER, Item.id.in_(wrote)))
    return query
