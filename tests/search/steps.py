"""Steps that tests of the search share."""

from collections.abc import Callable, Iterable
from typing import Any

from sqlalchemy import select

from forum.core.db import db
from forum.core.time import now
from forum.people.models import Person
from forum.search.finding import Found, search
from forum.search.keeping import findables, rows_of
from forum.search.language import read
from forum.search.models import SearchEntry
from forum.spaces.models import Item
from tests.cast import Browserless

AsPerson = Callable[[Person], Browserless]
COLUMNS = ("item_id", "number", "author_id", "at", "scope", "title", "tags", "body")


def titles(found: Found) -> list[str]:
    """Return the titles of what holds every word, in their order."""
    return [hit.shown.title for hit in found.hits]


def found_by(person: Person, typed: str) -> Found:
    """Search as somebody, now."""
    return search(db.session.get_one(Person, person.id, populate_existing=True), read(typed), at=now())


def indexed() -> dict[tuple[int, int], dict[str, Any]]:
    """Return what stands in the index."""
    rows = db.session.execute(select(*(getattr(SearchEntry, name) for name in COLUMNS))).mappings()
    return {(row["item_id"], row["number"]): dict(row) for row in rows}


def as_made_anew() -> dict[tuple[int, int], dict[str, Any]]:
    """Return what would stand in the index if it were made anew from what is written."""
    rows: dict[tuple[int, int], dict[str, Any]] = {}
    for item in db.session.scalars(select(Item).execution_options(populate_existing=True)):
        findable = findables().get(item.kind)
        if findable is None:
            continue
        for row in rows_of(item, findable, None):
            rows[item.id, row["number"]] = row
    return rows


def words_in(found: Found) -> str:
    """Return everything that a search says."""
    return " ".join(_words_in(found))


def _words_in(found: Found) -> Iterable[str]:
    for hit in (*found.hits, *found.loose):
        yield f"{hit.title} {hit.shown.url}"
        yield from (f"{part.text} {part.author}" for part in hit.parts)
