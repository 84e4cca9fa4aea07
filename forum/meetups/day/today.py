"""What Today says of the days of meetups: what one promised and is due, and minutes that are new."""

from datetime import timedelta

from flask import url_for
from sqlalchemy import select

from forum.core.db import db
from forum.core.time import now, today
from forum.meetups.day.models import Minutes
from forum.meetups.day.queries.follow_up import open_in
from forum.meetups.models import Occurrence
from forum.spaces.guard import Here
from forum.spaces.models import Item
from forum.spaces.parts import TodayPart
from forum.spaces.queries import visible_items

PROMISED, READ = 14, 16
LISTED = 5
SOON, NEW = timedelta(days=7), timedelta(days=7)


def parts(here: Here) -> list[TodayPart]:
    """Return the parts that have something in them: what is due within a week, and minutes of the last week."""
    return [*_promised(here), *_published(here)]


def _promised(here: Here) -> list[TodayPart]:
    """What is due counts as waiting from its day on."""
    if not here.is_member:
        return []
    day = today(here.space.zone)
    soon = [one for one in open_in(here, mine=True) if one.action.due_on and one.action.due_on <= day + SOON]
    if not soon:
        return []
    waits = sum(one.is_due(day) or one.is_overdue(day) for one in soon)
    values: dict[str, object] = {"lines": soon[:LISTED], "more": len(soon) - LISTED}
    return [TodayPart(order=PROMISED, template="meetups/today_promised.html", values=values, waits=waits)]


def _published(here: Here) -> list[TodayPart]:
    rows = db.session.execute(
        select(Occurrence, Item)
        .join(Minutes, Minutes.occurrence_id == Occurrence.id)
        .join(Item, Item.id == Occurrence.series_id)
        .where(
            Item.space_id == here.space.id,
            Minutes.published_at > now() - NEW,
            visible_items(here.actor, now()),
        )
        .order_by(Minutes.published_at.desc())
        .limit(LISTED)
    ).all()
    lines = [
        (one.title or item.title, one, url_for("meetups.occurrence", slug=here.space.slug, ref=item.ref, key=one.id))
        for one, item in rows
    ]
    if not lines:
        return []
    return [TodayPart(order=READ, template="meetups/today_minutes.html", values={"lines": lines}, in_rail=True)]
