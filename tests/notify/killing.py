"""Workers that are started and killed."""

import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from forum.config import Settings
from tests.cli.process import ROOT, environment

PATIENCE = 90.0  # seconds


@contextmanager
def worker_process(settings: Settings, *words: str) -> Iterator["subprocess.Popen[str]"]:
    """Start a worker on the database and mail server of `settings`, and kill it in the end if it still runs."""
    env = environment(
        Path(settings.var),
        database_url=settings.database_url,
        mail_host=settings.mail_host,
        mail_port=settings.mail_port,
        mail_security=settings.mail_security,
        site_url=settings.site_url,
        development_in_public="yes",
    )
    process = subprocess.Popen(
        [sys.executable, "-m", "tests.notify.worker_process", *words],
        cwd=ROOT,
        env=env,
        stdout=subprocess.PIPE,
        text=True,
    )
    try:
        assert process.stdout is not None
        assert process.stdout.readline() == "ready\n"
        yield process
    finally:
        process.kill()
        process.wait(PATIENCE)
        if process.stdout is not None:
            process.stdout.close()


def wait_until(holds: Callable[[], bool], *, within: float = PATIENCE) -> None:
    """Wait for something to become true."""
    until = time.monotonic() + within
    while not holds():
        assert time.monotonic() < until, "it never came true"
        time.sleep(0.05)
