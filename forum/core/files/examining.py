"""Having a file looked at by a child process, which may die of it. A few at a time: answering requests goes first."""

import json
import logging
import os
import subprocess
import sys
import threading
from pathlib import Path

from forum.core.files.kinds import Examined, Refused, Why

WALL = 40.0  # seconds by the clock: a busy machine fails nobody's picture, and still has an end
PATIENCE = 20.0  # seconds that a request waits for its turn
AT_ONCE = 2
WAITING = 2  # requests that may wait: the server's other threads go on answering

logger = logging.getLogger(__name__)
_inside = threading.Semaphore(AT_ONCE + WAITING)
_turns = threading.Semaphore(AT_ONCE)


def examine(source: Path, target: Path) -> Examined:
    """Say what the file at `source` is; a picture is made anew at `target`. Raises Refused."""
    if not _inside.acquire(blocking=False):
        raise Refused(Why.BUSY)
    try:
        if not _turns.acquire(timeout=PATIENCE):
            raise Refused(Why.BUSY)
        try:
            return _asked(source, target)
        finally:
            _turns.release()
    finally:
        _inside.release()


def _asked(source: Path, target: Path) -> Examined:
    command = [sys.executable, "-m", "forum.core.files.child", str(source), str(target)]
    # Of our environment, which holds secrets, the child gets only where its libraries are.
    environ = {"PYTHONPATH": os.pathsep.join(part for part in sys.path if part), "PYTHONDONTWRITEBYTECODE": "1"}
    try:
        done = subprocess.run(  # noqa: S603  # our own program, with paths of our own making
            command, env=environ, stdin=subprocess.DEVNULL, capture_output=True, timeout=WALL, check=False
        )
    except subprocess.TimeoutExpired as error:
        raise Refused(Why.PIXELS) from error
    if done.returncode < 0:  # the kernel ended it: its processor time, its memory or what it wrote was used up
        raise Refused(Why.PIXELS)
    if done.returncode:
        logger.error("a file could not be examined\n%s", done.stderr.decode(errors="replace")[-2000:])
        raise Refused(Why.BROKEN)
    answer = json.loads(done.stdout)
    if "why" in answer:
        raise Refused(Why(answer["why"]))
    return Examined(**answer)
