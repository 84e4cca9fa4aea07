"""Whom a story blames, and what sounds like it. Nobody is to blame here: what made it easy to go wrong is the story (E4). Pure."""

import re
from collections.abc import Iterable, Mapping

from forum.core.text import folded

BLAMING = re.compile(
    r"\b(forgot(?:ten)?|forgets|fail(?:ed|s)|neglect\w*|broke|deleted|overwrote|ignored|careless\w*|mistakes?|faults?|blam\w+"
    r"|because of|did(?:n.t| not)|does(?:n.t| not)|never|wrongly|messed|screwed|should have|lazy|incompeten\w+)\b"
)
SENTENCE = re.compile(r"(?<=[.!?])\s+|\n+")
FORGOT = re.compile(  # a name begins where no letter of one stands before it, so that no text takes long
    r"(?<![\w'’-])(\w[\w'’-]{0,40}) (?:forgot|forgets|had forgotten|failed to|neglected to|did(?:n.t| not) bother"
    r"|could not be bothered)\b"
)


def named_as_cause(answers: Mapping[str, str], people: Iterable[tuple[str, str]]) -> list[str]:
    """Return the names, of pairs of handle and name, of those whom a story names as the cause.

    In what made it easy to go wrong everybody who is named is; elsewhere it takes a sentence that blames. A first name alone counts
    beside such a word too.
    """
    sentences = [one for key in ("title", "saw", "easy") for one in SENTENCE.split(answers.get(key, ""))]
    blaming = "\n".join(_flat(one) for one in sentences if _blames(one))
    text = f"{_flat(answers.get('easy', ''))}\n{blaming}"
    # Looked up before anything is searched: a story is long, and a space has many members.
    words, in_blaming = set(text.split()), set(blaming.split())
    found = []
    for handle, name in people:
        whole = _flat(name).split()
        first = whole[0] if whole else ""
        is_whole = first in words and f" {' '.join(whole)} " in text
        if is_whole or f"@{handle}" in words or first in in_blaming:
            found.append(name)
    return found


def who_forgot(text: str) -> str:
    """Return the first words that say that somebody forgot something, such as "Sam forgot"; "" when there are none."""
    found = FORGOT.search(text)
    return found.group(0) if found else ""


def _blames(sentence: str) -> bool:
    return BLAMING.search(folded(sentence)) is not None


def _flat(text: str) -> str:
    """Return the words of a text, folded, with one space round each; a handle keeps its "@" and its dots."""
    words = [word.strip(".") for word in re.split(r"[^\w@.\-]+", folded(text))]
    return f" {' '.join(word for word in words if word)} "
