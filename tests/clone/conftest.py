"""Visitors without an account."""

from tests.spaces.conftest import at_once, visitor

__all__ = ["at_once", "visitor"]
