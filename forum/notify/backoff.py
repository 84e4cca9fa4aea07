"""How long to wait before the next try."""

from datetime import timedelta

from forum.core.text import without_addresses

FIRST = timedelta(seconds=30)
MOST = timedelta(hours=6)
LAST_ATTEMPT = 15  # with the waits between them: two days
ERROR_LENGTH = 500


def wait_after(attempts: int, *, first: timedelta = FIRST, most: timedelta = MOST) -> timedelta:
    """Return the wait after the n-th failed try: it doubles, up to `most`."""
    doublings = min(max(attempts - 1, 0), 30)
    return min(first * (1 << doublings), most)


def words_of(error: BaseException) -> str:
    """Return an error as it is kept beside the row that caused it: without addresses, because others than their owners read it."""
    return without_addresses(f"{type(error).__name__}: {error}")[:ERROR_LENGTH]
