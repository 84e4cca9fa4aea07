"""What belongs to an item besides its posts, as plain tables: what a duty is, who holds it, the steps of a playbook."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Any

from markupsafe import Markup
from sqlalchemy import Column, ColumnElement, Connection, Integer, Table, exists, select
from sqlalchemy.sql.expression import FromClause

from forum.clone.archive import ITEM
from forum.clone.archive.pages.leading import Places
from forum.clone.archive.pages.reading import InStep, streamed
from forum.clone.archive.pages.words import CALLED
from forum.clone.archive.rooms import Keeping, home, made_of, published
from forum.core.db import Base
from forum.core.time import local
from forum.spaces.models import Space
from forum.web.rendering import full_day

DATE, OF_A_DATE = "occurrence", "minutes"
WIDEST = 90
"""Characters that a row of a table may have together. Rows that say more are lists."""


@dataclass(frozen=True)
class Group:
    """Rows of one kind: what they are called, and of each what it says."""

    title: str
    rows: Sequence[Mapping[str, object]]

    @property
    def columns(self) -> list[str]:
        """What the rows say something of, if they are a table: several, and all of them short. Else nothing."""
        found: dict[str, int] = {}
        for row in self.rows:
            for name, value in row.items():
                words = Markup(value).striptags() if isinstance(value, Markup) else str(value)  # noqa: S704  # it is marked up
                found[name] = max(found.get(name, len(name)), len(words))
        return list(found) if len(self.rows) > 1 and sum(found.values()) <= WIDEST else []


class Facts:
    """Reads what belongs to items, which are asked for in their order. Tables of which the space has no row are never asked."""

    def __init__(self, connection: Connection, space: Space, asker: int, places: Places) -> None:
        self.connection, self.space, self.asker, self.places = connection, space, asker, places
        self.rooms = published()
        self.names: dict[tuple[str, int], str] = {}
        said = [Base.metadata.tables[name] for name, shown in self.rooms.shown.items() if shown.columns]
        self.tables = {table: self._rows(table) for table in said if self._says(table)}
        self.told = {
            (table.name, column): tells(connection)
            for table in self.tables
            for column, tells in self.rooms.shown[table.name].told.items()
        }

    def _says(self, table: Table) -> bool:
        """Say whether a table has words of items of this space."""
        inside = self.rooms.inside(table, self.space.id, self.asker)
        return bool(self.connection.execute(select(exists().select_from(table).where(inside))).scalar())

    def _rows(self, table: Table) -> InStep:
        """Give the rows of a table with the item of each: one question for all of them."""
        of_item, joined = _up_to_item(self.rooms, table)
        if (on := self.rooms.shown[table.name].on) is not None:
            of_item = on()
        query = select(table, of_item.label("of_item")).select_from(joined)
        query = query.where(self.rooms.inside(table, self.space.id, self.asker))
        order = [next(self.rooms.needed(table)), *(one for one in table.columns if is_place(one))]
        return InStep(streamed(self.connection, query.order_by(of_item, *order, *table.primary_key.columns)))

    def of(self, item_id: int) -> list[Group]:
        """Return what belongs to an item."""
        found = []
        for table, all_rows in self.tables.items():
            rows = [dict(self._said(table, row._mapping, item_id)) for row in all_rows.of(item_id)]  # noqa: SLF001  # so it is called
            if rows := [row for row in rows if row]:
                found.append(Group(str(self.rooms.shown[table.name].title), rows))
        return found

    def _said(self, table: Table, row: Any, item_id: int) -> Iterator[tuple[str, object]]:  # noqa: ANN401  # a row
        for name, called in self.rooms.shown[table.name].columns.items():
            if row[name] is None or row[name] == "" or row[name] is False:
                continue
            if (table.name, name) in self.told:
                yield from self.told[table.name, name](dict(row))
            elif (value := self._value(table, name, row, item_id)) is not None:
                yield str(called), value

    def _value(self, table: Table, name: str, row: Any, item_id: int) -> object:  # noqa: ANN401  # a row
        """Return what a column says in words; None for nothing."""
        value, target = row[name], home(table.columns[name])
        made, words = made_of(table), self.rooms.shown[table.name].words
        if target == DATE and not made and self.places.items[item_id].kind == OF_A_DATE:
            return None  # it stands beside their text
        if name in words:
            known = words[name].get(value)
            return str(known) if known is not None else None
        if name in made:
            return Markup(self.places.relative(row[made[name][0]] or ""))  # noqa: S704  # the renderer's own
        if target == ITEM:
            place = self.places.items.get(value) if value != item_id else None
            return Markup('<a href="{}">{}</a>').format(place.file(), place.title) if place is not None else None
        return self._name(target, value) if target is not None else self._shown(value)

    def _name(self, target: str, key: int) -> str:
        if (target, key) not in self.names:
            table = Base.metadata.tables[target]
            found = self.connection.execute(select(table.c[CALLED[target]]).where(table.c.id == key)).scalar()
            self.names[target, key] = self._shown(found) if found is not None else ""
        return self.names[target, key]

    def _shown(self, value: object) -> str:
        if value is True:
            return "✓"
        if isinstance(value, datetime):
            there = local(value, self.space.zone) if value.tzinfo else value
            return f"{full_day(there.date())}, {there:%H:%M}"
        if isinstance(value, date):
            return full_day(value)
        if isinstance(value, float):
            return f"{value:,.10g}"
        return value.isoformat() if isinstance(value, time) else str(value)


def is_place(column: Column[Any]) -> bool:
    """Say whether a column holds where a row stands among others."""
    return column.name == "place" and isinstance(column.type, Integer)


def _up_to_item(rooms: Keeping, table: Table) -> tuple[ColumnElement[Any], FromClause]:
    """Return the column with the item to which a row belongs, itself or through what it belongs to, and the tables up to there."""
    joined: FromClause = table
    here = column = next(rooms.needed(table))
    while home(column) != ITEM:
        parent = next(iter(column.foreign_keys)).column
        above = parent.table.alias()
        joined = joined.join(above, here == above.c[parent.name])
        column = next(rooms.needed(parent.table))
        here = above.c[column.name]
    return here, joined
