"""Numbered pages. Pure."""

from dataclasses import dataclass

LONGEST = 9
"""Digits of a page number that are read: more of them than there are pages."""


def last_page(total: int, *, size: int) -> int:
    """Return the number of the last of the pages that hold `total` things, `size` on each; 1 when there is nothing."""
    return max(1, -(-total // size))


def page_of(number: int, *, size: int) -> int:
    """Return the page on which thing `number` (the first is 1) stands."""
    return last_page(number, size=size)


@dataclass(frozen=True)
class Page:
    """One of the pages. A wish for a page that isn't there gets the nearest."""

    current: int
    last: int
    size: int

    @property
    def before(self) -> int:
        """How many things stand on the pages before this one."""
        return (self.current - 1) * self.size


def page(wish: str | None, *, total: int, size: int) -> Page:
    """Return the page that an address asks for. What isn't a number asks for the first."""
    last = last_page(total, size=size)
    number = int(wish[:LONGEST]) if wish and wish.isascii() and wish.isdigit() else 1
    return Page(min(max(number, 1), last), last, size)
