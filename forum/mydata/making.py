"""The worker's part: a download that waits is made, one that ran out is removed from disk."""

import logging
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path

from flask import current_app
from sqlalchemy import and_, or_, select, update

from forum.config import Settings
from forum.core.db import db, transaction
from forum.core.events import announce
from forum.core.time import now
from forum.mydata.events import DataReady
from forum.mydata.models import Download, DownloadState
from forum.mydata.packing import pack, size_of
from forum.people.models import Person

LEASE = timedelta(minutes=3)
LAST_ATTEMPT = 3
ORPHANED = timedelta(days=1)
"""How long a file lies without a download that is ready, before it is removed: one may be about to be."""
ENDED = (DownloadState.FAILED, DownloadState.CANCELLED, DownloadState.OVER)

logger = logging.getLogger(__name__)


class NotWantedError(Exception):
    """The download was called off, or another worker has it now."""


@dataclass(frozen=True)
class Claim:
    """A download that this worker makes, until a moment."""

    download_id: int
    person_id: int
    key: str
    until: datetime


def folder() -> Path:
    """Return where downloads lie."""
    settings: Settings = current_app.extensions["baton"].settings
    return settings.var / "downloads"


def path_of(key: str) -> Path:
    """Return where the file of a download lies."""
    return folder() / f"{key}.zip"


def make_one() -> bool:
    """Make a download, if one waits. Say whether there was one."""
    claim = _claim()
    if claim is None:
        return False
    part = folder() / f"{claim.key}.part"
    try:
        folder().mkdir(mode=0o700, parents=True, exist_ok=True)
        part.touch(mode=0o600)
        _make(claim, part)
    except NotWantedError:
        logger.info("download %s was called off", claim.download_id)
    except Exception as error:
        logger.exception("download %s could not be made", claim.download_id)
        _note_failure(claim, type(error).__name__)
    finally:
        part.unlink(missing_ok=True)
    return True


def _make(claim: Claim, part: Path) -> None:
    person = db.session.get_one(Person, claim.person_id)
    held = [_progress(claim, done=0, total=size_of(person))]
    done = [0]

    def step(number: int) -> None:
        done[0] += number
        held[0] = _progress(held[0], done=done[0])

    pack(person, part, step=step)
    settings: Settings = current_app.extensions["baton"].settings
    at, size = now(), part.stat().st_size
    part.replace(path_of(claim.key))
    try:
        with transaction():
            _change(
                held[0],
                state=DownloadState.READY,
                claimed_until=None,
                ready_at=at,
                expires_at=at + timedelta(days=settings.download_days),
                size=size,
                error=None,
            )
            announce(DataReady(download_id=claim.download_id))
    except BaseException:
        path_of(claim.key).unlink(missing_ok=True)
        raise


def _claim() -> Claim | None:
    """Take the download that has waited longest, or one whose worker was lost with it."""
    at = now()
    waiting = (
        select(Download)
        .where(
            or_(
                and_(
                    Download.state == DownloadState.WAITING,
                    or_(Download.claimed_until.is_(None), Download.claimed_until < at),
                ),
                and_(Download.state == DownloadState.WORKING, Download.claimed_until < at),
            )
        )
        .order_by(Download.asked_at, Download.id)
        .limit(1)
    )
    if db.session.scalar(waiting) is None:
        db.session.rollback()
        return None
    with transaction():
        found = db.session.scalar(waiting.with_for_update(skip_locked=True))
        if found is None:
            return None
        found.attempts += 1
        if found.attempts > LAST_ATTEMPT:
            found.state, found.claimed_until, found.error = DownloadState.FAILED, None, "lost"
            return None
        found.state, found.claimed_until, found.done = DownloadState.WORKING, at + LEASE, 0
        return Claim(found.id, found.person_id, found.uuid, at + LEASE)


def _progress(claim: Claim, **values: int) -> Claim:
    longer = replace(claim, until=now() + LEASE)
    with transaction():
        _change(claim, claimed_until=longer.until, **values)
    return longer


def _change(claim: Claim, **values: object) -> None:
    """Write to the download if it is still wanted, and ours. Use inside `transaction()`. Raises NotWantedError."""
    ours = select(Download.id).where(
        Download.id == claim.download_id,
        Download.state == DownloadState.WORKING,
        Download.claimed_until == claim.until,
    )
    changed = db.session.scalars(
        update(Download)
        .where(Download.id.in_(ours.with_for_update()))
        .values(**values)
        .returning(Download.id)
        .execution_options(synchronize_session=False)
    ).all()
    if not changed:
        raise NotWantedError


def _note_failure(claim: Claim, why: str) -> None:
    """Have it tried again in a minute, or give it up: then its person sees so, and can ask anew."""
    with transaction():
        row = db.session.get(Download, claim.download_id, populate_existing=True)
        if row is None or row.state is not DownloadState.WORKING:
            return
        is_over = row.attempts >= LAST_ATTEMPT
        row.state = DownloadState.FAILED if is_over else DownloadState.WAITING
        row.claimed_until = None if is_over else now() + timedelta(minutes=row.attempts)
        row.error = why


def remove_files(person: Person) -> None:
    """Remove what was put together for somebody whose account is erased. Its rows go as `personal.py` says."""
    for key in db.session.scalars(select(Download.uuid).where(Download.person_id == person.id)).all():
        path_of(key).unlink(missing_ok=True)


def sweep() -> None:
    """Remove files whose time is over, and those that no download leads to."""
    at = now()
    with transaction():
        over = update(Download).where(Download.state == DownloadState.READY, Download.expires_at < at)
        db.session.execute(over.values(state=DownloadState.OVER).execution_options(synchronize_session=False))
    if not folder().is_dir():
        return
    ready = set(db.session.scalars(select(Download.uuid).where(Download.state == DownloadState.READY)))
    ended = set(db.session.scalars(select(Download.uuid).where(Download.state.in_(ENDED))))
    db.session.rollback()
    for path in folder().iterdir():
        is_old = path.stat().st_mtime < (at - ORPHANED).timestamp()
        if path.stem in ended or (is_old and path.stem not in ready):
            path.unlink(missing_ok=True)
