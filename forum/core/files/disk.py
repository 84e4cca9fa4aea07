"""Files on disk: what was written stays written when the power goes, and is read piece by piece."""

import os
from collections.abc import Iterator
from pathlib import Path
from typing import IO

PIECE = 1 << 16
FULL = ("disk is full", "no space left on device", "disk full", "disk quota exceeded")
"""How SQLite, PostgreSQL and the system say that nothing more can be written (H2)."""


def is_full(error: BaseException) -> bool:
    """Say whether something failed for want of room on the disk."""
    cause = getattr(error, "orig", None) or error
    return any(sign in str(cause).lower() for sign in FULL)


def to_disk(path: Path) -> None:
    """Have what was written to a file, or into a folder, survive a loss of power."""
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def pieces(source: IO[bytes]) -> Iterator[bytes]:
    """Give what an open file holds, piece by piece, and close it at its end."""
    with source:
        while piece := source.read(PIECE):
            yield piece
