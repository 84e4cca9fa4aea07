"""Searches that people keep."""

from datetime import datetime, timedelta

from forum.core.db import db, transaction
from forum.core.text import new_ref
from forum.core.time import now
from forum.people.models import Person
from forum.search.models import RecentSearch, SavedSearch


def make_saved_search(
    person: Person, *, query: str, tells: bool = True, looked_at: datetime | None = None, ref: str | None = None
) -> SavedSearch:
    """Let somebody keep a search that was looked at a day ago, or at a moment."""
    at = looked_at or now() - timedelta(days=1)
    with transaction():
        saved = SavedSearch(
            ref=ref or new_ref(), person_id=person.id, query=query, tells=tells, looked_at=at, made_at=at
        )
        db.session.add(saved)
    return saved


def make_recent_search(person: Person, *, query: str) -> None:
    """Let somebody have looked for something a moment ago."""
    with transaction():
        db.session.add(RecentSearch(person_id=person.id, query=query, at=now()))
