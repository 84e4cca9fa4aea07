"""Files on disk, each under the SHA-256 of its bytes: whole or not at all, and the same bytes once.

`held()` keeps the cleaner away between the moment at which a file lies there and the one at which a row refers to it.
"""

import fcntl
import hashlib
import os
import re
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import IO

from forum.core.files.disk import to_disk

CHUNK = 1 << 16
NAME = re.compile(r"[0-9a-f]{64}")


class Store:
    """The files below `folder`, which is made when the first one comes."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    @property
    def incoming(self) -> Path:
        """Where files lie while they arrive; on the same disk, so that they can be renamed into place."""
        path = self.folder / "incoming"
        path.mkdir(mode=0o700, parents=True, exist_ok=True)
        return path

    def path_of(self, sha256: str) -> Path:
        """Return where the file with these bytes lies, or would lie."""
        if not NAME.fullmatch(sha256):
            message = f"not a hash: {sha256!r}"
            raise ValueError(message)
        return self.folder / sha256[:2] / sha256[2:]

    @contextmanager
    def arriving(self) -> Iterator[Path]:
        """Give a folder for a file under way, which is gone afterwards."""
        with tempfile.TemporaryDirectory(dir=self.incoming, ignore_cleanup_errors=True) as folder:
            yield Path(folder)

    @contextmanager
    def held(self, *, alone: bool = False) -> Iterator[None]:
        """Keep the cleaner away; or, `alone`, be the cleaner and keep everybody else away."""
        self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        with (self.folder / ".lock").open("a") as handle:
            fcntl.flock(handle, fcntl.LOCK_EX if alone else fcntl.LOCK_SH)
            yield

    def keep(self, path: Path) -> str:
        """Move the file at `path`, which lies in a folder of `arriving`, to its place. Return its SHA-256. Use inside `held`."""
        with path.open("rb+") as file:
            sha256 = hash_of(file)
            os.fsync(file.fileno())
        path.chmod(0o600)
        goal = self.path_of(sha256)
        goal.parent.mkdir(mode=0o700, exist_ok=True)
        path.replace(goal)
        to_disk(goal.parent)
        to_disk(self.folder)
        return sha256

    def take_in(self, source: IO[bytes], sha256: str) -> bool:
        """Keep what `source` gives if it has this hash; False when it hasn't, and nothing is kept. Use inside `held`."""
        with self.arriving() as folder:
            path = folder / "file"
            with path.open("wb") as copy:
                shutil.copyfileobj(source, copy, CHUNK)
            with path.open("rb") as copied:
                if hash_of(copied) != sha256:
                    return False
            self.keep(path)
        return True

    def kept(self) -> Iterator[tuple[str, Path]]:
        """Yield the hash and the place of every file, in order."""
        for path in sorted(self.folder.glob("[0-9a-f][0-9a-f]/*")):
            sha256 = path.parent.name + path.name
            if NAME.fullmatch(sha256):
                yield sha256, path

    def forget_arrivals(self, *, before: datetime) -> None:
        """Remove what a killed process left in `incoming`."""
        for path in self.incoming.iterdir():
            if path.stat().st_mtime < before.timestamp():
                shutil.rmtree(path, ignore_errors=True)


def hash_of(file: IO[bytes]) -> str:
    """Return the SHA-256 of what is left to read in a file."""
    digest = hashlib.sha256()
    while chunk := file.read(CHUNK):
        digest.update(chunk)
    return digest.hexdigest()
