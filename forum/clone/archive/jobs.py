"""The worker's part of archives that came in: they are looked through, restored, or taken back."""

import logging
import uuid
from collections.abc import Callable
from pathlib import Path

from sqlalchemy import ColumnElement, select

from forum.clone.archive.looking import look_through
from forum.clone.archive.making import Progress, is_open, shelf
from forum.clone.archive.models import BUSY, NO_ROOM, Restore, Stage
from forum.clone.archive.opening import opened
from forum.clone.archive.restoring import Restoring
from forum.clone.archive.undoing import undo
from forum.core.db import db, lock, transaction
from forum.core.errors import Crowded, Invalid, Missing, RuleBroken
from forum.core.files.disk import is_full
from forum.core.files.store import hash_of
from forum.core.leased import Claim, NotWantedError, WorkState, change, claim, note_failure, put_off
from forum.core.text import one_line
from forum.core.time import now
from forum.people.models import Person
from forum.web.words import _

logger = logging.getLogger(__name__)
SHOWN_NAME = 120


def take_in(actor: Person, source: Path, *, file_name: str) -> Restore:
    """Keep an archive that came in, to be looked through. The same file again, before a space is made of it, is the one there is.

    One that is being thrown away is none: who stops it and gives the file again begins anew.
    """
    with source.open("rb") as file:
        sha256 = hash_of(file)
    mine = select(Restore).where(
        Restore.person_id == actor.id, Restore.sha256 == sha256, Restore.stage != Stage.UNDO, is_open()
    )
    key = str(uuid.uuid4())
    shelf().take_in(source, key)
    with transaction():
        lock(Person, actor.id)
        taken = db.session.scalar(mine.limit(1).with_for_update(key_share=True))
        if taken is None:
            taken = Restore(
                uuid=key,
                person_id=actor.id,
                sha256=sha256,
                file_name=one_line(file_name)[:SHOWN_NAME],
                asked_at=now(),
            )
            db.session.add(taken)
            db.session.flush()
    if taken.uuid != key:
        shelf().path_of(key).unlink()
    return taken


def begin(actor: Person, key: str, *, name: str, slug: str, by_address: bool) -> Restore:
    """Have a space made of an archive that was looked through. Pressed twice it is one. Use inside `transaction()`.

    What stopped half-way goes on, under the name and the address that it has; what stopped before that is looked through anew.

    Raises Missing, RuleBroken.
    """
    job = own(actor, key)
    if job.stage is Stage.RESTORE and job.state is not WorkState.FAILED:
        return job
    is_looked_through = job.stage is Stage.RESTORE or job.state is WorkState.READY
    if job.stage is Stage.UNDO or not (is_looked_through or job.goes_on):
        raise RuleBroken(_("This file isn’t looked through yet."))
    if is_looked_through and not job.goes_on:
        job.name, job.slug, job.by_address = name, slug, by_address
    job.stage = Stage.RESTORE if is_looked_through else Stage.LOOK
    job.done = job.done if job.space_id is not None else 0
    job.state, job.attempts, job.error = WorkState.WAITING, 0, None
    return job


def give_up(actor: Person, key: str) -> None:
    """Throw an archive away that came in, with all that was made of it so far. Use inside `transaction()`.

    Raises Missing for one of which the space is there.
    """
    job = own(actor, key)
    if job.done_at is not None:
        raise Missing
    job.stage, job.state, job.attempts, job.claimed_until = Stage.UNDO, WorkState.WAITING, 0, None


def own(actor: Person, key: str) -> Restore:
    """Return an archive that somebody restores, held. Raises Missing."""
    found = db.session.scalar(select(Restore.id).where(Restore.uuid == key, Restore.person_id == actor.id))
    held = lock(Restore, found) if found is not None else None
    if held is None:
        raise Missing
    return held


def do_one(*which: ColumnElement[bool], pause: Callable[[], None] = lambda: None) -> bool:
    """Do what waits with an archive that came in; with conditions, with such a one. Say whether there was one."""
    held = claim(Restore, *which)
    if held is None:
        return False
    job = db.session.get_one(Restore, held.key, populate_existing=True)
    try:
        _do(job, held, pause)
    except NotWantedError:
        logger.info("restore %s was called off", held.key)
    except Crowded:  # nothing is the matter with the file, nor with the work
        put_off(Restore, held, BUSY)
    except Invalid as why:
        _refuse(job, held, [one for said in why.errors.values() for one in said])
    except Exception as error:
        logger.exception("restore %s stumbled", held.key)
        is_no_room = is_full(error)
        note_failure(Restore, held, NO_ROOM if is_no_room else type(error).__name__, is_over=is_no_room)
    return True


def _do(job: Restore, held: Claim, pause: Callable[[], None]) -> None:
    if job.stage is Stage.UNDO:
        undo(job, held)
        shelf().path_of(job.uuid).unlink(missing_ok=True)
        with transaction():
            change(Restore, held, state=WorkState.CANCELLED, claimed_until=None, error=None)
        return
    step = Progress(Restore, held)
    with opened(shelf().path_of(job.uuid), is_begun=job.space_id is not None) as archive:
        if job.stage is Stage.LOOK:
            report, total = look_through(archive, secret=job.uuid, step=step), archive.manifest.total
            ready = {"state": WorkState.READY, "claimed_until": None, "error": None}
            with transaction():
                change(Restore, held, report=report, total=total, **ready)
            return
        Restoring(archive, job, held, step=step, pause=pause).run()
    shelf().path_of(job.uuid).unlink(missing_ok=True)


def _refuse(job: Restore, held: Claim, sentences: list[str]) -> None:
    """Note why it can't be. What was only looked at is thrown away; what was begun can go on under another address."""
    db.session.rollback()
    if job.space_id is not None:
        sentences = [*sentences, _("If it stops here again, throw it away and give the file once more.")]
    values: dict[str, object] = {"claimed_until": None, "error": " ".join(sentences)}
    is_only_looked_at = job.stage is Stage.LOOK
    if is_only_looked_at:
        values |= {"state": WorkState.FAILED}
    else:
        values |= {"stage": Stage.LOOK, "state": WorkState.READY}
    try:
        with transaction():
            change(Restore, held, **values)
    except NotWantedError:
        logger.info("restore %s was called off", held.key)
        return
    if is_only_looked_at:
        shelf().path_of(job.uuid).unlink(missing_ok=True)
