"""What a space's stories did for teams, in numbers."""

from sqlalchemy import func, select

from forum.core.db import db
from forum.spaces.models import Audience, Item, ItemState
from forum.stories.models import KIND, Result, Try


def helped_count(space_id: int) -> int:
    """Return in how many teams a fix worked that a story of the space tells, of the stories that every member sees."""
    worked = (
        select(func.count(func.distinct(Try.department_id)))
        .join(Item, Item.id == Try.story_id)
        .where(
            Item.space_id == space_id,
            Item.state == ItemState.PUBLISHED,
            Item.audience == Audience.SPACE,
            Try.result == Result.WORKED,
        )
    )
    return db.session.scalar(worked) or 0


def has_own_story(space_id: int) -> bool:
    """Say whether a story was told in a space that didn't come along from another one."""
    told = select(Item.id).where(
        Item.space_id == space_id, Item.kind == KIND, Item.state == ItemState.PUBLISHED, Item.inherited.is_(None)
    )
    return db.session.scalar(told.limit(1)) is not None
