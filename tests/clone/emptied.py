"""Spaces in which some rows leave empty whatever may be empty. What may be is read off the columns: a new one is there by itself."""

from collections.abc import Iterator, Mapping
from typing import Any

from sqlalchemy import Column, String, Table, select, update
from sqlalchemy.exc import DatabaseError

from forum.clone.archive.rooms import keeping
from forum.clone.texts import rendered_of
from forum.core.db import db, transaction
from forum.spaces.models import Space

Values = Mapping[str, Any]


def empty(space: Space, *, first: int) -> set[str]:
    """Empty every second row of each table of a space, from the row `first` on. Return the columns that were emptied somewhere."""
    found = set()
    for table in keeping().tables:
        keys = list(table.primary_key.columns)
        rows = db.session.execute(select(*keys).where(keeping().inside(table, space.id)).order_by(*keys)).all()
        for row in rows[first::2]:
            for values in _ways(table):
                try:
                    with transaction(), db.session.begin_nested():
                        here = [key == one for key, one in zip(keys, row, strict=True)]
                        db.session.execute(update(table).where(*here).values(values))
                except DatabaseError:  # a rule of the table wants something there
                    continue
                found |= {f"{table.name}.{name}" for name in values}
    return found


def _ways(table: Table) -> Iterator[Values]:
    """Give what can be left empty of a row: a text with what is made of it, and every other column by itself."""
    made: set[str] = set()
    for source, html, renderer in rendered_of(table):
        made |= {source, html, renderer}
        if _may_be_empty(table.c[source]):
            yield {
                name: None if table.c[name].nullable else _nothing(table.c[name]) for name in (source, html, renderer)
            }
    for column in table.columns:
        if column.name not in made and not column.primary_key and _may_be_empty(column):
            yield {column.name: None if column.nullable else ""}


def _nothing(column: Column[Any]) -> object:
    return "" if isinstance(column.type, String) else 0


def _may_be_empty(column: Column[Any]) -> bool:
    return bool(column.nullable) or (column.default is not None and getattr(column.default, "arg", None) == "")
