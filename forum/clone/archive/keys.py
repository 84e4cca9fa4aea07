"""The keys of an archive's rows, and what became of each: four bytes for a row, since millions of them are known at once. Pure."""

from array import array

NOTHING = 0
"""No row here has this key."""


class Keys:
    """By the number of a row in its file, the key of a row here. Numbers run from 1 on, so it is as long as the largest."""

    def __init__(self) -> None:
        self._here = array("i", [NOTHING])

    def __setitem__(self, key: int, here: int) -> None:
        """Know what became of a row."""
        missing = key + 1 - len(self._here)
        if missing > 0:
            self._here.extend(array("i", [NOTHING]) * missing)
        self._here[key] = here

    def __contains__(self, key: int) -> bool:
        """Say whether a row of the file is known."""
        return self.get(key) is not None

    def get(self, key: int) -> int | None:
        """Return what became of a row; None for one that isn't known."""
        return (self._here[key] or None) if 0 < key < len(self._here) else None
