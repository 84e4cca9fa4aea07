"""Writing an archive: a zip with a file of lines for each kind, the attached files, and a list of contents. Never all in memory."""

import hashlib
import json
import shutil
import zipfile
from collections.abc import Callable, Iterable
from datetime import UTC
from itertools import chain
from pathlib import Path
from typing import Any

from forum.clone.archive import (
    DEPARTMENT,
    ENDING,
    FILES,
    FORMAT,
    MAJOR,
    MANIFEST,
    MINOR,
    PERSON,
    SPACE_FILE,
    in_batches,
)
from forum.clone.archive.taking import Taking, as_it_stands
from forum.content.attachments.taking import store
from forum.core.archiving import Row
from forum.core.time import now
from forum.people.models import Person
from forum.spaces.models import Space
from forum.web.links import whole

Step = Callable[[int, int], None]
"""Told how many things are in it now, and how many there will be; it raises when the work is not wanted any more."""
CHUNK = 1 << 16


def pack(space: Space, asker: Person, target: Path, *, with_names: bool, step: Step) -> dict[str, Any]:
    """Write everything of a space that `asker` may have to `target`. Returns the list of contents."""
    with as_it_stands() as connection, zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        taking = Taking(connection, space.id, asker.id, with_names=with_names)
        writing = _Writing(archive, total=taking.count(), step=step)
        writing.lines(SPACE_FILE, [taking.space()])
        for table in taking.rooms.tables:
            writing.lines(table.name + ENDING, taking.rows(table))
        writing.lines(PERSON + ENDING, taking.people.lines())
        writing.lines(DEPARTMENT + ENDING, taking.people.department_lines())
        for key, sha256, _size in taking.files:
            writing.file(f"{FILES}{key}", store().path_of(sha256), sha256)
        manifest = {
            "format": FORMAT,
            "version": f"{MAJOR}.{MINOR}",
            "name": space.name,
            "slug": space.slug,
            "site": whole("").rstrip("/"),
            "made_at": now().astimezone(UTC).isoformat(timespec="seconds"),
            "with_names": with_names,
            "files": writing.listed,
        }
        archive.writestr(MANIFEST, json.dumps(manifest, indent=1))
    return manifest


class _Writing:
    def __init__(self, archive: zipfile.ZipFile, *, total: int, step: Step) -> None:
        self.archive, self.total, self.step = archive, total, step
        self.listed: dict[str, dict[str, object]] = {}
        self.done = 0

    def lines(self, path: str, rows: Iterable[Row]) -> None:
        """Write a file of lines, if there are any."""
        digest, number = hashlib.sha256(), 0
        batches = in_batches(rows)
        first = next(batches, None)
        if first is None:
            return
        with self.archive.open(path, "w", force_zip64=True) as file:
            for some in chain([first], batches):
                data = b"".join(json.dumps(row, ensure_ascii=False).encode() + b"\n" for row in some)
                file.write(data)
                digest.update(data)
                number += len(some)
                self._went(len(some))
        self.listed[path] = {"rows": number, "sha256": digest.hexdigest()}

    def file(self, path: str, source: Path, sha256: str) -> None:
        """Write an attached file. One that isn't on the disk any more isn't listed."""
        if source.is_file():
            with source.open("rb") as came, self.archive.open(path, "w", force_zip64=True) as copy:
                shutil.copyfileobj(came, copy, CHUNK)
            self.listed[path] = {"bytes": source.stat().st_size, "sha256": sha256}
        self._went(1)

    def _went(self, number: int) -> None:
        self.done += number
        self.step(min(self.done, self.total), self.total)
