"""Looking each hour whether a kept search finds something new."""

import logging

from forum.core.db import db
from forum.core.time import now
from forum.search import saving

logger = logging.getLogger(__name__)


def look_at_saved() -> None:
    """Look at the kept searches that are due, each by itself: one that fails keeps no other waiting, and is tried again."""
    at = now()
    for saved_id in saving.due(at):
        db.session.rollback()
        try:
            saving.look(saved_id, at=at)
        except Exception:
            logger.exception("The kept search %d could not be looked at; the others are", saved_id)
