"""Looking each hour whether a kept search finds something new."""

from forum.core.db import db, transaction
from forum.core.time import now
from forum.search import saving


def look_at_saved() -> None:
    """Look at the kept searches that are due, each in a transaction of its own."""
    at = now()
    for saved_id in saving.due(at):
        db.session.rollback()
        with transaction():
            saving.look(saved_id, at=at)
