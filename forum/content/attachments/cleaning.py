"""Removing what nobody needs any more: files that were never sent, those taken out, and bytes without a row."""

import itertools
import logging
from datetime import datetime, timedelta

from sqlalchemy import and_, delete, exists, or_, select

from forum.content.models import Attachment, Draft
from forum.core.db import db, transaction
from forum.core.files import Store

UNSENT_KEPT = timedelta(days=7)
REMOVED_KEPT = timedelta(days=1)
"""What was taken out still counts for the day's limit."""
BYTES_KEPT = timedelta(days=1)

logger = logging.getLogger(__name__)


def clean(store: Store, *, at: datetime) -> tuple[int, int]:
    """Remove rows, then the files to which no row leads. Return how many of each. Any number of workers may do it."""
    rows = _clean_rows(at)
    files = _clean_files(store, at)
    if rows or files:
        logger.info("attachments: %d removed, %d files deleted", rows, files)
    return rows, files


def _clean_rows(at: datetime) -> int:
    drafted = exists().where(
        Draft.person_id == Attachment.person_id,
        Draft.place == Attachment.place,
        or_(Draft.body != "", Draft.title != ""),
    )
    forgotten = and_(Attachment.post_id.is_(None), Attachment.created_at < at - UNSENT_KEPT, ~drafted)
    taken_out = Attachment.removed_at < at - REMOVED_KEPT
    with transaction():
        gone = delete(Attachment).where(or_(forgotten, taken_out)).returning(Attachment.id)
        return len(db.session.scalars(gone.execution_options(synchronize_session=False)).all())


def _clean_files(store: Store, at: datetime) -> int:
    """Delete the files that no row names and that have lain there for a day: one folder at a time, alone with the store."""
    before, deleted = (at - BYTES_KEPT).timestamp(), 0
    store.forget_arrivals(before=at - BYTES_KEPT)
    for folder, files in itertools.groupby(store.kept(), key=lambda kept: kept[0][:2]):
        there = list(files)
        with store.held(alone=True):
            named = select(Attachment.sha256).where(Attachment.sha256 >= folder, Attachment.sha256 < folder + "g")
            known = set(db.session.scalars(named))
            db.session.rollback()
            for sha256, path in there:
                if sha256 not in known and path.exists() and path.stat().st_mtime < before:
                    path.unlink()
                    deleted += 1
    return deleted
