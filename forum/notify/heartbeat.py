"""The sign of life that workers leave in the database."""

import os
import secrets
import socket
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import delete

from forum.core.db import db, insert, transaction
from forum.core.outbox import Heartbeat
from forum.core.time import now

EVERY = timedelta(seconds=10)
FRESH = timedelta(seconds=45)
FORGOTTEN = timedelta(days=1)


@dataclass(frozen=True)
class Outage:
    """The mail server is out of reach."""

    since: datetime
    error: str


def new_name() -> str:
    """Return a name for a worker: where it runs, which process it is, and something that no other has."""
    return f"{socket.gethostname()[:20]}-{os.getpid()}-{secrets.token_hex(3)}"


def beat(name: str, *, outage: Outage | None = None) -> None:
    """Note that the worker is alive, and how the mail server is doing."""
    told = {
        "beat_at": now(),
        "mail_down_since": outage.since if outage else None,
        "mail_error": outage.error if outage else None,
    }
    with transaction():
        db.session.execute(
            insert(Heartbeat)
            .values(worker=name, **told)
            .on_conflict_do_update(index_elements=[Heartbeat.worker], set_=told)
        )
        db.session.execute(delete(Heartbeat).where(Heartbeat.beat_at < now() - FORGOTTEN))


def forget(name: str) -> None:
    """A worker that stops as it should leaves nothing to wait for."""
    with transaction():
        db.session.execute(delete(Heartbeat).where(Heartbeat.worker == name))
