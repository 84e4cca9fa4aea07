"""Attached files of an archive: each is looked at as one that somebody uploads, and kept under the hash of its bytes (A13)."""

import hashlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from time import monotonic, sleep

from flask import current_app

from forum.clone.archive import FILES
from forum.clone.archive.opening import Archive
from forum.clone.archive.taking import KEY
from forum.clone.template.reading import Refused as NotAsSaid
from forum.config import Settings
from forum.content.attachments.actions import MB
from forum.content.attachments.taking import SENTENCES, store
from forum.core.archiving import Row
from forum.core.errors import Crowded
from forum.core.files import Examined, Refused, Why, clean_name, examine
from forum.core.text import one_line
from forum.web.words import _

PATIENCE, PAUSE = 60.0, 1.0
"""For how many seconds a file waits while others are looked at, what people upload first, and how long between two tries."""


class Unwanted(Exception):
    """A file that isn't let in; the sentence says why. Its post comes along without it."""


@dataclass(frozen=True)
class Looked:
    """A file that is let in: where what is kept of it lies for a while, and what it is."""

    path: Path
    found: Examined
    name: str


@contextmanager
def examined(archive: Archive, row: Row) -> Iterator[Looked]:
    """Give a file of an archive as it would be kept. Raises Unwanted; Crowded while too many others are looked at."""
    settings: Settings = current_app.extensions["baton"].settings
    most = settings.largest_attachment
    name = one_line(row["name"])[:60]
    path = f"{FILES}{row[KEY]}"
    with store().arriving() as folder:
        came, made = folder / "came", folder / "made"
        try:
            kept, found = _looked_at(archive, path, came, made, most=most)
        except Refused as refused:
            if refused.why is Why.BUSY:  # nothing is the matter with the file
                raise Crowded({"file": [str(SENTENCES[Why.BUSY]) % {"name": name}]}) from refused
            raise Unwanted(str(SENTENCES[refused.why]) % {"name": name, "most": most // MB}) from refused
        yield Looked(kept, found, clean_name(name, media_type=found.media_type))


def _looked_at(archive: Archive, path: str, came: Path, made: Path, *, most: int) -> tuple[Path, Examined]:
    """Return what is to be kept of a file, and what it is. Raises Refused."""
    if path not in archive.manifest.files:
        raise Refused(Why.EMPTY)
    _unpack(archive, path, came, most=most)
    found = _in_turn(came, made)
    kept = made if found.width is not None else came
    if kept.stat().st_size > most:
        raise Refused(Why.LARGE)
    return kept, found


def _in_turn(came: Path, made: Path) -> Examined:
    """Return what a file is. People's uploads go first. Raises Refused."""
    until = monotonic() + PATIENCE
    while True:
        try:
            return examine(came, made)
        except Refused as refused:
            if refused.why is not Why.BUSY or monotonic() >= until:
                raise
        sleep(PAUSE)


def _unpack(archive: Archive, path: str, target: Path, *, most: int) -> None:
    size, digest = 0, hashlib.sha256()
    with target.open("wb") as file:
        for piece in archive.pieces(path):
            size += len(piece)
            if size > most:
                raise Refused(Why.LARGE)
            digest.update(piece)
            file.write(piece)
    said = archive.manifest.files[path]
    if not isinstance(said, dict) or said.get("sha256") != digest.hexdigest():
        raise NotAsSaid(_("It isn’t what its list of contents says: it was changed, or damaged on its way."))
