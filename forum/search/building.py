"""Indexing what was written before there was an index, or anew: piece by piece, in short transactions, while the app runs.

How far it has come stands in `search_build`, so whoever stops it goes on where it was. What is written meanwhile is indexed by
whoever writes it, and a piece holds an item while it indexes it, so neither writes over the other.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from sqlalchemy import delete, exists, func, select

from forum.core.db import db, insert, lock, transaction
from forum.search.keeping import findables, index, which
from forum.search.models import SearchBuild, SearchEntry
from forum.spaces.findable import Findable
from forum.spaces.models import Item

PIECE = 200


@dataclass(frozen=True, kw_only=True)
class Progress:
    """How far the index has been made, in the keys of what is indexed."""

    done: int
    total: int

    @property
    def percent(self) -> int:
        """How much of it is done."""
        return min(99, 100 * self.done // max(1, self.total))


def progress() -> Progress | None:
    """Return how far it is, None when there is nothing to do."""
    rows = db.session.execute(select(SearchBuild.kind, SearchBuild.last_key)).all()
    kinds = findables()
    waiting = [(row.last_key, kinds[row.kind].last_key()) for row in rows if row.kind in kinds]
    if not waiting:
        return None
    return Progress(done=sum(min(done, total) for done, total in waiting), total=sum(total for _done, total in waiting))


def begin() -> None:
    """Have everything indexed anew, from the beginning. What is in the index is found meanwhile."""
    with transaction():
        for kind in [kind for kind, one in findables().items() if one.last_key()]:
            put = insert(SearchBuild).values(kind=kind, last_key=0)
            db.session.execute(put.on_conflict_do_update(index_elements=[SearchBuild.kind], set_={"last_key": 0}))


def build() -> Iterator[Progress]:
    """Do all that waits, and yield after each piece how far it is."""
    while build_piece():
        told = progress()
        if told is not None:
            yield told


def build_piece(*, size: int = PIECE) -> bool:
    """Index one piece of what waits, and say whether there was any. A worker does this beside its other work."""
    kinds = findables()
    waiting = db.session.scalars(select(SearchBuild.kind).where(SearchBuild.kind.in_(list(kinds))).limit(1)).first()
    if waiting is None:
        return False
    with transaction():
        row = lock(SearchBuild, waiting)
        if row is None:
            return True
        found = kinds[waiting].keys_after(row.last_key, size)
        if not found:
            _end(row, kinds[waiting])
            return True
        numbers: dict[int, set[int | None]] = {}
        for _key, item_id, number in found:
            numbers.setdefault(item_id, set()).add(number)
        for item_id in sorted(numbers):
            lock(Item, item_id)
            index(item_id, which(numbers[item_id]))
        row.last_key = found[-1][0]
    return True


def _end(row: SearchBuild, findable: Findable) -> None:
    """Take out what stands for nothing any more, and be done."""
    there = exists().where(Item.id == SearchEntry.item_id, Item.kind == findable.kind)
    gone = delete(SearchEntry).where(there, ~findable.stands(SearchEntry.item_id, SearchEntry.number))
    db.session.execute(gone.execution_options(synchronize_session=False))
    db.session.delete(row)


def how_many() -> int:
    """Return how many texts are in the index."""
    return db.session.scalar(select(func.count()).select_from(SearchEntry)) or 0
