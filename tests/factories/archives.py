"""Archives of spaces, and those that came in."""

from datetime import timedelta

from forum.clone.archive.making import shelf
from forum.clone.archive.models import Restore, SpaceArchive
from forum.core.db import db, transaction
from forum.core.leased import WorkState
from forum.core.time import now
from forum.people.models import Person
from forum.spaces.models import Space

REPORT = {
    "name": "Harbour",
    "slug": "harbour",
    "made_at": "2026-05-04T10:00:00+00:00",
    "site": "https://baton.example",
    "with_names": True,
    "counts": {"thread": 12, "post": 214, "reaction": 31},
    "kinds": {"thread": 12},
    "people": 14,
    "known": 9,
    "new_departments": ["Parks"],
    "unwanted": [{"key": "3", "name": "old.doc", "why": "“old.doc” is in an old format that may hold macros."}],
    "left_files": ["3"],
    "is_taken": True,
}


def make_archive(space: Space, *, by: Person, key: str | None = None, data: bytes = b"A zip.") -> SpaceArchive:
    """Have an archive of a space put together; it holds `data`."""
    at = now()
    with transaction():
        made = SpaceArchive(
            space_id=space.id,
            person_id=by.id,
            state=WorkState.READY,
            asked_at=at,
            ready_at=at,
            expires_at=at + timedelta(days=7),
            size=len(data),
        )
        if key is not None:
            made.uuid = key
        db.session.add(made)
    lay_archive(made.uuid, data)
    return made


def lay_archive(key: str, data: bytes = b"A zip.") -> None:
    """Lay the file of an archive where it is looked for."""
    shelf().folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    shelf().path_of(key).write_bytes(data)


def make_restore(*, by: Person, key: str | None = None) -> Restore:
    """Have an archive that came in looked through."""
    with transaction():
        made = Restore(
            person_id=by.id, state=WorkState.READY, asked_at=now(), sha256="0" * 64, file_name="a.zip", report=REPORT
        )
        if key is not None:
            made.uuid = key
        db.session.add(made)
    return made
