"""A worker that is killed where it hurts most: its message is repeated, and never lost (H1)."""

import pytest
from flask import Flask

from forum.config import Settings
from tests.notify.killing import wait_until, worker_process
from tests.notify.outbox import CakeBaked, Refusing, states, tell


@pytest.mark.both_databases
def test_killed_between_sending_and_marking_the_same_message_is_sent_again(
    app: Flask, settings: Settings, post: Refusing
) -> None:
    """H1: at least once, with a stable Message-ID, so that mail programmes show one message."""
    tell(app, CakeBaked(addresses=["guest@example.org"]))
    with worker_process(settings, "--never-marks") as process:
        wait_until(lambda: len(post.messages) == 1)
        process.kill()
    assert states(app) == {"due": 1}
    with worker_process(settings):
        wait_until(lambda: states(app) == {"sent": 1})
    assert post.recipients == ["guest@example.org", "guest@example.org"]
    assert len(post.ids) == 1
