"""Keeping the index: what a transaction wrote is indexed before it commits, so that text and index never differ.

Triggers of the database note what was written (migration 0023). What they noted for somebody who writes past this code is settled
with the next write.
"""

from collections.abc import Collection, Iterable, Mapping
from typing import Any

from sqlalchemy import delete, event, select
from sqlalchemy.orm import Session

from forum.core.db import FOUND_NOWHERE, WRITES, db, insert, lock
from forum.search.models import SearchDue, SearchEntry
from forum.search.scopes import scope_of
from forum.search.stems import stems_of
from forum.spaces.feature import Feature, features
from forum.spaces.findable import Findable, Text
from forum.spaces.models import Item

ROWS_AT_ONCE = 200
CHANGED = ("author_id", "at", "scope", "title", "tags", "body")


@event.listens_for(db.session, "before_commit")
def _keep(session: Session) -> None:
    if session.info.get(WRITES) and not session.info.get(FOUND_NOWHERE):
        session.flush()
        settle()


def settle() -> None:
    """Index what is due. Use inside `transaction()`."""
    due = db.session.execute(select(SearchDue.id, SearchDue.item_id, SearchDue.number)).all()
    if not due:
        return
    numbers: dict[int, set[int | None]] = {}
    for row in due:
        numbers.setdefault(row.item_id, set()).add(row.number)
    for item_id, wanted in sorted(numbers.items()):
        lock(Item, item_id)  # who may find it can't change between reading that and writing it down
        index(item_id, which(wanted))
    for part in _parts([row.id for row in due]):
        db.session.execute(delete(SearchDue).where(SearchDue.id.in_(part)).execution_options(synchronize_session=False))


def which(numbers: Collection[int | None]) -> Collection[int] | None:
    """Return which texts of an item are meant: None, which is all of them, where None is among the numbers."""
    return None if None in numbers else {number for number in numbers if number is not None}


def index(item_id: int, numbers: Collection[int] | None = None) -> None:
    """Let the index say of an item what it says now: of all of it, or of the texts with these numbers. Use inside `transaction()`."""
    item = db.session.scalars(
        select(Item).where(Item.id == item_id).execution_options(populate_existing=False)
    ).one_or_none()
    findable = findables().get(item.kind) if item is not None else None
    if item is None or findable is None:
        return
    rows = rows_of(item, findable, numbers)
    found = {row["number"] for row in rows}
    _drop(item_id, numbers, found)
    for part in _parts(rows):
        put = insert(SearchEntry)
        changed = {name: getattr(put.excluded, name) for name in CHANGED}
        db.session.execute(
            put.on_conflict_do_update(index_elements=[SearchEntry.item_id, SearchEntry.number], set_=changed), part
        )


def rows_of(item: Item, findable: Findable, numbers: Collection[int] | None) -> list[dict[str, Any]]:
    """Return what the index says of an item, or of its texts with these numbers."""
    scope = scope_of(item, is_for_members=findable.is_for_members)
    inside = scope_of(item, is_for_members=findable.is_for_members, is_reply=True) if findable.replies_stay else scope
    texts = findable.texts(item.id, numbers) if scope else ()
    return [_row(item, text, scope if text.number <= 1 else inside) for text in texts]


def findables() -> Mapping[str, Findable]:
    """Return what can be found, by the kind of item."""
    return of_features(features())


def of_features(rooms: Iterable[Feature]) -> Mapping[str, Findable]:
    """Return what these rooms registered."""
    return {one.kind: one for room in rooms for one in room.findable}


def _row(item: Item, text: Text, scope: str) -> dict[str, Any]:
    return {
        "item_id": item.id,
        "number": text.number,
        "author_id": text.author_id,
        "at": text.at,
        "scope": scope,
        **{name: " ".join(stems_of(getattr(text, name))) for name in ("title", "tags", "body")},
    }


def _drop(item_id: int, numbers: Collection[int] | None, found: Collection[int]) -> None:
    gone = delete(SearchEntry).where(SearchEntry.item_id == item_id)
    if numbers is None:
        there = db.session.scalars(select(SearchEntry.number).where(SearchEntry.item_id == item_id))
        numbers = set(there)
    for part in _parts(sorted(set(numbers) - set(found))):
        db.session.execute(gone.where(SearchEntry.number.in_(part)).execution_options(synchronize_session=False))


def _parts(rows: list[Any]) -> Iterable[list[Any]]:
    for start in range(0, len(rows), ROWS_AT_ONCE):
        yield rows[start : start + ROWS_AT_ONCE]
