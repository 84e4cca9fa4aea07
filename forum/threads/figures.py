"""What of threads can be counted, as a community's health tells it: how many questions are answered, and how soon somebody answers."""

from collections.abc import Sequence
from datetime import datetime
from statistics import median

from sqlalchemy import func, select

from forum.core.db import db
from forum.spaces.health import FEWEST, Periods, blocks_of, drawn_share
from forum.spaces.models import Item, Space
from forum.spaces.parts import Drawn, Figure
from forum.threads.health import first_waits, in_sight
from forum.threads.models import Thread
from forum.web.words import _, _l


def _lately(space: Space, at: datetime) -> Periods:
    """Return the last four weeks that are over, as a community's health has them."""
    return Periods(blocks_of(space.zone, at).days[-2:], space.zone)


def answered(space: Space, at: datetime) -> Drawn | None:
    """Return how many in a hundred of the questions of four weeks had an accepted answer when those were over."""
    first, last = _lately(space, at).edges
    query = (
        select(func.count(), func.count().filter(Thread.accepted_at < last))
        .select_from(Item)
        .join(Thread, Thread.id == Item.id)
        .where(*in_sight(space.id), Item.created_at >= first, Item.created_at < last)
    )
    asked, done = db.session.execute(query).one()
    return drawn_share(done, asked)


def first_answer(space: Space, at: datetime) -> Drawn | None:
    """Return after how many hours somebody else wrote under a question, for the one in the middle (the median)."""
    waits = [hours for _place, hours in first_waits(space.id, _lately(space, at))]
    if len(waits) < FEWEST:
        return None
    return Drawn(max(round(median(waits)), 1), _("of %(whole)s", whole=len(waits)))


FIGURES: Sequence[Figure] = (
    Figure(name="answered", label=_l("Questions answered, of those of four weeks"), unit="%", value=answered),
    Figure(name="first answer", label=_l("Time to the first answer"), unit=_l("hours"), value=first_answer),
)
