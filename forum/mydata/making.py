"""The worker's part: a download that waits is made, one that ran out is removed from disk."""

from pathlib import Path

from flask import current_app
from sqlalchemy import select

from forum.config import Settings
from forum.core.db import db, transaction
from forum.core.leased import Claim, longer
from forum.core.shelf import Shelf
from forum.mydata.events import DataReady
from forum.mydata.models import Download
from forum.mydata.packing import pack, size_of
from forum.people.models import Person


def shelf() -> Shelf[Download]:
    """Return where downloads lie."""
    settings: Settings = current_app.extensions["baton"].settings
    return Shelf(Download, settings.var / "downloads", settings.download_days)


def make_one() -> bool:
    """Make a download, if one waits. Say whether there was one."""
    return shelf().make_one(_make, says=lambda asked: DataReady(download_id=asked.id))


def _make(asked: Download, claimed: Claim, part: Path) -> Claim:
    person = db.session.get_one(Person, asked.person_id)
    held = [_progress(claimed, done=0, total=size_of(person))]
    done = [0]

    def step(number: int) -> None:
        done[0] += number
        held[0] = _progress(held[0], done=done[0])

    pack(person, part, step=step)
    return held[0]


def _progress(held: Claim, **values: int) -> Claim:
    with transaction():
        return longer(Download, held, **values)


def remove_files(person: Person) -> None:
    """Remove what was put together for who is erased; its rows go as `personal.py` says. Use inside `transaction()`."""
    shelf().remove(db.session.scalars(select(Download.uuid).where(Download.person_id == person.id)).all())


def sweep() -> None:
    """Remove files whose time is over, and those that no download leads to."""
    shelf().sweep()
