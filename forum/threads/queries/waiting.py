"""What waits for somebody: questions without an answer, answers that nobody has accepted."""

from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any

from sqlalchemy import Integer, Select, and_, bindparam, desc, false, func, select
from sqlalchemy.orm import aliased

from forum.content.models import Post, ReadMark
from forum.content.reading import SPACE, first_unread, my_mark
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
    asker: Person | None
    department: str | None
    is_in_my_patch: bool
    asked_at: datetime


@dataclass(frozen=True, kw_only=True)
class Answered:
    """A question of the person's own that others have answered, while no answer is accepted."""

    ref: str
    title: str
    last_by: Person | None
    last_at: datetime


def waiting(here: Here, *, most: int, only_my_patch: bool = False) -> list[Waiting]:
    """Return questions that nobody has answered: those from the person's own department first, the newest first."""
    values = {**seen_by(here), "department_id": here.actor.department_id, "most": most}
    rows = db.session.execute(_waiting(only_my_patch=only_my_patch), values)
    return [
        Waiting(ref=ref, title=title, asked_at=asked_at, asker=asker, department=department, is_in_my_patch=bool(patch))
        for ref, title, asked_at, asker, department, patch in rows
    ]


def answered_but_open(here: Here, *, most: int) -> list[Answered]:
    """Return the person's own questions that have answers and no accepted one, the latest reply first."""
    rows = db.session.execute(_answered_but_open(), {**seen_by(here), "most": most})
    return [Answered(ref=ref, title=title, last_by=last_by, last_at=last_at) for ref, title, last_by, last_at in rows]


def new_since(here: Here, refs: list[str]) -> datetime | None:
    """Return since when what is new in these threads is new: the last visit to the space, or the oldest of it when that is older.

    None for somebody who has never read here.
    """
    row = db.session.execute(_new_since(), {**seen_by(here), "refs": refs}).mappings().one()
    return min(row["visit"], row["oldest"] or row["visit"]) if row["visit"] else None


@cache
def _waiting(*, only_my_patch: bool) -> Select[*tuple[Any, ...]]:
    my_department = bindparam("department_id", type_=Integer)
    patch = func.coalesce(and_(Person.department_id == my_department, Item.author_id != VIEWER), false())
    query = (
        select(Item.ref, Item.title, Item.created_at, Person, Department.name, patch.label("patch"))
        .join(Thread, Thread.id == Item.id)
        .outerjoin(Person, Person.id == Item.author_id)
        .outerjoin(Department, Department.id == Person.department_id)
        .where(threads_here(), is_unanswered())
        .order_by(desc("patch"), Item.created_at.desc(), Item.id.desc())
        .limit(bindparam("most", type_=Integer))
    )
    return query.where(patch) if only_my_patch else query


@cache
def _answered_but_open() -> Select[*tuple[Any, ...]]:
    return (
        select(Item.ref, Item.title, Person, Item.last_at)
        .join(Thread, Thread.id == Item.id)
        .outerjoin(Person, Person.id == Item.last_by_id)
        .where(
            threads_here(),
            Item.author_id == VIEWER,
            Item.last_by_id.is_distinct_from(VIEWER),
            Thread.is_question,
            Thread.accepted_number.is_(None),
            has_answers(),
        )
        .order_by(Item.last_at.desc(), Item.id.desc())
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
    return select(visit.scalar_subquery().label("visit"), oldest.scalar_subquery().label("oldest"))
