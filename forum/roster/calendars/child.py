"""The child process that reads a calendar: `python -m forum.roster.calendars.child ZONE MIDDAY TODAY`, the file as its input."""

import sys
from collections.abc import Mapping
from datetime import date, time

from forum.core.calendars.child import answer, give_up_what_is_not_needed


def main(zone: str, midday: str, today: str) -> None:
    """Read, and print the answer in JSON."""
    give_up_what_is_not_needed()
    from forum.roster.calendars.reading import Where, read  # noqa: PLC0415  # the limits go first

    where = Where(zone, time.fromisoformat(midday), date.fromisoformat(today))

    def times(data: bytes) -> Mapping[str, object]:
        found = read(data, where)
        return {"found": found.found, "unused": found.unused}

    answer(times)


if __name__ == "__main__":
    main(*sys.argv[1:])
