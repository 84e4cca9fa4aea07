"""Removing the bytes of attached files that no row names any more."""

import itertools
import logging
from datetime import datetime, timedelta

from sqlalchemy import select

from forum.content.models import Attachment
from forum.core.db import db
from forum.core.files import Store

BYTES_KEPT = timedelta(days=1)

logger = logging.getLogger(__name__)


def clean(store: Store, *, at: datetime) -> int:
    """Delete the files to which no row leads, and return how many. Rows go as `forum.content.kept` says. Any worker may do it."""
    files = _clean_files(store, at)
    if files:
        logger.info("attachments: %d files deleted", files)
    return files


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
