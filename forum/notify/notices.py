"""Notifications: written once for each person and post, read by visiting, and told by mail."""

from collections.abc import Collection, Iterable, Sequence
from datetime import datetime

from sqlalchemy import ColumnElement, CursorResult, Update, select, update

from forum.core.db import db, insert
from forum.core.notices import Notice
from forum.core.time import now
from forum.notify.models import MailChoice, MailRhythm, Notification
from forum.notify.rhythm import working_moment
from forum.people.models import Person

ROWS_AT_ONCE = 500


def note_all(notices: Iterable[Notice], *, at: datetime, fact_id: int | None = None) -> list[int]:
    """Write what isn't written yet; return the ids of the people who were told of something new. Use inside `transaction()`."""
    rows = [
        {
            "person_id": notice.person_id,
            "post_id": notice.post_id,
            "fact_id": fact_id,
            "reason": notice.reason,
            "at": at,
        }
        for notice in notices
    ]
    told: list[int] = []
    for start in range(0, len(rows), ROWS_AT_ONCE):
        made = insert(Notification).on_conflict_do_nothing().returning(Notification.person_id)
        told += db.session.scalars(made, rows[start : start + ROWS_AT_ONCE])
    return told


def moments_of(
    people: Sequence[int], *, at: datetime, urgent: Collection[int] = (), whoever: bool = False
) -> list[tuple[int, datetime]]:
    """Return who of `people` has mail about posts at once, and when it may leave that is ready at `at`: in their working hours.

    To those of `urgent` it leaves now. With `whoever`, those who have digests or no mail about posts have this one all the same.
    """
    found: list[tuple[int, datetime]] = []
    # Most people have the same days and hours as many others: each such moment is worked out once.
    known: dict[tuple[str, int, int | None, int | None], datetime] = {}
    for start in range(0, len(people), ROWS_AT_ONCE):
        query = (
            select(Person.id, Person.zone, Person.working_days, MailChoice.from_hour, MailChoice.to_hour)
            .outerjoin(MailChoice, MailChoice.person_id == Person.id)
            .where(Person.id.in_(people[start : start + ROWS_AT_ONCE]), Person.email.is_not(None))
        )
        if not whoever:
            query = query.where(MailChoice.rhythm.is_(None) | (MailChoice.rhythm == MailRhythm.AT_ONCE))
        for person_id, zone, days, from_hour, to_hour in db.session.execute(query):
            key = (zone, days, from_hour, to_hour)
            if key not in known:
                known[key] = _moment(*key, at=at)
            found.append((person_id, now() if person_id in urgent else known[key]))
    return found


def _moment(zone: str, days: int, from_hour: int | None, to_hour: int | None, *, at: datetime) -> datetime:
    chosen = None if from_hour is None else MailChoice(from_hour=from_hour, to_hour=to_hour)
    return working_moment(Person(zone=zone, working_days=days), at, chosen)


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
