"""What an account that is erased leaves behind in meetups: free seats, and actions that are nobody’s."""

from datetime import datetime

from sqlalchemy import select

from forum.core.db import db, lock
from forum.core.time import now
from forum.meetups.actions.seating import release
from forum.meetups.day.actions.follow_up import leave_all
from forum.meetups.day.queries.follow_up import open_of
from forum.meetups.models import Occurrence, Rsvp, StandingRsvp
from forum.people.models import Person
from forum.spaces.models import Item, Space


def settle(person: Person) -> None:
    """Give back the seats of somebody who goes, so that the line moves, and what they promised. Use inside `transaction()`."""
    for space_id in sorted({one.space.id for one in open_of(person)}):
        leave_all(db.session.get_one(Space, space_id), person.id, at=now())
    give_back(person, at=now())


def give_back(person: Person, *, space: Space | None = None, at: datetime) -> None:
    """Take somebody off the lists of all dates to come, or of those in one space, so that the lines move."""
    single = (
        select(Item.id)
        .join(Occurrence, Occurrence.series_id == Item.id)
        .join(Rsvp, Rsvp.occurrence_id == Occurrence.id)
        .where(Rsvp.person_id == person.id, Occurrence.starts_at > at)
    )
    always = (
        select(Item.id).join(StandingRsvp, StandingRsvp.series_id == Item.id).where(StandingRsvp.person_id == person.id)
    )
    if space is not None:
        single, always = single.where(Item.space_id == space.id), always.where(Item.space_id == space.id)
    for series_id in sorted({*db.session.scalars(single), *db.session.scalars(always)}):
        if lock(Item, series_id) is not None:
            release(person.id, series_id, at=at)
