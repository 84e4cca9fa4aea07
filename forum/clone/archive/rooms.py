"""What rooms declare of archives: every table, column by column, and the order in which tables are written and read.

A room is found by its name: `forum.<name>.archived` holds ARCHIVED and, when it has more to say, TAKEN.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from importlib import import_module

from flask import current_app
from sqlalchemy import Column, ColumnElement, Integer, Table, false, or_, select

from forum.clone.archive import DEPARTMENT, MEMBERSHIP, PERSON, SPACE
from forum.clone.texts import rendered_of
from forum.core.archiving import Archived, Kept, Shown, Taken
from forum.core.db import Base
from forum.spaces.feature import features

BELOW = ("core", "people")
"""Rooms that register nothing."""
ELSEWHERE = frozenset({PERSON, DEPARTMENT, SPACE})
"""Tables to which archived rows refer, and which have files of their own."""


@dataclass(frozen=True)
class Keeping:
    """All rooms together."""

    policy: Archived
    taken: Sequence[Taken]
    is_published: bool = False
    """Whether it is for pages that are given away: what somebody who asks may have is only what rooms say is shown, then."""

    @cached_property
    def tables(self) -> Sequence[Table]:
        """The tables that come along, each after those that it refers to. Memberships are last: with them people come in."""
        found = [table for table in Base.metadata.sorted_tables if self._comes(table) and table.name not in ELSEWHERE]
        return sorted(found, key=lambda table: table.name == MEMBERSHIP)

    def _comes(self, table: Table) -> bool:
        return Kept.NEVER not in self.policy[table.name].values()

    def columns(self, table: Table, *ways: Kept) -> Iterator[Column[object]]:
        """Give the columns of a table that are treated so."""
        return (column for column in table.columns if self.policy[table.name][column.name] in ways)

    def carried(self, table: Table) -> list[Column[object]]:
        """Return the columns that stand in the file: all that come along but the space, which is the same for all."""
        ways = (Kept.KEEP, Kept.WITH, Kept.NAME, Kept.HELD)
        return [column for column in self.columns(table, *ways) if home(column) != SPACE]

    def refers(self, table: Table) -> Mapping[str, str]:
        """Return which carried columns hold the key of a row of which table."""
        return {column.name: target for column in self.carried(table) if (target := home(column)) is not None}

    def within(self, table: Table) -> Mapping[str, str]:
        """Return which carried columns refer to a row of the same table."""
        parents = {
            column.name: next(iter(column.foreign_keys)).column.table for column in self.carried(table) if home(column)
        }
        return {name: self.refers(table)[name] for name, parent in parents.items() if parent is table}

    def needed(self, table: Table) -> Iterator[Column[object]]:
        """Give the columns without whose row a row stays behind."""
        for column in self.carried(table):
            if home(column) in {None, PERSON, DEPARTMENT}:
                continue
            if not column.nullable or self.policy[table.name][column.name] is Kept.WITH:
                yield column

    def turns(self, table: Table) -> frozenset[str]:
        """Return the columns of a table of which a room turns the words itself."""
        return frozenset().union(*(room.turns.get(table.name, ()) for room in self.taken))

    @cached_property
    def shown(self) -> Mapping[str, Shown]:
        """What pages to read say of tables, in the order in which a page has them."""
        return {table: shown for room in self.taken for table, shown in room.shown.items()}

    @cached_property
    def named(self) -> frozenset[str]:
        """The tables to whose rows others refer by a key of their own."""
        return frozenset(target for table in self.tables for target in self.refers(table).values())

    def inside(self, table: Table, space_id: int, asker: int | None = None) -> ColumnElement[bool]:
        """Return the condition that a row belongs to a space; with an asker, that it is for them to have."""
        found: list[ColumnElement[bool]] = []
        if SPACE in {home(column) for column in self.columns(table, Kept.KEEP)}:
            found.append(table.c.space_id == space_id)
        for column in self.needed(table):
            parent = next(iter(column.foreign_keys)).column
            there = column.in_(select(parent).where(self.inside(parent.table, space_id, asker)))
            found.append(there if not column.nullable else or_(column.is_(None), there))
        if asker is not None:
            found += self.which(table, asker)
        first, *rest = found
        for one in rest:
            first &= one
        return first

    def which(self, table: Table, asker: int) -> Iterator[ColumnElement[bool]]:
        """Give the conditions that a row of a space is for an asker to have."""
        for room in self.taken:
            if table.name in room.which:
                yield room.which[table.name](asker)
        if self.is_published:
            yield self.shown[table.name].rows() if table.name in self.shown else false()


def home(column: Column[object]) -> str | None:
    """Return the table of whose own keys a column holds one; None for a value. What shares a key with an item holds the item's."""
    for key in column.foreign_keys:
        target = key.column
        if list(target.table.primary_key.columns) == [target] and not target.foreign_keys:
            return target.table.name
        if target.foreign_keys and (found := home(target)) is not None:
            return found
    return None


def has_own_key(table: Table) -> bool:
    """Say whether rows of a table have a number of their own."""
    key = list(table.primary_key.columns)
    return len(key) == 1 and not key[0].foreign_keys and isinstance(key[0].type, Integer)


def made_of(table: Table) -> dict[str, tuple[str, str]]:
    """Return the columns with HTML of a table and with the renderer's version, by the one with their source."""
    return {source: (html, renderer) for source, html, renderer in rendered_of(table)}


def keeping() -> Keeping:
    """Return what the running app's rooms declare."""
    found: Keeping | None = current_app.extensions.get("baton archives")
    if found is None:
        names = [*BELOW, *(feature.name for feature in features())]
        modules = [import_module(f"forum.{name}.archived") for name in names]
        policy = {table: columns for module in modules for table, columns in module.ARCHIVED.items()}
        found = Keeping(policy, [module.TAKEN for module in modules if hasattr(module, "TAKEN")])
        current_app.extensions["baton archives"] = found
    return found


def published() -> Keeping:
    """Return the same for pages that are given away."""
    return replace(keeping(), is_published=True)


def space_columns() -> list[Column[object]]:
    """Return the columns of a space's own row that come along."""
    table = Base.metadata.tables[SPACE]
    return list(keeping().columns(table, Kept.KEEP))
