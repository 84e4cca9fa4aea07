"""What every child process that reads a calendar does: limit itself, read its input, and answer with JSON."""

import json
import resource
import sys
from collections.abc import Callable, Mapping

from forum.core.files.child import limit

PROCESSOR = 8  # seconds


def give_up_what_is_not_needed() -> None:
    """Limit this process. Goes first, before a library is loaded."""
    limit()
    resource.setrlimit(resource.RLIMIT_CPU, (PROCESSOR, PROCESSOR))


def answer(read: Callable[[bytes], Mapping[str, object]]) -> None:
    """Read the input, and print the answer."""
    from forum.core.calendars.reading import Unread  # noqa: PLC0415  # the limits go first

    try:
        found = read(sys.stdin.buffer.read())
    except Unread as unread:
        found = {"why": unread.why}
    except (MemoryError, RecursionError):
        found = {"why": "much"}
    sys.stdout.write(json.dumps(found))
