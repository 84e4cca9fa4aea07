"""Long work that a row stands for: a worker takes it for some minutes, says how far it got, and is relieved by another if it is lost.

A room's table takes the mixin `Leased`; its job (`Feature.jobs`) calls `claim`, does a piece, and says so with `change`.
"""

import enum
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, Integer, Text, and_, or_, select, update
from sqlalchemy.orm import Mapped, mapped_column

from forum.core.db import db, one_of, transaction
from forum.core.time import now

LEASE = timedelta(minutes=3)
PUT_OFF = timedelta(minutes=1)
LAST_ATTEMPT = 3


class WorkState(enum.StrEnum):
    """How far the work has come."""

    WAITING = "waiting"
    WORKING = "working"
    READY = "ready"
    FAILED = "failed"
    CANCELLED = "cancelled"
    OVER = "over"
    """It could be had, and its time is over: the file is gone."""


UNDER_WAY = (WorkState.WAITING, WorkState.WORKING)


class Leased:
    """Mixin of a table whose rows are long work. A worker holds one until `claimed_until`."""

    id: Mapped[int]
    state: Mapped[WorkState] = mapped_column(one_of(WorkState), default=WorkState.WAITING)
    asked_at: Mapped[datetime]
    claimed_until: Mapped[datetime | None]
    attempts: Mapped[int] = mapped_column(Integer, default=0)
    done: Mapped[int] = mapped_column(Integer, default=0)
    total: Mapped[int] = mapped_column(Integer, default=0)
    error: Mapped[str | None] = mapped_column(Text)

    @property
    def is_under_way(self) -> bool:
        """Whether it is waited for."""
        return self.state in UNDER_WAY


class NotWantedError(Exception):
    """The work was called off, or another worker has it now."""


@dataclass
class Claim:
    """A row that this worker has, until a moment, which `longer` moves."""

    key: int
    until: datetime
    before: datetime | None = None
    """The moment until then: what was moved in a transaction that came to nothing still stands there."""

    @property
    def moments(self) -> tuple[datetime, ...]:
        """What may stand in the row while it is ours."""
        return (self.until, self.before or self.until)


def claim(model: type[Leased], *which: ColumnElement[bool]) -> Claim | None:
    """Take the row that has waited longest, or one whose worker was lost with it. None when there is none."""
    at = now()
    free = or_(model.claimed_until.is_(None), model.claimed_until < at)
    waits = or_(
        and_(model.state == WorkState.WAITING, free),
        and_(model.state == WorkState.WORKING, model.claimed_until < at),
    )
    waiting = select(model).where(waits, *which).order_by(model.asked_at, model.id).limit(1)
    if db.session.scalar(waiting) is None:
        db.session.rollback()
        return None
    with transaction():
        found = db.session.scalar(waiting.with_for_update(skip_locked=True))
        if found is None:
            return None
        found.attempts += 1
        if found.attempts > LAST_ATTEMPT:
            found.state, found.claimed_until, found.error = WorkState.FAILED, None, "lost"
            return None
        found.state, found.claimed_until = WorkState.WORKING, at + LEASE
        return Claim(found.id, at + LEASE)


def change(model: type[Leased], held: Claim, **values: object) -> None:
    """Write to the row if it is still wanted, and ours. Use inside `transaction()`. Raises NotWantedError."""
    ours = select(model.id).where(
        model.id == held.key, model.state == WorkState.WORKING, model.claimed_until.in_(held.moments)
    )
    changed = db.session.scalars(
        update(model)
        .where(model.id.in_(ours.with_for_update()))
        .values(**values)
        .returning(model.id)
        .execution_options(synchronize_session=False)
    ).all()
    if not changed:
        raise NotWantedError


def longer(model: type[Leased], held: Claim, **values: object) -> Claim:
    """Write to the row, and keep it for longer, as the claim says then. Use inside `transaction()`. Raises NotWantedError."""
    until = now() + LEASE
    change(model, held, claimed_until=until, **values)
    held.until, held.before = until, held.until
    return held


def note_failure(model: type[Leased], held: Claim, why: str, *, is_over: bool = False) -> None:
    """Have it tried again in a minute, or give it up: then whoever asked sees so, and can ask anew. Nothing if another worker has it.

    With `is_over` it isn't tried again: it would fail as it did.
    """
    with transaction():
        row = _ours(model, held)
        if row is None:
            return
        is_over = is_over or row.attempts >= LAST_ATTEMPT
        row.state = WorkState.FAILED if is_over else WorkState.WAITING
        row.claimed_until = None if is_over else now() + timedelta(minutes=row.attempts)
        row.error = why


def put_off(model: type[Leased], held: Claim, why: str) -> None:
    """Have it tried again in a minute, as often as it takes: nothing failed. Nothing if another worker has it."""
    with transaction():
        row = _ours(model, held)
        if row is None:
            return
        row.state, row.claimed_until, row.error = WorkState.WAITING, now() + PUT_OFF, why
        row.attempts = max(0, row.attempts - 1)


def _ours(model: type[Leased], held: Claim) -> Leased | None:
    """Return the row, held, if this worker still has it."""
    row = db.session.get(model, held.key, populate_existing=True, with_for_update={"key_share": True})
    is_ours = row is not None and row.state is WorkState.WORKING and row.claimed_until in held.moments
    return row if is_ours else None
