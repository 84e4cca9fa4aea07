"""Get what the tests need on top of Python: `python -m tests.support.provide`."""

import os
import sys

from tests.support import chromium, postgres_start
from tests.support import postgres as server
from tests.support.missing import NOT_RUN, in_ci


def postgres() -> str:
    """Say which PostgreSQL the tests will use."""
    found = next(postgres_start.candidates(), None)
    if os.environ.get(server.VARIABLE):
        return f"the one that {server.VARIABLE} names"
    if found is None:
        message = "There is no server on this machine, and no wheel with one for it."
        raise OSError(message)
    return str(found)


def main() -> int:
    """Say what the tests will use; in CI, fail when something is lacking."""
    lacking = 0
    for what, provide in (("PostgreSQL", postgres), ("Chromium", chromium.provide)):
        try:
            print(f"{what}: {provide()}")
        except OSError as error:
            lacking += 1
            print(f"\n!!! {NOT_RUN}: the tests with {what}. {error}\n", file=sys.stderr)
    return int(bool(lacking) and in_ci())


if __name__ == "__main__":
    sys.exit(main())
