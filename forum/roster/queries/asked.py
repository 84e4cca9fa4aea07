"""What somebody in particular is asked in the roster of a space, of every kind: for Today, the tab and the roster's pages."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Integer,
    Select,
    bindparam,
    func,
    select,
)
from sqlalchemy.orm import aliased

from forum.core.db import db
from forum.core.prepared import prepared
from forum.core.time import now
from forum.people.models import Person
from forum.roster.queries.asks import What, asks, is_in
from forum.roster.queries.leaving import label_of, title_of
from forum.spaces.guard import Here
from forum.spaces.models import Item, Space
from forum.spaces.policy import Can
from forum.spaces.queries.visible import viewing


@dataclass(frozen=True, kw_only=True)
class AskedLine:
    """One thing that somebody is asked, by `who`. `key` is that of its row, `ref` of what has a page of its own, else the duty's.

    `day` is when it would begin, `other_day` that of the other turn or cover; `label` says what kind of thing a colleague leaves.
    """

    what: What
    key: int
    ref: str
    title: str
    who: Person | None
    day: date
    other_day: date | None
    label: str


def asked_here(here: Here) -> int:
    """Return how much the person is asked in this space and can answer, as it was counted with where they stand."""
    return here.waits["roster.index"] if here.may(Can.TAKE_DUTY) else 0


def asked_of(here: Here) -> Sequence[AskedLine]:
    """Return what the person is asked in this space and can answer, by its day: one query, none for nothing."""
    if not asked_here(here):
        return []
    rows = db.session.execute(_asked(), {"space_id": here.space.id, **viewing(here.actor, now())})
    return [
        AskedLine(
            what=What(what),
            key=key,
            ref=ref or item_ref or "",
            title=title_of(kind, title, item_title) if kind else item_title,
            who=who,
            day=day,
            other_day=other_day,
            label=label_of(kind) if kind else "",
        )
        for what, key, ref, kind, title, day, other_day, item_ref, item_title, who in rows
    ]


def how_many_asked() -> ColumnElement[int]:
    """Count what the VIEWER is asked in the `Space` of the statement around it, then."""
    some = asks()
    there = some.outerjoin(Item, Item.id == some.c.item_id)
    found = select(func.count()).select_from(there).where(is_in(some, Space.id))
    return found.correlate(Space).scalar_subquery()


@prepared
def _asked() -> Select[*tuple[Any, ...]]:
    some, who = asks(), aliased(Person)
    columns = [some.c[name] for name in ("what", "key", "ref", "kind", "title", "day", "other_day")]
    return (
        select(*columns, Item.ref, Item.title, who)
        .select_from(some)
        .outerjoin(Item, Item.id == some.c.item_id)
        .outerjoin(who, who.id == some.c.who_id)
        .where(is_in(some, bindparam("space_id", type_=Integer)))
        .order_by(some.c.day, some.c.what, some.c.key)
    )
