"""Baton: a community of practice for digital champions."""

from forum.app import create_app

__all__ = ["create_app"]
