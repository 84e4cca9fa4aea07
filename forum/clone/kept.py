"""How long it is known that a space was archived or restored. A file goes when its own time is over."""

from datetime import datetime

from sqlalchemy import ColumnElement, and_, or_

from forum.clone.archive.making import is_open
from forum.clone.archive.models import Restore, SpaceArchive, Stage
from forum.core.leased import UNDER_WAY, WorkState
from forum.core.retention import Kept


def is_over(before: datetime) -> ColumnElement[bool]:
    """Return the condition that an archive came in before a moment, and that nothing can become of it."""
    is_complete = or_(Restore.space_id.is_(None), Restore.done_at.is_not(None))
    is_taken_back = or_(Restore.stage != Stage.UNDO, Restore.state == WorkState.CANCELLED)
    return and_(~is_open(), is_complete, is_taken_back, Restore.asked_at < before)


RETENTION = (
    Kept(
        what="archives of spaces that are over",
        setting="keep_links_days",
        model=SpaceArchive,
        old=lambda before: SpaceArchive.state.not_in((*UNDER_WAY, WorkState.READY)) & (SpaceArchive.asked_at < before),
    ),
    Kept(
        what="archives that were restored, or aren’t any more",
        setting="keep_links_days",
        model=Restore,
        old=is_over,
    ),
)
