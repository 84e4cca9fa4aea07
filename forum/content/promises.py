"""What somebody promised: in a sentence, by whom and by when, and what became of it. Rooms keep theirs in tables of their own.

A room's table takes the columns of `Promise` and the rules of `rules_of`, and says what a promise hangs on. What may be said of one and
what changes in it, is said here once.
"""

import enum
from collections.abc import Sequence
from datetime import date, datetime

from sqlalchemy import CheckConstraint, Date, ForeignKey, Index, Integer, String, text
from sqlalchemy.orm import Mapped, mapped_column

from forum.core.db import one_of
from forum.core.errors import Invalid, RuleBroken
from forum.core.text import REF_LENGTH, new_ref, one_line
from forum.core.time import local
from forum.spaces.models import REASON_LENGTH, Space
from forum.web.words import _

WORDS_LENGTH = 500
MORNING_HOUR = 8
"""On its day people are reminded from this hour on, on the clock of the space."""


class PromiseState(enum.StrEnum):
    """What became of a promise."""

    OPEN = "open"
    DONE = "done"
    DROPPED = "dropped"


class Promise:
    """The columns of a promise. Without a holder it is vacant.

    `version` grows whenever its holder or day changes: a reminder is for one of them.
    """

    id: Mapped[int] = mapped_column(primary_key=True)
    ref: Mapped[str] = mapped_column(String(REF_LENGTH), unique=True, default=new_ref)
    words: Mapped[str] = mapped_column(String(WORDS_LENGTH))
    holder_id: Mapped[int | None] = mapped_column(ForeignKey("person.id", ondelete="RESTRICT"), index=True)
    due_on: Mapped[date | None] = mapped_column(Date)
    state: Mapped[PromiseState] = mapped_column(one_of(PromiseState), default=PromiseState.OPEN)
    reason: Mapped[str] = mapped_column(String(REASON_LENGTH), default="")
    noted_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id", ondelete="RESTRICT"), index=True)
    noted_at: Mapped[datetime]
    settled_at: Mapped[datetime | None]
    settled_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id", ondelete="RESTRICT"), index=True)
    version: Mapped[int] = mapped_column(Integer, default=1)
    reminded: Mapped[int] = mapped_column(Integer, default=0)
    once: Mapped[str | None] = mapped_column(String(36), unique=True)

    @property
    def is_open(self) -> bool:
        """Whether it is still to be done."""
        return self.state is PromiseState.OPEN


def rules_of(table: str) -> tuple[Index | CheckConstraint, ...]:
    """Return the constraints that such a table has, and its index of what is open."""
    return (
        Index(
            f"ix_{table}_open",
            "holder_id",
            "due_on",
            sqlite_where=text("state = 'open'"),
            postgresql_where=text("state = 'open'"),
        ),
        CheckConstraint("(state = 'open') = (settled_at IS NULL)", name="settled_at_a_time"),
        CheckConstraint("words <> ''", name="says_something"),
        CheckConstraint("reminded <= version", name="reminded_of_a_version"),
    )


def checked_words(words: str) -> str:
    """Return what is to be done as it is kept. Raises Invalid for `todo`."""
    words = one_line(words)
    if not 0 < len(words) <= WORDS_LENGTH:
        raise Invalid({"todo": [_("Say what is to be done, in up to %(most)s characters.", most=WORDS_LENGTH)]})
    return words


def require_day(day: date | None, space: Space, *, at: datetime) -> None:
    """Refuse a day that has passed, or is far away. Raises Invalid for `due_on`."""
    if day is None:
        return
    today = local(at, space.zone).date()
    if day < today:
        raise Invalid({"due_on": [_("That date has passed. Pick a later one.")]})
    if day.year > today.year + 5:
        raise Invalid({"due_on": [_("That is too far away. Pick an earlier day.")]})


def checked_reason(reason: str) -> str:
    """Return why nobody needs to do it. Raises Invalid for `reason`."""
    reason = one_line(reason)
    if not 0 < len(reason) <= REASON_LENGTH:
        raise Invalid({"reason": [_("Say in a sentence why nobody needs to do it.")]})
    return reason


def require_open(promise: Promise) -> None:
    """Refuse what can only be done with an open one. Raises RuleBroken."""
    if not promise.is_open:
        raise RuleBroken(_("This is settled already. Open it again first."))


def end(promise: Promise, *, state: PromiseState, by_id: int, at: datetime, reason: str = "") -> None:
    """Note that it is done, or that nobody needs to do it."""
    promise.state, promise.settled_at, promise.settled_by_id, promise.reason = state, at, by_id, reason


def open_again(promise: Promise) -> None:
    """Let it be open again; whoever has it is reminded anew."""
    promise.state, promise.settled_at, promise.settled_by_id, promise.reason = PromiseState.OPEN, None, None, ""
    promise.version += 1


def give(promise: Promise, holder_id: int | None, due_on: date | None) -> None:
    """Let somebody have it, for a day; None for nobody, and for no day."""
    promise.holder_id, promise.due_on, promise.version = holder_id, due_on, promise.version + 1


def is_overdue(promise: Promise, today: date) -> bool:
    """Say whether its day has passed."""
    return promise.is_open and promise.due_on is not None and promise.due_on < today


def in_order(promises: Sequence[Promise]) -> list[Promise]:
    """Return the open ones first: what is due first, what has no day last; then what is settled."""
    return sorted(promises, key=lambda one: (not one.is_open, one.due_on or date.max, one.id))
