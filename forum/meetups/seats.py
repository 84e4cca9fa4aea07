"""Who has which seat of one date, and who waits in which order (C7). Pure: from numbers to numbers, for one way of taking part."""

from collections.abc import Collection
from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class Given:
    """What somebody gets who wants to come: a seat, or a place in the line. One of the two."""

    seat: int | None = None
    place: int | None = None


def give(*, taken: Collection[int], line: Collection[int], capacity: int | None) -> Given:
    """Return the lowest free seat if there is one and nobody waits for it, else the next place in the line."""
    if not line and has_room(taken=taken, capacity=capacity):
        return Given(seat=lowest_free(taken))
    return Given(place=max(line, default=0) + 1)


def has_room(*, taken: Collection[int], capacity: int | None) -> bool:
    """Say whether somebody fits in. Seats over a capacity that was lowered stay taken."""
    return capacity is None or len(taken) < capacity


def lowest_free(taken: Collection[int]) -> int:
    """Return the lowest number from 1 on that isn't taken."""
    number = 1
    while number in taken:
        number += 1
    return number
