"""Attached files in backups: an archive beside the database's file. They lie under their hashes, so that each can be checked."""

import os
import tarfile
from pathlib import Path

from forum.cli.common import CommandError
from forum.config import Settings
from forum.core.files import Store
from forum.core.files.store import NAME, hash_of


def store_of(settings: Settings) -> Store:
    """Return where an installation keeps attached files."""
    return Store(settings.var / "attachments")


def beside(file: Path) -> Path:
    """Return where the attached files of the backup `file` lie."""
    return file.with_name(f"{file.name}.attachments.tar")


def backup(store: Store, target: Path) -> int:
    """Write all files to `target`, which gets its name last, and return how many. Without any, nothing lies there. Use in `held`."""
    part, count = target.with_name(f"{target.name}.part"), 0
    part.unlink(missing_ok=True)
    part.touch(mode=0o600)
    try:
        with part.open("wb") as file, tarfile.open(fileobj=file, mode="w") as archive:
            for sha256, path in store.kept():
                archive.add(path, arcname=sha256, recursive=False)
                count += 1
            archive.close()
            file.flush()
            os.fsync(file.fileno())
        if count:
            part.replace(target)
        else:
            target.unlink(missing_ok=True)
    finally:
        part.unlink(missing_ok=True)
    return count


def check(source: Path) -> None:
    """Raise CommandError unless `source` is an archive of nothing but files, each whole under its hash."""
    try:
        with tarfile.open(source, mode="r:") as archive:
            wrong = next((one.name for one in archive if not _is_whole(archive, one)), None)
    except (tarfile.TarError, OSError) as error:
        raise CommandError(f"{source} is not an archive of attached files: {error}.") from error
    if wrong is not None:
        raise CommandError(f"{source} holds “{wrong}”, which is no attached file of Baton’s, or is damaged.")


def _is_whole(archive: tarfile.TarFile, one: tarfile.TarInfo) -> bool:
    held = archive.extractfile(one) if one.isreg() and NAME.fullmatch(one.name) else None
    return held is not None and hash_of(held) == one.name


def restore(store: Store, source: Path) -> int:
    """Put the files of `source` beside those that are there, and return how many. Raises CommandError for one that is damaged."""
    count = 0
    with tarfile.open(source, mode="r:") as archive, store.held():
        for one in archive:
            held = archive.extractfile(one)
            if held is None or not store.take_in(held, one.name):
                raise CommandError(f"{one.name} in {source} is damaged: it is not what its hash says.")
            count += 1
    return count
