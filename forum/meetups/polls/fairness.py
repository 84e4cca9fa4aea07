"""Which day is the fairest: most can; among near equals it is the turn of those who could not last time. Pure."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

NEAR_FROM = 5
"""With fewer people than that only equals are near."""
NEAR_PART = 10
"""One in so many may be missing, and it is still near."""


@dataclass(frozen=True, kw_only=True)
class Tally:
    """Who can at an option, by their keys. Whoever can if need be can."""

    key: int
    start: datetime
    yes: frozenset[int]
    if_need_be: frozenset[int]

    @property
    def can(self) -> frozenset[int]:
        """All who can."""
        return self.yes | self.if_need_be


@dataclass(frozen=True, kw_only=True)
class Suggestion:
    """The fairest option. `again`: how many of those who could not last time can then."""

    key: int
    again: int
    is_for_turn: bool
    """It was chosen for those who could not last time: more people can at another."""


def fairest(tallies: Sequence[Tally], *, missed: Collection[int]) -> Suggestion | None:
    """Return what to suggest, None when nobody can at anything."""
    most = max((len(one.can) for one in tallies), default=0)
    if not most:
        return None
    least = most - (most + NEAR_PART - 1) // NEAR_PART if most >= NEAR_FROM else most
    near = [one for one in tallies if len(one.can) >= least]
    best = min(near, key=lambda one: (-_again(one, missed), -len(one.can), -len(one.yes), one.start))
    return Suggestion(key=best.key, again=_again(best, missed), is_for_turn=len(best.can) < most)


def _again(one: Tally, missed: Collection[int]) -> int:
    return len(one.can.intersection(missed))
