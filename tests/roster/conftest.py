"""Several people at the same moment, as in the tests of spaces."""

from tests.spaces.conftest import at_once

__all__ = ["at_once"]
