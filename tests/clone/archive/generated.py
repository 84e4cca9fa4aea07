"""A row in every table that an archive carries, made from the columns themselves: a new table or column is there by itself."""

import json
from datetime import datetime, time, timedelta
from random import Random
from typing import Any

from sqlalchemy import (
    JSON,
    Boolean,
    Column,
    Date,
    Enum,
    Float,
    Integer,
    String,
    Table,
    Time,
    func,
    insert,
    select,
    update,
)
from sqlalchemy.exc import DatabaseError

from forum.clone.archive import DEPARTMENT, PERSON, SPACE
from forum.clone.archive.looking import item_column
from forum.clone.archive.rooms import home, keeping
from forum.core.db import UtcDateTime, db, transaction
from forum.core.time import now
from forum.people.models import Person
from forum.spaces.models import Audience, Item, ItemState, Space
from forum.strategy.content import Content, stored

TRIES = 12
ODD = {
    "zone": "Europe/London",
    "url": "https://a.example/",
    "link": "https://b.example/",
    "content": stored(Content(title="What we aim for")),
    "power": "invite member",
    "slug": "generated",
}


def fill(space: Space) -> set[str]:
    """Give a space a row in every table that has none yet, and a value in every column that may have one. Return what stays empty."""
    for table in keeping().tables:
        if not _number(table, space.id):
            assert any(_made(table, space.id, place) for place in range(TRIES)), f"no row could be made of {table.name}"
    return {
        f"{table.name}.{column.name}"
        for table in keeping().tables
        for column in keeping().carried(table)
        if column.nullable and not _has_value(table, column, space.id) and not _given(table, column, space.id)
    }


def _number(table: Table, space_id: int) -> int:
    found = select(func.count()).select_from(table).where(keeping().inside(table, space_id))
    return db.session.scalar(found) or 0


def _has_value(table: Table, column: Column[Any], space_id: int) -> bool:
    found = select(func.count()).select_from(table).where(keeping().inside(table, space_id), column.is_not(None))
    return bool(db.session.scalar(found))


def _made(table: Table, space_id: int, place: int) -> bool:
    values = {
        column.name: value
        for column in table.columns
        if (not column.nullable and column.default is None) or home(column) == SPACE
        if (value := _value(table, column, space_id, place)) is not None
    }
    kind = next((kind for room in keeping().taken for kind, own in room.kinds.items() if own == table.name), None)
    try:
        with transaction(), db.session.begin_nested():
            if kind is not None:
                values[item_column(table)] = _item(space_id, kind)
            db.session.execute(insert(table).values(values))
    except DatabaseError:
        return False
    return True


def _item(space_id: int, kind: str) -> int:
    author, at = db.session.scalar(select(func.min(Person.id))), now()
    item = Item(kind=kind, space_id=space_id, author_id=author, title=f"A {kind}", created_at=at, last_at=at)
    item.state, item.audience = ItemState.PUBLISHED, Audience.SPACE
    db.session.add(item)
    db.session.flush()
    return item.id


def _given(table: Table, column: Column[Any], space_id: int) -> bool:
    """Put a value into one row of a table; False when no rule of the table lets it."""
    keys = list(table.primary_key.columns)
    rows = db.session.execute(select(*keys).where(keeping().inside(table, space_id))).all()
    for row in rows:
        for place in range(TRIES):
            value = _value(table, column, space_id, place)
            here = [key == one for key, one in zip(keys, row, strict=True)]
            try:
                with transaction(), db.session.begin_nested():
                    db.session.execute(update(table).where(*here).values({column.name: value}))
            except DatabaseError:
                continue
            return True
    return False


def _value(table: Table, column: Column[Any], space_id: int, place: int) -> Any:  # noqa: ANN401  # of any column
    if column.foreign_keys and (target := home(column)) is not None:
        return _key(column, target, space_id, place)
    kind = column.type
    if isinstance(kind, Enum):
        return list(kind.enum_class or ())[place % len(kind.enums)]
    if isinstance(kind, String):
        words = ODD.get(column.name, f"{table.name} {column.name} {place}".replace("_", " "))
        return words[: kind.length] if kind.length else words
    if column.primary_key and isinstance(kind, Integer) and column.name == "id":
        return None
    plain: list[tuple[type, Any]] = [
        (Boolean, place % 2 == 1),
        (Float, 1.5 + place),
        (Integer, 30 if column.name == "minutes" else place + 1),
        (JSON, {"said": json.dumps(place)}),
        (UtcDateTime, now() + timedelta(days=1 if column.name == "until" else -1)),
        (Date, now().date() + timedelta(days=place)),
        (Time, time(12, 30)),
    ]
    return next((value for one, value in plain if isinstance(kind, one)), datetime(2026, 5, 4, 10, 0))  # noqa: DTZ001


def _key(column: Column[Any], target: str, space_id: int, place: int) -> int | None:
    if target == SPACE:
        return space_id
    parent = next(iter(column.foreign_keys)).column
    query = select(parent).order_by(parent)
    if target not in {PERSON, DEPARTMENT}:
        query = query.where(keeping().inside(parent.table, space_id))
    found = db.session.scalars(query).all()
    chosen = Random(f"{column} {place}")  # noqa: S311  # the same each time
    return chosen.choice(found) if found else None
