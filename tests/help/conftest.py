"""What tests of help ask for."""

from tests.spaces.conftest import at_once

__all__ = ["at_once"]
