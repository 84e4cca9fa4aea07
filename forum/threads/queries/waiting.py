"""What waits for somebody: questions without an answer, answers that nobody has accepted."""

from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any

from sqlalchemy import ColumnElement, Integer, Select, and_, bindparam, desc, false, func, or_, select
from sqlalchemy.orm import aliased

from forum.content.models import Post, ReadMark
from forum.content.reading import SPACE, first_unread, my_mark, space_mark
from forum.core.db import db
from forum.people.models import Department, Person
from forum.spaces.guard import Here
from forum.spaces.models import Item
from forum.spaces.queries.visible import VIEWER
from forum.threads.models import Thread
from forum.threads.queries.conditions import has_answers, is_unanswered, seen_by, threads_here


@dataclass(frozen=True, kw_only=True)
class Waiting:
    """A question that waits for an answer."""

    ref: str
    title: str
    asked_at: datetime
    department: str | None
    is_in_my_patch: bool


@dataclass(frozen=True, kw_only=True)
class ForMe:
    """A question that waits for this person: to answer it, or (their own) to say whether the answers solved it."""

    ref: str
    title: str
    is_mine: bool
    asked_at: datetime
    asker: Person | None
    department: str | None
    last_at: datetime
    last_by: Person | None


def waiting(here: Here, *, most: int) -> list[Waiting]:
    """Return questions that nobody has answered: those from the person's own department first, the newest first."""
    rows = db.session.execute(_waiting(), {**_values(here), "most": most})
    return [Waiting(**row) for row in rows.mappings()]


def waiting_for_me(here: Here, *, most: int) -> list[ForMe]:
    """Return unanswered questions from the person's own department, then their own questions with answers of which none is accepted."""
    rows = db.session.execute(_waiting_for_me(), {**_values(here), "most": most})
    return [ForMe(**dict(zip(ForMe.__dataclass_fields__, row, strict=True))) for row in rows]


def new_since(here: Here, refs: list[str]) -> datetime | None:
    """Return since when what is new in these threads is new: the last visit to the space, or the oldest of it when that is older.

    None for somebody who has never read here.
    """
    row = db.session.execute(_new_since(), {**seen_by(here), "refs": refs}).mappings().one()
    return min(row["visit"], row["oldest"] or row["visit"]) if row["visit"] else None


def _values(here: Here) -> dict[str, object]:
    return {**seen_by(here), "department_id": here.actor.department_id}


def _is_in_my_patch(asker: type[Person]) -> ColumnElement[bool]:
    return and_(asker.department_id == bindparam("department_id", type_=Integer), Item.author_id != VIEWER)


@cache
def _waiting() -> Select[*tuple[Any, ...]]:
    patch = func.coalesce(_is_in_my_patch(Person), false()).label("is_in_my_patch")
    return (
        select(Item.ref, Item.title, Item.created_at.label("asked_at"), Department.name.label("department"), patch)
        .join(Thread, Thread.id == Item.id)
        .outerjoin(Person, Person.id == Item.author_id)
        .outerjoin(Department, Department.id == Person.department_id)
        .where(threads_here(), is_unanswered())
        .order_by(desc("is_in_my_patch"), Item.created_at.desc(), Item.id.desc())
        .limit(bindparam("most", type_=Integer))
    )


@cache
def _waiting_for_me() -> Select[*tuple[Any, ...]]:
    asker, last = aliased(Person), aliased(Person)
    for_me = and_(_is_in_my_patch(asker), is_unanswered())
    mine = and_(
        Item.author_id == VIEWER,
        Item.last_by_id.is_distinct_from(VIEWER),
        Thread.is_question,
        Thread.accepted_number.is_(None),
        Thread.closed_at.is_(None),
        has_answers(),
    )
    is_mine = (Item.author_id == VIEWER).label("is_mine")
    return (
        select(Item.ref, Item.title, is_mine, Item.created_at, asker, Department.name, Item.last_at, last)
        .join(Thread, Thread.id == Item.id)
        .outerjoin(asker, asker.id == Item.author_id)
        .outerjoin(Department, Department.id == asker.department_id)
        .outerjoin(last, last.id == Item.last_by_id)
        .where(threads_here(), or_(mine, for_me))
        .order_by("is_mine", Item.last_at.desc(), Item.id.desc())
        .limit(bindparam("most", type_=Integer))
    )


@cache
def _new_since() -> Select[*tuple[Any, ...]]:
    visit = (
        select(func.max(ReadMark.read_at))
        .join(Item, Item.id == ReadMark.item_id)
        .where(ReadMark.person_id == VIEWER, Item.space_id == SPACE)
    )
    first = aliased(Post)
    oldest = (
        select(func.min(first.created_at))
        .select_from(Item)
        .outerjoin(ReadMark, my_mark())
        .join(first, and_(first.item_id == Item.id, first.number == first_unread()))
        .where(Item.ref.in_(bindparam("refs", expanding=True)))
    )
    visited = func.coalesce(visit.scalar_subquery(), space_mark())
    return select(visited.label("visit"), oldest.scalar_subquery().label("oldest"))
