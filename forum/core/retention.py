"""How long rows are kept: each room declares kinds, a setting says how many days, and one walk ends what is older."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, delete

from forum.core.db import Base, db


@dataclass(frozen=True, kw_only=True)
class Kept:
    """A kind of row that ends when it is old. `old` is its condition, of the moment before which it is."""

    what: str
    """In a few words, as `baton retention` says it."""
    setting: str
    """The name of the setting with the number of days."""
    model: type[Base]
    old: Callable[[datetime], ColumnElement[bool]]
    end: Callable[[ColumnElement[bool]], None] | None = None
    """What becomes of such rows, inside a transaction; without it they are deleted."""

    def settle(self, condition: ColumnElement[bool]) -> None:
        """End the rows that `condition` finds. Use inside `transaction()`."""
        if self.end is not None:
            self.end(condition)
            return
        db.session.execute(delete(self.model).where(condition).execution_options(synchronize_session=False))
