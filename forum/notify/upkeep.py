"""What the rooms look after once an hour, when nothing waits to be told."""

import logging
from collections.abc import Callable
from datetime import datetime, timedelta

from flask import Flask

from forum.core.events import bell
from forum.core.time import now

logger = logging.getLogger(__name__)


class Upkeep:
    """One worker's part in it. Several may do it at once."""

    def __init__(self, app: Flask, *, every: timedelta) -> None:
        """`every` is how long it rests in between."""
        self._app = app
        self._every = every
        self._begun_at: datetime | None = None
        self._left: list[tuple[str, Callable[[], None]]] = []

    def go_on(self) -> None:
        """Do what is due, until somebody waits for a message: the rest has time. What fails is tried again the next time."""
        if not self._left:
            if self._begun_at is not None and now() - self._begun_at < self._every:
                return
            self._begun_at = now()
            rooms = self._app.extensions["baton"].features
            self._left = [(room.name, work) for room in rooms for work in room.upkeep]
        while self._left:
            name, work = self._left.pop(0)
            try:
                with self._app.app_context():
                    work()
            except Exception:
                logger.exception("%s could not be looked after", name)
            if bell.is_set():
                return
