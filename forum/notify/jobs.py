"""Long work of the rooms, beside the mail: each in a thread of its own, so that no message, no sign of life and no other room waits."""

import logging
import threading
from collections.abc import Callable, Iterator, Sequence

from flask import Flask
from sqlalchemy.exc import OperationalError

from forum.config import Settings
from forum.core.db import db

logger = logging.getLogger(__name__)
LOOK_EVERY = 2.0


class Jobs:
    """What waits in the rooms, one piece of each after the other.

    Any number of workers may ask: each room sees that a piece is done once.
    """

    def __init__(self, app: Flask, *, stopping: threading.Event) -> None:
        """`stopping` ends the work after the piece that is under way; one that is killed is taken up again by another worker."""
        self._app = app
        self._stopping = stopping

    def start(self) -> Sequence[threading.Thread]:
        """Work in threads of their own, until stopped: a webhook that doesn't answer holds up no reminder."""
        threads = [
            threading.Thread(target=self._run, args=(name, job), name=f"jobs of {name}", daemon=True)
            for name, job in self._jobs()
        ]
        for thread in threads:
            thread.start()
        return threads

    def step(self) -> bool:
        """Do a piece of each room's work that waits, and say whether there was any."""
        done = [self._do(name, job) for name, job in self._jobs()]
        return any(done)

    def _jobs(self) -> Iterator[tuple[str, Callable[[], bool]]]:
        rooms = self._app.extensions["baton"].features
        return ((room.name, job) for room in rooms for job in room.jobs)

    def _do(self, name: str, job: Callable[[], bool]) -> bool:
        settings: Settings = self._app.extensions["baton"].settings
        with self._app.test_request_context("/", base_url=settings.site_url):
            try:
                return job()
            except OperationalError:
                logger.warning("the work of %s waits: the database doesn't answer", name)
            except Exception:
                logger.exception("the work of %s stumbled", name)
            finally:
                db.session.remove()
        return False

    def _run(self, name: str, job: Callable[[], bool]) -> None:
        while not self._stopping.is_set():
            if not self._do(name, job):
                self._stopping.wait(LOOK_EVERY)
