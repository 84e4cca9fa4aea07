"""Questions that wait for an answer, whoever gives it."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Integer, Select, bindparam, desc, false, func, select

from forum.core.db import db
from forum.core.prepared import prepared
from forum.people.models import Department, Person
from forum.spaces.guard import Here
from forum.spaces.models import Item
from forum.threads.models import Thread
from forum.threads.queries.conditions import is_in_patch_of_viewer, is_unanswered, seen_by, threads_here


@dataclass(frozen=True, kw_only=True)
class Waiting:
    """A question that waits for an answer."""

    ref: str
    title: str
    asked_at: datetime
    department: str | None
    is_in_my_patch: bool


def waiting(here: Here, *, most: int) -> list[Waiting]:
    """Return questions that nobody has answered: those from the person's own department first, the newest first."""
    rows = db.session.execute(_waiting(), {**seen_by(here), "most": most})
    return [Waiting(**row) for row in rows.mappings()]


@prepared
def _waiting() -> Select[*tuple[Any, ...]]:
    patch = func.coalesce(is_in_patch_of_viewer(), false()).label("is_in_my_patch")
    return (
        select(Item.ref, Item.title, Item.created_at.label("asked_at"), Department.name.label("department"), patch)
        .join(Thread, Thread.id == Item.id)
        .outerjoin(Person, Person.id == Item.author_id)
        .outerjoin(Department, Department.id == Person.department_id)
        .where(threads_here(), is_unanswered())
        .order_by(desc("is_in_my_patch"), Item.created_at.desc(), Item.id.desc())
        .limit(bindparam("most", type_=Integer))
    )
