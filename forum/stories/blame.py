"""Whom a story blames, and what sounds like it. Nobody is to blame here: what made it easy to go wrong is the story (E4). Pure."""

import re
from collections.abc import Iterable, Mapping

from forum.core.text import folded

BLAMING = re.compile(
    r"\b(forgot(?:ten)?|forgets|fail(?:ed|s)|neglect\w*|broke|deleted|overwrote|ignored|careless\w*|mistakes?|faults?|blam\w+"
    r"|because of|did(?:n.t| not)|does(?:n.t| not)|never|wrongly|messed|screwed|should have|lazy|incompeten\w+)\b"
)
SENTENCE = re.compile(r"(?<=[.!?])\s+|\n+")
FORGOT = re.compile(
    r"\b(\w[\w'’-]*) (?:forgot|forgets|had forgotten|failed to|neglected to|did(?:n.t| not) bother|could not be bothered)\b"
)


def named_as_cause(answers: Mapping[str, str], people: Iterable[tuple[str, str]]) -> list[str]:
    """Return the names, of pairs of handle and name, of those whom a story names as the cause.

    In what made it easy to go wrong everybody who is named is; elsewhere it takes a sentence that blames. A first name alone counts
    beside such a word too.
    """
    causes = _flat(answers.get("easy", ""))
    blaming = [_flat(one) for key in ("title", "saw") for one in SENTENCE.split(answers.get(key, "")) if _blames(one)]
    blaming += [_flat(one) for one in SENTENCE.split(answers.get("easy", "")) if _blames(one)]
    found = []
    for handle, name in people:
        whole, first = _flat(name).strip(), _flat(name).split()[0:1]
        texts = [causes, *blaming]
        is_whole = any(f" {whole} " in text or f" @{handle} " in text for text in texts)
        if is_whole or any(f" {first[0]} " in text for text in blaming if first):
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
