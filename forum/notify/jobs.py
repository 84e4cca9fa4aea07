"""Long work of the rooms, beside the mail: in a thread of its own, so that no message and no sign of life waits for it."""

import logging
import threading

from flask import Flask
from sqlalchemy.exc import OperationalError

from forum.config import Settings
from forum.core.db import db

logger = logging.getLogger(__name__)
LOOK_EVERY = 2.0


class Jobs:
    """What waits in the rooms, one piece after the other. Any number of workers may ask: each room sees that a piece is done once."""

    def __init__(self, app: Flask, *, stopping: threading.Event) -> None:
        """`stopping` ends the work after the piece that is under way; one that is killed is taken up again by another worker."""
        self._app = app
        self._stopping = stopping

    def start(self) -> threading.Thread:
        """Work in a thread of its own, until stopped."""
        thread = threading.Thread(target=self._run, name="jobs", daemon=True)
        thread.start()
        return thread

    def step(self) -> bool:
        """Do a piece of each room's work that waits, and say whether there was any."""
        done = False
        settings: Settings = self._app.extensions["baton"].settings
        for feature in self._app.extensions["baton"].features:
            for job in feature.jobs:
                with self._app.test_request_context("/", base_url=settings.site_url):
                    try:
                        done = job() or done
                    except OperationalError:
                        logger.warning("the work of %s waits: the database doesn't answer", feature.name)
                    except Exception:
                        logger.exception("the work of %s stumbled", feature.name)
                    finally:
                        db.session.remove()
        return done

    def _run(self) -> None:
        while not self._stopping.is_set():
            if not self.step():
                self._stopping.wait(LOOK_EVERY)
