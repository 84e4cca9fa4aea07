"""How cover is found in a space: what was asked for, and what somebody took before it was needed."""

from collections.abc import Sequence

from sqlalchemy import select

from forum.core.db import db
from forum.core.halves import begins, half_of
from forum.roster.models import CoverRequest, CoverState
from forum.spaces.guard import Here
from forum.spaces.health import Measure, Periods, shared
from forum.spaces.models import Audience, Item, ItemState
from forum.web.words import _l


def measures(here: Here, periods: Periods) -> Sequence[Measure]:
    """Return how many gaps were filled in time: one query."""
    zone, midday = here.space.zone, here.space.midday
    rows = db.session.execute(
        select(CoverRequest.start_day, CoverRequest.start_half, CoverRequest.accepted_at)
        .join(Item, Item.id == CoverRequest.duty_id)
        .where(
            Item.space_id == here.space.id,
            Item.state == ItemState.PUBLISHED,
            Item.audience == Audience.SPACE,
            CoverRequest.state != CoverState.WITHDRAWN,
            CoverRequest.start_day >= periods.days[0],
            CoverRequest.start_day < periods.days[-1],
        )
    )
    asked, filled = [0] * len(periods), [0] * len(periods)
    for day, half, accepted_at in rows:
        place = periods.index_of(day)
        if place is not None:
            asked[place] += 1
            starts = begins(half_of(day, half), zone=zone, midday=midday)
            filled[place] += accepted_at is not None and accepted_at <= starts
    return [
        Measure(
            order=40,
            title=_l("Gaps filled in time"),
            definition=_l(
                "Of the times for which cover was asked and that began in these four weeks, those that somebody took before they "
                "began. What was taken back isn’t counted."
            ),
            head=_l("Filled in time"),
            periods=periods,
            points=[shared(part, whole) for part, whole in zip(filled, asked, strict=True)],
            top=1.0,
        )
    ]
