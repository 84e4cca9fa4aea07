"""What a copied space carries: every table declares its policy, column by column. A test fails for one that has none.

Copying is by allow-list: a room's `clone.py` says of each of its columns what becomes of it, and NEVER is the usual answer.
"""

import enum
from collections.abc import Mapping


class Copy(enum.StrEnum):
    """What becomes of a column when its space is copied."""

    COPY = "copy"
    """The value comes along."""
    BLANK = "blank"
    """The row comes along, this value doesn't: it is made new, or left empty."""
    REPOINT = "re-point"
    """The value is the key of something that is copied too: it is turned to point at the copy."""
    NEVER = "never"
    """No row of this table is ever copied."""


class Posts(enum.StrEnum):
    """How much of its conversation comes along with an item."""

    NONE = "none"
    FIRST = "first"
    ALL = "all"


Policy = Mapping[str, Mapping[str, Copy]]
"""Table, column, what becomes of it."""


def never(*columns: str) -> dict[str, Copy]:
    """Return the policy of a table of which no row is ever copied. The columns are named, so that a new one is thought about."""
    return dict.fromkeys(columns, Copy.NEVER)
