"""What an archive says of a space: row after row, as they are at one moment, and only what whoever asks may have (A3)."""

import enum
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from sqlalchemy import Connection, Table, func, select

from forum.clone.archive import AT_ONCE, DEPARTMENT, FILE, ITEM, PERSON, SPACE
from forum.clone.archive.people import SOMEBODY, People
from forum.clone.archive.rooms import Keeping, has_own_key, home, keeping, made_of, space_columns
from forum.clone.template.values import written
from forum.clone.texts import texts_of
from forum.core.archiving import Kept, Row
from forum.core.db import Base, db

KEY, REF = "key", "ref"
NAMED = (ITEM, FILE)
"""Tables whose rows texts lead to, by their refs."""


@contextmanager
def as_it_stands() -> Iterator[Connection]:
    """Give a connection that sees the database as it is at its first question, whatever is written meanwhile."""
    with db.engine.connect() as connection:
        if connection.dialect.name == "postgresql":
            connection.execution_options(isolation_level="REPEATABLE READ", postgresql_readonly=True)
        yield connection
        connection.rollback()


class Taking:
    """One archive as it is taken: which key in the file stands for which row, and who is who."""

    def __init__(self, connection: Connection, space_id: int, asker: int, *, with_names: bool) -> None:
        self.connection, self.space_id, self.asker = connection, space_id, asker
        self.rooms: Keeping = keeping()
        self.people = People(connection, with_names=with_names)
        self.people.know(self.rooms, space_id, asker)
        self.keys: dict[str, dict[int, int]] = {}
        self.files: list[tuple[int, str, int]] = []
        """Of each attached file its key, its hash and its size."""

    def count(self) -> int:
        """Return how many rows and files there are."""
        return sum(self._number(table) * (2 if table.name == FILE else 1) for table in self.rooms.tables)

    def _number(self, table: Table) -> int:
        query = select(func.count()).select_from(table).where(self.rooms.inside(table, self.space_id, self.asker))
        return self.connection.execute(query).scalar() or 0

    def space(self) -> Row:
        """Return what the space's own line says."""
        table = Base.metadata.tables[SPACE]
        row = dict(self.connection.execute(select(table).where(table.c.id == self.space_id)).mappings().one())
        made = made_of(table)
        said = {column.name: self._value(row[column.name]) for column in space_columns()}
        for source, (html, _renderer) in made.items():
            said[source] = self.people.without(row[source], row[html])
        return said

    def rows(self, table: Table) -> Iterator[Row]:
        """Give what the file says of a table, a few rows in memory at a time."""
        own, made = list(table.primary_key.columns), made_of(table)
        if has_own_key(table) and self.rooms.within(table):
            self._number_ahead(table)
        columns = self.rooms.carried(table)
        wanted = {column.name: column for column in [*columns, *own]}
        wanted |= {html: table.c[html] for html, _renderer in made.values()}
        wanted |= {"ref": table.c.ref} if table.name in NAMED else {}
        query = select(*wanted.values()).where(self.rooms.inside(table, self.space_id, self.asker)).order_by(*own)
        texts = {column.name for column in texts_of(table)} & {column.name for column in columns}
        found = self.connection.execute(
            query, execution_options={"stream_results": True, "yield_per": AT_ONCE}
        ).mappings()
        for number, one in enumerate(found, 1):
            row = dict(one)
            if has_own_key(table):
                self._note(table, row, number)
            yield self._line(table, row, number, texts)

    def _number_ahead(self, table: Table) -> None:
        """Know the keys of a table whose rows refer to each other: one may name another that comes after it."""
        (own,) = table.primary_key.columns
        query = select(own).where(self.rooms.inside(table, self.space_id, self.asker)).order_by(own)
        self.keys[table.name] = {key: number for number, key in enumerate(self.connection.execute(query).scalars(), 1)}

    def _note(self, table: Table, row: Row, number: int) -> None:
        if table.name in self.rooms.named:
            self.keys.setdefault(table.name, {})[row["id"]] = number
        if table.name == FILE:
            self.files.append((number, row["sha256"], row["size"]))

    def key(self, target: str, value: int) -> int | None:
        """Return the key in the file of a row of a table; None for one that stays behind."""
        if target == PERSON:
            return self.people.key(value)
        if target == DEPARTMENT:
            return self.people.department(value)
        return self.keys.get(target, {}).get(value)

    def _line(self, table: Table, row: Row, number: int, texts: set[str]) -> Row:
        for room in self.rooms.taken:
            if table.name in room.written:
                room.written[table.name](row, self.key)
        made, policy = made_of(table), self.rooms.policy[table.name]
        line: dict[str, Any] = {KEY: number} if has_own_key(table) else {}
        if table.name in NAMED:
            line[REF] = row["ref"]
        for column in self.rooms.carried(table):
            name, value = column.name, row[column.name]
            target = home(column)
            if target is not None:
                line[name] = self.key(target, value) if value is not None else None
            elif policy[name] is Kept.NAME:
                line[name] = value if self.people.with_names or not value else SOMEBODY
            elif name in texts and isinstance(value, str) and not isinstance(value, enum.Enum):
                html = row[made[name][0]] if name in made else ""
                line[name] = self.people.without(value, html or "")
            else:
                line[name] = self._value(value)
        return line

    def _value(self, value: object) -> object:
        if isinstance(value, dict):
            return {name: self._value(one) for name, one in value.items()}
        if isinstance(value, list):
            return [self._value(one) for one in value]
        if isinstance(value, str) and not isinstance(value, enum.Enum):
            return self.people.without(value)
        return written(value)
