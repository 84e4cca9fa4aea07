"""The child process that reads meetups: `python -m forum.meetups.importing.child ZONE NOW`, the file as its input."""

import sys
from collections.abc import Mapping
from dataclasses import asdict
from datetime import datetime

from forum.core.calendars.child import answer, give_up_what_is_not_needed


def main(zone: str, now: str) -> None:
    """Read, and print the answer in JSON."""
    give_up_what_is_not_needed()
    from forum.meetups.importing.reading import Where, read  # noqa: PLC0415  # the limits go first

    where = Where(zone, datetime.fromisoformat(now))

    def meetups(data: bytes) -> Mapping[str, object]:
        found = read(data, where)
        return {"found": [asdict(one) for one in found.found], "unused": found.unused}

    answer(meetups)


if __name__ == "__main__":
    main(*sys.argv[1:])
