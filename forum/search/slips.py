"""What somebody may have meant by a word that stands nowhere: a slip of the keyboard, two words in one, one word in two. Pure.

Whether any of it stands somewhere is asked within the reader's rights, as of every word: no list of words is kept that could tell.
"""

from collections.abc import Iterator, Sequence

from forum.search.language import Term
from forum.search.stems import stem_of

LETTERS = "abcdefghijklmnopqrstuvwxyz"
SHORTEST, LONGEST = 4, 20
PART = 3
"""Letters that each part of a word has at the least that is parted."""
BEGINNING = 5


def near(word: str, before: str = "", after: str = "") -> list[Term]:
    """Return what may be meant by `word`, as it was typed between two others."""
    word = word.lower()
    if not (word.isascii() and word.isalpha() and SHORTEST <= len(word) <= LONGEST):
        return []
    known = stem_of(word)
    stems = dict.fromkeys(stem_of(other) for other in _one_slip_away(word))
    found = [Term(stems=(stem,)) for stem in stems if stem and stem != known]
    found += [Term(stems=(stem_of(first), stem_of(rest))) for first, rest in _parts(word)]
    found += [
        Term(stems=(stem_of(joined),)) for joined in (before.lower() + word, word + after.lower()) if joined != word
    ]
    if len(known) > BEGINNING:
        found.append(Term(stems=(known[: max(BEGINNING, len(known) - 2)],), is_prefix=True))
    return found


def _one_slip_away(word: str) -> Iterator[str]:
    """Yield what is a letter away: one too many, one too few, another one, or two that changed places. The first letter is right."""
    for at in range(1, len(word) + 1):
        head, tail = word[:at], word[at:]
        if tail:
            yield head + tail[1:]
        if len(tail) > 1:
            yield head + tail[1] + tail[0] + tail[2:]
        for letter in LETTERS:
            yield head + letter + tail
            if tail:
                yield head + letter + tail[1:]


def _parts(word: str) -> Sequence[tuple[str, str]]:
    return [(word[:at], word[at:]) for at in range(PART, len(word) - PART + 1)]
