"""Searching: a question becomes a match with the reader's rights in it; what is found is ranked and shown, thread by thread (A3)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

from markupsafe import Markup
from sqlalchemy import select

from forum.core.db import db
from forum.core.paging import Page, page
from forum.people.models import Person
from forum.search import ranking
from forum.search.conditions import Bounds, bounds_of
from forum.search.index import Entry, Match, first_words_of, newest
from forum.search.keeping import findables
from forum.search.language import Asked, Term
from forum.search.loosely import loosely
from forum.search.models import SearchEntry
from forum.search.passages import marked
from forum.search.ranking import Ranked
from forum.search.settled import settled_of
from forum.spaces.findable import Key, Passage, Shown
from forum.spaces.models import Item

NEWEST = 600
"""Of the texts that fit, these many are ranked: the newest, and those whose title fits."""
TITLES = 400
MANY = 100_000
"""With more texts than about these, titles and tags aren't looked through besides: it would take longer than all else."""
FEW = 5
"""With fewer threads than these, those are shown too in which not every word stands."""
MOST = 99
PAGE = 20
PASSAGES = 2
LIKELY = 0.5
"""What is less than this part as close as the closest isn't suggested: somebody who asks has no time for it."""
LIKELY_ALONE = 0.25
"""The same for what comes first of its kind: a long thread holds many words of many things, a story tells of one."""


@dataclass(frozen=True, kw_only=True)
class Part:
    """A text of what was found, with the words marked."""

    number: int
    text: Markup
    url: str
    at: datetime
    name: str = ""
    author: str = ""
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
    hits = _shown(actor, ranked[:MOST][shown.before : shown.before + shown.size], terms)
    loose: Sequence[Hit] = ()
    if total < FEW and shown.current == 1:
        known = {one.item_id for one in ranked}
        close = loosely(bounds, asked)
        others = [one for one in close.ranked if one.item_id not in known]
        loose = _shown(actor, others[: 2 * FEW], close.terms)
    return Found(
        hits=hits,
        loose=loose,
        total=total,
        is_capped=is_capped and total >= MOST,
        page=shown,
        problems=(*asked.problems, *bounds.problems),
    )


def alike(actor: Person, asked: Asked, *, at: datetime, space_id: int | None = None, most: int = 5) -> list[Hit]:
    """Return what `actor` may find that is like a text that somebody is writing: for who asks, tells or needs help (E5)."""
    bounds = bounds_of(actor, asked, at=at, space_id=space_id)
    if not asked.terms:
        return []
    close = loosely(bounds, asked, mends=False)
    return _shown(actor, _likely(close.ranked, most=most), close.terms, quotes=False)


def found_between(actor: Person, asked: Asked, *, after: datetime, until: datetime, at: datetime) -> Sequence[Hit]:
    """Return what `actor` may find at `at` that others wrote in a time, and that holds all that was asked for."""
    bounds = bounds_of(actor, asked, at=at)
    if asked.is_nothing or bounds.problems:
        return ()
    new = (SearchEntry.at > after, SearchEntry.at <= until, SearchEntry.author_id.is_distinct_from(actor.id))
    terms = [term for term in asked.terms if not term.is_not]
    entries, _is_capped = _strictly(replace(bounds, where=[*bounds.where, *new]), asked, terms)
    return _shown(actor, _ranked(entries, terms)[:PAGE], terms)


def _strictly(bounds: Bounds, asked: Asked, terms: Sequence[Term]) -> tuple[list[Entry], bool]:
    """Return the texts that hold all the words, and whether there are more."""
    never = [term for term in asked.terms if term.is_not]
    match = Match(rights=bounds.rights, must=[[term] for term in terms], never=never, where=bounds.where)
    entries = newest(match, limit=NEWEST)
    is_capped = len(entries) == NEWEST
    if is_capped and terms and _about(entries) <= MANY:
        entries += newest(replace(match, within="heads"), limit=TITLES)
    return list(dict.fromkeys(entries)), is_capped


def _about(entries: Sequence[Entry]) -> int:
    """Return about how many texts fit in all, from how close together the newest ones stand."""
    last, first = entries[0].key, entries[-1].key
    return len(entries) * last // max(1, last - first)


def _ranked(entries: Sequence[Entry], terms: Sequence[Term]) -> list[Ranked]:
    items = {entry.item_id for entry in entries}
    heads = {head.item_id: head for head in first_words_of(items)} if terms else {}
    return ranking.strict(entries, heads, terms, settled_of(items))


def _kinds_of(ranked: Sequence[Ranked]) -> Mapping[int, str]:
    ids = [one.item_id for one in ranked]
    return dict(db.session.execute(select(Item.id, Item.kind).where(Item.id.in_(ids))).all()) if ids else {}


def _likely(ranked: Sequence[Ranked], *, most: int) -> list[Ranked]:
    """Return those that are close enough to be suggested, and answer questions: a duty or a meetup doesn't.

    What is first of its kind has a place before more of another kind.
    """
    best = max((one.score for one in ranked), default=0.0)
    near = [one for one in ranked if one.score >= LIKELY_ALONE * best][:MOST]
    kinds = _kinds_of(near)
    first = {kinds.get(one.item_id): one for one in reversed(near)}
    answering = {one.kind for one in findables().values() if one.answers}
    those = [one for one in near if kinds.get(one.item_id) in answering]
    leading = [one for one in those if first[kinds.get(one.item_id)] is one]
    others = [one for one in those if one.score >= LIKELY * best and one not in leading]
    taken = [*leading, *others][:most]
    return [one for one in those if one in taken]


def _shown(actor: Person, ranked: Sequence[Ranked], terms: Sequence[Term], *, quotes: bool = True) -> list[Hit]:
    """Return what a page shows of items, in their order. Whether they may be seen is asked once more.

    Without `quotes` it is said where something stands, and not what: to look for the words there takes longest.
    """
    kinds = _kinds_of(ranked)
    shown: dict[int, Shown] = {}
    passages: dict[Key, Passage] = {}
    for findable in findables().values():
        those = [one for one in ranked if kinds.get(one.item_id) == findable.kind]
        if those:
            shown |= {one.item_id: one for one in findable.shown(actor, [one.item_id for one in those])}
            keys: list[Key] = [(one.item_id, number) for one in those for number in one.numbers[:PASSAGES]]
            passages.update(findable.passages(actor, keys))
    return [
        Hit(
            shown=shown[one.item_id],
            title=marked(shown[one.item_id].title, terms, length=None),
            parts=_parts(shown[one.item_id], one, passages, terms if quotes else None),
        )
        for one in ranked
        if one.item_id in shown
    ]


def _parts(shown: Shown, one: Ranked, passages: Mapping[Key, Passage], terms: Sequence[Term] | None) -> list[Part]:
    parts = []
    for number in sorted(one.numbers[:PASSAGES], key=lambda number: number != shown.answer):
        passage = passages.get((one.item_id, number))
        if passage is not None and passage.text:
            parts.append(
                Part(
                    number=number,
                    text=Markup() if terms is None else marked(passage.text, terms),
                    url=passage.url,
                    at=passage.at,
                    name=passage.name,
                    author=passage.author,
                    is_answer=number == shown.answer,
                )
            )
    return parts
