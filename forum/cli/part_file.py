"""Files that are there whole or not at all, and that only their owner may read from the first byte on."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from forum.core.files.disk import to_disk


@contextmanager
def part_of(target: Path) -> Iterator[Path]:
    """Give an empty file that only its owner may read; it takes its place at the end, and leaves nothing when that fails."""
    part = target.with_name(f"{target.name}.part")
    part.unlink(missing_ok=True)
    os.close(os.open(part, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))
    try:
        yield part
        to_disk(part)
        part.replace(target)
        to_disk(target.parent)
    finally:
        part.unlink(missing_ok=True)
