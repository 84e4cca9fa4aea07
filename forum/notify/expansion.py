"""The worker's first step: each fact becomes one notification and one delivery for each of those whom it concerns.

Facts are claimed in a short write; whom they concern is found without a lock; the deliveries and `expanded_at` are written
together. A worker that dies in between leaves a claim that runs out, and the fact is expanded by the next.
"""

import logging
import secrets
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from urllib.parse import urlsplit

from flask import current_app
from sqlalchemy import select, update
from sqlalchemy.exc import OperationalError

from forum.core.db import db, insert, transaction
from forum.core.events import Recipient
from forum.core.notices import Notice
from forum.core.outbox import Delivery, DeliveryState, FactRow
from forum.core.time import now
from forum.notify.backoff import wait_after, words_of
from forum.notify.book import Book, fact_of
from forum.notify.notices import mailed_at_once, note_all

logger = logging.getLogger(__name__)
LEASE = timedelta(minutes=1)
MAIL_WAIT = timedelta(minutes=2)
"""How long mail about a post waits: edits and quick series become one message, and what was read meanwhile needs none."""
ROWS_AT_ONCE = 500


def claim_facts(*, limit: int, lease: timedelta = LEASE) -> Sequence[int]:
    """Take facts that wait, oldest first; nobody else takes them while the lease lasts. Looks before it asks for the write lock."""
    at = now()
    waiting = (
        select(FactRow.id)
        .where(FactRow.expanded_at.is_(None), FactRow.due_at <= at)
        .order_by(FactRow.due_at, FactRow.id)
        .limit(limit)
    )
    if db.session.scalar(waiting.limit(1)) is None:
        return ()
    with transaction():
        claimed = list(db.session.scalars(waiting.with_for_update(skip_locked=True)))
        db.session.execute(
            update(FactRow)
            .where(FactRow.id.in_(claimed))
            .values(due_at=at + lease, attempts=FactRow.attempts + 1)
            .execution_options(synchronize_session=False)
        )
    return claimed


def expand(fact_id: int, *, book: Book) -> None:
    """Expand one claimed fact. What goes wrong is kept beside it and tried again later; it stops nothing else.

    Raises OperationalError when the database itself doesn't answer: that is nobody's fault, and the claim runs out.
    """
    try:
        recipients, notices = _told_of(fact_id, book)
        _write(fact_id, recipients=recipients, notices=notices)
    except OperationalError:
        raise
    except Exception as error:
        logger.exception("fact %s could not be expanded", fact_id)
        _note_failure(fact_id, error)


def _told_of(fact_id: int, book: Book) -> tuple[list[Recipient], list[Notice]]:
    row = db.session.get_one(FactRow, fact_id)
    teller = book.get(row.kind)
    if teller is None:
        return [], []  # not everything that happens concerns somebody
    fact = fact_of(row, book)
    return list(dict.fromkeys(teller.recipients(fact))), list(teller.notices(fact)) if teller.notices else []


def _write(fact_id: int, *, recipients: Sequence[Recipient], notices: Sequence[Notice]) -> None:
    at = now()
    with transaction():
        quiet = {notice.person_id for notice in notices if notice.is_quiet}
        told = [person_id for person_id in note_all(notices, at=at) if person_id not in quiet]
        rows = [_delivery(fact_id, recipient, due=at) for recipient in recipients]
        rows += [
            _delivery(fact_id, Recipient(person_id=person_id), due=due)
            for person_id, due in mailed_at_once(told, at=at + MAIL_WAIT)
        ]
        for part in _parts(rows):
            db.session.execute(insert(Delivery).on_conflict_do_nothing(), part)
        db.session.execute(update(FactRow).where(FactRow.id == fact_id).values(expanded_at=at, error=None))


def _delivery(fact_id: int, recipient: Recipient, *, due: datetime) -> dict[str, object]:
    return {
        "fact_id": fact_id,
        "person_id": recipient.person_id,
        "address": recipient.address,
        "channel": "mail",
        "state": DeliveryState.DUE,
        "due_at": due,
        "attempts": 0,
        "message_id": new_message_id(),
    }


def _parts(rows: Sequence[dict[str, object]]) -> Iterable[Sequence[dict[str, object]]]:
    for start in range(0, len(rows), ROWS_AT_ONCE):
        yield rows[start : start + ROWS_AT_ONCE]


def _note_failure(fact_id: int, error: Exception) -> None:
    with transaction():
        row = db.session.get_one(FactRow, fact_id)
        row.error, row.due_at = words_of(error), now() + wait_after(row.attempts)


def new_message_id() -> str:
    """Return a Message-ID that no other message has. It is stored, so that a message that is sent again is the same message."""
    host = urlsplit(current_app.extensions["baton"].settings.site_url).hostname or "localhost"
    return f"<{secrets.token_hex(16)}@{host}>"
