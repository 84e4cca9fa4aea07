"""Backups of SQLite: one file, whole, checked before it counts. `VACUUM INTO` reads one moment while others write."""

import os
import shutil
import sqlite3
from contextlib import closing, suppress
from pathlib import Path

from flask import current_app

from forum.cli.common import CommandError
from forum.cli.part_file import part_of
from forum.notify.health import knows_revision

PATIENCE = 30.0  # seconds for somebody else's write
SHARED_FIRST, SHARED_SIZE = 0x40000002, 510
SIDES = ("-wal", "-shm")


class SqliteFiles:
    """The database is the file `path`."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def backup(self, target: Path) -> None:
        """Write a copy beside `target`, check it, and give it its name last."""
        if not self._path.is_file():
            raise CommandError(f"There is no database yet at {self._path}.")
        with part_of(target) as part:
            try:
                with closing(sqlite3.connect(self._path, timeout=PATIENCE)) as connection:
                    connection.execute("VACUUM INTO ?", (str(part),))
            except sqlite3.Error as error:
                raise CommandError(f"The backup could not be written: {error}.") from error
            check_whole(part)

    def check(self, source: Path) -> None:
        """See that `source` is a whole database of a Baton no newer than this one."""
        check_whole(source)

    def is_open_elsewhere(self) -> bool:
        """Say whether another process has the database open, be the database damaged or not.

        Everybody who has it open in write-ahead mode holds a lock on the same bytes of the file (sqlite.org/fileformat2.html, "the
        lock-byte page"). Where there are no such locks (Windows) a file that is open can't be moved aside anyway.
        """
        if os.name == "nt" or not self._path.is_file():
            return False
        import fcntl  # noqa: PLC0415  # Windows has none

        with self._path.open("r+b") as file:
            try:
                fcntl.lockf(file, fcntl.LOCK_EX | fcntl.LOCK_NB, SHARED_SIZE, SHARED_FIRST)
            except BlockingIOError:
                return True
        return False

    def restore(self, source: Path, *, aside: str | None) -> str:
        """Copy `source` beside the database, move the database aside, and give the copy its place."""
        with part_of(self._path) as part:
            with source.open("rb") as given, part.open("wb") as copy:
                shutil.copyfileobj(given, copy)
            check_whole(part)
            kept = self._move_aside(aside or "empty")
        if aside is None:
            for side in ("", *SIDES):
                Path(f"{kept}{side}").unlink(missing_ok=True)
            return "The database was empty before."
        return f"What was there is {kept}."

    def _move_aside(self, aside: str) -> Path:
        # What stands in the write-ahead log must come along; a database too broken for that keeps its log beside it.
        with suppress(sqlite3.Error), closing(sqlite3.connect(self._path, timeout=PATIENCE)) as connection:
            connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        goal = self._path.with_name(f"{self._path.name}.{aside}")
        for side in ("", *SIDES):
            with suppress(FileNotFoundError):
                Path(f"{self._path}{side}").rename(f"{goal}{side}")
        return goal


def check_whole(path: Path) -> None:
    """Raise CommandError unless `path` is an undamaged database of Baton's that this code knows."""
    try:
        with closing(sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro&immutable=1", uri=True)) as connection:
            (answer,) = connection.execute("PRAGMA integrity_check(1)").fetchone()
            orphan = connection.execute("PRAGMA foreign_key_check").fetchone()
            (revision,) = connection.execute("SELECT version_num FROM alembic_version").fetchone() or (None,)
    except sqlite3.Error as error:
        raise CommandError(f"{path} is not a backup of Baton’s: {error}.") from error
    if answer != "ok" or orphan is not None:
        raise CommandError(
            f"{path} is damaged: {answer if answer != 'ok' else f'a row of {orphan[0]} lost its parent'}."
        )
    if not knows_revision(current_app.extensions["migrate"].directory, revision):
        raise CommandError(f"{path} was made by a newer Baton (migration {revision}). Update this one first.")
