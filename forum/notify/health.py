"""How Baton is doing: for `/readyz`, `baton check` and the admins' page. Words for people, states for machines."""

import enum
import logging
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from pathlib import Path
from shutil import disk_usage

from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from flask import Flask, current_app
from sqlalchemy import func, select, text
from sqlalchemy.exc import SQLAlchemyError

from forum.config import Settings
from forum.core.db import WRITES, db
from forum.core.outbox import Delivery, DeliveryState, FactRow, Heartbeat, Mailbox
from forum.core.time import now
from forum.notify.heartbeat import FRESH
from forum.notify.pausing import may_leave
from forum.people.models import Person
from forum.web.words import _, _n

logger = logging.getLogger(__name__)
DEADLINE = 2.0  # seconds
MEGABYTE = 1024 * 1024
NO_ROOM, LITTLE_ROOM = 20 * MEGABYTE, 200 * MEGABYTE
LATE = timedelta(minutes=10)


class Is(enum.StrEnum):
    """How something is. BAD alone makes Baton not ready."""

    GOOD = "good"
    CARE = "care"
    BAD = "bad"


@dataclass(frozen=True)
class Check:
    """One thing that was looked at, and what there is to say about it."""

    name: str
    state: Is
    says: str


@dataclass(frozen=True, kw_only=True)
class MailHealth:
    """What waits to be mailed, what could not be, and whether the mail server answers."""

    waiting: int
    waiting_since: datetime | None
    late: int
    tried: int
    """How many of those that wait were tried, and will be again."""
    failed: int
    stuck_facts: int
    paused: int
    """To how many people mail waits because it came back: that is theirs to put right, and late it is not."""
    down_since: datetime | None
    error: str | None
    last_sent_at: datetime | None


@dataclass(frozen=True, kw_only=True)
class MailboxHealth:
    """When the mailbox for replies was last read, and since when it can't be, if it can't."""

    good_at: datetime | None
    down_since: datetime | None
    error: str | None
    is_late: bool
    """Whether nobody has looked for longer than they should."""


def mail_health() -> MailHealth:
    """Return how mail is doing now, for the admins' page and the checks."""
    waiting, since, due, tried = db.session.execute(
        select(
            func.count(),
            func.min(FactRow.at),
            func.count().filter(Delivery.due_at < now() - LATE),
            func.count().filter(Delivery.error.is_not(None)),
        )
        .select_from(Delivery)
        .join(FactRow, FactRow.id == Delivery.fact_id)
        .where(Delivery.state == DeliveryState.DUE, may_leave(()))
    ).one()
    failed = select(func.count()).where(Delivery.state == DeliveryState.FAILED).scalar_subquery()
    stuck = select(func.count()).where(FactRow.expanded_at.is_(None), FactRow.error.is_not(None)).scalar_subquery()
    last_sent = select(func.max(Delivery.sent_at)).scalar_subquery()
    paused = select(func.count()).where(Person.mail_paused_at.is_not(None)).scalar_subquery()
    told = db.session.execute(
        select(failed.label("failed"), stuck.label("stuck"), paused.label("paused"), last_sent.label("last_sent"))
    ).one()
    down = db.session.execute(
        select(Heartbeat.mail_down_since, Heartbeat.mail_error)
        .where(Heartbeat.beat_at > now() - FRESH, Heartbeat.mail_down_since.is_not(None))
        .order_by(Heartbeat.mail_down_since)
    ).first()
    return MailHealth(
        waiting=waiting,
        waiting_since=since,
        late=due,
        tried=tried,
        failed=told.failed,
        stuck_facts=told.stuck,
        paused=told.paused,
        down_since=down.mail_down_since if down else None,
        error=down.mail_error if down else None,
        last_sent_at=told.last_sent,
    )


def checks() -> list[Check]:
    """Look at everything. Without a database that answers, or with another one than the code's, the rest is left out."""
    app: Flask = current_app._get_current_object()  # type: ignore[attr-defined]  # noqa: SLF001  # what a thread must be given
    database = _within(DEADLINE, lambda: _database_in(app))
    return [database] if database.state is Is.BAD else [database, *_others()]


def _others() -> Iterator[Check]:
    yield _tried("disk", _room)
    migrations = _tried("migrations", _migrations)
    yield migrations
    if migrations.state is Is.BAD:
        return  # what the tables of another version hold can't be asked
    yield _tried("worker", _worker)
    yield _tried("mail", _mail)
    if current_app.extensions["baton"].settings.imap_host:
        yield _tried("mailbox", _mailbox)
    demo = _tried("demo", _demo)
    if demo.state is Is.BAD:
        yield demo


def _tried(name: str, look: Callable[[], Check]) -> Check:
    """Look, and say so when the database doesn't let us: one question that fails must not hide the other answers."""
    try:
        return look()
    except (SQLAlchemyError, OSError):
        logger.exception("readiness: %s can't be looked at", name)
        return Check(name, Is.BAD, _("It can’t be looked at: the log says why."))
    finally:
        db.session.rollback()


def _within(seconds: float, look: Callable[[], Check]) -> Check:
    """Look in a thread: a database that never answers must not hold up the answer that says so."""
    found: list[Check] = []
    thread = threading.Thread(target=lambda: found.append(look()), name="readiness", daemon=True)
    thread.start()
    thread.join(seconds)
    late = _("The database didn’t answer within %(seconds)s seconds.", seconds=int(seconds))
    return found[0] if found else Check("database", Is.BAD, late)


