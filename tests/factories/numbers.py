"""What all factories share: numbers that make names different, and times."""

import itertools
from datetime import timedelta

_numbers = itertools.count(1)
LONG_AGO = timedelta(days=60)
A_DAY = timedelta(days=1)


def next_number() -> int:
    """Return a number that no other row of this process was made with."""
    return next(_numbers)
