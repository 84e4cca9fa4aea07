"""The JSON Schema of each kind of row in an archive, from the declarations and the columns themselves."""

from typing import Any

from sqlalchemy import JSON, Column, Float, Integer, SmallInteger, Table

from forum.clone.archive import DEPARTMENT, ENDING, MANIFEST, MOST_ROWS, PERSON, SPACE_FILE
from forum.clone.archive.opening import COUNTS
from forum.clone.archive.rooms import Keeping, has_own_key, keeping, space_columns
from forum.clone.archive.taking import KEY, NAMED, REF
from forum.clone.template.schema import column_schema, or_null
from forum.clone.template.values import LARGEST, LARGEST_SMALL
from forum.core.db import Base
from forum.people.models import ADDRESS_LENGTH, NAME_LENGTH

A_KEY = {"type": "integer", "minimum": 1, "maximum": MOST_ROWS}
TEXT = {"type": "string"}
FLAG = {"type": "boolean"}


def archive_schema() -> dict[str, Any]:
    """Return the schema of all kinds, by the names of their files."""
    rooms = keeping()
    kinds = {table.name + ENDING: _kind(rooms, table) for table in rooms.tables}
    kinds[SPACE_FILE] = _object({one.name: or_null(one, _column(one)) for one in space_columns()})
    kinds[PERSON + ENDING] = _object(
        {
            KEY: A_KEY,
            "name": {**TEXT, "maxLength": NAME_LENGTH},
            "address": {**TEXT, "maxLength": ADDRESS_LENGTH},
            "department_id": A_KEY,
        },
        required=[KEY],
    )
    name = Base.metadata.tables[DEPARTMENT].c.name
    kinds[DEPARTMENT + ENDING] = _object({KEY: A_KEY, "name": _column(name)})
    listed = {"type": "object", "additionalProperties": {"type": "object"}}
    kinds[MANIFEST] = _object(
        {
            **dict.fromkeys(("format", "version", "name", "slug", "site", "made_at"), TEXT),
            "with_names": FLAG,
            "files": listed,
        }
    )
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", "$defs": dict(sorted(kinds.items()))}


def _kind(rooms: Keeping, table: Table) -> dict[str, Any]:
    refers = rooms.refers(table)
    properties: dict[str, Any] = {
        one.name: or_null(one, A_KEY if one.name in refers else _column(one)) for one in rooms.carried(table)
    }
    if has_own_key(table):
        properties[KEY] = A_KEY
    if table.name in NAMED:
        properties[REF] = TEXT
    return _object(properties)


def _column(column: Column[Any]) -> dict[str, Any]:
    if isinstance(column.type, JSON):
        return {"type": "object", "additionalProperties": TEXT}
    if isinstance(column.type, Float):
        return {"type": "number"}
    if isinstance(column.type, Integer):
        largest = LARGEST_SMALL if isinstance(column.type, SmallInteger) else LARGEST
        return {
            "type": "integer",
            "minimum": 0,
            "maximum": min(largest, MOST_ROWS) if column.name in COUNTS else largest,
        }
    return column_schema(column)


def _object(properties: dict[str, Any], *, required: list[str] | None = None) -> dict[str, Any]:
    return {
        "type": "object",
        "properties": dict(sorted(properties.items())),
        "required": sorted(properties) if required is None else required,
        "additionalProperties": False,
    }
