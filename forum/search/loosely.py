"""Where all words together find little: what holds some of them, or words that say the same.

A question is answered in other words than it is asked in. What was put in quotes, begun with a star or left out by a minus stays as
it was asked.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import combinations
from typing import NamedTuple

from forum.search.conditions import Bounds
from forum.search.everyday import ALIKE, LONGEST_ALIKE, STOP
from forum.search.index import Entry, Group, Match, Words, first_words_of, newest, newest_key, newest_of, words_of
from forum.search.language import Asked, Term
from forum.search.ranking import Loose, Ranked, Wanted, spelled
from forum.search.settled import settled_of
from forum.search.slips import near
from forum.search.stems import composed, spans

FEW = 5_000
"""With no more texts than these, all that hold a word are looked at, up to AT_ONCE; else some of them: see `_some`."""
AT_ONCE = 500
SOME = 40
EVERYWHERE = 4
"""A word that stands in one of so many texts says little in a title, and to look for it there takes longest."""
PAIRED = 3
MOST_WORDS = 12
MENDED = 3
"""So many words at the most are looked at for slips of the keyboard."""
MatchFor = Callable[..., Match]


class Close(NamedTuple):
    """What is close to a question, the closest first, and the words for which it is."""

    ranked: Sequence[Ranked]
    terms: Sequence[Term]


def loosely(bounds: Bounds, asked: Asked, *, mends: bool = True) -> Close:
    """Rank what holds some of the words. With `mends` a word that stands nowhere is taken for one that is nearly the same."""
    fixed = [[term] for term in asked.terms if not term.is_plain and not term.is_not]
    never = [term for term in asked.terms if term.is_not]

    def match(*must: Group) -> Match:
        return Match(rights=bounds.rights, must=[*fixed, *must], never=never, where=bounds.where)

    wanted, total = wanted_of(asked), newest_key()
    entries = _any_of(wanted, total, match) if wanted else []
    texts = words_of(entry.key for entry in entries)
    if mends:
        wanted, more = _mended(asked, wanted, texts, match)
        known = {entry.key for entry in entries}
        more = [entry for entry in more if entry.key not in known]
        entries += more
        texts += words_of(entry.key for entry in more)
    heads = {head.item_id: head for head in first_words_of({entry.item_id for entry in entries})}
    ranked = Loose.among(wanted, texts, of=total).rank(entries, texts, heads, settled_of(heads)) if entries else []
    return Close(ranked, [*(group[0] for group in fixed), *(term for one in wanted for term in one.terms)])


def _any_of(wanted: Sequence[Wanted], total: int, match: MatchFor) -> list[Entry]:
    """Return the texts that hold any of the words, or some of those with each."""
    groups: list[Group] = [one.terms for one in wanted]
    entries = newest(match([term for group in groups for term in group]), limit=AT_ONCE) if total <= FEW else []
    if total > FEW or len(entries) == AT_ONCE:
        entries = list(dict.fromkeys([*entries, *_some(match, groups)]))
    return entries


def _some(match: MatchFor, groups: Sequence[Group]) -> Iterator[Entry]:
    """Yield the newest texts with each word; of words that stand often, also titles, and texts that hold two of the longest."""
    often: list[Group] = []
    telling: list[Group] = []
    for group, entries in zip(groups, newest_of([match(group) for group in groups], limit=SOME), strict=True):
        yield from entries
        if len(entries) == SOME:
            often.append(group)
            telling += [group] if entries[0].key - entries[-1].key > EVERYWHERE * SOME else []
    longest = sorted(often, key=lambda group: -len("".join(group[0].stems)))[:PAIRED]
    more = [match(one, other) for one, other in combinations(longest, 2)]
    if telling:
        more.append(replace(match([term for group in telling for term in group]), within="title"))
    for entries in newest_of(more, limit=SOME):
        yield from entries


def _mended(
    asked: Asked, wanted: Sequence[Wanted], texts: Sequence[Words], match: MatchFor
) -> tuple[list[Wanted], list[Entry]]:
    """Return the words again, with what is nearly the same beside those that stand nowhere, and the texts in which that stands."""
    typed = typed_of(asked)
    unknown = [one for one in wanted if one.term.stems[0] in typed and not any(stands(one.terms, texts))]
    found, more = {one: one for one in wanted}, []
    for one in unknown[:MENDED]:
        meant = near(*typed[one.term.stems[0]])
        entries = newest(match(meant), limit=SOME) if meant else []
        those = [
            term
            for term, is_there in zip(meant, stands(meant, words_of(entry.key for entry in entries)), strict=True)
            if is_there
        ]
        found[one] = Wanted(term=one.term, alike=tuple(those))
        more += entries
    return list(found.values()), list(dict.fromkeys(more))


def stands(terms: Sequence[Term], texts: Sequence[Words]) -> list[bool]:
    """Say of each of the terms whether it stands in any of the texts."""
    words = map(spelled, terms)
    return [any(word in text.title or word in text.tags or word in text.body for text in texts) for word in words]


def typed_of(asked: Asked) -> Mapping[str, tuple[str, str, str]]:
    """Return the plain words as they were typed, each between the one before and the one after it, by their stems."""
    text = composed(asked.words)
    rows = [(stem, text[start:end]) for start, end, stem in spans(text)]
    words = ["", *(word for _stem, word in rows), ""]
    return {stem: (words[at + 1], words[at], words[at + 2]) for at, (stem, _word) in enumerate(rows)}


def wanted_of(asked: Asked) -> list[Wanted]:
    """Return the words of a question with what says the same. Several that are one thing ("sign in") are looked for as such."""
    found: list[Wanted] = []
    said, at = asked.said, 0
    while at < len(said) and len(found) < MOST_WORDS:
        size = next((size for size in range(LONGEST_ALIKE, 1, -1) if " ".join(said[at : at + size]) in ALIKE), 1)
        stems = said[at : at + size]
        at += size
        if size > 1 or stems[0] not in STOP:
            alike = [Term(stems=other) for other in ALIKE.get(" ".join(stems), ())]
            alike += [Term(stems=(stem,)) for stem in stems if size > 1 and stem not in STOP]
            found.append(Wanted(term=Term(stems=stems), alike=tuple(dict.fromkeys(alike))))
    return list(dict.fromkeys(found))
