"""How many threads there are: in each section, and for each filter."""

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy import BindParameter, ColumnElement, Label, ScalarSelect, Select, and_, bindparam, func, literal, select
from sqlalchemy.orm import aliased
from sqlalchemy.sql.visitors import ExternallyTraversible, replacement_traverse

from forum.content.models import WatchLevel, WatchSpace
from forum.content.reading import COUNTED, JOINED_AT, SPACE
from forum.core.db import db
from forum.core.prepared import prepared
from forum.core.time import now
from forum.people.models import Person
from forum.spaces.guard import Here
from forum.spaces.models import Item, Membership
from forum.spaces.queries.visible import VIEWER, viewing
from forum.threads.models import Section, TagWish, Thread, WatchSection
from forum.threads.queries.conditions import seen_by, threads_here
from forum.threads.queries.lists import MOST_LISTED, Show, Which, first_ids_of, ids_of
from forum.threads.queries.unread import how_many_unread


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

    everything: int
    """In a section or with a tag; 0 where nothing narrows the list, as its sections are counted anyway."""
    unread: int
    unread_everywhere: int
    pinned: int
    unanswered: int
    mine: int
    watched: int
    latest: datetime | None
    """When the latest of all threads that can be seen was written in."""
    wishes: int
    """Tags that wait for an organiser."""
    level: WatchLevel | None
    """What the person chose for the section, or for the space where all of it is listed."""


def counted_sections(here: Here) -> list[Counted]:
    """Return the sections with the number of threads in each, in order."""
    return [Counted(**row) for row in db.session.execute(_counted_sections(), seen_by(here)).mappings()]


def unread_threads(here: Here) -> int:
    """Count the threads in which something is unread, at most COUNTED. Asked on every page of a space."""
    if here.membership is None:
        return 0
    return db.session.scalar(how_many_unread(), seen_by(here)) or 0


def unread_by_space(person: Person) -> dict[int, int]:
    """Count the same in every space that `person` belongs to, by the space's key, in one query."""
    return {row.space_id: row.unread for row in db.session.execute(_unread_by_space(), viewing(person, now()))}


def counts(here: Here, *, section: str | None = None, tag: str | None = None) -> Counts:
    """Count what each filter would list, in a section or in all, with a tag or whatever it has, in one query."""
    query = _counts(Which(in_section=section is not None, has_tag=tag is not None))
    values = {**seen_by(here), "section": section, "tag": tag}
    return Counts(**db.session.execute(query, values).mappings().one())


def all_threads_in(here: Here) -> dict[int, int]:
    """Count the threads in each section, by its id: all of them, seen or not, as only an empty section can be removed."""
    counted = (
        select(Thread.section_id, func.count())
        .join(Section, Section.id == Thread.section_id)
        .where(Section.space_id == here.space.id)
        .group_by(Thread.section_id)
    )
    return {row[0]: row[1] for row in db.session.execute(counted)}


@prepared
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


@prepared
def _unread_by_space() -> Select[int, int]:
    """Build `_unread_threads` for many spaces: what is given of one space comes from each of the reader's memberships."""
    mine = aliased(Membership)
    given: dict[str, ColumnElement[Any]] = {
        SPACE.key: mine.space_id.expression,
        JOINED_AT.key: mine.joined_at.expression,
    }

    def from_membership(element: ExternallyTraversible, **_options: object) -> ExternallyTraversible | None:
        return given.get(element.key) if isinstance(element, BindParameter) else None

    ids = replacement_traverse(ids_of(Which(show=Show.UNREAD)), {}, from_membership)
    assert isinstance(ids, Select)
    some = ids.correlate(mine).limit(COUNTED).subquery()
    counted = select(func.count()).select_from(some).scalar_subquery()
    return select(mine.space_id, counted.label("unread")).where(mine.person_id == VIEWER, mine.ended_at.is_(None))


@prepared
def _counts(which: Which) -> Select[*tuple[Any, ...]]:
    def counted(show: Show, *, most: int | None = None) -> Label[int]:
        some = ids_of(replace(which, show=show)).limit(most).subquery()
        return select(func.count()).select_from(some).scalar_subquery().label(show.value)

    pinned = select(func.count()).select_from(first_ids_of(which).subquery())
    latest = select(func.max(Item.last_at)).where(threads_here())
    wishes = select(func.count()).where(TagWish.space_id == SPACE, TagWish.decided_at.is_(None))
    narrows = which.in_section or which.has_tag
    return select(
        counted(Show.EVERYTHING) if narrows else literal(0).label("everything"),
        latest.scalar_subquery().label("latest"),
        wishes.scalar_subquery().label("wishes"),
        counted(Show.UNREAD, most=MOST_LISTED),
        counted(Show.UNANSWERED),
        counted(Show.MINE),
        counted(Show.WATCHED),
        _place_level(in_section=which.in_section).label("level"),
        how_many_unread().scalar_subquery().label("unread_everywhere"),
        pinned.scalar_subquery().label("pinned"),
    )


def _place_level(*, in_section: bool) -> ScalarSelect[WatchLevel | None]:
    if not in_section:
        chosen = select(WatchSpace.level).where(WatchSpace.space_id == SPACE, WatchSpace.person_id == VIEWER)
        return chosen.scalar_subquery()
    here = and_(Section.space_id == SPACE, Section.slug == bindparam("section"))
    chosen = select(WatchSection.level).join(Section, Section.id == WatchSection.section_id)
    return chosen.where(here, WatchSection.person_id == VIEWER).scalar_subquery()
