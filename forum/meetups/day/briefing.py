"""What meetups tell somebody on their return: the minutes that were published meanwhile, with what concerns them."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import exists, select

from forum.core.db import db
from forum.core.time import now
from forum.meetups.day.concern import concerns
from forum.meetups.day.models import Attendance, Minutes
from forum.meetups.models import Occurrence
from forum.people.models import Person
from forum.spaces.models import Item, Membership, Space
from forum.spaces.parts import BriefLine, BriefPart
from forum.spaces.queries import visible_items
from forum.web.links import path_of
from forum.web.words import _, _n

MEETUPS = 30
MOST = 10


def brief(person: Person, start: datetime, end: datetime) -> Sequence[BriefPart]:
    """Return a line for each meetup at which they were missed between two moments and that said something which concerns them."""
    mine = select(Membership.space_id).where(Membership.person_id == person.id, Membership.ended_at.is_(None))
    was_there = exists().where(Attendance.occurrence_id == Occurrence.id, Attendance.person_id == person.id)
    rows = db.session.execute(
        select(Occurrence, Item, Space)
        .join(Minutes, Minutes.occurrence_id == Occurrence.id)
        .join(Item, Item.id == Occurrence.series_id)
        .join(Space, Space.id == Item.space_id)
        .where(
            Minutes.published_at >= start,
            Minutes.published_at < end,
            ~was_there,
            Item.space_id.in_(mine),
            visible_items(person, now()),
        )
        .order_by(Occurrence.starts_at)
        .limit(MOST)
    ).all()
    lines = [line for one, item, space in rows if (line := _line(person, one, item, space)) is not None]
    return [BriefPart(order=MEETUPS, title=_("Meetups without you"), lines=lines)]


def _line(person: Person, one: Occurrence, item: Item, space: Space) -> BriefLine | None:
    said = concerns(person, one)
    if not said:
        return None
    counted = _n("One thing said concerns you.", "%(num)d things said concern you.", len(said))
    url = path_of("meetups.occurrence", slug=space.slug, ref=item.ref, key=one.id)
    return BriefLine(
        title=one.title or item.title, url=f"{url}#minutes", space=space.name, sentence=" ".join([counted, *said])
    )
