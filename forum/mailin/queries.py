"""Reads of mail that came in, for admins: what, from whom, what became of it; never what it says."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import func, select

from forum.core.db import db
from forum.core.time import now
from forum.mailin.models import Became, ReceivedMail
from forum.people.models import Person

SHOWN = 100
LATELY = timedelta(days=7)


@dataclass(frozen=True, kw_only=True)
class Received:
    """A message as admins see it."""

    came_at: datetime
    sender: str
    handle: str | None
    message_id: str
    size: int
    became: Became
    is_answered: bool
    copies: int


def received_lately() -> Sequence[Received]:
    """Return the newest messages that came in."""
    rows = db.session.execute(
        select(
            ReceivedMail.came_at,
            ReceivedMail.sender,
            Person.handle,
            ReceivedMail.message_id,
            ReceivedMail.size,
            ReceivedMail.became,
            ReceivedMail.is_answered,
            ReceivedMail.copies,
        )
        .outerjoin(Person, Person.id == ReceivedMail.person_id)
        .order_by(ReceivedMail.id.desc())
        .limit(SHOWN)
    )
    return [Received(**row._mapping) for row in rows]  # noqa: SLF001  # the public name of a row as a mapping


def posted_lately() -> tuple[int, int]:
    """Return how many messages came in during the last week, and how many of them became posts."""
    is_posted = ReceivedMail.became.in_((Became.POSTED, Became.PARTLY, Became.HELD))
    row = db.session.execute(
        select(func.count(), func.count().filter(is_posted))
        .select_from(ReceivedMail)
        .where(ReceivedMail.came_at > now() - LATELY)
    ).one()
    return row[0], row[1]
