"""Limits on tries, counted in the database so that all processes share them."""

import hashlib
import ipaddress
from datetime import timedelta

from sqlalchemy import case, delete, update

from forum.core.db import db, insert, transaction
from forum.core.errors import TooMany
from forum.core.outbox import RateWindow
from forum.core.time import now
from forum.web.words import _n

KEPT = timedelta(days=1)


def limit(name: str, subject: str, *, times: int, within: timedelta, count: int = 1) -> None:
    """Count a try of `name` by `subject` (an account, an address). Raises TooMany past `times` in a window of `within`.

    Runs in a transaction of its own, before the one it protects: a try counts even when what it tried fails. One that stands for
    several (`count`) and goes too far isn't counted: fewer may still go.
    """
    key, at = _key(name, subject), now()
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


def give_back(name: str, subject: str) -> None:
    """Take back one try that turned out well: only what fails counts. Use inside `transaction()`."""
    db.session.execute(
        update(RateWindow)
        .where(RateWindow.key == _key(name, subject), RateWindow.tries > 0)
        .values(tries=RateWindow.tries - 1)
    )


def wait(error: TooMany) -> str:
    """Return the sentence that says how long to wait, never too short."""
    minutes = -(-error.retry_after // 60)
    return _n("Wait a minute, then try again.", "Wait %(num)d minutes, then try again.", minutes)


def network_of(peer: str) -> str:
    """Return whose an address is; of IPv6 the first 64 bits, which one household or office shares."""
    try:
        address = ipaddress.ip_address(peer)
    except ValueError:
        return "unknown"
    if isinstance(address, ipaddress.IPv6Address) and address.ipv4_mapped is None:
        return str(ipaddress.ip_network((address, 64), strict=False))
    return str(getattr(address, "ipv4_mapped", None) or address)


def _key(name: str, subject: str) -> str:
    return hashlib.sha256(f"{name}\0{subject}".encode()).hexdigest()
