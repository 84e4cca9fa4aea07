"""Mail that could not be sent: what, to whom and why, for who looks after the installation; and trying it again."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import CursorResult, Update, func, or_, select, update

from forum.core.db import db, transaction
from forum.core.outbox import Delivery, DeliveryState, FactRow
from forum.core.time import now
from forum.notify.words import PRIVATE, WHAT
from forum.people.models import Person
from forum.spaces.log import record
from forum.spaces.models import LogAudience

SHOWN = 100


@dataclass(frozen=True, kw_only=True)
class Failure:
    """One message that was given up."""

    kind: str
    at: datetime
    """When what it tells of happened."""
    attempts: int
    why: str
    handle: str | None
    """Of the account it was for; None where that is nobody's business."""
    domain: str
    """Of the address, where there is no account: enough to see a mistyped one, and whose it is stays nobody's business."""

    @property
    def what(self) -> str:
        """What the message is about, in words."""
        return str(WHAT.get(self.kind, self.kind))


def failures(*, limit: int = SHOWN) -> Sequence[Failure]:
    """List what was given up, newest first."""
    rows = db.session.execute(
        select(FactRow.kind, FactRow.at, Delivery.attempts, Delivery.error, Delivery.address, Person.handle)
        .select_from(Delivery)
        .join(FactRow, FactRow.id == Delivery.fact_id)
        .outerjoin(Person, Person.id == Delivery.person_id)
        .where(Delivery.state == DeliveryState.FAILED)
        .order_by(Delivery.id.desc())
        .limit(limit)
    )
    return [
        Failure(
            kind=row.kind,
            at=row.at,
            attempts=row.attempts,
            why=row.error or "",
            handle=None if row.kind in PRIVATE else row.handle,
            domain=(row.address or "").rpartition("@")[2],
        )
        for row in rows
    ]


def try_again(*, actor: Person | None = None) -> int:
    """Have everything that failed or waits for its next try tried now, and return how many had been given up.

    Each message is written anew: what is of no use any more, such as a link that ran out, is dropped then.
    """
    at = now()
    with transaction():
        given_up = db.session.scalar(select(func.count()).where(Delivery.state == DeliveryState.FAILED)) or 0
        revived = _changed(
            update(Delivery)
            .where(
                or_(
                    Delivery.state == DeliveryState.FAILED,
                    (Delivery.state == DeliveryState.DUE) & Delivery.claimed_until.is_(None) & (Delivery.due_at > at),
                )
            )
            .values(
                state=DeliveryState.DUE,
                due_at=at,
                attempts=0,
                claimed_until=None,
                bounced_at=None,
                bounce_reason=None,
            )
        )
        stuck = FactRow.expanded_at.is_(None) & FactRow.error.is_not(None)
        revived += _changed(update(FactRow).where(stuck).values(due_at=at, attempts=0))
        if actor is not None and revived:
            record("tried mail again", actor=actor, audience=LogAudience.ADMINS)
    return given_up


def _changed(statement: Update) -> int:
    done: CursorResult[tuple[()]] = db.session.execute(  # type: ignore[assignment]  # an UPDATE gives a cursor's result
        statement.execution_options(synchronize_session=False)
    )
    return done.rowcount
