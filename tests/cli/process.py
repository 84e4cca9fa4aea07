"""Baton as people start it: a process of its own."""

import io
import os
import queue
import re
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, redirect_stderr, redirect_stdout
from dataclasses import dataclass, field
from pathlib import Path
from unittest import mock
from urllib.error import HTTPError
from urllib.request import urlopen

from forum.cli import common
from forum.cli.entry import run

ROOT = Path(__file__).resolve().parents[2]
PATIENCE = 60.0  # seconds; machines that test are busy
KEY = "0123456789-abcdefghijklmnopqrstuvwxyz-0123456789"


def environment(var: Path, **others: object) -> dict[str, str]:
    """Return the environment of a command: settings of this test and none of this machine's."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("BATON_")}
    # A developer's own .env is of no concern to the tests.
    own = {"BATON_ENV_FILE": os.devnull, "BATON_VAR": var, "BATON_SECRET_KEY": KEY, "PYTHONUNBUFFERED": "1"}
    own |= {f"BATON_{name.upper()}": value for name, value in others.items()}
    return kept | {name: str(value) for name, value in own.items()}


@dataclass(frozen=True)
class Done:
    """What a command that came to its end left."""

    returncode: int
    stdout: str
    stderr: str


def baton(*words: str, env: Mapping[str, str]) -> Done:
    """Run a command to its end, in this process: starting one takes longer than most commands."""
    out, err = io.StringIO(), io.StringIO()
    with (
        mock.patch.dict(os.environ, dict(env), clear=True),
        mock.patch.object(common, "init_logs"),
        redirect_stdout(out),
        redirect_stderr(err),
    ):
        code = run(words)
    return Done(code, out.getvalue(), err.getvalue())


def baton_process(*words: str, env: Mapping[str, str], cwd: Path = ROOT) -> Done:
    """Run a command to its end in a process of its own."""
    done = subprocess.run(
        [sys.executable, "-m", "forum.cli", *words],
        cwd=cwd,
        env={"PYTHONPATH": str(ROOT), **env},
        capture_output=True,
        text=True,
        check=False,
        timeout=PATIENCE,
    )
    return Done(done.returncode, done.stdout, done.stderr)


@dataclass
class Running:
    """A command that goes on until it is told to stop."""

    process: subprocess.Popen[str]
    said: list[str] = field(default_factory=list)
    logged: list[str] = field(default_factory=list)
    lines: "queue.Queue[str]" = field(default_factory=queue.Queue)

    def __post_init__(self) -> None:
        """Read what it says as it says it."""
        assert self.process.stdout is not None
        assert self.process.stderr is not None
        self._readers = [
            threading.Thread(target=self._read, args=(self.process.stdout, self.said), daemon=True),
            threading.Thread(target=self._read, args=(self.process.stderr, self.logged), daemon=True),
        ]
        for reader in self._readers:
            reader.start()

    def _read(self, stream: Iterator[str], kept: list[str]) -> None:
        for line in stream:
            kept.append(line.rstrip("\n"))
            self.lines.put(line)

    def line_with(self, pattern: str) -> re.Match[str]:
        """Wait for a line, of output or log, that matches."""
        until = time.monotonic() + PATIENCE
        while time.monotonic() < until:
            for line in (*self.said, *self.logged):
                found = re.search(pattern, line)
                if found:
                    return found
            if self.process.poll() is not None and self.lines.empty():
                break
            try:
                self.lines.get(timeout=0.2)
            except queue.Empty:
                continue
        raise AssertionError(f"no line with {pattern!r} in {self.said} and {self.logged}")

    @property
    def url(self) -> str:
        """Where it listens, as it said."""
        return self.line_with(r"running at (http://\S+)")[1]

    def stop(self, number: int = signal.SIGTERM) -> int:
        """Send a signal, and return the exit code."""
        if self.process.poll() is None:
            self.process.send_signal(number)
        code = self.process.wait(PATIENCE)
        for reader in self._readers:
            reader.join(5)
        for stream in (self.process.stdout, self.process.stderr):
            if stream is not None:
                stream.close()
        return code


@contextmanager
def started(*words: str, env: Mapping[str, str]) -> Iterator[Running]:
    """Start a command, and make sure that it ends."""
    process = subprocess.Popen(
        [sys.executable, "-m", "forum.cli", *words],
        cwd=ROOT,
        env=dict(env),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    running = Running(process)
    try:
        yield running
    finally:
        running.stop(signal.SIGKILL)


def get(url: str) -> tuple[int, str]:
    """Ask for a page; return the status and the text."""
    try:
        with urlopen(url, timeout=PATIENCE) as answer:  # noqa: S310  # of a server of ours
            return answer.status, answer.read().decode()
    except HTTPError as error:
        with error:
            return error.code, error.read().decode()
