"""Upkeep of many things, of which one that fails keeps no other waiting."""

import logging
from collections.abc import Iterator
from contextlib import contextmanager

from forum.core.db import transaction

logger = logging.getLogger(__name__)


@contextmanager
def apart(what: str, key: int) -> Iterator[None]:
    """Write in a transaction of its own. What fails is logged, and the rest goes on; it is tried again the next time."""
    try:
        with transaction():
            yield
    except Exception:
        logger.exception("%s %d could not be looked after; the others are, and this one is tried again", what, key)
