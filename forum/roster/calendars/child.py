"""The child process that reads a calendar: `python -m forum.roster.calendars.child ZONE MIDDAY TODAY`, the file as its input."""

import json
import resource
import sys
from datetime import date, time

from forum.core.files.child import limit

PROCESSOR = 8  # seconds


def main(zone: str, midday: str, today: str) -> None:
    """Read, and print the answer in JSON."""
    limit()
    resource.setrlimit(resource.RLIMIT_CPU, (PROCESSOR, PROCESSOR))
    from forum.roster.calendars.reading import Unread, Where, read  # noqa: PLC0415  # the limits go first

    where = Where(zone, time.fromisoformat(midday), date.fromisoformat(today))
    try:
        times = read(sys.stdin.buffer.read(), where)
        answer: dict[str, object] = {"found": times.found, "unused": times.unused}
    except Unread as unread:
        answer = {"why": unread.why}
    except (MemoryError, RecursionError):
        answer = {"why": "much"}
    sys.stdout.write(json.dumps(answer))


if __name__ == "__main__":
    main(*sys.argv[1:])
