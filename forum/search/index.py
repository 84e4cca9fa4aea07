"""Asking the index, the same on both databases: FTS5 on SQLite, a tsvector with a GIN index on PostgreSQL.

Who may find what is part of the match, then the newest are taken, and only those are ranked: to rank every match of a word that
stands in most of a million posts took 1.6 seconds.
"""

import enum
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Integer, Select, bindparam, column, func, literal, select, table, text, union_all

from forum.core.db import db
from forum.core.prepared import prepared
from forum.search.language import Term
from forum.search.models import SearchEntry
from forum.search.rights import Rights, may_find
from forum.search.scopes import kinds_for_members
from forum.spaces.feature import kinds_of_one_text
from forum.spaces.models import Item
from forum.spaces.queries.visible import stays_inside

Group = Sequence[Term]
"""Of several terms one has to be there."""
WEIGHTS = {"title": "A", "tags": "B", "body": "C"}
FIELDS = tuple(WEIGHTS)
LATEST = 10
"""Of the latest texts, for each that is wanted so many are walked through: see `Way`."""
Kinds = tuple[tuple[str, ...], tuple[str, ...]]
"""Those that only members find, and those of which others than their space's readers find the first text only."""
WITHIN = {"title": ("title",), "heads": ("title", "tags")}
"""Where one can look besides everywhere."""


@dataclass(frozen=True, kw_only=True)
class Match:
    """What a text has to hold, and who asks."""

    rights: Rights
    must: Sequence[Group] = ()
    never: Sequence[Term] = ()
    within: str | None = None
    """One of WITHIN, in which what must be there has to be."""
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


def newest(match: Match, *, limit: int) -> list[Entry]:
    """Return the newest texts that fit."""
    return newest_of([match], limit=limit)[0]


def newest_of(matches: Sequence[Match], *, limit: int) -> list[list[Entry]]:
    """Return the newest texts that fit each of these, which ask with the same rights and conditions: one query."""
    if not matches:
        return []
    if db.session.get_bind().dialect.name == "sqlite":
        return _asked_for(matches, limit=limit, way=Way.FTS5)
    found = _asked_for(matches, limit=limit, way=Way.LATEST)
    short = [number for number, entries in enumerate(found) if len(entries) < limit]
    more = _asked_for([matches[number] for number in short], limit=limit, way=Way.GIN) if short else []
    for number, entries in zip(short, more, strict=True):
        found[number] = entries
    return found


class Way(enum.Enum):
    """How the newest are come by. PostgreSQL can't know how often a word stands somewhere, so it is told what to walk through.

    What stands often is among the latest texts; the rest has few enough to be read from the index and sorted.
    """

    FTS5 = enum.auto()
    LATEST = enum.auto()
    GIN = enum.auto()


def _asked_for(matches: Sequence[Match], *, limit: int, way: Way) -> list[list[Entry]]:
    first = matches[0]
    kinds = (kinds_for_members(), kinds_of_one_text()) if first.is_wide else None
    built = _built if first.where else _built_once
    query = built(tuple(match.within is not None for match in matches), kinds, way, *first.where)
    asked = _fts5 if way is Way.FTS5 else _tsquery
    values: dict[str, object] = {f"asked{number}": asked(match) for number, match in enumerate(matches)}
    values |= {**(first.rights.values if first.is_wide else {}), "most": limit}
    if way is Way.LATEST:
        values["after"] = newest_key() - LATEST * limit
    found: list[list[Entry]] = [[] for _match in matches]
    for which, *entry in db.session.execute(query, values):
        found[which].append(Entry._make(entry))
    return found


@prepared
def _built_once(heads: tuple[bool, ...], kinds: Kinds | None, way: Way) -> Select[*tuple[Any, ...]]:
    return _built(heads, kinds, way)


def _built(
    heads: tuple[bool, ...], kinds: Kinds | None, way: Way, *where: ColumnElement[bool]
) -> Select[*tuple[Any, ...]]:
    """Build the query of the newest that fit each of several matches. With `kinds` it asks for rights.

    `heads` says of each match whether it looks only where titles and tags stand: in the first texts of items. PostgreSQL keeps an index
    of those by themselves, as GIN knows no weights, and would read every text with one of the words.
    """
    parts = []
    for number, is_head in enumerate(heads):
        query = select(
            literal(number, Integer).label("which"), SearchEntry.id, SearchEntry.item_id, SearchEntry.number, SearchEntry.at
        )  # fmt: skip
        if way is Way.FTS5:
            found = table("search_match", column("rowid"))
            query = query.select_from(found).join(SearchEntry, SearchEntry.id == found.c.rowid)
            query = query.where(text(f"search_match MATCH :asked{number}")).order_by(found.c.rowid.desc())
        else:
            query = query.where(text(f"search_entry.doc @@ CAST(:asked{number} AS tsquery)"))
            query = query.where(text("search_entry.number <= 1")) if is_head else query
            key = SearchEntry.id if way is Way.LATEST else SearchEntry.id + 0  # which no index has
            query = query.order_by(key.desc())
            query = query.where(SearchEntry.id > bindparam("after", type_=Integer)) if way is Way.LATEST else query
        if kinds is not None or where:
            query = query.join(Item, Item.id == SearchEntry.item_id).where(*where)
        if kinds is not None:
            query = query.where(may_find(kinds[0]), stays_inside(SearchEntry.number, kinds[1]))
        parts.append(query.limit(bindparam("most", type_=Integer)))
    if len(heads) == 1:
        return parts[0]
    each = union_all(*(select(part.subquery()) for part in parts)).subquery()
    return select(each).order_by(each.c.which, each.c.id.desc())


def _fts5(match: Match) -> str:
    """Spell a match for FTS5. Stems and scopes are small letters and digits, so nothing has to be escaped."""
    here = f"{{{' '.join(WITHIN[match.within] if match.within else FIELDS)}}}"
    parts = [] if match.is_wide else [f"scope : ({' OR '.join(match.rights.words)})"]
    parts += [f"{here} : ({' OR '.join(_fts5_term(term) for term in group)})" for group in match.must]
    asked = " AND ".join(parts)
    never = " OR ".join(_fts5_term(term) for term in match.never)
    return f"({asked}) NOT ({{{' '.join(FIELDS)}}} : ({never}))" if never else asked


def _fts5_term(term: Term) -> str:
    before = " ".join(term.stems[:-1])
    others = "".join(f' OR "{before} {other}"' for other in term.others)
    begun = f'"{" ".join(term.stems)}"{" *" if term.is_prefix else ""}'
    return f"({begun}{others})" if others else begun


def _tsquery(match: Match) -> str:
    """Spell a match for PostgreSQL."""
    weight = "".join(WEIGHTS[field] for field in WITHIN[match.within]) if match.within else ""
    parts = [] if match.is_wide else [f"({' | '.join(match.rights.words)})"]
    parts += [f"({' | '.join(_ts_term(term, weight) for term in group)})" for group in match.must]
    parts += [f"!{_ts_term(term)}" for term in match.never]
    return " & ".join(parts)


def _ts_term(term: Term, weight: str = "") -> str:
    sign = ("*" if term.is_prefix else "") + weight
    last = f"{term.stems[-1]}:{sign}" if sign else term.stems[-1]
    if term.others:
        last = " | ".join([last, *(f"{other}:{weight}" if weight else other for other in term.others)])
        last = f"({last})"
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
