"""Reads of tags: those in use, those on a thread, and what members suggest."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ScalarSelect, Select, func, select
from sqlalchemy.orm import joinedload

from forum.content.reading import SPACE
from forum.core.db import db
from forum.core.prepared import prepared
from forum.spaces.guard import Here
from forum.spaces.models import Item
from forum.threads.models import Tag, TagWish, ThreadTag
from forum.threads.queries.conditions import seen_by, threads_here

DECIDED_SHOWN = 20


@dataclass(frozen=True, kw_only=True)
class TagCounted:
    """A tag, and how many threads that the reader can see have it."""

    name: str
    slug: str
    retired_at: datetime | None
    threads: int


@dataclass(frozen=True, kw_only=True)
class TagShown:
    """A tag as it stands on a thread."""

    name: str
    slug: str


def tags_of(here: Here, *, retired: bool = False) -> list[TagCounted]:
    """Return the tags in use with the number of threads that have each, by name; with `retired` those too."""
    rows = [TagCounted(**row) for row in db.session.execute(_tags(), seen_by(here)).mappings()]
    return sorted((row for row in rows if retired or row.retired_at is None), key=lambda row: row.name.casefold())


def tag_after(tag: Tag) -> str | None:
    """Return the address of the tag into which another was merged, None when it wasn't."""
    return db.session.scalar(select(Tag.slug).where(Tag.id == tag.merged_into_id))


@prepared
def tags_on() -> ScalarSelect[str]:
    """Return the tags on a thread as one text, which `shown` reads: a column beside `Item`, so that no list asks once a row."""
    lines = func.aggregate_strings(Tag.slug + " " + Tag.name, "\n")
    query = select(lines).join(ThreadTag, ThreadTag.tag_id == Tag.id).where(ThreadTag.thread_id == Item.id)
    return query.correlate(Item).scalar_subquery()


def shown(lines: str | None) -> list[TagShown]:
    """Return the tags that `tags_on` gave, by name."""
    pairs = (line.split(" ", 1) for line in (lines or "").split("\n") if line)
    return sorted((TagShown(name=name, slug=slug) for slug, name in pairs), key=lambda tag: tag.name.casefold())


def wishes_waiting(here: Here) -> Sequence[TagWish]:
    """Return what organisers have to decide about, the oldest first."""
    query = select(TagWish).where(TagWish.space_id == here.space.id, TagWish.decided_at.is_(None))
    return db.session.scalars(query.options(joinedload(TagWish.person)).order_by(TagWish.at, TagWish.id)).all()


def own_wishes(here: Here) -> Sequence[TagWish]:
    """Return what the person suggested here and what became of it, the newest first."""
    query = select(TagWish).where(TagWish.space_id == here.space.id, TagWish.person_id == here.actor.id)
    return db.session.scalars(query.order_by(TagWish.at.desc(), TagWish.id.desc()).limit(DECIDED_SHOWN)).all()


@prepared
def _tags() -> Select[*tuple[Any, ...]]:
    counted = (
        select(ThreadTag.tag_id, func.count().label("threads"))
        .join(Item, Item.id == ThreadTag.thread_id)
        .where(threads_here())
        .group_by(ThreadTag.tag_id)
        .subquery()
    )
    return (
        select(Tag.name, Tag.slug, Tag.retired_at, func.coalesce(counted.c.threads, 0).label("threads"))
        .outerjoin(counted, counted.c.tag_id == Tag.id)
        .where(Tag.space_id == SPACE, Tag.merged_into_id.is_(None))
    )
