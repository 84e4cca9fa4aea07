"""What an edit changed, word by word, in bounded time (B7).

Lines that stand once in both texts hold the comparison together; only what lies between them is compared word by word, and only
as much of it as an allowance permits, since difflib takes up to the cube of the length. What is left is shown as replaced whole.
"""

import difflib
import re
from bisect import bisect_left
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

TOKENS = re.compile(r"\n|[^\S\n]+|[\w'’]+|[^\w\s]")
"""A word, one sign, or the room between them: "else." and "else:" differ in a sign, and a line's end is no part of its last word."""
ONE_GAP = 90_000
"""The most that is compared at once: tokens on one side times tokens on the other. About a quarter of a second at the worst."""
ALLOWANCE = 3 * ONE_GAP
KEPT = 160
"""Characters that are shown on each side of a change, to say where it is."""
LEAST = KEPT // 4
BREAKS = ("\n", " ")


@dataclass(frozen=True)
class Piece:
    """A run of text: `kind` is "same", "gone", "new", or "cut": the same on both sides, and left out of what is shown."""

    kind: str
    text: str

    @property
    def lines(self) -> int:
        """How many lines end in it."""
        return self.text.count("\n")

    @property
    def words(self) -> int:
        """How many words stand in it."""
        return len(self.text.split())


class Comparison:
    """Compares texts until its allowance is used up. One serves a whole page."""

    def __init__(self, allowance: int = ALLOWANCE) -> None:
        self.left = allowance

    def pieces(self, before: str, after: str) -> list[Piece]:
        """Return how `before` became `after`: both can be put together again from the pieces."""
        old, new = before.splitlines(keepends=True), after.splitlines(keepends=True)
        found: list[Piece] = []
        start_old = start_new = 0
        for end_old, end_new in [*anchors(old, new), (len(old), len(new))]:
            found += self._gap("".join(old[start_old:end_old]), "".join(new[start_new:end_new]))
            found += [Piece("same", old[end_old])] if end_old < len(old) else []
            start_old, start_new = end_old + 1, end_new + 1
        return list(_joined(found))

    def _gap(self, before: str, after: str) -> Iterator[Piece]:
        old, new = TOKENS.findall(before), TOKENS.findall(after)
        head = _common(old, new)
        tail = _common(old[head:][::-1], new[head:][::-1])
        yield Piece("same", "".join(old[:head]))
        yield from self._middle(old[head : len(old) - tail], new[head : len(new) - tail])
        yield Piece("same", "".join(old[len(old) - tail :]))

    def _middle(self, old: Sequence[str], new: Sequence[str]) -> Iterator[Piece]:
        cost = len(old) * len(new)
        if cost > min(ONE_GAP, self.left):
            yield Piece("gone", "".join(old))
            yield Piece("new", "".join(new))
            return
        self.left -= cost
        matcher = difflib.SequenceMatcher(None, old, new, autojunk=False)
        for kind, from_old, to_old, from_new, to_new in matcher.get_opcodes():
            if kind == "equal":
                yield Piece("same", "".join(old[from_old:to_old]))
            else:
                yield Piece("gone", "".join(old[from_old:to_old]))
                yield Piece("new", "".join(new[from_new:to_new]))


def around_changes(pieces: Sequence[Piece]) -> Iterator[Piece]:
    """Yield the pieces with what is the same cut down to the words beside a change."""
    last = len(pieces) - 1
    for index, piece in enumerate(pieces):
        if piece.kind != "same" or len(piece.text) <= 2 * KEPT or last == 0:
            yield piece
            continue
        head = _end_of_head(piece.text[:KEPT]) if index > 0 else 0
        tail = len(piece.text) - (_length_of_tail(piece.text[-KEPT:]) if index < last else 0)
        yield from _run("same", piece.text[:head])
        yield from _run("cut", piece.text[head:tail])
        yield from _run("same", piece.text[tail:])


def _end_of_head(text: str) -> int:
    """Return where to stop after a change: at the end of a line, else between words, else where it is cut anyway."""
    for sign in BREAKS:
        end = text.rfind(sign) + 1
        if end > LEAST:
            return end
    return len(text)


def _length_of_tail(text: str) -> int:
    """Return how much to show before a change, by the same rule."""
    for sign in BREAKS:
        length = len(text) - text.find(sign) - 1
        if sign in text and length > LEAST:
            return length
    return len(text)


def anchors(old: Sequence[str], new: Sequence[str]) -> list[tuple[int, int]]:
    """Return the places, in both, of the longest run in order of lines that stand exactly once in each."""
    in_old, in_new = Counter(old), Counter(new)
    place = {line: index for index, line in enumerate(new) if in_new[line] == 1}
    pairs = [(index, place[line]) for index, line in enumerate(old) if in_old[line] == 1 and line in place]
    ends: list[int] = []  # the smallest place at which a run of each length ends,
    last: list[int] = []  # which pair ends it,
    before: list[int | None] = []  # and which pair comes before each pair
    for number, (_index, where) in enumerate(pairs):
        length = bisect_left(ends, where)
        before.append(last[length - 1] if length else None)
        ends[length : length + 1] = [where]
        last[length : length + 1] = [number]
    run: list[tuple[int, int]] = []
    step = last[-1] if last else None
    while step is not None:
        run.append(pairs[step])
        step = before[step]
    return run[::-1]


def _common(old: Sequence[str], new: Sequence[str]) -> int:
    """Return how many words are the same at the beginning of both."""
    shorter = min(len(old), len(new))
    return next((index for index in range(shorter) if old[index] != new[index]), shorter)


def _joined(pieces: Sequence[Piece]) -> Iterator[Piece]:
    """Put neighbours of one kind together, what is gone before what is new.

    A space between two words that were both replaced goes with them: "desk today" became "office soon", not word by word.
    """
    gone = new = room = same = ""
    for piece in pieces:
        if not piece.text:
            continue
        if piece.kind != "same":
            yield from _run("same", same)
            same = ""
            gone, new, room = gone + room, new + room, ""
            gone, new = (gone + piece.text, new) if piece.kind == "gone" else (gone, new + piece.text)
        elif gone and new and not room and piece.text == " ":
            room = piece.text
        else:
            yield from (*_run("gone", gone), *_run("new", new))
            same += room + piece.text
            gone = new = room = ""
    yield from (*_run("gone", gone), *_run("new", new), *_run("same", same + room))


def _run(kind: str, text: str) -> Iterator[Piece]:
    if text:
        yield Piece(kind, text)
