"""Asking the index, the same on both databases: FTS5 on SQLite, a tsvector with a GIN index on PostgreSQL.

Who may find what is part of the match, then the newest are taken, and only those are ranked: to rank every match of a word that
stands in most of a million posts took 1.6 seconds.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import cache
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Integer, Select, bindparam, column, func, select, table, text

from forum.core.db import db
from forum.search.language import Term
from forum.search.models import SearchEntry
from forum.search.rights import Rights, may_find
from forum.search.scopes import kinds_for_members
from forum.spaces.models import Item

Group = Sequence[Term]
"""Of several terms one has to be there."""
WEIGHTS = {"title": "A", "tags": "B", "body": "C"}
FIELDS = tuple(WEIGHTS)
WITHIN = {"title": ("title",), "heads": ("title", "tags")}
"""Where one can look besides everywhere."""


@dataclass(frozen=True, kw_only=True)
class Match:
    """What a text has to hold, and who asks."""

    rights: Rights
    must: Sequence[Group] = ()
    never: Sequence[Term] = ()
    where: Sequence[ColumnElement[bool]] = field(default=())
    """Further conditions, on `SearchEntry` and `Item`."""

    @property
    def is_wide(self) -> bool:
        """Whether rights are asked by the condition. Where no word has to be there, FTS5 has nothing to begin with but theirs."""
        return bool(self.rights.values and self.must)


class Entry(NamedTuple):
    """A text that was found. Hundreds are made in a search, so these are tuples."""

    key: int
    item_id: int
    number: int
    at: datetime


def newest(match: Match, *, limit: int, within: str | None = None) -> list[Entry]:
    """Return the newest texts that fit; `within` is one of WITHIN, in which what must be there has to be."""
    is_sqlite = db.session.get_bind().dialect.name == "sqlite"
    query = _statement(kinds_for_members() if match.is_wide else None, is_sqlite=is_sqlite)
    if match.where:
        query = query if match.is_wide else query.join(Item, Item.id == SearchEntry.item_id)
        query = query.where(*match.where)
    asked = _fts5(match, within) if is_sqlite else _tsquery(match, within)
    values = {"asked": asked, "most": limit, **(match.rights.values if match.is_wide else {})}
    return [Entry._make(row) for row in db.session.execute(query, values)]


@cache
def _statement(for_members: tuple[str, ...] | None, *, is_sqlite: bool) -> Select[*tuple[Any, ...]]:
    """Build the query of the newest that fit, once: a suggestion asks it a dozen times. With `for_members` it asks for rights."""
    query = select(SearchEntry.id, SearchEntry.item_id, SearchEntry.number, SearchEntry.at)
    if is_sqlite:
        found = table("search_match", column("rowid"))
        query = query.select_from(found).join(SearchEntry, SearchEntry.id == found.c.rowid)
        query = query.where(text("search_match MATCH :asked")).order_by(found.c.rowid.desc())
    else:
        query = query.where(text("search_entry.doc @@ CAST(:asked AS tsquery)")).order_by(SearchEntry.id.desc())
    if for_members is not None:
        query = query.join(Item, Item.id == SearchEntry.item_id).where(may_find(for_members))
    return query.limit(bindparam("most", type_=Integer))


def _fts5(match: Match, within: str | None) -> str:
    """Spell a match for FTS5. Stems and scopes are small letters and digits, so nothing has to be escaped."""
    here = f"{{{' '.join(WITHIN[within] if within else FIELDS)}}}"
    parts = [] if match.is_wide else [f"scope : ({' OR '.join(match.rights.words)})"]
    parts += [f"{here} : ({' OR '.join(_fts5_term(term) for term in group)})" for group in match.must]
    asked = " AND ".join(parts)
    never = " OR ".join(_fts5_term(term) for term in match.never)
    return f"({asked}) NOT ({{{' '.join(FIELDS)}}} : ({never}))" if never else asked


def _fts5_term(term: Term) -> str:
    return f'"{" ".join(term.stems)}"{" *" if term.is_prefix else ""}'


def _tsquery(match: Match, within: str | None) -> str:
    """Spell a match for PostgreSQL."""
    weight = "".join(WEIGHTS[field] for field in WITHIN[within]) if within else ""
    parts = [] if match.is_wide else [f"({' | '.join(match.rights.words)})"]
    parts += [f"({' | '.join(_ts_term(term, weight) for term in group)})" for group in match.must]
    parts += [f"!{_ts_term(term)}" for term in match.never]
    return " & ".join(parts)


def _ts_term(term: Term, weight: str = "") -> str:
    sign = ("*" if term.is_prefix else "") + weight
    last = f"{term.stems[-1]}:{sign}" if sign else term.stems[-1]
    words = [f"{stem}:{weight}" if weight else stem for stem in term.stems[:-1]]
    return f"({' <-> '.join([*words, last])})"


def newest_key() -> int:
    """Return the key of the text that was indexed last, 0 without any: about how many there are."""
    return db.session.scalar(select(func.max(SearchEntry.id))) or 0


class Words(NamedTuple):
    """The stems of a text, each between spaces, so that a word or several in a row are found by looking for them."""

    item_id: int
    number: int
    title: str
    tags: str
    body: str


def words_of(keys: Iterable[int]) -> list[Words]:
    """Return the stems of texts that were found."""
    return _words(SearchEntry.id.in_(list(keys)))


def first_words_of(item_ids: Iterable[int]) -> list[Words]:
    """Return the stems of items' first texts, in which their titles stand. Ask only for items that were found."""
    return _words(SearchEntry.item_id.in_(list(item_ids)), SearchEntry.number <= 1)


def _words(*where: ColumnElement[bool]) -> list[Words]:
    query = select(
        SearchEntry.item_id, SearchEntry.number, SearchEntry.title, SearchEntry.tags, SearchEntry.body
    ).where(*where)
    return [
        Words(item_id, number, f" {title} ", f" {tags} ", f" {body} ")
        for item_id, number, title, tags, body in db.session.execute(query)
    ]
