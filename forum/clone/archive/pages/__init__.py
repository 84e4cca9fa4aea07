"""Leaving with everything: a space as plain pages in a zip, which read without Baton. What was published, with links that work."""

from forum.clone.archive.pages.writing import write_pages

__all__ = ["write_pages"]
