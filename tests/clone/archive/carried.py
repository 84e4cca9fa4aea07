"""What tests of archives do again and again."""

import json
import zipfile
from pathlib import Path
from typing import Any

from forum.clone.archive import ENDING, MANIFEST
from forum.clone.archive.jobs import begin, do_one, take_in
from forum.clone.archive.making import shelf
from forum.clone.archive.models import Restore
from forum.clone.archive.packing import pack
from forum.core.db import db, transaction
from forum.people.models import Person
from forum.spaces.models import Space

Lines = dict[str, list[dict[str, Any]]]


def nothing(_done: int, _total: int) -> None:
    """Note no progress."""


def packed(space: Space, asker: Person, folder: Path, *, with_names: bool = True, name: str = "a.zip") -> Path:
    """Write the archive of a space, as `asker` may have it."""
    path = folder / name
    db.session.rollback()
    pack(space, asker, path, with_names=with_names, step=nothing)
    return path


def lines_in(path: Path) -> Lines:
    """Return what an archive says, by its files."""
    with zipfile.ZipFile(path) as packed_:
        return {
            name: [json.loads(line) for line in packed_.read(name).splitlines()]
            for name in packed_.namelist()
            if name.endswith(ENDING)
        }


def manifest_of(path: Path) -> dict[str, Any]:
    """Return an archive's list of contents."""
    with zipfile.ZipFile(path) as packed_:
        found: dict[str, Any] = json.loads(packed_.read(MANIFEST))
        return found


def pressed(
    actor: Person, job: Restore, *, by_address: bool = True, name: str = "Again", slug: str = "again"
) -> Restore:
    """Have a space made of an archive, or as much as can be."""
    with transaction():
        begin(actor, job.uuid, name=name, slug=slug, by_address=by_address)
    return worked(job)


def worked(job: Restore) -> Restore:
    """Do what waits with an archive that came in."""
    for _time in range(9):
        if not do_one(Restore.id == job.id):
            break
    return db.session.get_one(Restore, job.id, populate_existing=True)


def written(files: dict[str, bytes], path: str, rows: list[dict[str, Any]]) -> dict[str, bytes]:
    """Return the files of an archive with other lines in one of them."""
    return {**files, path: b"".join(json.dumps(row).encode() + b"\n" for row in rows)}


def lying() -> set[Path]:
    """Return the files that lie where archives do."""
    return set(shelf().folder.glob("*"))


def looked(actor: Person, path: Path) -> Restore:
    """Take an archive in and have it looked through, for somebody who looks after the installation from here on."""
    with transaction():
        db.session.get_one(Person, actor.id).is_admin = True
    return worked(take_in(actor, path, file_name=path.name))


def restored(actor: Person, path: Path, *, name: str = "Again", slug: str = "again", by_address: bool = True) -> Space:
    """Make a space of an archive."""
    job = looked(actor, path)
    assert job.error is None, job.error
    job = pressed(actor, job, by_address=by_address, name=name, slug=slug)
    assert job.done_at is not None, job.error
    return db.session.get_one(Space, job.space_id, populate_existing=True)


def content(lines: Lines) -> Lines:
    """Return what an archive says but for addresses, and for what the space notes of its being restored."""
    return {
        name: [
            {key: value for key, value in row.items() if key not in {"ref", "sha256", "size"}}
            for row in rows
            if row.get("verb") != "restored space"
        ]
        for name, rows in lines.items()
    }


def differences(first: Lines, second: Lines) -> list[str]:
    """Return where two archives say something else."""
    found = [f"{name} is in one only" for name in set(first) ^ set(second)]
    for name in set(first) & set(second):
        if len(first[name]) != len(second[name]):
            found.append(f"{name}: {len(first[name])} and {len(second[name])} rows")
        for one, other in zip(first[name], second[name], strict=False):
            found += [f"{name} {key}: {one[key]!r} and {other.get(key)!r}" for key in one if one[key] != other.get(key)]
    return found
