"""Baton: a community of practice for digital champions."""

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from forum.app import create_app

__all__ = ["create_app"]


def __getattr__(name: str) -> object:
    """Import the app when it is asked for: a process that only renders text must not carry it."""
    if name == "create_app":
        return import_module("forum.app").create_app
    raise AttributeError(name)
