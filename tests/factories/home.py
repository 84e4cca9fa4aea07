"""Rows of home: nudges."""

from sqlalchemy import func, select

from forum.core.db import db, transaction
from forum.core.halves import monday_of
from forum.core.time import now, today
from forum.home.models import Nudge
from forum.people.models import Person
from forum.spaces.models import Space
from forum.threads.models import Thread


def make_nudge(
    space: Space,
    *,
    item: Thread | None = None,
    person: Person | None = None,
    kind: str = "unanswered",
    place: int | None = None,
    dismissed_by: Person | None = None,
) -> Nudge:
    """Nudge a space's organisers about an item or a member, this week."""
    week = monday_of(today(space.zone))
    with transaction():
        taken = db.session.scalar(select(func.count()).where(Nudge.space_id == space.id, Nudge.week == week)) or 0
        nudge = Nudge(
            space_id=space.id,
            week=week,
            place=taken + 1 if place is None else place,
            kind=kind,
            key=str((item or person or space).id),
            item_id=item.id if item else None,
            person_id=person.id if person else None,
            chosen_at=now(),
            dismissed_at=now() if dismissed_by else None,
            dismissed_by_id=dismissed_by.id if dismissed_by else None,
        )
        db.session.add(nudge)
    return nudge
