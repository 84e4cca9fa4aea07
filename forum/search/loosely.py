"""Where all words together find little: what holds some of them, or words that say the same.

A question is answered in other words than it is asked in. What was put in quotes, begun with a star or left out by a minus stays as
it was asked.
"""

from collections.abc import Callable, Iterator, Sequence
from itertools import combinations

from forum.search.conditions import Bounds
from forum.search.everyday import ALIKE, LONGEST_ALIKE, STOP
from forum.search.index import Entry, Group, Match, first_words_of, newest, newest_key, words_of
from forum.search.language import Asked, Term
from forum.search.ranking import Loose, Ranked, Wanted
from forum.search.settled import settled_of

FEW = 5_000
"""With no more texts than these, all that hold a word are looked at, up to AT_ONCE; else some of them: see `_some`."""
AT_ONCE = 500
SOME = 40
EVERYWHERE = 4
"""A word that stands in one of so many texts says little in a title, and to look for it there takes longest."""
PAIRED = 3
MOST_WORDS = 12


def loosely(bounds: Bounds, asked: Asked) -> list[Ranked]:
    """Rank what holds some of the words."""
    wanted = wanted_of(asked)
    if not wanted or (len(wanted) == 1 and not wanted[0].alike):
        return []  # a single word is found by itself or not at all
    fixed = [[term] for term in asked.terms if not term.is_plain and not term.is_not]
    never = [term for term in asked.terms if term.is_not]
    groups: list[Group] = [(one.term, *one.alike) for one in wanted]

    def match(*must: Group) -> Match:
        return Match(scopes=bounds.scopes, must=[*fixed, *must], never=never, where=bounds.where)

    total, entries = newest_key(), []
    if total <= FEW:
        entries = newest(match([term for group in groups for term in group]), limit=AT_ONCE)
    if total > FEW or len(entries) == AT_ONCE:
        entries = list(dict.fromkeys([*entries, *_some(match, groups)]))
    texts = words_of(entry.key for entry in entries)
    heads = {head.item_id: head for head in first_words_of({entry.item_id for entry in entries})}
    loose = Loose.among(wanted, texts, of=total)
    return loose.rank(entries, texts, heads, settled_of(heads))


def _some(match: Callable[..., Match], groups: Sequence[Group]) -> Iterator[Entry]:
    """Yield the newest texts with each word; of words that stand often, also titles, and texts that hold two of the longest."""
    often: list[Group] = []
    telling: list[Group] = []
    for group in groups:
        entries = newest(match(group), limit=SOME)
        yield from entries
        if len(entries) == SOME:
            often.append(group)
            telling += [group] if entries[0].key - entries[-1].key > EVERYWHERE * SOME else []
    if telling:
        yield from newest(match([term for group in telling for term in group]), limit=SOME, within="title")
    longest = sorted(often, key=lambda group: -len("".join(group[0].stems)))[:PAIRED]
    for one, other in combinations(longest, 2):
        yield from newest(match(one, other), limit=SOME)


def wanted_of(asked: Asked) -> list[Wanted]:
    """Return the words of a question with what says the same. Several that are one thing ("sign in") are looked for as such."""
    found: list[Wanted] = []
    said, at = asked.said, 0
    while at < len(said) and len(found) < MOST_WORDS:
        size = next((size for size in range(LONGEST_ALIKE, 1, -1) if " ".join(said[at : at + size]) in ALIKE), 1)
        stems = said[at : at + size]
        at += size
        if size > 1 or stems[0] not in STOP:
            alike = tuple(Term(stems=other) for other in ALIKE.get(" ".join(stems), ()))
            found.append(Wanted(term=Term(stems=stems), alike=alike))
    return list(dict.fromkeys(found))


def marked_of(asked: Asked) -> list[Term]:
    """Return the terms that are marked in what was found."""
    plain = [term for one in wanted_of(asked) for term in (one.term, *one.alike)]
    return [*(term for term in asked.terms if not term.is_not and not term.is_plain), *plain]
