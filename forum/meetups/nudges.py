"""What meetups nudge organisers about: that there was none for long, and none is planned."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from flask import url_for
from sqlalchemy import ColumnElement, and_, bindparam, exists, select

from forum.core.db import UtcDateTime
from forum.core.prepared import prepared
from forum.meetups.models import Occurrence, OccurrenceState
from forum.people.models import Person
from forum.spaces.guard import Here
from forum.spaces.models import Item, Space
from forum.spaces.nudging import NUDGED, About, NudgeLine, NudgeRule
from forum.web.words import _, _l

WITHOUT = timedelta(weeks=6)


@prepared
def _none_for_long() -> ColumnElement[bool]:
    """The condition: nothing took place in the space for six weeks, or is planned, and the space is older than that."""
    since = bindparam("no_meetup_since", type_=UtcDateTime)
    dates = (
        select(Occurrence.id)
        .join(Item, Item.id == Occurrence.series_id)
        .where(Item.space_id == NUDGED, Occurrence.state == OccurrenceState.PLANNED, Occurrence.ends_at > since)
    )
    old = select(Space.id).where(Space.id == NUDGED, Space.created_at < since)
    return and_(exists(old.correlate(None)), ~exists(dates.correlate(None)))


def _since(at: datetime) -> Mapping[str, Any]:
    return {"no_meetup_since": at - WITHOUT}


def _plan(here: Here, _item: Item | None, _person: Person | None, _at: datetime) -> NudgeLine:
    return NudgeLine(
        title=_("Meet: there was no meetup in six weeks"),
        why=_("None is planned either. Ask when people can, or choose a day."),
        url=url_for("meetups.new_poll", slug=here.space.slug),
        do=_("Ask when people can"),
    )


NUDGES = (
    NudgeRule(
        kind="no meetup",
        about=About.SPACE,
        order=30,
        rule=_l("No meetup took place in the last six weeks, and none is planned. Once a month at the most."),
        holds=_none_for_long,
        values=_since,
        line=_plan,
    ),
)
