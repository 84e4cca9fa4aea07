"""A large table of cases in turns: `make test` takes the first, in which every kind of case occurs, and `make prove` all of them."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypeVar

import pytest

Case = TypeVar("Case")


@dataclass(frozen=True)
class Turn:
    """One of `of` turns: together they take every case once."""

    number: int = 0
    of: int = 1

    @property
    def marks(self) -> tuple[pytest.MarkDecorator, ...]:
        """The marks of a test in this turn: all but the first are long proofs."""
        return (pytest.mark.prove,) if self.number else ()

    def __str__(self) -> str:
        """Say which it is, for the name of a test."""
        return f"{self.number + 1} of {self.of}"

    def some(self, cases: Sequence[Case], *, after: int = 0) -> Sequence[Case]:
        """Return the cases of this turn: every `of`-th one.

        `after` tells tables within a table apart: what the first leaves to another turn, the next may take in this one.
        """
        return cases[(self.number + after) % self.of :: self.of] if self.number < self.of else cases[:0]

    def of_at_most(self, most: int) -> "Turn":
        """Return this turn where so many are enough: each takes more then, and what comes after the last has nothing left."""
        return Turn(self.number, min(self.of, most))


ALL = Turn()


def turns(of: int) -> list[Turn]:
    """Return so many turns."""
    return [Turn(number, of) for number in range(of)]


def in_turns(of: int) -> pytest.MarkDecorator:
    """Return the mark of a test that takes its cases in turns: it is given `turn`."""
    return pytest.mark.parametrize("turn", [pytest.param(one, marks=one.marks, id=str(one)) for one in turns(of)])
