"""What of stories can be counted: those that helped somebody."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import exists, func, or_, select

from forum.core.db import db
from forum.spaces.health import drawn_number
from forum.spaces.models import Audience, Item, ItemState, Space
from forum.spaces.parts import Drawn, Figure
from forum.stories.models import Result, Saved, Story, Try
from forum.web.words import _l


def used(space: Space, at: datetime) -> Drawn | None:
    """Return how many stories saved somebody, or had a fix that worked in another team, wholly or partly."""
    worked = exists().where(Try.story_id == Story.id, Try.result != Result.FAILED, Try.day <= at.date())
    saved = exists().where(Saved.story_id == Story.id, Saved.day <= at.date())
    query = (
        select(func.count())
        .select_from(Story)
        .join(Item, Item.id == Story.id)
        .where(
            Item.space_id == space.id,
            Item.state == ItemState.PUBLISHED,
            Item.audience == Audience.SPACE,
            or_(worked, saved),
        )
    )
    return drawn_number(db.session.scalar(query) or 0)


FIGURES: Sequence[Figure] = (
    Figure(name="stories used", label=_l("Stories that helped another team"), unit="", value=used),
)
