"""Having a calendar read by a child process, which may die of it. One at a time: answering requests goes first."""

import json
import logging
import os
import subprocess
import sys
import threading
from collections.abc import Mapping
from typing import Any

LARGEST = 2 << 20
"""Bytes. A year of a whole council's holidays has some hundred kilobytes."""
WALL = 20.0  # seconds by the clock
PATIENCE = 10.0

logger = logging.getLogger(__name__)
_inside = threading.Semaphore(2)
_turn = threading.Semaphore(1)


class Unreadable(Exception):  # it is what happened
    """The file can't be used; `why`: none, broken, many, much, busy, large, empty."""

    def __init__(self, why: str) -> None:
        super().__init__(why)
        self.why = why


def ask(module: str, *arguments: str, data: bytes) -> Mapping[str, Any]:
    """Return what the child process `module` says of a file. Raises Unreadable."""
    if not data.strip():
        raise Unreadable("empty")
    if len(data) > LARGEST:
        raise Unreadable("large")
    if not _inside.acquire(blocking=False):
        raise Unreadable("busy")
    try:
        if not _turn.acquire(timeout=PATIENCE):
            raise Unreadable("busy")
        try:
            return _asked([sys.executable, "-m", module, *arguments], data)
        finally:
            _turn.release()
    finally:
        _inside.release()


def _asked(command: list[str], data: bytes) -> Mapping[str, Any]:
    # Of our environment, which holds secrets, the child gets only where its libraries are.
    environ = {"PYTHONPATH": os.pathsep.join(part for part in sys.path if part), "PYTHONDONTWRITEBYTECODE": "1"}
    try:
        done = subprocess.run(  # noqa: S603  # our own program, with arguments of our own making
            command, env=environ, input=data, capture_output=True, timeout=WALL, check=False
        )
    except subprocess.TimeoutExpired as error:
        raise Unreadable("much") from error
    if done.returncode < 0:  # the kernel ended it: its processor time or its memory was used up
        raise Unreadable("much")
    if done.returncode:
        logger.error("a calendar could not be read: the child ended with %d", done.returncode)
        raise Unreadable("broken")
    answer: Mapping[str, Any] = json.loads(done.stdout)
    if "why" in answer:
        raise Unreadable(answer["why"])
    return answer
