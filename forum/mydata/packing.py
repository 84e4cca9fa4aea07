"""Writing a download: a zip with a JSON Lines file for each kind of thing, the files, and a page that says what is in it."""

import json
import shutil
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path

from flask import render_template

from forum.core.time import now
from forum.mydata.collecting import count, kinds, rows_of
from forum.people.models import Person
from forum.spaces.feature import features
from forum.spaces.installation import organisation_name

Step = Callable[[int], None]
"""Told how many things were added since; it raises when the work is not wanted any more."""


def size_of(person: Person) -> int:
    """Return how many things a download will hold."""
    return sum(count(kind, person.id) for kind in kinds()) + sum(1 for _file in files_of(person))


def pack(person: Person, target: Path, *, step: Step) -> None:
    """Write everything of `person` to `target`, a few rows in memory at a time."""
    numbers: dict[str, int] = {}
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        for kind in kinds():
            if number := _pack_rows(archive, kind, person, step=step):
                numbers[kind] = number
        files = _pack_files(archive, person, step=step)
        told = {
            "person": person,
            "organisation": organisation_name(),
            "numbers": numbers,
            "files": files,
            "at": now(),
        }
        archive.writestr("README.txt", render_template("mydata/readme.txt", **told))
        archive.writestr("index.html", render_template("mydata/index.html", **told))


def _pack_rows(archive: zipfile.ZipFile, kind: str, person: Person, *, step: Step) -> int:
    number = 0
    batches = rows_of(kind, person.id)
    first = next(batches, None)
    if first is None:
        return 0
    with archive.open(f"data/{kind}.jsonl", "w") as file:
        for rows in _chain(first, batches):
            for row in rows:
                file.write((json.dumps(row, ensure_ascii=False) + "\n").encode())
            number += len(rows)
            step(len(rows))
    return number


def _chain(
    first: list[dict[str, object]], rest: Iterator[list[dict[str, object]]]
) -> Iterator[list[dict[str, object]]]:
    yield first
    yield from rest


def _pack_files(archive: zipfile.ZipFile, person: Person, *, step: Step) -> list[str]:
    names = []
    for name, path in files_of(person):
        if path.is_file():
            with path.open("rb") as source, archive.open(f"files/{name}", "w", force_zip64=True) as copy:
                shutil.copyfileobj(source, copy)
            names.append(name)
        step(1)
    return names


def files_of(person: Person) -> Iterator[tuple[str, Path]]:
    """Yield the name and the place of each file of a person's, of all rooms."""
    for feature in features():
        if feature.files_of:
            yield from feature.files_of(person)
