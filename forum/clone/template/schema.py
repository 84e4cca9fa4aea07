"""The JSON Schema of each kind of row in a template file, from the policies and the columns themselves."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import Boolean, Column, Enum, Integer, String, Table

from forum.clone.rooms import ITEM, SPACE, House, house
from forum.clone.template import ENDING, MOST_ROWS, SPACE_FILE
from forum.clone.template.values import LARGEST
from forum.clone.texts import rendered_of
from forum.core.db import Base
from forum.core.lineage import Copy

KEY = {"type": "integer", "minimum": 1, "maximum": MOST_ROWS}
TEXT = {"type": "string"}


def schema() -> dict[str, Any]:
    """Return the schema of all kinds, by the names of their files."""
    rooms = house()
    tables = [table for table in rooms.tables if table.name != "attachment"]
    kinds = {SPACE_FILE: _kind(rooms, Base.metadata.tables[SPACE])}
    kinds |= {table.name + ENDING: _kind(rooms, table) for table in tables}
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", "$defs": dict(sorted(kinds.items()))}


def _kind(rooms: House, table: Table) -> dict[str, Any]:
    made = {name for _source, html, renderer in rendered_of(table) for name in (html, renderer)}
    parents = rooms.parents(table)
    columns = [one for one in rooms.columns(table, Copy.COPY) if one.name not in made and not one.foreign_keys]
    properties: dict[str, Mapping[str, Any]] = {one.name: or_null(one, column_schema(one)) for one in columns}
    properties |= {name: or_null(table.c[name], KEY) for name in parents}
    if len(table.primary_key.columns) == 1 and table.name != SPACE:
        properties["key"] = KEY
    if table.name == ITEM:
        properties |= {"ref": TEXT, "uuid": TEXT, "version": KEY, "part": TEXT}
    return {
        "type": "object",
        "properties": dict(sorted(properties.items())),
        "required": sorted(properties),
        "additionalProperties": False,
    }


def column_schema(column: Column[Any]) -> dict[str, Any]:
    """Return the schema of what a column holds."""
    kind = column.type
    if isinstance(kind, Enum):
        return {"enum": list(kind.enums)}
    if isinstance(kind, String):
        return {"type": "string", **({"maxLength": kind.length} if kind.length else {})}
    if isinstance(kind, Boolean):
        return {"type": "boolean"}
    if isinstance(kind, Integer):
        return {"type": "integer", "minimum": 0, "maximum": LARGEST}
    return {"type": "string", "description": "ISO 8601"}


def or_null(column: Column[Any], what: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return a schema that lets in null where the column does."""
    return {"anyOf": [what, {"type": "null"}]} if column.nullable else what
