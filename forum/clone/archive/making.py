"""The worker's part: an archive that a steward asked for is made; files whose time is over are removed."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from pathlib import Path

from flask import current_app
from sqlalchemy import ColumnElement, and_, or_, select

from forum.clone.archive.models import NO_ROOM, Restore, SpaceArchive, Stage
from forum.clone.archive.packing import pack
from forum.clone.archive.pages import write_pages
from forum.clone.events import ArchiveReady
from forum.config import Settings
from forum.core.db import db, transaction
from forum.core.errors import Denied, Missing
from forum.core.leased import UNDER_WAY, Claim, NotWantedError, WorkState, change, longer
from forum.core.shelf import Shelf
from forum.core.time import now
from forum.people.models import Person
from forum.spaces.guard import Here, here_for
from forum.spaces.log import record
from forum.spaces.models import Space
from forum.spaces.policy import Can

SAID_EVERY = timedelta(seconds=1)


def shelf() -> Shelf[SpaceArchive]:
    """Return where archives lie, those that came in too."""
    settings: Settings = current_app.extensions["baton"].settings
    return Shelf(SpaceArchive, settings.var / "archives", settings.download_days)


class Progress:
    """Tells a row how far its work is, once a second, and keeps the work for longer meanwhile."""

    def __init__(self, model: type[SpaceArchive] | type[Restore], held: Claim) -> None:
        self.model, self.held = model, held
        self.said: datetime | None = None

    def __call__(self, done: int, total: int) -> None:
        """Say that so many things of so many are done. Raises NotWantedError."""
        if self.said is not None and now() < self.said + SAID_EVERY:
            return
        self.said = now()
        with transaction():
            longer(self.model, self.held, done=done, total=total)


def make_one() -> bool:
    """Make an archive, if one waits. Say whether there was one."""
    return shelf().make_one(_make, says=lambda asked: ArchiveReady(archive_id=asked.id))


def still_may(asked: SpaceArchive) -> Here:
    """Return whoever asked for an archive as they stand in its space now. Raises Missing, Denied when they may have none any more."""
    person = db.session.get_one(Person, asked.person_id, populate_existing=True)
    if not person.is_active:
        raise Missing
    here = here_for(person, db.session.get_one(Space, asked.space_id).slug)
    here.require(Can.TAKE_ARCHIVE)
    return here


def _make(asked: SpaceArchive, held: Claim, part: Path) -> Claim:
    progress = Progress(SpaceArchive, held)
    try:
        here = still_may(asked)
    except (Missing, Denied):
        with transaction():
            change(SpaceArchive, held, state=WorkState.CANCELLED, claimed_until=None)
        raise NotWantedError from None
    db.session.rollback()
    if asked.as_pages:
        write_pages(here.space, here.actor, part, step=progress)
    else:
        pack(here.space, here.actor, part, with_names=asked.with_names, step=progress)
    return progress.held


def note_taken(here: Here, *, with_names: bool, as_pages: bool = False) -> None:
    """Write into the log that an archive was taken. Use inside `transaction()`."""
    verb = "took pages" if as_pages else "took archive with names" if with_names else "took archive"
    record(verb, actor=here.actor, space=here.space)


def sweep() -> None:
    """Remove files whose time is over, and those that neither an archive nor a restore leads to."""
    shelf().sweep(others=_restored)


def _restored() -> Sequence[str]:
    return db.session.scalars(select(Restore.uuid).where(is_open())).all()


def is_open() -> ColumnElement[bool]:
    """Return the condition that a restore isn't done with: its file may be needed yet."""
    goes_on = or_(Restore.stage == Stage.RESTORE, Restore.error == NO_ROOM)
    stopped = and_(Restore.state == WorkState.FAILED, goes_on)
    return and_(Restore.done_at.is_(None), or_(Restore.state.in_((*UNDER_WAY, WorkState.READY)), stopped))
