"""The processes that render. A text that takes too long ends its process, never a request.

Python-Markdown is quadratic on inputs like 20,000 "[", and nothing in Python can stop a running regular expression but
the end of its process. Pebble's pool counts a task's time from when a worker takes it, so waiting behind somebody
else's bomb costs an innocent text nothing of its budget (`test_markup_pool.py` shows both).
"""

import atexit
import contextlib
import logging
import multiprocessing
import os
import signal
import sys
import threading
import time
from collections.abc import Iterator
from concurrent.futures import Future
from multiprocessing import context
from types import ModuleType
from typing import Protocol

from pebble import ProcessExpired, ProcessPool

from forum.core.markup.shapes import Failed, Job, Made
from forum.core.markup.worker import prepare, work

BUDGET = 2.0  # seconds of processor time for one text, so that a busy machine fails nobody; 50,000 characters take half
WALL = 6.0  # seconds by the clock for the same, for machines that are very busy
PATIENCE = 20.0  # seconds that a request waits for its turn and its text together
WORKERS = 2
SPENT = frozenset({-signal.SIGPROF, -signal.SIGALRM})  # how a worker ends when its text used up the budget
TRIES = 3  # a worker may be killed from outside (out of memory, a careless hand); the text had no part in it

logger = logging.getLogger(__name__)


class Endable(Protocol):
    """What Pebble leaves without types."""

    def stop(self) -> None:
        """End the workers, whatever they do."""

    def join(self) -> None:
        """Wait until all is gone."""


class TooMuch(Exception):
    """The text took more than its budget of time or memory."""


class Broken(Exception):
    """We made a mistake, or a library did; the log has it."""


class NoWorker(Exception):
    """No worker was free in time, or none could be started."""


@contextlib.contextmanager
def _without_main() -> Iterator[None]:
    """Hide the main module while a process starts: the child would import it again, and with it the whole app."""
    main = sys.modules["__main__"]
    sys.modules["__main__"] = ModuleType("__main__")
    try:
        yield
    finally:
        sys.modules["__main__"] = main


class _ForkServerProcess(context.ForkServerProcess):
    def start(self) -> None:
        with _starting, _without_main():
            super().start()


class _SpawnProcess(context.SpawnProcess):
    def start(self) -> None:
        with _starting, _without_main():
            super().start()


class _ForkServer(context.ForkServerContext):
    """Starts workers by forking a small server that has one thread and has imported the libraries: 10 ms each."""

    Process = _ForkServerProcess


class _Spawn(context.SpawnContext):
    """Starts workers from nothing, half a second each: after os.fork(), where the parent's fork server isn't ours."""

    Process = _SpawnProcess


class Workers:
    """The pool and its life: started at the first text, replaced when it breaks, gone with this process."""

    def __init__(self, *, processes: context.BaseContext) -> None:
        """Remember how to start processes; nothing starts yet."""
        self._processes = processes
        self._lock = threading.Lock()
        self._pool: ProcessPool | None = None
        self._moved = time.monotonic()  # when a text was last done, one way or the other

    def run(self, job: Job) -> Made:
        """Render `job` in a worker. Raises TooMuch, Broken or NoWorker."""
        for _ in range(TRIES):
            pool = self._running()
            try:
                made = self._result(pool, job)
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
            self._drop(self._pool).join(1)

    def _running(self) -> ProcessPool:
        with self._lock:
            if self._pool is None:
                multiprocessing.set_forkserver_preload(["forum.core.markup.convert"])
                self._pool = ProcessPool(max_workers=WORKERS, initializer=prepare, context=self._processes)
                self._moved = time.monotonic()
            return self._pool

    def _result(self, pool: ProcessPool, job: Job) -> Made | Failed:
        future: Future[Made | Failed] = pool.schedule(work, args=(job,), kwargs={"budget": BUDGET}, timeout=WALL)
        try:
            made = future.result(timeout=PATIENCE)
        except TimeoutError as error:
            if future.done():  # it was the pool that ended the task, not our patience
                self._moved = time.monotonic()
                raise TooMuch from error
            future.cancel()
            if time.monotonic() - self._moved > PATIENCE:  # nothing moves at all: don't wait for a miracle
                self._drop(pool)
            raise NoWorker from error
        self._moved = time.monotonic()
        return made

    def _drop(self, pool: ProcessPool) -> threading.Thread:
        """Part with a pool. Its end may take a while, or hang on a full pipe: nobody waits for it."""
        with self._lock:
            if self._pool is pool:
                self._pool = None
        end = threading.Thread(target=_end, args=(pool,), name="end of a rendering pool", daemon=True)
        end.start()
        return end


def _end(pool: Endable) -> None:
    pool.stop()
    pool.join()


_starting = threading.Lock()
_workers = Workers(processes=_ForkServer())


def workers() -> Workers:
    """Return the workers of this process."""
    return _workers


def _stop() -> None:
    _workers.stop()


def _begin_again() -> None:
    """Start afresh in a forked child: the parent's pool, its threads, locks and fork server are not ours."""
    global _starting, _workers  # noqa: PLW0603  (a fork is the one event that replaces them)
    _starting = threading.Lock()
    _workers = Workers(processes=_Spawn())


atexit.register(_stop)
os.register_at_fork(after_in_child=_begin_again)
