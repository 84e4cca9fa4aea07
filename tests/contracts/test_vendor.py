"""What is vendored is what was taken: every font and script of others is named, licensed and unchanged."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import Any

STATIC = Path(__file__).parents[2] / "static"
MANIFEST = STATIC / "vendor" / "VENDOR.json"


def vendored() -> list[dict[str, Any]]:
    """The parts the manifest lists."""
    parts: list[dict[str, Any]] = json.loads(MANIFEST.read_text(encoding="utf-8"))["vendored"]
    return parts


def test_every_vendored_file_has_the_checksum_it_was_taken_with() -> None:
    """A file that was edited in place, or swapped, is found here."""
    changed = [
        path
        for part in vendored()
        for path, checksum in part["files"].items()
        if hashlib.sha256((STATIC / path).read_bytes()).hexdigest() != checksum
    ]
    assert changed == []


def test_every_file_of_others_stands_in_the_manifest() -> None:
    """Nothing lies in the vendor or fonts folder that the manifest doesn't know."""
    listed = {path for part in vendored() for path in part["files"]}
    present = {
        path.relative_to(STATIC).as_posix()
        for folder in ("vendor", "fonts")
        for path in (STATIC / folder).rglob("*")
        if path.is_file() and path != MANIFEST
    }
    assert present == listed


def test_every_part_names_its_version_licence_and_source() -> None:
    """Licences travel with the files, and nobody has to guess where a file came from."""
    for part in vendored():
        assert {"name", "version", "licence", "source", "files"} <= part.keys()
        assert any("LICENSE" in path or "OFL" in path for path in part["files"]), part["name"]
