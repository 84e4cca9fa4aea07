"""Reads of the roster, shaped for pages."""

from forum.roster.queries.book import book_at, book_of, who_hold, who_holds

__all__ = ["book_at", "book_of", "who_hold", "who_holds"]
