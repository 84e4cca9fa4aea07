"""Who came to meetups, for a space's health: people are counted, and nobody is named."""

from collections.abc import Mapping

from sqlalchemy import select

from forum.core.db import db
from forum.meetups.models import Answer, Occurrence, OccurrenceState, Rsvp
from forum.spaces.guard import Here
from forum.spaces.health import Periods
from forum.spaces.models import Audience, Item, ItemState


def took_part(here: Here, periods: Periods) -> Mapping[int, set[int]]:
    """Return who had a seat at a meetup that took place, by the number of the period. One query."""
    edges, place = periods.edges, periods.column(Occurrence.starts_at)
    rows = db.session.execute(
        select(place, Rsvp.person_id)
        .join(Occurrence, Occurrence.id == Rsvp.occurrence_id)
        .join(Item, Item.id == Occurrence.series_id)
        .where(
            Item.space_id == here.space.id,
            Item.state == ItemState.PUBLISHED,
            Item.audience == Audience.SPACE,
            Occurrence.state == OccurrenceState.PLANNED,
            Occurrence.starts_at >= edges[0],
            Occurrence.starts_at < edges[-1],
            Rsvp.status == Answer.GOING,
        )
        .distinct()
    )
    found: dict[int, set[int]] = {}
    for number, person_id in rows:
        found.setdefault(number, set()).add(person_id)
    return found
