"""1,500 messages, three workers, twenty `kill -9`: none is lost, and few are sent twice (H1)."""

import random
import subprocess
import threading
import time
from collections import Counter
from collections.abc import Iterator

import pytest
from flask import Flask

from forum.config import Settings
from tests.notify.killing import wait_until, worker_process
from tests.notify.outbox import CakeBaked, Refusing, free_port, mail_server, states, tell, with_tellers
from tests.support.databases import settings_for
from tests.support.server import make_app

MAILS, WORKERS, KILLS = 1500, 3, 20
SEED = 7

pytestmark = [pytest.mark.prove, pytest.mark.both_databases]


@pytest.fixture
def settings(database_url: str) -> Settings:
    """Settings that send mail to a server on this machine."""
    others = {"mail_host": "127.0.0.1", "mail_port": free_port(), "mail_security": "none"}
    return settings_for(database_url, **others)


@pytest.fixture
def app(settings: Settings) -> Iterator[Flask]:
    """The app that announces."""
    for app in make_app(settings):
        yield with_tellers(app)


class Staff:
    """Workers of which there are always as many, however many are killed."""

    def __init__(self, settings: Settings, *words: str) -> None:
        """Start them, each with these words on its command line."""
        self._settings = settings
        self._words = words
        self._running: dict[int, subprocess.Popen[str]] = {}
        self._done = threading.Event()
        self._threads = [threading.Thread(target=self._employ, args=(place,)) for place in range(WORKERS)]
        for thread in self._threads:
            thread.start()

    def _employ(self, place: int) -> None:
        while not self._done.is_set():
            with worker_process(self._settings, *self._words) as process:
                self._running[place] = process
                while process.poll() is None and not self._done.is_set():
                    time.sleep(0.02)

    def kill(self, place: int) -> bool:
        """Kill a worker without warning; False when there is none at the moment."""
        process = self._running.pop(place, None)
        if process is None or process.poll() is not None:
            return False
        process.kill()
        return True

    def leave(self) -> None:
        """Send everybody home."""
        self._done.set()
        for thread in self._threads:
            thread.join()


def test_no_message_is_lost_when_workers_are_killed_again_and_again(app: Flask, settings: Settings) -> None:
    """H1."""
    dice = random.Random(SEED)  # noqa: S311  # not a secret
    per_fact = 10
    with mail_server(settings.mail_port) as post:
        post.takes = 0.05  # or they were done before the last was killed
        facts = range(0, MAILS, per_fact)
        tell(app, *(CakeBaked(addresses=[f"guest{first + n}@example.org" for n in range(per_fact)]) for first in facts))
        staff = Staff(settings)
        killed = 0
        try:
            while killed < KILLS and len(post.ids) < MAILS:
                time.sleep(dice.uniform(0.2, 1.0))
                killed += staff.kill(dice.randrange(WORKERS))
            wait_until(lambda: states(app) == {"sent": MAILS}, within=600)
        finally:
            staff.leave()
        report(post, killed=killed)
        assert set(post.recipients) == {f"guest{n}@example.org" for n in range(MAILS)}
        assert len(post.ids) == MAILS
        assert killed == KILLS
        assert len(post.messages) - MAILS <= KILLS


def report(post: Refusing, *, killed: int) -> None:
    """Say how many were repeated."""
    repeated = Counter(post.ids.values())
    print(f"{killed} killed; sent so many times: {dict(sorted(repeated.items()))}")  # noqa: T201  # the figure is the point
