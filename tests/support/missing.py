"""What a machine has not got is said loudly, never passed over in silence; in CI it is a failure."""

import os
from typing import NoReturn

import pytest

NOT_RUN = "NOT RUN"


def in_ci() -> bool:
    """Tell whether nothing may be left out."""
    return os.environ.get("CI", "").lower() in {"1", "true", "yes"}


def not_run(what: str, *, because: str) -> NoReturn:
    """Skip the test with a reason that is repeated at the end, or fail it in CI."""
    reason = f"{NOT_RUN}: {what}: {' '.join(because.split())}"
    if in_ci():
        raise pytest.fail.Exception(reason, pytrace=False) from None
    raise pytest.skip.Exception(reason) from None
