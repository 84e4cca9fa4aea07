"""Who is suspended in a space: one condition for powers, lists and mail. Time alone decides, on each request."""

from datetime import datetime

from sqlalchemy import BindParameter, ColumnElement, and_, exists

from forum.core.db import db
from forum.people.models import Person
from forum.spaces.models import Membership, Space, Suspension
from forum.spaces.policy import KEEPERS


def is_suspended(membership: type[Membership], at: datetime | BindParameter[datetime]) -> ColumnElement[bool]:
    """Return the condition that whose `membership` it is may only read in that space at `at`."""
    return (
        exists()
        .where(
            Suspension.space_id == membership.space_id,
            Suspension.person_id == membership.person_id,
            Suspension.until > at,
        )
        .correlate(membership)
    )


def keeps_now(membership: type[Membership], at: datetime | BindParameter[datetime]) -> ColumnElement[bool]:
    """Return the condition that whose open `membership` it is looks after the space at `at`."""
    return and_(membership.role.in_(KEEPERS), ~is_suspended(membership, at))


def suspension_of(space: Space, person: Person, *, at: datetime) -> Suspension | None:
    """Return the suspension of `person` that is in force at `at`, read anew; of members and of others."""
    found = db.session.get(Suspension, (space.id, person.id), populate_existing=True)
    return found if found is not None and found.until > at else None


def suspends(space_id: object, person_id: object, at: datetime | BindParameter[datetime]) -> ColumnElement[bool]:
    """Return the condition on which a query of people in spaces joins `Suspension` (outer)."""
    return and_(Suspension.space_id == space_id, Suspension.person_id == person_id, Suspension.until > at)
