"""The lists: explicit columns by Core, the same number of queries for one row and for thirty."""

import enum
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Select, func, or_, select
from sqlalchemy.orm import aliased

from forum.content.models import Post, ReadMark
from forum.content.reading import COUNTED, capped, is_unread, my_mark, unread_count
from forum.core.db import db
from forum.people.models import Person
from forum.spaces.guard import Here
from forum.spaces.models import Item
from forum.threads.models import Section, Thread
from forum.threads.queries.conditions import is_unanswered, threads_in, unseen_replies

PAGE = 30
MOST_LISTED = 10 * PAGE
"""How far the list of what is unread is counted and paged: after ten pages it is time to mark everything as read."""


class Show(enum.StrEnum):
    """Which threads a list shows."""

    EVERYTHING = "everything"
    UNREAD = "unread"
    UNANSWERED = "unanswered"
    MINE = "mine"


@dataclass(frozen=True, kw_only=True)
class Listed:
    """A thread as a list shows it. `new` is how many posts are unread, at most COUNTED."""

    ref: str
    title: str
    is_question: bool
    is_answered: bool
    starter: str | None
    section: str
    section_slug: str
    replies: int
    new: int
    created_at: datetime
    last_at: datetime
    last_by: str | None

    @property
    def is_unanswered(self) -> bool:
        """Whether it is a question to which nobody has written anything."""
        return self.is_question and not self.is_answered and self.replies == 0

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
    """How many threads each filter would list. `unread` stops at MOST_LISTED."""

    unread: int
    unanswered: int
    mine: int


def sections_of(here: Here) -> Sequence[Section]:
    """Return the sections of the space, in order."""
    query = select(Section).where(Section.space_id == here.space.id).order_by(Section.position, Section.id)
    return db.session.scalars(query).all()


def counted_sections(here: Here) -> list[Counted]:
    """Return the sections with the number of threads in each, in order."""
    threads = (
        select(Thread.section_id, func.count().label("threads"))
        .join(Item, Item.id == Thread.id)
        .where(threads_in(here))
        .group_by(Thread.section_id)
        .subquery()
    )
    rows = db.session.execute(
        select(Section.name, Section.slug, Section.description, func.coalesce(threads.c.threads, 0).label("threads"))
        .outerjoin(threads, threads.c.section_id == Section.id)
        .where(Section.space_id == here.space.id)
        .order_by(Section.position, Section.id)
    )
    return [Counted(name=row.name, slug=row.slug, description=row.description, threads=row.threads) for row in rows]


def unread_threads(here: Here) -> int:
    """Count the threads in which something is unread, at most COUNTED. Asked on every page of a space."""
    if here.membership is None:
        return 0
    unread = _only(here, Show.UNREAD, section=None).limit(COUNTED)
    return db.session.scalar(select(func.count()).select_from(unread.subquery())) or 0


def counts(here: Here, *, section: str | None = None) -> Counts:
    """Count what each filter would list, in a section or in all, in one query."""
    unread = _only(here, Show.UNREAD, section=section).limit(MOST_LISTED)
    lists = (unread, _only(here, Show.UNANSWERED, section=section), _only(here, Show.MINE, section=section))
    row = db.session.execute(
        select(*(select(func.count()).select_from(one.subquery()).scalar_subquery() for one in lists))
    ).one()
    return Counts(unread=row[0], unanswered=row[1], mine=row[2])


def listed(
    here: Here, *, show: Show = Show.EVERYTHING, section: str | None = None, before: int = 0, size: int = PAGE
) -> list[Listed]:
    """Return `size` threads, the latest reply first, leaving out the first `before` of them."""
    ids = (
        _only(here, show, section=section)
        .order_by(Item.last_at.desc(), Item.id.desc())
        .offset(before)
        .limit(size)
        .subquery()
    )
    starter, last = aliased(Person), aliased(Person)
    rows = db.session.execute(
        select(
            Item.ref,
            Item.title,
            Thread.is_question,
            Thread.accepted_number.is_not(None).label("is_answered"),
            starter.name.label("starter"),
            Section.name.label("section"),
            Section.slug.label("section_slug"),
            (Item.last_number - 1 - unseen_replies()).label("replies"),
            unread_count(here).label("new"),
            Item.created_at,
            Item.last_at,
            last.name.label("last_by"),
        )
        .join(ids, ids.c.id == Item.id)
        .join(Thread, Thread.id == Item.id)
        .join(Section, Section.id == Thread.section_id)
        .outerjoin(ReadMark, my_mark(here))
        .outerjoin(starter, starter.id == Item.author_id)
        .outerjoin(last, last.id == Item.last_by_id)
        .order_by(Item.last_at.desc(), Item.id.desc())
    )
    return [Listed(**row) for row in rows.mappings()]


def _only(here: Here, show: Show, *, section: str | None) -> Select[int]:
    """Return the ids of the threads that a list shows."""
    query = select(Item.id).where(threads_in(here))
    if section is not None or show is Show.UNANSWERED:
        query = query.join(Thread, Thread.id == Item.id)
    if section is not None:
        query = query.join(Section, Section.id == Thread.section_id).where(Section.slug == section)
    if show is Show.UNREAD:
        query = query.outerjoin(ReadMark, my_mark(here)).where(is_unread(here))
    if show is Show.UNANSWERED:
        query = query.where(is_unanswered())
    if show is Show.MINE:
        wrote = select(Post.item_id).where(Post.author_id == here.actor.id)
        query = query.where(or_(Item.author_id == here.actor.id, Item.id.in_(wrote)))
    return query
