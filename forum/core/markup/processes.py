"""How worker processes are started: without the program that asked, and never by forking a server with threads."""

import contextlib
import sys
import threading
from collections.abc import Iterator
from multiprocessing import context, process, set_forkserver_preload
from types import ModuleType

_one_at_a_time = threading.Lock()


@contextlib.contextmanager
def _without_main() -> Iterator[None]:
    """Hide the main module while a process starts: the child would import it again, and with it the whole app."""
    with _one_at_a_time:
        main = sys.modules["__main__"]
        sys.modules["__main__"] = ModuleType("__main__")
        try:
            yield
        finally:
            sys.modules["__main__"] = main


class _ForkServerProcess(context.ForkServerProcess):
    def start(self) -> None:
        with _without_main():
            super().start()


class _SpawnProcess(context.SpawnProcess):
    def start(self) -> None:
        with _without_main():
            super().start()


class ForkServer(context.ForkServerContext):
    """Forks a small server that has one thread and has imported the libraries: 10 ms for each worker."""

    Process = _ForkServerProcess

    def __init__(self) -> None:
        """Say what the server imports before its first fork."""
        super().__init__()
        set_forkserver_preload(["forum.core.markup.convert"])


class Spawn(context.SpawnContext):
    """Starts from nothing, half a second each: for a process that was itself forked, which has no server of its own."""

    Process = _SpawnProcess


def begin_again() -> None:
    """Forget, in a forked child, what belongs to the parent: a lock that a thread there may hold, and its workers."""
    global _one_at_a_time  # noqa: PLW0603  (a fork is the one event that replaces it)
    _one_at_a_time = threading.Lock()
    # At exit, multiprocessing ends all children it knows. After os.fork() that would be our parent's.
    process._children.clear()  # type: ignore[attr-defined]  # noqa: SLF001
