"""Limits on tries, counted in the database so that all processes share them."""

import hashlib
from datetime import timedelta

from sqlalchemy import case, delete

from forum.core.db import db, insert, transaction
from forum.core.errors import TooMany
from forum.core.outbox import RateWindow
from forum.core.time import now

KEPT = timedelta(days=1)


def limit(name: str, subject: str, *, times: int, within: timedelta, count: int = 1) -> None:
    """Count a try of `name` by `subject` (an account, an address). Raises TooMany past `times` in a window of `within`.

    Runs in a transaction of its own, before the one it protects: a try counts even when what it tried fails. One that stands for
    several (`count`) and goes too far isn't counted: fewer may still go.
    """
    key = hashlib.sha256(f"{name}\0{subject}".encode()).hexdigest()
    at = now()
    fresh = RateWindow.started_at > at - within
    with transaction():
        db.session.execute(delete(RateWindow).where(RateWindow.started_at < at - KEPT))
        tries, started_at = db.session.execute(
            insert(RateWindow)
            .values(key=key, started_at=at, tries=count)
            .on_conflict_do_update(
                index_elements=[RateWindow.key],
                set_={
                    "tries": case((fresh, RateWindow.tries + count), else_=count),
                    "started_at": case((fresh, RateWindow.started_at), else_=at),
                },
            )
            .returning(RateWindow.tries, RateWindow.started_at)
        ).one()
        if tries > times:
            raise TooMany(int((started_at + within - at).total_seconds()) + 1)
