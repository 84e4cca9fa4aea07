"""Template files: a space's shape as a zip, without people. `docs/archive-format.md` says what is in one."""

FORMAT, MAJOR, MINOR = "baton-template", 1, 0
MANIFEST, SPACE_FILE, ENDING = "manifest.json", "space.json", ".jsonl"
MOST_BYTES = 20 * 1024 * 1024
"""Unpacked, all files together; counted while they are read."""
MOST_ROWS = 20_000
MOST_ITEMS = 1_000
