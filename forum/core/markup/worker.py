"""What runs in a worker process: one function, and how the process limits itself.

Light to import: the process that asks imports this module too, and needs neither Python-Markdown nor bleach.
"""

import contextlib
import os
import resource
import signal
import traceback

from forum.core.markup.shapes import ENGLISH, NOBODY, Failed, Job, Made, TooLarge

LIFETIME = 13.0  # seconds by the clock; a little more than the pool allows, for when the pool is gone (kill -9)
MEMORY = 1 << 29  # bytes of address space; a worker takes about a tenth of it for the largest honest text
WARMING = "# Warm\n\n- [x] *up* https://baton.example\n\n> `quote`\n\n| a | b |\n|---|---|\n| c[^1] | d |\n\n[^1]: e\n"


def prepare() -> None:
    """Limit this process before its first text, and load what rendering needs."""
    for end in (signal.SIGTERM, signal.SIGPROF, signal.SIGALRM):
        signal.signal(end, signal.SIG_DFL)  # ends the process at once, even deep inside a regular expression
    os.nice(5)  # answering requests goes first
    with contextlib.suppress(OSError, ValueError):  # macOS refuses this one
        resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))  # people's text doesn't belong in a core file
    work(Job(source=WARMING, names=NOBODY, words=ENGLISH, anchor="warm"), budget=LIFETIME)


def work(job: Job, *, budget: float) -> Made | Failed:
    """Render `job` with `budget` seconds of processor time, or die of it: the kernel ends the process."""
    signal.setitimer(signal.ITIMER_PROF, budget)
    signal.setitimer(signal.ITIMER_REAL, LIFETIME)
    try:
        from forum.core.markup.convert import convert  # noqa: PLC0415  (only workers pay for the libraries)

        return convert(job)
    except (MemoryError, RecursionError, TooLarge):
        return Failed()
    except Exception:  # noqa: BLE001  (whatever it is, the person keeps the text, and the log gets the trace)
        return Failed(trace=traceback.format_exc(limit=-8))
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)
        signal.setitimer(signal.ITIMER_REAL, 0)
