"""Whether a strategy fits on one side of A4, and at which size: measured as `static/css/strategy.css` lays its paper out (G1).

The sheet is set in its largest size that fits, from 11.5 down to 9 points. Widths are never measured too small, and some room is
left over, so that what fits here fits in a browser; `tests/strategy/test_paper.py` looks at real ones.
"""

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from forum.strategy.content import Content, Measure, items_of, lines_of
from forum.strategy.figures import counted
from forum.strategy.measuring import shown
from forum.strategy.parts import PARTS, VISION
from forum.strategy.widths import width

SIZES = (11.5, 11.0, 10.5, 10.0, 9.5, 9.0)
MM = 72 / 25.4
WIDE, HIGH = 178 * MM, 269 * MM
"""A4 in points, without margins of 16 and 14 mm."""
SPARE = 1.02
LINE, LABEL, GAP = 1.35, 8.5, 1.0
RULE, PADDING = 0.75, 0.65
HEAD, META, LEAD, FOOT = 1.8, 0.9, 1.2, 0.8
COLUMNS = (0.46, 0.27, 0.27)
THOUSAND = 1_000


@dataclass(frozen=True)
class Room:
    """How a version fits. `size` is in points; `over`, in lines, and `letters` say how much is too much for the smallest."""

    size: float
    over: int = 0
    letters: int = 0

    @property
    def fits(self) -> bool:
        """Whether it is one side."""
        return not self.over


def room_for(content: Content, *, signers: Sequence[str] = ()) -> Room:
    """Return how a version fits, with room for who signs it: a line each, such as a name and a post."""
    for size in SIZES:
        if _height(content, signers, size) * SPARE <= HIGH:
            return Room(size)
    least = SIZES[-1]
    over = math.ceil((_height(content, signers, least) * SPARE - HIGH) / (least * LINE))
    return Room(least, over, over * int(_text_width(least) / (least * 0.5)))


def rows(text: str, room: float, size: float, *, bold: bool = False) -> int:
    """Return on how many lines a text stands in `room` points: words go on to the next line, too long ones are broken."""
    most, count, used = room / size * THOUSAND, 1, 0.0
    space = width(" ", bold=bold)
    for word in text.split(" "):
        wide = width(word, bold=bold)
        if used and used + space + wide > most:
            count, used = count + 1, 0.0
        used += (space if used else 0) + wide
        while used > most:
            count, used = count + 1, used - most
    return count


def _height(content: Content, signers: Sequence[str], size: float) -> float:
    title = rows(content.title, WIDE, HEAD * size, bold=True) * HEAD * 1.15 * size
    meta = 2 * META * 1.4 * size
    day = "31 September 2028: " if content.vision_on else ""
    lead = sum(rows(day + line, WIDE, LEAD * size) for line in lines_of(content.of(VISION)) or [""]) * LEAD * 1.3 * size
    parts = sum(RULE + PADDING * size + lines * LINE * size for lines in _parts(content, size))
    signed = 1.5 + 0.8 * size + sum(_signed(line, size) for line in signers or [""]) + FOOT * 2 * LINE * size
    return title + meta + lead + 1.4 * size + parts + signed


def _signed(line: str, size: float) -> float:
    return rows(f"{line}, 31 September 2028, check 00000-00000", WIDE, size, bold=True) * LINE * size


def _parts(content: Content, size: float) -> Iterator[float]:
    """Yield how many lines each part of the page has."""
    room = _text_width(size)
    for key, part in PARTS.items():
        lines = (items_of if part.is_list else lines_of)(content.of(key)) if key != VISION else []
        if lines:
            inner = room - (1.6 * size if part.is_list else 0)
            yield max(_label(str(part.label), size), sum(rows(line, inner, size) for line in lines))
    if content.activities:
        said = [f"{one.what}: {one.duty}, 31 September 2028. Campaign, communicating." for one in content.activities]
        yield sum(rows(line, room, size, bold=True) for line in said)
    if content.measures:
        yield META + sum(_measured(one, room, size) for one in content.measures)
    yield 1


def _measured(one: Measure, room: float, size: float) -> int:
    ends = ((one.baseline, one.baseline_on), (one.target, one.target_on))
    cells = (
        counted(one),
        *(f"{shown(amount, one.unit)} {'by.Sept.2028' if day else ''}" for amount, day in ends),
    )
    return max(rows(cell, part * room - 0.6 * size, size) for cell, part in zip(cells, COLUMNS, strict=True))


def _label(label: str, size: float) -> int:
    return rows(label, LABEL * size, size, bold=True)


def _text_width(size: float) -> float:
    return WIDE - (LABEL + GAP) * size
