"""Announcements that somebody has in the app only: by the link in one of them, for one space, until they take it back."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import ColumnElement, and_, delete, exists, select

from forum.core.db import db, insert
from forum.core.notices import Reason
from forum.core.time import now
from forum.notify.models import Notification, QuietSpace
from forum.people.models import Person
from forum.spaces.models import Membership, Space
from forum.spaces.queries.spaces import belongs


def hush(person_id: int, space_id: int) -> None:
    """Mail no announcement of a space to somebody any more; doing it again changes nothing. Use inside `transaction()`."""
    made = insert(QuietSpace).values(person_id=person_id, space_id=space_id, since=now())
    db.session.execute(made.on_conflict_do_nothing())


def speak(person_id: int, space_id: int) -> None:
    """Take `hush` back. Use inside `transaction()`."""
    own = QuietSpace.person_id == person_id, QuietSpace.space_id == space_id
    db.session.execute(delete(QuietSpace).where(*own))


def is_quiet(person_id: Any, space_id: Any) -> ColumnElement[bool]:  # noqa: ANN401  # numbers or columns
    """Return the condition that somebody has no announcement of a space by mail."""
    return exists().where(QuietSpace.person_id == person_id, QuietSpace.space_id == space_id)


def is_hushed(space_id: Any) -> ColumnElement[bool]:  # noqa: ANN401  # a number or a column
    """Return the condition on `Notification` that it is of an announcement in that space which its person has in the app only."""
    return and_(Notification.reason == Reason.ANNOUNCEMENT, is_quiet(Notification.person_id, space_id))


def quiet_spaces(person: Person) -> Sequence[Space]:
    """Return the spaces whose announcements somebody has in the app only, by name. What they left isn't among them (A3)."""
    query = (
        select(Space)
        .join(QuietSpace, QuietSpace.space_id == Space.id)
        .join(Membership, Membership.space_id == Space.id)
        .where(QuietSpace.person_id == person.id, belongs(person))
        .order_by(Space.name, Space.id)
    )
    return db.session.scalars(query).all()
