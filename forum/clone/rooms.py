"""What rooms declare of copies: the policy of every table, the parts that can come along, and in which order tables are written.

A room is found by its name: `forum.<name>.clone` holds its POLICY, and its CLONER when it has more to say. What a room only has a
policy for comes along by that alone.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from importlib import import_module
from importlib.util import find_spec

from flask import current_app
from sqlalchemy import Column, ColumnElement, Table, select

from forum.core.db import Base, db
from forum.core.lineage import Copy, Policy, Posts
from forum.spaces.copied import Cloner, Part, Row, Rows, Start
from forum.spaces.feature import Feature, features
from forum.web.words import _l

SPACE, ITEM = "space", "item"
LAST = 90


@dataclass(frozen=True)
class Room:
    """A room with what its `clone.py` declares."""

    feature: Feature
    policy: Policy
    cloner: Cloner


@dataclass(frozen=True)
class House:
    """All rooms together."""

    rooms: Sequence[Room]

    @cached_property
    def policy(self) -> Policy:
        """What becomes of each column, by table."""
        return {table: columns for room in self.rooms for table, columns in room.policy.items()}

    @cached_property
    def tables(self) -> Sequence[Table]:
        """The tables of which rows are copied, each after those that it refers to. The space's own row stands apart."""
        return [
            table
            for table in Base.metadata.sorted_tables
            if table.name != SPACE and self.is_copied(table.name) and _is_anybodys(table, self.policy[table.name])
        ]

    @cached_property
    def parts(self) -> Sequence[Part]:
        """What can come along, in order."""
        return sorted((part for room in self.rooms for part in room.cloner.parts), key=lambda part: part.order)

    @cached_property
    def part_of(self) -> Mapping[str, Sequence[Part]]:
        """The parts with which rows of a table come, by table."""
        return {table.name: [part for part in self.parts if table.name in part.tables] for table in self.tables}

    def is_copied(self, table: str) -> bool:
        """Say whether any row of a table is ever copied."""
        return Copy.NEVER not in self.policy.get(table, {"": Copy.NEVER}).values()

    def columns(self, table: Table, *kinds: Copy) -> Iterator[Column[object]]:
        """Give the columns of a table that the policy treats so."""
        return (column for column in table.columns if self.policy[table.name][column.name] in kinds)

    def parents(self, table: Table) -> dict[str, str]:
        """Return which column of a table is turned to point at the copy of a row of which table."""
        return {
            column.name: target_of(column) for column in self.columns(table, Copy.REPOINT) if target_of(column) != SPACE
        }

    def owner(self, table: Table) -> str | None:
        """Return the column by which rows follow what they belong to; None for what belongs to the space alone."""
        columns = self.parents(table)
        needed = [name for name in columns if not table.c[name].nullable]
        if table.name in self.roots:
            return None
        return next(iter([*needed, *columns]), None)

    @cached_property
    def roots(self) -> frozenset[str]:
        """The tables with which parts begin."""
        return frozenset(name for part in self.parts for name in part.tables)

    def needs(self, part: Part) -> list[Part]:
        """Return the parts without which this one can't come along: their rows are named where a name must stand."""
        needed = {
            target
            for name in part.tables
            for column, target in self.parents(Base.metadata.tables[name]).items()
            if not Base.metadata.tables[name].c[column].nullable
        }
        return [other for other in self.parts if other is not part and needed & set(other.tables)]

    def mend(self, rows: Rows) -> None:
        """Let every room bring the rows in line with each other."""
        for room in self.rooms:
            if room.cloner.mend:
                room.cloner.mend(rows)

    def adapt(self, table: str, row: Row, start: Start) -> None:
        """Let the rooms say what a copied row has new."""
        for room in self.rooms:
            if table in room.cloner.adapt:
                room.cloner.adapt[table](row, start)


def target_of(column: Column[object]) -> str:
    """Return the table that a key leads to."""
    return next(iter(column.foreign_keys)).column.table.name


def kind_part(item_id: int) -> Part | None:
    """Return the part with which an item comes along if it is chosen; None for one that can't be."""
    for part in house().parts:
        for name in part.tables if part.by_choice else ():
            table = Base.metadata.tables[name]
            if db.session.scalar(select(table.c.id).where(table.c.id == item_id, *which_of(part))) is not None:
                return part
    return None


def which_of(part: Part) -> list[ColumnElement[bool]]:
    """Return the conditions on which rows come along with a part."""
    return [part.which()] if part.which else []


def part_named(name: str) -> Part:
    """Return the part of that name, which there is."""
    return next(part for part in house().parts if part.name == name)


def is_items(table: Table) -> bool:
    """Say whether a table shares its key with the items."""
    key = list(table.primary_key.columns)
    return len(key) == 1 and bool(key[0].foreign_keys) and target_of(key[0]) == ITEM


def house() -> House:
    """Return what the running app's rooms declare."""
    found: House | None = current_app.extensions.get("baton clones")
    if found is None:
        found = House([room for feature in features() if (room := _room(feature)) is not None])
        current_app.extensions["baton clones"] = found
    return found


def _room(feature: Feature) -> Room | None:
    name = f"forum.{feature.name}.clone"
    if find_spec(f"forum.{feature.name}") is None or find_spec(name) is None:
        return None
    module = import_module(name)
    cloner: Cloner = getattr(module, "CLONER", None) or _by_policy(feature, module.POLICY)
    return Room(feature, module.POLICY, cloner)


def _by_policy(feature: Feature, policy: Policy) -> Cloner:
    """Return what follows from a policy alone: the room's items come along as one part, with their first posts."""
    tables = [Base.metadata.tables[name] for name, columns in policy.items() if Copy.NEVER not in columns.values()]
    items = tuple(table.name for table in tables if is_items(table))
    if not items:
        return Cloner()
    label = feature.tabs[0].label if feature.tabs else _l("Pages")
    part = Part(
        name=feature.name,
        label=label,
        hint=_l("Whole, and ready to change"),
        counted=lambda number: f"{number} × {label}",
        order=LAST,
        tables=items,
        kind=feature.item_kinds[0].name if feature.item_kinds else items[0],
        posts=Posts.FIRST,
    )
    return Cloner(parts=(part,))


def _is_anybodys(table: Table, policy: Mapping[str, Copy]) -> bool:
    """Say whether rows of a table belong to a space, or to something in one."""
    return any(policy[column.name] is Copy.REPOINT for column in table.columns)
