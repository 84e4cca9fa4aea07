"""What an account that is erased leaves behind in meetups: free seats."""

from sqlalchemy import select

from forum.core.db import db, lock
from forum.core.time import now
from forum.meetups.actions.turning_up import release
from forum.meetups.models import Occurrence, Rsvp, StandingRsvp
from forum.people.models import Person
from forum.spaces.models import Item


def settle(person: Person) -> None:
    """Give back the seats of somebody who goes, so that the line moves. Use inside `transaction()`."""
    single = (
        select(Occurrence.series_id)
        .join(Rsvp, Rsvp.occurrence_id == Occurrence.id)
        .where(Rsvp.person_id == person.id, Occurrence.starts_at > now())
    )
    always = select(StandingRsvp.series_id).where(StandingRsvp.person_id == person.id)
    for series_id in sorted({*db.session.scalars(single), *db.session.scalars(always)}):
        if lock(Item, series_id) is not None:
            release(person.id, series_id, at=now())
