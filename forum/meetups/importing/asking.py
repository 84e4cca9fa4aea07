"""Which meetups are in a calendar file: read by a child process."""

from datetime import datetime

from forum.core.calendars.asking import ask
from forum.meetups.importing.reading import Read, drafts_of


def read_meetups(data: bytes, *, zone: str, at: datetime) -> Read:
    """Return the meetups in a file, for a reader in `zone`. Raises Unreadable."""
    answer = ask("forum.meetups.importing.child", zone, at.isoformat(), data=data)
    read = Read(found=drafts_of(answer["found"]))
    read.unused.update({str(why): int(number) for why, number in answer["unused"].items()})
    return read
