"""Notifications: written once for each person and post, read by visiting, and told by mail."""

from collections.abc import Collection, Iterable
from datetime import datetime

from sqlalchemy import ColumnElement, CursorResult, Update, update

from forum.core.db import db, insert
from forum.core.notices import Notice
from forum.core.time import now
from forum.notify.models import Notification

ROWS_AT_ONCE = 500


def note_all(notices: Iterable[Notice], *, at: datetime, fact_id: int | None = None) -> list[int]:
    """Write what isn't written yet; return the ids of the people who were told of something new. Use inside `transaction()`."""
    rows = [
        {
            "person_id": notice.person_id,
            "post_id": notice.post_id,
            "fact_id": fact_id,
            "reason": notice.reason,
            "is_quiet": notice.is_quiet,
            "at": at,
        }
        for notice in notices
    ]
    told: list[int] = []
    for start in range(0, len(rows), ROWS_AT_ONCE):
        made = insert(Notification).on_conflict_do_nothing().returning(Notification.person_id)
        told += db.session.scalars(made, rows[start : start + ROWS_AT_ONCE])
    return told


def read_all(person_id: int, *where: ColumnElement[bool], at: datetime | None = None) -> int:
    """Count a person's notifications (those for which `where` holds) as read; return how many. Use inside `transaction()`.

    All get one instant (`at`, or now), by which the press can be taken back: see `unread_again`.
    """
    return _changed(
        update(Notification)
        .where(Notification.person_id == person_id, Notification.read_at.is_(None), *where)
        .values(read_at=at or now())
    )


def unread_again(person_id: int, *where: ColumnElement[bool], at: datetime) -> int:
    """Let be unread what counts as read since just this instant; return how many. Use inside `transaction()`."""
    return _changed(
        update(Notification)
        .where(Notification.person_id == person_id, Notification.read_at == at, *where)
        .values(read_at=None)
    )


def _changed(statement: Update) -> int:
    done: CursorResult[tuple[()]] = db.session.execute(  # type: ignore[assignment]  # an UPDATE gives a cursor's result
        statement.execution_options(synchronize_session=False)
    )
    return done.rowcount


def note_mailed(ids: Collection[int], *, at: datetime, fact_id: int | None) -> None:
    """Note that a message told of these: the one that is the delivery of this fact to their person. Use inside `transaction()`."""
    if ids:
        db.session.execute(
            update(Notification)
            .where(Notification.id.in_(ids), Notification.mailed_at.is_(None))
            .values(mailed_at=at, fact_id=fact_id)
            .execution_options(synchronize_session=False)
        )
