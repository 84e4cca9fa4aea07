"""What waits for somebody: questions without an answer, answers that nobody has accepted."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import and_, desc, false, func, select
from sqlalchemy.orm import aliased

from forum.content.models import Post, ReadMark
from forum.content.reading import first_unread, my_mark
from forum.core.db import db
from forum.people.models import Department, Person
from forum.spaces.guard import Here
from forum.spaces.models import Item
from forum.threads.models import Thread
from forum.threads.queries.conditions import has_answers, is_unanswered, threads_in


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
    replies: int
    last_by: Person | None
    last_at: datetime


def waiting(here: Here, *, most: int, only_my_patch: bool = False) -> list[Waiting]:
    """Return questions that nobody has answered: those from the person's own department first, the newest first."""
    mine = and_(Person.department_id == here.actor.department_id, Item.author_id != here.actor.id)
    patch = func.coalesce(mine, false()) if here.actor.department_id else false()
    query = (
        select(Item.ref, Item.title, Item.created_at, Person, Department.name, patch.label("patch"))
        .join(Thread, Thread.id == Item.id)
        .outerjoin(Person, Person.id == Item.author_id)
        .outerjoin(Department, Department.id == Person.department_id)
        .where(threads_in(here), is_unanswered())
        .order_by(desc("patch"), Item.created_at.desc(), Item.id.desc())
        .limit(most)
    )
    if only_my_patch:
        query = query.where(patch)
    return [
        Waiting(
            ref=ref,
            title=title,
            asked_at=asked_at,
            asker=asker,
            department=department,
            is_in_my_patch=bool(is_in_patch),
        )
        for ref, title, asked_at, asker, department, is_in_patch in db.session.execute(query)
    ]


def answered_but_open(here: Here, *, most: int) -> list[Answered]:
    """Return the person's own questions that have answers and no accepted one, the latest reply first."""
    rows = db.session.execute(
        select(Item.ref, Item.title, Item.last_number, Person, Item.last_at)
        .join(Thread, Thread.id == Item.id)
        .outerjoin(Person, Person.id == Item.last_by_id)
        .where(
            threads_in(here),
            Item.author_id == here.actor.id,
            Thread.is_question,
            Thread.accepted_number.is_(None),
            Item.last_by_id.is_distinct_from(here.actor.id),
            has_answers(),
        )
        .order_by(Item.last_at.desc(), Item.id.desc())
        .limit(most)
    )
    return [
        Answered(ref=ref, title=title, replies=last_number - 1, last_by=last_by, last_at=last_at)
        for ref, title, last_number, last_by, last_at in rows
    ]


def new_since(here: Here, refs: list[str]) -> datetime | None:
    """Return since when what is new in these threads is new: the last visit to the space, or the oldest of it when that is older.

    None for somebody who has never read here.
    """
    visit = (
        select(func.max(ReadMark.read_at))
        .join(Item, Item.id == ReadMark.item_id)
        .where(ReadMark.person_id == here.actor.id, Item.space_id == here.space.id)
    )
    first = aliased(Post)
    oldest = (
        select(func.min(first.created_at))
        .select_from(Item)
        .outerjoin(ReadMark, my_mark(here))
        .join(first, and_(first.item_id == Item.id, first.number == first_unread(here)))
        .where(Item.ref.in_(refs))
    )
    visited_at: datetime | None = db.session.scalar(visit)
    oldest_at: datetime | None = db.session.scalar(oldest)
    return min(visited_at, oldest_at) if visited_at and oldest_at else visited_at
