"""Writing a template file: what would come along, without what means nothing elsewhere."""

import hashlib
import io
import json
import zipfile
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from forum.clone.gathering import PART, REF, UUID, VERSION, Bundle
from forum.clone.rooms import ITEM, House, house, is_items
from forum.clone.template import ENDING, FORMAT, MAJOR, MANIFEST, MINOR, SPACE_FILE
from forum.clone.template.values import written
from forum.core.db import Base
from forum.spaces.copied import KEY, Row

AS_OLD_AS = (1980, 1, 1, 0, 0, 0)
"""The time of every file in the zip: the same template gives the same bytes."""
OWN = {KEY: "key", REF: "ref", UUID: "uuid", VERSION: "version", PART: "part"}
"""What a row says of itself besides its columns, as it is called in files."""


def pack(bundle: Bundle, *, name: str, at: datetime) -> bytes:
    """Return the template file of what comes along."""
    rooms = house()
    portable = abroad(bundle)
    keys = {
        table: {row[KEY]: place for place, row in enumerate(found, 1) if KEY in row}
        for table, found in portable.rows.items()
    }
    keys |= {table: keys[ITEM] for table in keys if is_items(Base.metadata.tables[table])}
    files = {SPACE_FILE: _lines([{name: written(value) for name, value in portable.space.items()}])}
    for table, found in portable.rows.items():
        files[table + ENDING] = _lines([_portable(rooms, table, row, keys) for row in found])
    manifest = {
        "format": FORMAT,
        "version": f"{MAJOR}.{MINOR}",
        "name": name,
        "made_at": at.astimezone(UTC).isoformat(timespec="seconds"),
        "slug": bundle.slug,
        "site": bundle.site,
        "uuid": bundle.uuid,
        "parts": list(portable.parts),
    }
    return zipped(files, manifest)


def zipped(files: Mapping[str, bytes], manifest: Mapping[str, object]) -> bytes:
    """Return a zip of files of lines, with a list of contents that says what is in each."""
    listed = {
        path: {"rows": data.count(b"\n"), "sha256": hashlib.sha256(data).hexdigest()} for path, data in files.items()
    }
    contents = json.dumps({**manifest, "files": listed}, indent=1).encode()
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as packed:
        for path, data in {MANIFEST: contents, **files}.items():
            packed.writestr(zipfile.ZipInfo(path, AS_OLD_AS), data, zipfile.ZIP_DEFLATED)
    return out.getvalue()


def abroad(bundle: Bundle) -> Bundle:
    """Return what of a bundle means something on another installation: no files, and nothing that names what is only here."""
    rooms = house()
    rows: dict[str, list[Row]] = {
        table: [dict(row) for row in found] for table, found in bundle.rows.items() if table != "attachment"
    }
    for room in rooms.rooms:
        if room.cloner.abroad:
            room.cloner.abroad(rows)
    for table, found in rows.items():
        for name in _only_here(rooms, table):
            for row in found:
                row[name] = None
    return Bundle(bundle.space, rows, bundle.parts, bundle.slug, bundle.site, bundle.uuid).only(bundle.parts)


def _only_here(rooms: House, table: str) -> list[str]:
    """Return the columns that come along as they are and name something of this installation."""
    parents = rooms.parents(Base.metadata.tables[table])
    return [
        column.name
        for column in Base.metadata.tables[table].columns
        if column.foreign_keys and column.name not in parents
    ]


def _portable(rooms: House, table: str, row: Row, keys: Mapping[str, Mapping[int, int]]) -> dict[str, Any]:
    """Return a row as it is written: keys counted from one, so that none of the database's leaves it."""
    parents = rooms.parents(Base.metadata.tables[table])
    found: dict[str, Any] = {}
    for name, value in row.items():
        if name == KEY:
            found[OWN[KEY]] = keys[table][value]
        elif name in OWN:
            found[OWN[name]] = value
        elif name in parents:
            found[name] = keys[parents[name]].get(value) if value is not None else None
        elif name not in _only_here(rooms, table):
            found[name] = written(value)
    return found


def _lines(rows: list[dict[str, Any]]) -> bytes:
    return b"".join(json.dumps(row, ensure_ascii=False, sort_keys=True).encode() + b"\n" for row in rows)
