"""One person's rows, kind after kind, a few at a time: what their download holds, and nobody else's."""

import enum
from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, Select, Table, func, literal, or_, select, tuple_

from forum.core.db import db
from forum.core.ownership import Column, Ref, Tie, Words
from forum.mydata.registry import belongs, concerns, declared, refs_in, table_of
from forum.spaces.models import Membership, Space, Visibility

AT_ONCE = 200
POINTERS = {"item": "ref", "space": "slug", "department": "name"}
"""By which column a row of another table is named in a download; all others by their uuid."""

Everything = Mapping[str, Mapping[str, Column]]


def kinds() -> list[str]:
    """Return the tables in which something can be a person's, in the order of a download."""
    everything = declared()
    return [table.name for table in _sorted(everything) if _is_personal(everything[table.name])]


def count(name: str, person_id: int) -> int:
    """Return how many rows of a table are somebody's, or about them."""
    table = table_of(name)
    found = select(func.count()).select_from(table).where(concerns(name, person_id, everything=declared()))
    return db.session.scalar(found) or 0


def rows_of(name: str, person_id: int) -> Iterator[list[dict[str, Any]]]:
    """Yield a person's rows of a table as a download shows them, at most AT_ONCE together. Each time is a read of its own."""
    everything = declared()
    last: Sequence[Any] | None = None
    while True:
        found = [dict(row) for row in db.session.execute(_batch(name, person_id, everything, after=last)).mappings()]
        if not found:
            return
        last = [found[-1][column.name] for column in table_of(name).primary_key.columns]
        yield _shown(name, found, person_id, everything[name])


def _batch(name: str, person_id: int, everything: Everything, *, after: Sequence[Any] | None) -> Select[Any]:
    table = table_of(name)
    keys = list(table.primary_key.columns)
    own: ColumnElement[bool] = belongs(name, person_id, everything=everything)
    query = select(table, own.label("is_own")).where(concerns(name, person_id, everything=everything))
    if after is not None:
        values = [literal(value, key.type) for key, value in zip(keys, after, strict=True)]
        query = query.where(tuple_(*keys) > tuple_(*values))
    return query.order_by(*keys).limit(AT_ONCE)


def _shown(
    name: str, found: Sequence[Mapping[str, Any]], person_id: int, columns: Mapping[str, Column]
) -> list[dict[str, Any]]:
    table = table_of(name)
    names = {key: _names(table, key, found, person_id) for key in _pointing(table, columns)}
    shown = []
    for row in found:
        line: dict[str, Any] = {}
        for column in table.columns:
            key, value = column.name, row[column.name]
            if key in names:
                line[key.removesuffix("_id")] = names[key].get(value)
            elif _is_given(column, columns.get(key), is_own=row["is_own"]):
                line[key] = _plain(value)
        if refs_in(columns, Tie.ABOUT):
            line["is_mine"] = bool(row["is_own"])
        shown.append(line)
    return shown


def _is_given(column: Any, what: Column | None, *, is_own: bool) -> bool:  # noqa: ANN401  # a column of SQLAlchemy
    """Say whether a value is in the download: keys of the database and other people's are not, nor words in rows about somebody."""
    if _is_key(column) or isinstance(what, Ref):
        return False
    if isinstance(what, Words):
        return what.is_given and (is_own or not what.has_handle)
    return not is_text(column)


def _is_key(column: Any) -> bool:  # noqa: ANN401  # as above
    """Say whether a column is a key of the database. A place within another row, such as that of a chosen option, says something."""
    is_place = not column.name.endswith("id") and all(len(key.constraint.columns) > 1 for key in column.foreign_keys)
    return (bool(column.foreign_keys) and not is_place) or (column.name == "id" and column.primary_key)


def is_text(column: Any) -> bool:  # noqa: ANN401  # as above
    """Say whether a column holds text or data of any kind: not a number, a time, or one of a fixed list of words."""
    kind = type(column.type).__name__
    return kind in {"String", "Text", "JSON", "LargeBinary"}


def _pointing(table: Table, columns: Mapping[str, Column]) -> list[str]:
    """Return the columns that lead to another row which can be named."""
    found = []
    for column in table.columns:
        for key in column.foreign_keys:
            target = key.column.table
            is_named = (POINTERS.get(target.name) or "uuid") in target.c
            if target.name != "person" and is_named and not isinstance(columns.get(column.name), Ref):
                found.append(column.name)
    return found


def _names(table: Table, column: str, found: Sequence[Mapping[str, Any]], person_id: int) -> dict[int, str]:
    """Return how the rows that a column leads to are named, by their keys; a space only if the person may know of it."""
    target = next(iter(table.c[column].foreign_keys)).column.table
    wanted = {row[column] for row in found if row[column] is not None}
    query = select(target.c.id, target.c[POINTERS.get(target.name, "uuid")]).where(target.c.id.in_(wanted))
    if target.name == "space":
        known = select(Membership.space_id).where(Membership.person_id == person_id)
        query = query.where(or_(Space.visibility != Visibility.PRIVATE, Space.id.in_(known)))
    return {row[0]: row[1] for row in db.session.execute(query)}


def _plain(value: Any) -> Any:  # noqa: ANN401  # whatever a column holds
    if isinstance(value, date):  # a day, or an instant
        return value.isoformat()
    return value.value if isinstance(value, enum.Enum) else value


def _is_personal(columns: Mapping[str, Column]) -> bool:
    return any(
        not isinstance(column, Words) and getattr(column, "tie", None) is not Tie.BY for column in columns.values()
    )


def _sorted(everything: Everything) -> list[Table]:
    first = ("person", "membership", "item", "post")
    names = sorted(everything, key=lambda name: (first.index(name) if name in first else len(first), name))
    return [table_of(name) for name in names]
