"""Which of what was found comes first. Pure: it looks at the stems of the texts, and is the same on both databases.

Title goes over tags over body; among equals what is settled comes first, then what is recent. Where not every word has to be there
(`loose`), a word counts more the fewer texts hold it, and a thread the more of the words it holds together.
"""

import math
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from forum.search.index import Entry, Words
from forum.search.language import Term

IN_TITLE, IN_TAGS, IN_BODY = 100, 10, 1
LOOSE_TITLE, LOOSE_TAGS, LOOSE_BODY = 1.8, 1.6, 1.0
ALIKE = 0.6
"""What a word counts that says the same as the one that was typed."""
BESIDES = 0.3
"""What of it counts besides when several stand there that say the same."""
OFTEN = 1.0
"""How much more a word counts at the most that stands often in a thread."""
SHARE = 0.25


@dataclass(frozen=True, kw_only=True)
class Wanted:
    """One of the words that were typed, and what says the same."""

    term: Term
    alike: tuple[Term, ...] = ()

    @property
    def terms(self) -> tuple[Term, ...]:
        """The word and what says the same."""
        return (self.term, *self.alike)


@dataclass(kw_only=True)
class Ranked:
    """An item that was found, with the best of its texts first."""

    item_id: int
    score: float
    numbers: list[int] = field(default_factory=list)
    at: datetime
    is_settled: bool = False

    @property
    def place(self) -> tuple[float, bool, datetime]:
        """What comes later in a list is smaller."""
        return (self.score, self.is_settled, self.at)


def spelled(term: Term) -> str:
    """Return how a term stands in a text of stems (see `Words`), which is looked through for it."""
    words = " ".join(term.stems)
    return f" {words}" if term.is_prefix else f" {words} "


def ways_of(term: Term) -> tuple[str, ...]:
    """Return the ways in which a term may stand there: of a word that was only begun there are several."""
    before = " ".join(term.stems[:-1])
    return (spelled(term), *(f" {before} {other} " if before else f" {other} " for other in term.others))


def strict(
    entries: Iterable[Entry], heads: Mapping[int, Words], terms: Sequence[Term], settled: Collection[int]
) -> list[Ranked]:
    """Rank items by where their words stand. `heads` are the items' first texts; each of `entries` holds all the words."""
    found: dict[int, Ranked] = {}
    words = [ways_of(term) for term in terms]
    for entry in entries:
        one = found.get(entry.item_id)
        if one is None:
            head = heads.get(entry.item_id)
            score = sum(_field(head, word) for word in words) if head else 0
            is_settled = entry.item_id in settled
            one = found[entry.item_id] = Ranked(item_id=entry.item_id, score=score, at=entry.at, is_settled=is_settled)
        one.numbers.append(entry.number)
        one.at = max(one.at, entry.at)
    return sorted(found.values(), key=lambda one: one.place, reverse=True)


def _field(head: Words, ways: Sequence[str]) -> int:
    if any(way in head.title for way in ways):
        return IN_TITLE
    return IN_TAGS if any(way in head.tags for way in ways) else IN_BODY


@dataclass(frozen=True, kw_only=True)
class Loose:
    """What the words of a question are worth in the texts that were found: a row for each word, what says the same beside it.

    Words are as `spelled` says; those that stand nowhere are left out.
    """

    rows: Sequence[Sequence[tuple[str, float]]]

    @classmethod
    def among(cls, wanted: Sequence[Wanted], texts: Sequence[Words], *, of: int) -> "Loose":
        """Weigh the words by how few of the items hold them; `of` is how many texts there are in all."""
        wholes: dict[int, str] = {}
        for text in texts:
            wholes[text.item_id] = f"{wholes.get(text.item_id, '')}|{text.title}|{text.tags}|{text.body}"
        of = max(1, of * len(wholes) // max(1, len(texts)))

        def row(one: Wanted) -> Iterator[tuple[str, float]]:
            for term in (one.term, *one.alike):
                word = spelled(term)
                held = sum(word in whole for whole in wholes.values())
                if held:
                    worth = math.log(1 + max(of, len(wholes)) / (1 + held))
                    yield word, worth if term == one.term else ALIKE * worth

        return cls(rows=[list(row(one)) for one in wanted])

    def rank(
        self, entries: Iterable[Entry], texts: Sequence[Words], heads: Mapping[int, Words], settled: Collection[int]
    ) -> list[Ranked]:
        """Rank items by how much of the question all that was found of them holds together; of its texts the best comes first."""
        by_key = {(text.item_id, text.number): text for text in texts}
        found: dict[int, list[Entry]] = {}
        for entry in entries:
            found.setdefault(entry.item_id, []).append(entry)
        return sorted(
            (
                self._item(those, [by_key[one.item_id, one.number] for one in those], heads.get(item_id), settled)
                for item_id, those in found.items()
            ),
            key=lambda one: one.place,
            reverse=True,
        )

    def _item(
        self, entries: Sequence[Entry], texts: Sequence[Words], head: Words | None, settled: Collection[int]
    ) -> Ranked:
        numbers = [entry.number for entry in entries]
        if len(texts) > 1:
            alone = {text.number: self._sum([text], None) for text in texts}
            numbers.sort(key=alone.__getitem__, reverse=True)
        return Ranked(
            item_id=entries[0].item_id,
            score=round(self._sum(texts, head), 6),
            numbers=numbers,
            at=max(entry.at for entry in entries),
            is_settled=entries[0].item_id in settled,
        )

    def _sum(self, texts: Sequence[Words], head: Words | None) -> float:
        """Add up what stands there, the more of the words the better."""
        title, tags = (head.title, head.tags) if head is not None else ("", "")
        body = "|".join([text.body for text in texts])
        whole = f"{title}|{tags}|{body}"
        parts = []
        for row in self.rows:
            found = [worth * _loose_field(title, tags, body, word) for word, worth in row if word in whole]
            if found:
                found.sort(reverse=True)
                parts.append(found[0] + BESIDES * sum(found[1:3]))
        held = len(parts) / max(1, len(self.rows))
        return float(sum(parts) * held**SHARE)


def _loose_field(title: str, tags: str, body: str, word: str) -> float:
    if word in title:
        return LOOSE_TITLE
    if word in tags:
        return LOOSE_TAGS
    often = body.count(word)
    return LOOSE_BODY * (1 + OFTEN * (1 - 1 / often)) if often else 0.0
