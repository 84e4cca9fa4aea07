"""The processes that render. A text that takes too long ends its process, never a request.

Python-Markdown is quadratic on inputs like 20,000 "[", and nothing in Python can stop a running regular expression but
the end of its process. Each worker has its own timer, and Pebble's pool watches the clock from when a worker takes a
text: waiting behind somebody else's bomb costs an innocent text nothing of its budget (see `test_markup_pool.py`).
"""

import atexit
import logging
import os
import signal
import threading
import time
from collections.abc import Callable
from concurrent.futures import Future
from concurrent.futures.process import BrokenProcessPool
from multiprocessing.context import BaseContext
from typing import Protocol

from pebble import ProcessExpired, ProcessPool

from forum.core.markup import processes
from forum.core.markup.shapes import Failed, Job, Made
from forum.core.markup.worker import prepare, work

BUDGET = 3.0  # seconds of processor time for one text; 50,000 characters of table take half, all other texts less
WALL = 12.0  # seconds by the clock for the same: a busy machine fails nobody's text, and still has an end
PATIENCE = 25.0  # seconds that a request waits for its turn and its text together
GLANCE = 0.5  # seconds between two looks whether the pool itself is still well
WORKERS = 2
TRIES = 3  # a worker may be killed from outside (out of memory, a careless hand); the text had no part in it
SPENT = frozenset({-signal.SIGPROF, -signal.SIGALRM})  # how a worker ends when its text used up the budget

logger = logging.getLogger(__name__)


class TooMuch(Exception):
    """The text took more than its budget of time or memory."""


class Broken(Exception):
    """We made a mistake, or a library did; the log has it."""


class NoWorker(Exception):
    """No worker was free in time, or none could be started."""


class Workers:
    """The pool and its life: started at the first text, replaced when it breaks, gone with this process."""

    def __init__(self, context: Callable[[], BaseContext]) -> None:
        """Remember how to start processes; nothing starts yet."""
        self._context = context
        self._lock = threading.Lock()
        self._pool: ProcessPool | None = None

    def run(self, job: Job) -> Made:
        """Render `job` in a worker. Raises TooMuch, Broken or NoWorker."""
        for _ in range(TRIES):
            pool = self._running()
            try:
                made = _result(pool, job)
            except ProcessExpired as error:
                if error.exitcode in SPENT:
                    raise TooMuch from error
                logger.warning("a rendering worker died with code %s; trying another", error.exitcode)
                continue
            except (RuntimeError, OSError) as error:
                logger.warning("the rendering pool broke (%r); starting another", error)
                self._drop(pool)
                continue
            if isinstance(made, Made):
                return made
            if made.trace:
                logger.error("a text could not be rendered\n%s", made.trace)
                raise Broken
            raise TooMuch
        raise NoWorker

    def stop(self) -> None:
        """End all workers now."""
        if self._pool is not None:
            self._drop(self._pool)

    def _running(self) -> ProcessPool:
        with self._lock:
            if self._pool is None:
                self._pool = ProcessPool(max_workers=WORKERS, initializer=prepare, context=self._context())
            return self._pool

    def _drop(self, pool: ProcessPool) -> None:
        """Part with a pool, once. Its end may take a while, or hang on a full pipe: nobody waits for it."""
        with self._lock:
            if self._pool is not pool:
                return
            self._pool = None
        threading.Thread(target=_end, args=(pool,), name="end of a rendering pool", daemon=True).start()


def _result(pool: ProcessPool, job: Job) -> Made | Failed:
    """Wait for a worker's answer. Raises TooMuch, NoWorker, ProcessExpired, and RuntimeError for a broken pool."""
    future: Future[Made | Failed] = pool.schedule(work, args=(job,), kwargs={"budget": BUDGET}, timeout=WALL)
    end = time.monotonic() + PATIENCE
    while time.monotonic() < end:
        try:
            return future.result(timeout=GLANCE)
        except TimeoutError as error:
            if future.done():  # it was the pool that ended the task
                raise TooMuch from error
            if not pool.active:  # it broke with the task in its queue, and will never answer
                raise BrokenProcessPool("the pool broke while a text waited") from error
    future.cancel()
    raise NoWorker


class _Endable(Protocol):
    """What Pebble leaves without types."""

    def stop(self) -> None: ...
    def join(self) -> None: ...


def _end(pool: _Endable) -> None:
    pool.stop()
    pool.join()


_workers = Workers(processes.ForkServer)


def workers() -> Workers:
    """Return the workers of this process."""
    return _workers


def _stop() -> None:
    _workers.stop()


def _begin_again() -> None:
    """Start afresh in a forked child: the parent's pool, its threads, locks and fork server are not ours."""
    global _workers  # noqa: PLW0603  (a fork is the one event that replaces it)
    processes.begin_again()
    _workers = Workers(processes.Spawn)


atexit.register(_stop)
os.register_at_fork(after_in_child=_begin_again)
