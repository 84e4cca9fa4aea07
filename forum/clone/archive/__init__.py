"""Archives: all of a space, for its stewards to keep and for an admin to restore elsewhere (`docs/archive-format.md`).

`taking` and `packing` write one; `opening` reads one and believes nothing, `looking` tries one out, `restoring` makes a space of it.
"""

from collections.abc import Iterable, Iterator
from itertools import islice
from typing import TypeVar

One = TypeVar("One")
FORMAT, MAJOR, MINOR = "baton-archive", 1, 0
MANIFEST, SPACE_FILE, ENDING, FILES = "manifest.json", "space.json", ".jsonl", "files/"
PERSON, DEPARTMENT, SPACE, ITEM, MEMBERSHIP, FILE = "person", "department", "space", "item", "membership", "attachment"
MOST_ROWS = 5_000_000
MOST_NAMED = 500_000
"""How many items, people, departments or attached files: of these more than a number is kept in mind while an archive is read."""
MOST_MEMBERS = 60_000
MOST_BYTES = 4 * 1024**3
MOST_TIMES = 200
"""How many times the file's own size it may unpack to, beyond ROOM."""
ROOM = 50 * 1024**2
LONGEST_LINE = 4 * 1024**2
AT_ONCE = 500
"""Rows that are in memory together, and that are written in one transaction."""


def in_batches(things: Iterable[One], number: int = AT_ONCE) -> Iterator[list[One]]:
    """Give what comes in lists of at most `number`."""
    rest = iter(things)
    while some := list(islice(rest, number)):
        yield some
