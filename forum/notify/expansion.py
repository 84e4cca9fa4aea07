"""The worker's first step: each fact becomes one notification and one delivery for each of those whom it concerns.

Facts are claimed in a short write; whom they concern is found without a lock; the deliveries and `expanded_at` are written
together. A worker that dies in between leaves a claim that runs out, and the fact is expanded by the next.
"""

import logging
import secrets
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from urllib.parse import urlsplit

from flask import current_app
from sqlalchemy import and_, select, update
from sqlalchemy.exc import OperationalError

from forum.core.db import db, insert, transaction
from forum.core.events import Recipient
from forum.core.notices import Notice
from forum.core.outbox import Delivery, DeliveryState, FactRow
from forum.core.time import now
from forum.notify.backoff import wait_after, words_of
from forum.notify.book import Book, fact_of
from forum.notify.hooks.models import HookDelivery
from forum.notify.hooks.queries import hooks_told_of
from forum.notify.hooks.sending import new_delivery
from forum.notify.hours import Hours, hours_of, moments_of
from forum.notify.notices import note_all

logger = logging.getLogger(__name__)
LEASE = timedelta(minutes=1)
MAIL_WAIT = timedelta(minutes=2)
"""How long mail about a post waits: edits and quick series become one message, and what was read meanwhile needs none."""
ROWS_AT_ONCE = 500


def claim_facts(*, limit: int, lease: timedelta = LEASE) -> Sequence[int]:
    """Take facts that wait, oldest first; nobody else takes them while the lease lasts. Looks before it asks for the write lock.

    Of those that a worker took and was never heard of again, one comes along, the one lost least often, and last: a fact that kills
    workers takes no others with it.
    """
    at = now()
    is_lost = and_(FactRow.attempts > 0, FactRow.error.is_(None))
    waiting = select(FactRow.id).where(FactRow.expanded_at.is_(None), FactRow.due_at <= at)
    if db.session.scalar(waiting.limit(1)) is None:
        return ()
    in_order = waiting.where(~is_lost).order_by(FactRow.due_at, FactRow.id).limit(limit)
    lost = waiting.where(is_lost).order_by(FactRow.attempts, FactRow.due_at, FactRow.id).limit(1)
    with transaction():
        claimed = [
            fact_id
            for query in (in_order, lost)
            for fact_id in db.session.scalars(query.with_for_update(skip_locked=True))
        ]
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
        event, hooks = hooks_told_of(db.session.get_one(FactRow, fact_id))
        _write(fact_id, _told_of(fact_id, book), event=event, hooks=hooks)
    except OperationalError:
        raise
    except Exception as error:
        logger.exception("fact %s could not be expanded", fact_id)
        _note_failure(fact_id, error)


@dataclass(kw_only=True)
class _Told:
    """Whom a fact concerns. Not everything that happens concerns somebody."""

    recipients: Sequence[Recipient] = ()
    notices: Sequence[Notice] = ()
    hours: Hours = field(default_factory=Hours)


def _told_of(fact_id: int, book: Book) -> _Told:
    row = db.session.get_one(FactRow, fact_id)
    teller = book.get(row.kind)
    if teller is None:
        return _Told()
    fact = fact_of(row, book)
    return _Told(
        recipients=list(dict.fromkeys(teller.recipients(fact))),
        notices=list(teller.notices(fact)) if teller.notices else [],
        hours=hours_of(teller, fact),
    )


def _write(fact_id: int, told: _Told, *, event: str, hooks: Sequence[int]) -> None:
    at = now()
    with transaction():
        quiet = {notice.person_id for notice in told.notices if notice.is_quiet}
        new = note_all(told.notices, at=at, fact_id=fact_id)
        people = [one.person_id for one in told.recipients if one.person_id is not None]
        moments = dict(moments_of(people, at=at, soonest=at, hours=told.hours, whoever=True))
        rows = [
            _delivery(fact_id, one, due=at if one.person_id is None else moments[one.person_id])
            for one in told.recipients
            if one.person_id is None or one.person_id in moments
        ]
        loud = [person_id for person_id in new if person_id not in quiet]
        later = moments_of(loud, at=at + MAIL_WAIT, soonest=at, hours=told.hours)
        rows += [_delivery(fact_id, Recipient(person_id=one), due=moment) for one, moment in later]
        for part in _parts(rows):
            db.session.execute(insert(Delivery).on_conflict_do_nothing(), part)
        if hooks:
            told_to = [new_delivery(hook_id, fact_id, event, at=at) for hook_id in hooks]
            db.session.execute(insert(HookDelivery).on_conflict_do_nothing(), told_to)
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
