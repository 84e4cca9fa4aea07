"""Archives that came in and are done with: nobody restored them in time, or whoever did has no account any more."""

from datetime import datetime, timedelta

from sqlalchemy import and_, delete, or_, select, update

from forum.clone.archive.making import is_open, shelf
from forum.clone.archive.models import Restore, SpaceArchive, Stage
from forum.core.db import db, transaction
from forum.core.leased import UNDER_WAY, WorkState
from forum.core.time import now
from forum.people.models import Person

UNDONE: dict[str, object] = {
    "stage": Stage.UNDO,
    "state": WorkState.WAITING,
    "attempts": 0,
    "claimed_until": None,
    "error": None,
}


def ends_at(job: Restore) -> datetime:
    """Return until when an archive that came in waits for a press: as long as a download lies there, half-way twice as long."""
    return job.asked_at + (2 if job.space_id is not None else 1) * timedelta(days=shelf().days)


def let_go() -> None:
    """Let the time be over of archives that wait for a press: the file goes, and what was made of one half-way is taken back."""
    days, at = timedelta(days=shelf().days), now()
    waits = and_(is_open(), Restore.stage != Stage.UNDO, Restore.state.not_in(UNDER_WAY))
    unmade = and_(waits, Restore.space_id.is_(None), Restore.asked_at < at - days)
    half = and_(waits, Restore.space_id.is_not(None), Restore.asked_at < at - 2 * days)
    with transaction():
        over = update(Restore).where(unmade).values(state=WorkState.OVER).returning(Restore.uuid)
        shelf().remove(db.session.scalars(over.execution_options(synchronize_session=False)).all())
        db.session.execute(update(Restore).where(half).values(**UNDONE).execution_options(synchronize_session=False))


def forget(person: Person) -> None:
    """Take back what somebody whose account is erased began to restore, and remove files made for them. Use inside `transaction()`.

    A space that isn't complete is taken back by the worker: till then its row stays, and says only whose it was.
    """
    archives = select(SpaceArchive.uuid).where(SpaceArchive.person_id == person.id)
    restores = select(Restore.uuid).where(Restore.person_id == person.id)
    shelf().remove([*db.session.scalars(archives), *db.session.scalars(restores)])
    mine = Restore.person_id == person.id
    is_begun = or_(Restore.stage == Stage.UNDO, Restore.space_id.is_not(None))
    is_half = and_(is_begun, Restore.done_at.is_(None), Restore.state != WorkState.CANCELLED)
    db.session.execute(delete(Restore).where(mine, ~is_half).execution_options(synchronize_session=False))
    words: dict[str, object] = {"file_name": "", "report": {}, "name": "", "slug": ""}
    half = update(Restore).where(mine, is_half).values(**UNDONE, **words)
    db.session.execute(half.execution_options(synchronize_session=False))
