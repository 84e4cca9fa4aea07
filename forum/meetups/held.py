"""Which meetups people host, for the list of a space's members."""

from collections.abc import Collection, Mapping, Sequence

from flask import url_for
from sqlalchemy import exists, func, select

from forum.core.db import db
from forum.core.time import now
from forum.meetups.models import Occurrence, OccurrenceState, Series
from forum.spaces.guard import Here
from forum.spaces.models import Item
from forum.spaces.parts import Holds
from forum.spaces.policy import Can
from forum.spaces.queries import viewing, visible_to_viewer
from forum.web.words import _


def held_by(here: Here, people: Collection[int]) -> Mapping[int, Sequence[Holds]]:
    """Return the meetups with dates to come that somebody hosts by name. For members only (A3). One query."""
    if not here.is_member or not here.may(Can.SEE_MEETUPS):
        return {}
    at = now()
    comes = exists().where(
        Occurrence.series_id == Series.id, Occurrence.state == OccurrenceState.PLANNED, Occurrence.ends_at > at
    )
    rows = db.session.execute(
        select(Series.host_id, Item.ref, Item.title)
        .join(Item, Item.id == Series.id)
        .where(Item.space_id == here.space.id, Series.host_id.in_(people), comes, visible_to_viewer())
        .order_by(func.lower(Item.title), Item.id),
        viewing(here.actor, at),
    )
    found: dict[int, list[Holds]] = {}
    for host_id, ref, title in rows:
        url = url_for("meetups.series", slug=here.space.slug, ref=ref)
        found.setdefault(host_id or 0, []).append(Holds(title=title, url=url, place=_("host")))
    return found
