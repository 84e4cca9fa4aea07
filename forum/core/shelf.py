"""Files that a worker makes for somebody, who fetches them within some days: how one gets onto its shelf, and how it goes."""

import logging
import shutil
from collections.abc import Callable, Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Generic, TypeVar

from sqlalchemy import select, update
from sqlalchemy.orm import Mapped

from forum.core.db import Keyed, db, transaction, when_committed
from forum.core.events import Fact, announce
from forum.core.leased import Claim, Leased, NotWantedError, WorkState, change, claim, note_failure
from forum.core.time import now

ORPHANED = timedelta(days=1)
"""How long a file lies without a row that leads to it, before it is removed: one may be about to be."""
ENDED = (WorkState.FAILED, WorkState.CANCELLED, WorkState.OVER)

logger = logging.getLogger(__name__)


class Fetched(Leased, Keyed):
    """Mixin of a table whose rows are such files. One lies on its shelf under `uuid`, and only while the state is READY."""

    ready_at: Mapped[datetime | None]
    expires_at: Mapped[datetime | None]
    size: Mapped[int]


Row = TypeVar("Row", bound=Fetched)


@dataclass(frozen=True)
class Shelf(Generic[Row]):
    """Where the files of a table's rows lie, each for so many days. `folder` is made with the first, for its owner's eyes only."""

    model: type[Row]
    folder: Path
    days: int

    def path_of(self, key: str) -> Path:
        """Return where a file lies."""
        return self.folder / f"{key}.zip"

    def find(self, row: Row) -> Path | None:
        """Return where a file lies that can be fetched now. None while it isn't ready, when its time is over, or where it is lost."""
        path = self.path_of(row.uuid)
        is_in_time = row.state is WorkState.READY and row.expires_at is not None and row.expires_at > now()
        return path if is_in_time and path.is_file() else None

    def take_in(self, source: Path, key: str) -> None:
        """Keep a copy of a file that came in, or nothing of it. Use outside of a transaction: it may be large."""
        self._open()
        path = self.path_of(key)
        path.touch(mode=0o600)
        try:
            shutil.copyfile(source, path)
        except BaseException:
            path.unlink(missing_ok=True)
            raise

    def remove(self, keys: Collection[str]) -> None:
        """Remove files when it is written that nothing leads to them any more. Use inside `transaction()`."""
        when_committed(lambda: self._remove_all(keys))

    def _remove_all(self, keys: Collection[str]) -> None:
        for key in keys:
            try:
                self.path_of(key).unlink(missing_ok=True)
            except OSError:  # `sweep` tries it again
                logger.exception("%s could not be removed", key)

    def _open(self) -> None:
        self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)

    def make_one(self, make: Callable[[Row, Claim, Path], Claim], *, says: Callable[[Row], Fact]) -> bool:
        """Make a file, if one waits, and say so with a fact. Say whether there was one.

        `make` writes to the path that it is given, and returns the claim as it is then.
        """
        held = claim(self.model)
        if held is None:
            return False
        asked = db.session.get_one(self.model, held.key, populate_existing=True)
        part = self.folder / f"{asked.uuid}.part"
        try:
            self._open()
            part.touch(mode=0o600)
            self._put(asked, make(asked, held, part), part, says=says)
        except NotWantedError:
            logger.info("%s %s was called off", self.model.__name__, held.key)
        except Exception as error:
            logger.exception("%s %s could not be made", self.model.__name__, held.key)
            note_failure(self.model, held, type(error).__name__)
        finally:
            part.unlink(missing_ok=True)
        return True

    def _put(self, asked: Row, held: Claim, part: Path, *, says: Callable[[Row], Fact]) -> None:
        at, size, path = now(), part.stat().st_size, self.path_of(asked.uuid)
        until = at + timedelta(days=self.days)
        part.replace(path)
        ready = {"state": WorkState.READY, "claimed_until": None, "error": None}
        try:
            with transaction():
                change(self.model, held, ready_at=at, expires_at=until, size=size, **ready)
                announce(says(asked))
        except BaseException:
            path.unlink(missing_ok=True)
            raise

    def sweep(self, *, others: Callable[[], Collection[str]] = tuple) -> None:
        """Remove files whose time is over, and those to which neither a row leads nor anything that `others` name."""
        at, model = now(), self.model
        with transaction():
            over = update(model).where(model.state == WorkState.READY, model.expires_at < at)
            db.session.execute(over.values(state=WorkState.OVER).execution_options(synchronize_session=False))
        if not self.folder.is_dir():
            return
        wanted = {*db.session.scalars(select(model.uuid).where(model.state == WorkState.READY)), *others()}
        ended = set(db.session.scalars(select(model.uuid).where(model.state.in_(ENDED))))
        db.session.rollback()
        for path in self.folder.iterdir():
            try:
                is_old = path.stat().st_mtime < (at - ORPHANED).timestamp()
                if path.stem in ended or (is_old and path.stem not in wanted):
                    _remove(path)
            except FileNotFoundError:  # another worker was done with it meanwhile
                continue
            except OSError:  # the others are removed all the same
                logger.exception("%s could not be removed", path.name)


def _remove(path: Path) -> None:
    """Remove a file, or the folder that a killed process left."""
    if path.is_dir() and not path.is_symlink():
        shutil.rmtree(path)
    else:
        path.unlink()
