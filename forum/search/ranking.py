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
LOOSE_TITLE, LOOSE_TAGS, LOOSE_BODY = 2.2, 1.6, 1.0
ALIKE = 0.6
"""What a word counts that says the same as the one that was typed."""
SHARE = 0.5
OFTEN = 0.3
WHOLE = 0.35
"""How much of a thread's worth is what all of its texts hold together, and not its best one."""


@dataclass(frozen=True, kw_only=True)
class Wanted:
    """One of the words that were typed, and what says the same."""

    term: Term
    alike: tuple[Term, ...] = ()


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


def strict(
    entries: Iterable[Entry], heads: Mapping[int, Words], terms: Sequence[Term], settled: Collection[int]
) -> list[Ranked]:
    """Rank items by where their words stand. `heads` are the items' first texts; each of `entries` holds all the words."""
    found: dict[int, Ranked] = {}
    words = [spelled(term) for term in terms]
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


def _field(head: Words, word: str) -> int:
    return IN_TITLE if word in head.title else IN_TAGS if word in head.tags else IN_BODY


@dataclass(frozen=True, kw_only=True)
class Loose:
    """What the words of a question are worth in the texts that were found: a row for each word, what says the same beside it.

    Words are as `spelled` says; those that stand nowhere are left out.
    """

    rows: Sequence[Sequence[tuple[str, float]]]

    @classmethod
    def among(cls, wanted: Sequence[Wanted], texts: Sequence[Words], *, of: int) -> "Loose":
        """Weigh the words by how few of the texts hold them; `of` is how many texts there are in all."""
        wholes = [f"{text.title}|{text.tags}|{text.body}" for text in texts]

        def row(one: Wanted) -> Iterator[tuple[str, float]]:
            for term in (one.term, *one.alike):
                word = spelled(term)
                held = sum(word in whole for whole in wholes)
                if held:
                    worth = math.log(1 + max(of, len(texts)) / (1 + held))
                    yield word, worth if term == one.term else ALIKE * worth

        return cls(rows=[list(row(one)) for one in wanted])

    def rank(
        self, entries: Iterable[Entry], texts: Sequence[Words], heads: Mapping[int, Words], settled: Collection[int]
    ) -> list[Ranked]:
        """Rank items by how much of the question their texts hold."""
        by_key = {(text.item_id, text.number): text for text in texts}
        found: dict[int, list[tuple[float, list[float], Entry]]] = {}
        for entry in entries:
            text = by_key[entry.item_id, entry.number]
            parts = [self._best(row, text, heads.get(entry.item_id)) for row in self.rows]
            found.setdefault(entry.item_id, []).append((self._sum(parts), parts, entry))
        return sorted(
            (self._item(item_id, rows, item_id in settled) for item_id, rows in found.items()),
            key=lambda one: one.place,
            reverse=True,
        )

    def _item(self, item_id: int, rows: list[tuple[float, list[float], Entry]], is_settled: bool) -> Ranked:  # noqa: FBT001
        rows.sort(key=lambda row: (row[0], row[2].at), reverse=True)
        score = rows[0][0]
        if len(rows) > 1:
            together = [max(parts) for parts in zip(*(row[1] for row in rows), strict=True)]
            score = (1 - WHOLE) * score + WHOLE * self._sum(together)
        return Ranked(
            item_id=item_id,
            score=round(score, 6),
            numbers=[row[2].number for row in rows],
            at=max(row[2].at for row in rows),
            is_settled=is_settled,
        )

    def _best(self, row: Sequence[tuple[str, float]], text: Words, head: Words | None) -> float:
        return max([worth * _loose_field(text, head, word) for word, worth in row], default=0.0)

    def _sum(self, parts: Sequence[float]) -> float:
        """Add up what stands there, the more of the words the better."""
        held = (len(parts) - parts.count(0.0)) / max(1, len(parts))
        return float(sum(parts) * held**SHARE)


def _loose_field(text: Words, head: Words | None, word: str) -> float:
    if head is not None and word in head.title:
        return LOOSE_TITLE
    if head is not None and word in head.tags:
        return LOOSE_TAGS
    often = text.body.count(word)
    return LOOSE_BODY * (1 + OFTEN * (1 - 1 / often)) if often else 0.0
