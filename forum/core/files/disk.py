"""What was written stays written when the power goes."""

import os
from pathlib import Path


def to_disk(path: Path) -> None:
    """Have what was written to a file, or into a folder, survive a loss of power."""
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
