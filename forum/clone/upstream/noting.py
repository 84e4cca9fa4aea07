"""What a copy remembers of its original on its first day: what later changes are told by (F6)."""

from collections.abc import Mapping

from sqlalchemy import select

from forum.clone.models import LineageItem, LineageRow
from forum.clone.rooms import SPACE
from forum.clone.upstream.columns import rows_in, standing
from forum.clone.upstream.offering import digest_of
from forum.clone.upstream.ways import followers, growers
from forum.clone.writing import Ready
from forum.core.db import db
from forum.spaces.copied import KEY
from forum.spaces.models import Space

Keys = Mapping[str, Mapping[int, int]]
"""Table to what became of the keys of the original's rows."""


def note_what_came(ready: Ready, source: Space, space: Space, keys: Keys) -> None:
    """Remember all of a new copy: what came along, and which rows stayed behind. In the transaction that writes it."""
    note_items(ready, keys)
    rows = {**ready.rows, SPACE: [{**ready.space, KEY: source.id}]}
    keys = {**keys, SPACE: {source.id: space.id}}
    for of in followers(items=False):
        came = keys.get(of.table, {}) if of.part in ready.bundle.parts else {}
        own = {own_id: name for name, own_id in rows_in(of, space.id).items()}
        there, way = rows_in(of, source.id), growers()[of.part]
        said = standing(of, [key for key in there.values() if key in came])
        db.session.add_all(
            LineageRow(
                space_id=space.id,
                origin_key=name,
                kind=of.table,
                own_key=own[came[key]] if key in came else None,
                base=way.read(rows, key) if key in came else None,
                mark=digest_of(said[key]) if key in said else None,
            )
            for name, key in there.items()
        )


def note_items(ready: Ready, keys: Keys) -> None:
    """Remember what items said that follow column by column, in words of the copy and in the original's own."""
    for of in followers(items=True):
        came = keys.get(of.table, {})
        said, way = standing(of, came), growers()[of.part]
        there = {own_id: key for key, own_id in came.items()}
        db.session.flush()
        for lineage in db.session.scalars(select(LineageItem).where(LineageItem.item_id.in_(there))):
            key = there[lineage.item_id]
            lineage.base, lineage.mark = way.read(ready.rows, key), digest_of(said[key]) if key in said else None
