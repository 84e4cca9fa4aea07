"""What lies where archives lie, and is removed when its time is over."""

import os
from datetime import timedelta
from pathlib import Path

import pytest

from forum.clone.archive.making import shelf, sweep
from forum.core.shelf import ORPHANED
from forum.core.time import now

pytestmark = pytest.mark.usefixtures("context")


def aged(path: Path) -> Path:
    """Let something have lain there for longer than anything lies without a row."""
    at = (now() - ORPHANED - timedelta(hours=1)).timestamp()
    os.utime(path, (at, at))
    return path


def folder() -> Path:
    """Return where archives lie; in a fresh installation nothing does."""
    path = shelf().folder
    path.mkdir(parents=True, exist_ok=True)
    return path


def test_what_a_killed_upload_left_ends_no_clean_up() -> None:
    """A13: a folder goes like a file, and everything else that is over goes with it.

    Seen to fail with every path removed as a file is: the folder ended the clean-up, and other names of people stayed on the disk.
    """
    left = folder() / "tmpleft"
    left.mkdir()
    (left / "came").write_bytes(b"x")
    others = [folder() / f"{number}.zip" for number in range(20)]
    for other in others:
        other.write_bytes(b"names")
        aged(other)
    young = folder() / "young.zip"
    young.write_bytes(b"x")
    aged(left)
    sweep()
    assert not left.exists()
    assert [one for one in others if one.exists()] == []
    assert young.exists()
    young.unlink()


def test_what_another_worker_removed_meanwhile_ends_no_clean_up(monkeypatch: pytest.MonkeyPatch) -> None:
    """What is listed may be gone when it is looked at.

    Seen to fail with the look at each path outside of what is tried.
    """
    old = folder() / "old.zip"
    old.write_bytes(b"x")
    aged(old)
    monkeypatch.setattr(Path, "iterdir", lambda _self: iter([old.with_name("gone.part"), old]))
    sweep()
    assert not old.exists()
