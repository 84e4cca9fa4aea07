"""Notifications: written once for each person and post, read by visiting, and told by mail."""

from collections.abc import Collection, Iterable, Sequence
from datetime import datetime

from sqlalchemy import ColumnElement, select, update

from forum.core.db import db, insert
from forum.core.notices import Notice
from forum.core.time import now
from forum.notify.models import MailChoice, MailRhythm, Notification
from forum.notify.rhythm import working_moment
from forum.people.models import Person

ROWS_AT_ONCE = 500


def note_all(notices: Iterable[Notice], *, at: datetime) -> list[int]:
    """Write what isn't written yet; return the ids of the people who were told of something new. Use inside `transaction()`."""
    rows = [
        {
            "person_id": notice.person_id,
            "post_id": notice.post_id,
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


def mailed_at_once(people: Sequence[int], *, at: datetime) -> list[tuple[int, datetime]]:
    """Return who of `people` has mail about posts at once, and when it may leave: not before their next working day."""
    found: list[tuple[int, datetime]] = []
    for start in range(0, len(people), ROWS_AT_ONCE):
        query = (
            select(Person)
            .outerjoin(MailChoice, MailChoice.person_id == Person.id)
            .where(
                Person.id.in_(people[start : start + ROWS_AT_ONCE]),
                Person.email.is_not(None),
                MailChoice.rhythm.is_(None) | (MailChoice.rhythm == MailRhythm.AT_ONCE),
            )
        )
        found += [(person.id, working_moment(person, at)) for person in db.session.scalars(query)]
    return found


def read_all(person_id: int, *where: ColumnElement[bool]) -> None:
    """Count a person's notifications (those for which `where` holds) as read. Use inside `transaction()`."""
    db.session.execute(
        update(Notification)
        .where(Notification.person_id == person_id, Notification.read_at.is_(None), *where)
        .values(read_at=now())
        .execution_options(synchronize_session=False)
    )


def note_mailed(ids: Collection[int], *, at: datetime) -> None:
    """Note that a message told of these. Use inside `transaction()`."""
    if ids:
        db.session.execute(
            update(Notification)
            .where(Notification.id.in_(ids), Notification.mailed_at.is_(None))
            .values(mailed_at=at)
            .execution_options(synchronize_session=False)
        )
