"""Starters that ship with Baton: what a space that begins well holds on its first day. Each is a JSON file in this folder.

They are read as template files are, so that one way of coming in is checked, and not two.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from sqlalchemy import Table

from forum.clone.gathering import Bundle
from forum.clone.rooms import ITEM, SPACE, house, is_items
from forum.clone.template import ENDING, FORMAT, MAJOR, MINOR, SPACE_FILE
from forum.clone.template.packing import zipped
from forum.clone.template.reading import read_template
from forum.clone.template.values import written
from forum.clone.texts import rendered_of
from forum.core.db import Base
from forum.core.errors import Missing
from forum.core.lineage import Copy

FOLDER = Path(__file__).parent
ORDER = ("champions", "campaign", "practice")
Said = Mapping[str, Any]


@dataclass(frozen=True)
class Starter:
    """A starter: what it is called, what it is for, and for whom."""

    key: str
    name: str
    about: str
    data: bytes

    def bundle(self) -> Bundle:
        """Return what comes along with it."""
        return read_template(self.data).bundle


def starters() -> Sequence[Starter]:
    """Return all of them, in order."""
    return [starter_named(key) for key in ORDER]


def starter_named(key: str) -> Starter:
    """Return a starter. Raises Missing."""
    if key not in ORDER:
        raise Missing
    return _starter(key)


@cache
def _starter(key: str) -> Starter:
    said = json.loads((FOLDER / f"{key}.json").read_text(encoding="utf-8"))
    return Starter(key, said["name"], said["about"], _zip(key, said))


def _zip(key: str, said: Said) -> bytes:
    """Return a starter as a template file."""
    rooms = house()
    tables = [table for table in rooms.tables if table.name in said]
    items: list[dict[str, Any]] = []
    rows: dict[str, list[dict[str, Any]]] = {SPACE + ENDING: [_row(Base.metadata.tables[SPACE], said["space"], 0)]}
    for table in tables:
        found = []
        for place, one in enumerate(said[table.name]):
            row: dict[str, Any] = {**_row(table, one, place), "key": place + 1}
            if is_items(table):
                part = next(part for part in rooms.parts if table.name in part.tables)
                number = len(items) + 1
                items.append(_row(Base.metadata.tables[ITEM], {"title": one["title"], "kind": part.kind}, place))
                items[-1] |= {"key": number, "ref": "", "uuid": "", "version": 1, "part": part.name, "last_number": 0}
                row.update(id=number, key=number)
            found.append(row)
        rows[table.name + ENDING] = found
    rows[ITEM + ENDING] = items
    files = {
        SPACE_FILE if path == SPACE + ENDING else path: b"".join(json.dumps(row).encode() + b"\n" for row in found)
        for path, found in rows.items()
    }
    parts = [part.name for part in rooms.parts if {SPACE, *(table.name for table in tables)} & set(part.tables)]
    return zipped(
        files,
        {
            "format": FORMAT,
            "version": f"{MAJOR}.{MINOR}",
            "name": said["name"],
            "uuid": f"starter:{key}",
            "parts": parts,
        },
    )


def _row(table: Table, one: Said, place: int) -> dict[str, Any]:
    """Return a row with what a starter leaves out: the columns' usual values, and its place in the list."""
    made = {name for _source, html, renderer in rendered_of(table) for name in (html, renderer)}
    row: dict[str, Any] = {}
    for column in house().columns(table, Copy.COPY):
        if column.name in made or column.foreign_keys:
            continue
        usual = (
            getattr(column.default, "arg", None) if column.default is not None and column.default.is_scalar else None
        )
        row[column.name] = one.get(column.name, place if column.name == "position" else written(usual))
    return row
