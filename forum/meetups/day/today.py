"""What Today says of the days of meetups: what one promised and is due, and minutes that are new."""

from datetime import timedelta

from flask import url_for
from sqlalchemy import Integer, Select, bindparam, exists, select

from forum.core.db import UtcDateTime, db
from forum.core.prepared import prepared
from forum.core.time import now, today
from forum.meetups.day.models import Action, ActionState, Minutes
from forum.meetups.day.queries.follow_up import open_in
from forum.meetups.models import KIND, Occurrence
from forum.spaces.guard import Here
from forum.spaces.models import Item
from forum.spaces.parts import TodayIf, TodayPart
from forum.spaces.policy import Can
from forum.spaces.queries import VIEWER, viewing, visible_to_viewer

PROMISED, READ = 14, 16
LISTED = 5
SOON, NEW = timedelta(days=7), timedelta(days=7)


def _promised(here: Here) -> list[TodayPart]:
    """What is due within a week. It counts as waiting from its day on."""
    if not here.is_member or not here.may(Can.SEE_MEETUPS):
        return []
    day = today(here.space.zone)
    soon = [one for one in open_in(here, mine=True) if one.action.due_on and one.action.due_on <= day + SOON]
    if not soon:
        return []
    waits = sum(one.is_due(day) or one.is_overdue(day) for one in soon)
    values: dict[str, object] = {"lines": soon[:LISTED], "more": len(soon) - LISTED}
    return [TodayPart(order=PROMISED, template="meetups/today_promised.html", values=values, waits=waits)]


def _published(here: Here) -> list[TodayPart]:
    """Minutes of the last week."""
    if not here.may(Can.SEE_MEETUPS):
        return []
    at = now()
    rows = db.session.execute(
        _minutes(), {"space_id": here.space.id, "since": at - NEW, **viewing(here.actor, at)}
    ).all()
    lines = [
        (one.title or item.title, one, url_for("meetups.occurrence", slug=here.space.slug, ref=item.ref, key=one.id))
        for one, item in rows
    ]
    if not lines:
        return []
    return [TodayPart(order=READ, template="meetups/today_minutes.html", values={"lines": lines}, in_rail=True)]


@prepared
def _minutes() -> Select[Occurrence, Item]:
    """Minutes that were published since a moment. Built once."""
    return (
        select(Occurrence, Item)
        .join(Minutes, Minutes.occurrence_id == Occurrence.id)
        .join(Item, Item.id == Occurrence.series_id)
        .where(
            Item.space_id == bindparam("space_id", type_=Integer),
            Minutes.published_at > bindparam("since", type_=UtcDateTime),
            visible_to_viewer(),
        )
        .order_by(Minutes.published_at.desc())
        .limit(LISTED)
    )


HAS_PROMISED = exists().where(Action.holder_id == VIEWER, Action.state == ActionState.OPEN)
HAS_MINUTES = exists().where(
    Minutes.occurrence_id == Occurrence.id,
    Occurrence.series_id == Item.id,
    Item.space_id == bindparam("space_id", type_=Integer),
    Item.kind == KIND,
    Minutes.published_at.is_not(None),
)
TODAY_IF = (TodayIf(may=HAS_PROMISED, parts=_promised), TodayIf(may=HAS_MINUTES, parts=_published))
