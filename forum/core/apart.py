"""Upkeep of many things, of which one that fails keeps no other waiting."""

import logging
from collections.abc import Iterator
from contextlib import contextmanager

from forum.core.db import db, transaction

logger = logging.getLogger(__name__)


@contextmanager
def looked_at(what: str, key: int | str) -> Iterator[None]:
    """Read, where one that can't be read keeps no other waiting: it is logged, and the rest goes on."""
    try:
        yield
    except Exception:
        db.session.rollback()
        logger.exception("%s %s could not be looked after; the others are, and this one is tried again", what, key)


@contextmanager
def apart(what: str, key: int | str) -> Iterator[None]:
    """Write in a transaction of its own. What fails is logged, and the rest goes on; it is tried again the next time."""
    with looked_at(what, key), transaction():
        yield
