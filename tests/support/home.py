"""One folder per test run, shared by its processes, and locks between them."""

import contextlib
import fcntl
import os
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

VARIABLE = "BATON_TEST_HOME"
PREFIX = "baton-tests-"
MEMORY = Path("/dev/shm")  # noqa: S108  # the folder inside it is made by mkdtemp
ENOUGH = 512 * 1024 * 1024


def make() -> Path:
    """Make the folder, in memory where there is room: files of test databases are written often and kept never."""
    in_memory = os.access(MEMORY, os.W_OK) and shutil.disk_usage(MEMORY).free > ENOUGH
    home = Path(tempfile.mkdtemp(prefix=f"{PREFIX}{os.getpid()}-", dir=MEMORY if in_memory else None))
    home.chmod(0o711)  # PostgreSQL may run as another user in a folder of its own
    os.environ[VARIABLE] = str(home)
    return home


def current() -> Path:
    """Return the folder of this run."""
    return Path(os.environ[VARIABLE])


def folder(name: str) -> Path:
    """Return a folder in it."""
    path = current() / name
    path.mkdir(exist_ok=True)
    return path


def left_behind() -> list[Path]:
    """List the folders of runs that were killed."""
    places = {MEMORY, Path(tempfile.gettempdir())}
    found = [path for place in places if place.is_dir() for path in place.glob(f"{PREFIX}*") if path.is_dir()]
    return [path for path in found if not _is_alive(path.name.removeprefix(PREFIX).split("-")[0])]


def _is_alive(pid: str) -> bool:
    try:
        os.kill(int(pid), 0)
    except ProcessLookupError:
        return False
    except (PermissionError, ValueError):
        return True  # somebody else's, or not one of ours
    return True


@contextlib.contextmanager
def lock(name: str) -> Iterator[None]:
    """Let one process of this run in at a time."""
    with (current() / f"{name}.lock").open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield
