"""A worker in a process of its own, which knows the tests' facts and waits for nothing long: `python -m tests.notify.worker_process`.

With `--never-marks` it stops for good between sending a message and noting that it was sent. With `--real` it knows Baton's own facts
instead, and mails them without the two minutes; with `--at=...` it lives at another moment, from when it is started.
"""

import os
import signal
import sys
import time
from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta

import time_machine

import forum
from forum.config import Settings
from forum.notify import expansion, sending
from forum.notify.worker import Worker
from tests.notify.outbox import HURRY, with_tellers

LEASE = timedelta(seconds=3)


def never_mark(claim: sending.Claim, *, tells: Sequence[int] = (), sent_as: str | None = None) -> bool:
    """Stand still where a crash hurts most."""
    del claim, tells, sent_as
    while True:
        time.sleep(60)


def main() -> None:
    """Work until stopped or killed."""
    app = forum.create_app(Settings.from_environ(os.environ))
    if "--real" in sys.argv:
        expansion.MAIL_WAIT = timedelta()
    else:
        with_tellers(app)
    for word in sys.argv:
        if word.startswith("--at="):
            time_machine.travel(word.removeprefix("--at="), tick=True).start()
    if "--never-marks" in sys.argv:
        sending.mark_sent = never_mark
    worker = Worker(app, pace=replace(HURRY, mail_lease=LEASE, fact_lease=LEASE, mails_at_once=10))
    signal.signal(signal.SIGTERM, lambda _number, _frame: worker.stop())
    print("ready", flush=True)  # noqa: T201  # for who started it
    worker.run()


if __name__ == "__main__":
    main()
