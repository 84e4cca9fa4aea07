"""Warning of gaps: 14, 7 and 1 days before, all that is due in a space as one digest, each once (D4)."""

import logging
from datetime import datetime

from sqlalchemy import select

from forum.core.db import db, lock, transaction
from forum.core.events import announce
from forum.core.time import local
from forum.roster.events import GapsAhead
from forum.roster.models import Duty, GapWarning, columns_of
from forum.roster.queries.gaps import gaps_ahead, untold
from forum.spaces.models import Item, Space

logger = logging.getLogger(__name__)
MORNING = 8
"""The hour, in the space's zone, from which on people are told: a digest at midnight wakes somebody."""


def warn_all(*, at: datetime) -> None:
    """Warn of what is due in every space, each in a transaction of its own."""
    ids = db.session.scalars(
        select(Space.id)
        .where(Space.archived_at.is_(None), Space.id.in_(select(Item.space_id).join(Duty, Duty.id == Item.id)))
        .order_by(Space.id)
    ).all()
    for space_id in ids:
        try:
            _warn_in(space_id, at=at)
        except Exception:
            logger.exception("nobody could be warned of the gaps of space %d; of others they are", space_id)
        db.session.rollback()


def _warn_in(space_id: int, *, at: datetime) -> None:
    space = db.session.get(Space, space_id)
    if space is not None and local(at, space.zone).hour >= MORNING and untold(gaps_ahead(space, at=at)):
        with transaction():
            warn(space_id, at=at)


def warn(space_id: int, *, at: datetime) -> list[GapWarning]:
    """Warn of what is due in one space. Whoever looks at the same time waits, and finds it told. Use inside `transaction()`."""
    space = lock(Space, space_id)
    if space is None or space.archived_at is not None:
        return []
    due = untold(gaps_ahead(space, at=at))
    if not due:
        return []
    rows = [
        GapWarning(duty_id=gap.duty_id, days_before=gap.days_before, warned_at=at, **columns_of(gap.span))
        for gap in due
    ]
    db.session.add_all(rows)
    db.session.flush()
    announce(
        GapsAhead(space_id=space.id, gaps=tuple((gap.duty_id, int(gap.span.first), int(gap.span.last)) for gap in due))
    )
    return rows
