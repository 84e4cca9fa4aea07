"""The part of a text that says why it was found, with the words marked. Pure."""

from collections import Counter
from collections.abc import Iterable, Sequence

from markupsafe import Markup, escape

from forum.search.language import Term
from forum.search.stems import composed, spans

LENGTH = 220
Span = tuple[int, int]


def marked(text: str, terms: Sequence[Term], *, length: int | None = LENGTH) -> Markup:
    """Return the part of `text` that holds most of the terms, in one line, each of them in <mark>. All else is escaped (A12)."""
    line = " ".join(composed(text).split())
    found = _found(line, [term for term in terms if not term.is_not])
    start, end = (0, len(line)) if length is None else _window(line, [one[:2] for one in found], length)
    pieces, last = [escape("… " if start else "")], start
    for begins, ends, _which in found:
        if last <= begins and ends <= end:
            pieces += [escape(line[last:begins]), Markup("<mark>"), escape(line[begins:ends]), Markup("</mark>")]
            last = ends
    pieces.append(escape(line[last:end] + (" …" if end < len(line) else "")))
    return Markup("").join(pieces)


def _found(line: str, terms: Sequence[Term]) -> list[tuple[int, int, int]]:
    """Return where terms stand, in order, and which."""
    words = list(spans(line))
    stems = [stem for _start, _end, stem in words]
    held = set(stems)
    found: list[tuple[int, int, int]] = []
    for which, term in enumerate(terms):
        size = len(term.stems)
        if not term.is_prefix and term.stems[-1] not in held:
            continue
        found += [
            (words[at][0], words[at + size - 1][1], which)
            for at in range(len(words) - size + 1)
            if _fits(stems[at : at + size], term)
        ]
    return sorted(found, key=lambda one: (one[0], -one[1]))


def _fits(stems: Sequence[str], term: Term) -> bool:
    if tuple(stems[:-1]) != term.stems[:-1]:
        return False
    if term.is_prefix:
        return stems[-1].startswith(term.stems[-1]) or stems[-1] in term.others
    return stems[-1] == term.stems[-1]


def _window(line: str, found: Sequence[Span], length: int) -> Span:
    """Return the beginning and the end of the part of `line` in which most was found; it begins and ends between words.

    `found` is in order, and gone through once: a post may hold the same word ten thousand times.
    """
    if len(line) <= length:
        return 0, len(line)
    words = [line[begins:ends].lower() for begins, ends in found]
    held = Counter[str]()
    best, most, first, last = 0, -1, 0, 0
    for begins in _beginnings(found):
        while last < len(found) and found[last][1] <= begins + length:
            held[words[last]] += 1
            last += 1
        while first < len(found) and found[first][0] < begins:
            if first < last:
                held[words[first]] -= 1
                if not held[words[first]]:
                    del held[words[first]]
            first += 1
            last = max(first, last)
        if len(held) > most:
            best, most = begins, len(held)
    start = 0 if best == 0 else line.rfind(" ", 0, best) + 1
    end = start + length
    if end >= len(line):
        return start, len(line)
    cut = line.rfind(" ", start, end)
    return start, cut if cut > start else end


def _beginnings(found: Sequence[Span]) -> Iterable[int]:
    return [0, *(max(0, begins - LENGTH // 5) for begins, _ends in found)]
