"""Reads of announcements: which stand out now, and who is told of one."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any

from sqlalchemy import ColumnElement, Integer, Select, and_, bindparam, exists, func, select

from forum.content.models import Post, PostState, ReadMark, WatchLevel, WatchSpace
from forum.content.reading import is_unread, my_mark
from forum.core.db import db
from forum.core.markup import opening
from forum.people.models import Person, PersonState
from forum.spaces.guard import Here
from forum.spaces.models import Item, Membership
from forum.threads.models import Announcement, Thread
from forum.threads.queries.conditions import is_announced, seen_by, threads_here

OPENING = 220


@dataclass(frozen=True, kw_only=True)
class Announced:
    """An announcement that stands out, as Today shows it."""

    ref: str
    title: str
    html: str
    by: str | None
    at: datetime
    is_new: bool

    @property
    def opening(self) -> str:
        """How it begins."""
        return opening(self.html, length=OPENING)


def announced(here: Here, *, most: int) -> Sequence[Announced]:
    """Return what was announced and stands out, what is new to the person first, then the latest. One query."""
    rows = db.session.execute(_announced(), {**seen_by(here), "most": most})
    return [Announced(**row) for row in rows.mappings()]


@cache
def _announced() -> Select[*tuple[Any, ...]]:
    unread = is_unread()
    return (
        select(
            Item.ref,
            Item.title,
            Post.html,
            Person.name.label("by"),
            Announcement.made_at.label("at"),
            unread.label("is_new"),
        )
        .join(Thread, Thread.id == Item.id)
        .join(Announcement, Announcement.thread_id == Item.id)
        .join(Post, and_(Post.item_id == Item.id, Post.number == 1, Post.state == PostState.PUBLISHED))
        .outerjoin(Person, Person.id == Item.author_id)
        .outerjoin(ReadMark, my_mark())
        .where(threads_here(), is_announced())
        .order_by(unread.desc(), Announcement.made_at.desc(), Item.id.desc())
        .limit(bindparam("most", type_=Integer))
    )


def is_told(space_id: int) -> ColumnElement[bool]:
    """Return the condition on `Person` that they hear of a space's announcements: all members but those who chose "off" for it."""
    member = exists().where(
        Membership.space_id == space_id, Membership.person_id == Person.id, Membership.ended_at.is_(None)
    )
    is_off = exists().where(
        WatchSpace.space_id == space_id, WatchSpace.person_id == Person.id, WatchSpace.level == WatchLevel.OFF
    )
    return and_(Person.state == PersonState.ACTIVE, Person.email.is_not(None), member, ~is_off)


def how_many_told(here: Here) -> int:
    """Return how many people are told of what the person announces here now: not themselves."""
    query = select(func.count(Person.id)).where(is_told(here.space.id), Person.id != here.actor.id)
    return db.session.scalar(query) or 0
