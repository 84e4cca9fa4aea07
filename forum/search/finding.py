"""Searching: a question becomes a match with the reader's rights in it; what is found is ranked and shown, thread by thread (A3)."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from itertools import combinations

from markupsafe import Markup
from sqlalchemy import func, select

from forum.core.db import db
from forum.core.paging import Page, page
from forum.people.models import Person
from forum.search import ranking
from forum.search.conditions import Bounds, bounds_of
from forum.search.everyday import ALIKE
from forum.search.index import Entry, Match, first_words_of, newest, words_of
from forum.search.keeping import findables
from forum.search.language import Asked, Term
from forum.search.models import SearchEntry
from forum.search.passages import marked
from forum.search.ranking import Loose, Ranked, Wanted
from forum.spaces.findable import Key, Passage, Shown

NEWEST = 600
"""Of the texts that fit, these many are ranked: the newest, and those whose title fits."""
TITLES = 200
LOOSELY = 500
RARE = 150
FEW = 5
"""With fewer threads than these, those are shown too in which not every word stands."""
MOST = 99
PAGE = 20
PASSAGES = 2
WORDS_LOOSE = 10


@dataclass(frozen=True, kw_only=True)
class Part:
    """A text of what was found, with the words marked."""

    number: int
    text: Markup
    url: str
    author: str | None
    at: datetime
    is_answer: bool = False


@dataclass(frozen=True, kw_only=True)
class Hit:
    """An item that was found."""

    shown: Shown
    title: Markup
    parts: Sequence[Part]


@dataclass(frozen=True, kw_only=True)
class Found:
    """A page of what was found. `loose` are those in which not every word stands."""

    hits: Sequence[Hit] = ()
    loose: Sequence[Hit] = ()
    total: int = 0
    is_capped: bool = False
    page: Page = field(default_factory=lambda: Page(1, 1, PAGE))
    problems: Sequence[str] = ()

    @property
    def count(self) -> str:
        """How many, as it is said: "99+" for more."""
        return f"{MOST}+" if self.is_capped or self.total > MOST else str(self.total)


def search(actor: Person, asked: Asked, *, at: datetime, wish: str | None = None) -> Found:
    """Return the page of what `actor` may find."""
    bounds = bounds_of(actor, asked, at=at)
    if asked.is_nothing or bounds.is_nowhere:
        return Found(problems=(*asked.problems, *bounds.problems))
    terms = [term for term in asked.terms if not term.is_not]
    entries, is_capped = _strictly(bounds, asked, terms)
    ranked = _ranked(entries, terms)
    total = min(len(ranked), MOST + 1)
    shown = page(wish, total=min(total, MOST), size=PAGE)
    hits = _shown(actor, ranked[shown.before : shown.before + shown.size], terms)
    loose: Sequence[Hit] = ()
    if total < FEW and shown.current == 1:
        known = {one.item_id for one in ranked}
        others = [one for one in _loosely(bounds, asked) if one.item_id not in known]
        loose = _shown(actor, others[: 2 * FEW], _said(asked))
    return Found(
        hits=hits,
        loose=loose,
        total=total,
        is_capped=is_capped and total >= MOST,
        page=shown,
        problems=(*asked.problems, *bounds.problems),
    )


def alike(actor: Person, text_asked: Asked, *, at: datetime, space_id: int | None = None, most: int = 5) -> list[Hit]:
    """Return what `actor` may find that is like a text that somebody is writing: for who asks, tells or needs help (E5)."""
    asked = Asked(words=text_asked.words, terms=tuple(term for term in text_asked.terms if not term.is_not))
    bounds = bounds_of(actor, asked, at=at, space_id=space_id)
    return list(_shown(actor, _loosely(bounds, asked)[:most], _said(asked))) if asked.terms else []


def newest_key() -> int:
    """Return the key of the text that was indexed last, 0 without any."""
    return db.session.scalar(select(func.max(SearchEntry.id))) or 0


def found_since(actor: Person, asked: Asked, *, key: int, at: datetime) -> Sequence[Hit]:
    """Return what `actor` may find now that was indexed after `key` and holds all that was asked for."""
    bounds = bounds_of(actor, asked, at=at)
    if asked.is_nothing or bounds.is_nowhere or bounds.problems:
        return ()
    terms = [term for term in asked.terms if not term.is_not]
    later = (*bounds.where, SearchEntry.id > key)
    never = [term for term in asked.terms if term.is_not]
    match = Match(scopes=bounds.scopes, must=[[term] for term in terms], never=never, where=later)
    return _shown(actor, _ranked(newest(match, limit=RARE), terms)[:PAGE], terms)


def _strictly(bounds: Bounds, asked: Asked, terms: Sequence[Term]) -> tuple[list[Entry], bool]:
    """Return the texts that hold all the words, and whether there are more."""
    never = [term for term in asked.terms if term.is_not]
    match = Match(scopes=bounds.scopes, must=[[term] for term in terms], never=never, where=bounds.where)
    entries = newest(match, limit=NEWEST)
    is_capped = len(entries) == NEWEST
    if is_capped and terms:
        entries += newest(match, limit=TITLES, within="title")
        entries += newest(match, limit=TITLES, within="tags")
    return list(dict.fromkeys(entries)), is_capped


def _ranked(entries: Sequence[Entry], terms: Sequence[Term]) -> list[Ranked]:
    items = {entry.item_id for entry in entries}
    heads = {head.item_id: head for head in first_words_of(items)} if terms else {}
    return ranking.strict(entries, heads, terms, _settled(items))


def _settled(items: Iterable[int]) -> set[int]:
    ids = set(items)
    return {item_id for one in findables().values() for item_id in one.settled(ids)} if ids else set()


def _loosely(bounds: Bounds, asked: Asked) -> list[Ranked]:
    """Rank what holds some of the words. What was put in quotes, begun with a star or left out by a minus stays as it was asked."""
    wanted = _wanted(asked)
    if not wanted:
        return []
    fixed = [[term] for term in asked.terms if not term.is_plain and not term.is_not]
    never = [term for term in asked.terms if term.is_not]
    groups = [(one.term, *one.alike) for one in wanted]

    def match(*must: Sequence[Term]) -> Match:
        return Match(scopes=bounds.scopes, must=[*fixed, *must], never=never, where=bounds.where)

    entries = newest(match([term for group in groups for term in group]), limit=LOOSELY)
    if len(entries) == LOOSELY:
        entries = list(dict.fromkeys([*entries[:RARE], *_rarest(match, groups)]))
    texts = words_of(entry.key for entry in entries)
    heads = {head.item_id: head for head in first_words_of({entry.item_id for entry in entries})}
    loose = Loose.among(wanted, texts, of=newest_key())
    return loose.rank(entries, texts, heads, _settled(heads))


def _rarest(match, groups) -> list[Entry]:  # type: ignore[no-untyped-def]
    """Where there is too much to look at all: the newest of each word, of its titles, and of each two words together."""
    found: list[Entry] = []
    often: list[Sequence[Term]] = []
    for group in groups:
        entries = newest(match(group), limit=RARE)
        found += entries
        if len(entries) == RARE:
            often.append(group)
            found += newest(match(group), limit=RARE // 3, within="title")
    for one, other in list(combinations(often, 2))[:15]:
        found += newest(match(one, other), limit=RARE // 3)
    return found


def _wanted(asked: Asked) -> list[Wanted]:
    """Return the words of a question with what says the same; two words that are one thing ("sign in") are looked for as such."""
    plain = [term.stems[0] for term in asked.terms if term.is_plain][:WORDS_LOOSE]
    return [
        Wanted(term=Term(stems=(stem,)), alike=tuple(Term(stems=other) for other in ALIKE.get(stem, ())))
        for stem in plain
    ]


def _said(asked: Asked) -> list[Term]:
    """Return the terms that are marked where not all have to be there."""
    plain = [term for one in _wanted(asked) for term in (one.term, *one.alike)]
    return [*(term for term in asked.terms if not term.is_not and not term.is_plain), *plain]


def _shown(actor: Person, ranked: Sequence[Ranked], terms: Sequence[Term]) -> list[Hit]:
    """Return what a page shows of items, in their order. Whether they may be seen is asked once more."""
    ids = [one.item_id for one in ranked]
    keys: list[Key] = [(one.item_id, number) for one in ranked for number in one.numbers[:PASSAGES]]
    shown: Mapping[int, Shown] = {
        one.item_id: one for kind in findables().values() for one in (kind.shown(actor, ids) if ids else ())
    }
    passages: dict[Key, Passage] = {}
    for kind in findables().values():
        passages.update(kind.passages(actor, keys) if keys else {})
    return [
        Hit(
            shown=shown[one.item_id],
            title=marked(shown[one.item_id].title, terms, length=None),
            parts=_parts(shown[one.item_id], one, passages, terms),
        )
        for one in ranked
        if one.item_id in shown
    ]


def _parts(shown: Shown, one: Ranked, passages: Mapping[Key, Passage], terms: Sequence[Term]) -> list[Part]:
    parts = []
    for number in sorted(one.numbers[:PASSAGES], key=lambda number: number != shown.answer):
        passage = passages.get((one.item_id, number))
        if passage is not None and passage.text:
            parts.append(
                Part(
                    number=number,
                    text=marked(passage.text, terms),
                    url=passage.url,
                    author=passage.author,
                    at=passage.at,
                    is_answer=number == shown.answer,
                )
            )
    return parts