def _database_in(app: Flask) -> Check:
    """Ask for the right to write, and give it back: a database that can only be read is of no use."""
    with app.app_context():
        try:
            db.session.connection(execution_options={WRITES: True})
            db.session.execute(text("SELECT 1"))
        except SQLAlchemyError:
            return Check("database", Is.BAD, _("The database can’t be used."))
        finally:
            db.session.remove()
        return Check("database", Is.GOOD, _("The database answers."))


def _room() -> Check:
    """Look how much room there is where SQLite writes."""
    path = db.engine.url.database
    if db.engine.dialect.name != "sqlite" or not path or path == ":memory:":
        return Check("disk", Is.GOOD, _("The database server looks after the disk."))
    free = disk_usage(Path(path).resolve().parent).free
    says = _("%(room)s MB are free on the database’s disk.", room=free // MEGABYTE)
    if free < NO_ROOM:
        return Check("disk", Is.BAD, says)
    return Check("disk", Is.CARE if free < LITTLE_ROOM else Is.GOOD, says)


@cache
def newest_revision(folder: str) -> str | None:
    """Return the revision that the code in `folder` expects."""
    return ScriptDirectory(folder).get_current_head()


def knows_revision(folder: str, revision: str | None) -> bool:
    """Say whether the code in `folder` can bring a database at `revision` up to date."""
    return revision in {script.revision for script in ScriptDirectory(folder).walk_revisions()}


def database_revision() -> str | None:
    """Return the revision that the database is at; None for an empty one."""
    revision: str | None = MigrationContext.configure(db.session.connection()).get_current_revision()
    return revision


def is_migrated() -> bool:
    """Say whether the database is what the code expects."""
    return database_revision() == newest_revision(current_app.extensions["migrate"].directory)


def _migrations() -> Check:
    if is_migrated():
        return Check("migrations", Is.GOOD, _("The database is up to date."))
    return Check("migrations", Is.BAD, _("The database isn’t at the newest migration. Run: baton migrate"))


def has_worker() -> bool:
    """Say whether a worker gave a sign of life lately."""
    beat = db.session.scalar(select(func.max(Heartbeat.beat_at)))
    return beat is not None and beat > now() - FRESH


def _worker() -> Check:
    if has_worker():
        return Check("worker", Is.GOOD, _("A worker is running."))
    return Check("worker", Is.BAD, _("No worker is running, so nothing is mailed. Start one with: baton worker"))


def _mail() -> Check:
    mail = mail_health()
    if mail.down_since is not None:
        words = _n(
            "The mail server can’t be used since %(since)s. %(num)d message waits.",
            "The mail server can’t be used since %(since)s. %(num)d messages wait.",
            mail.waiting,
            since=f"{mail.down_since:%Y-%m-%d %H:%M} UTC",
        )
        return Check("mail", Is.BAD, words)
    if mail.late:
        return Check("mail", Is.CARE, _n("%(num)d message is late.", "%(num)d messages are late.", mail.late))
    if mail.failed or mail.stuck_facts:
        # One wrong address must not take the site out of service: it is said, and Baton stays ready.
        words = _n(
            "%(num)d message could not be sent. See: baton mail",
            "%(num)d messages could not be sent. See: baton mail",
            mail.failed,
        )
        return Check("mail", Is.CARE, words)
    return Check("mail", Is.GOOD, _("Mail is under way, and nothing is late."))


def mailbox() -> MailboxHealth | None:
    """Return how the mailbox is doing from which replies are fetched; None where none is set, or nobody has looked yet."""
    settings: Settings = current_app.extensions["baton"].settings
    found = db.session.get(Mailbox, settings.imap_host) if settings.imap_host else None
    if found is None:
        return None
    is_late = found.good_at is not None and found.good_at < now() - max(
        LATE, 5 * timedelta(seconds=settings.imap_seconds)
    )
    return MailboxHealth(good_at=found.good_at, down_since=found.down_since, error=found.error, is_late=is_late)


def _mailbox() -> Check:
    """Look how fetching replies is doing. What comes in waits in the mailbox meanwhile, so Baton stays ready without it."""
    found = mailbox()
    if found is None:
        return Check("mailbox", Is.CARE, _("Nobody has looked into the mailbox for replies yet."))
    last = f"{found.good_at:%Y-%m-%d %H:%M} UTC" if found.good_at else _("never")
    if found.down_since is not None:
        since = f"{found.down_since:%Y-%m-%d %H:%M} UTC"
        words = _("The mailbox for replies can’t be used since %(since)s. Last read: %(last)s.", since=since, last=last)
        return Check("mailbox", Is.CARE, words)
    words = _("The mailbox for replies was read last at %(last)s.", last=last)
    return Check("mailbox", Is.CARE if found.is_late else Is.GOOD, words)


def _demo() -> Check:
    if demo_in_production():
        return Check("demo", Is.BAD, _("This is a demo organisation, and demo people may not exist in production."))
    return Check("demo", Is.GOOD, _("Nobody is made up where nobody may be."))


def demo_in_production() -> bool:
    """Say whether demo people stand in a production database, where they may not be (A14)."""
    settings: Settings = current_app.extensions["baton"].settings
    return settings.is_production and db.session.scalar(select(Person.id).where(Person.is_demo).limit(1)) is not None
