"""What changed between versions, part by part; and two people's changes to the same version brought together."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import TypeVar

from forum.content.differences import Comparison, Piece, around_changes
from forum.strategy.content import Content
from forum.strategy.parts import CYCLES, PARTS
from forum.strategy.words import SHORT_ENGAGEMENTS, SHORT_MODES, day_words
from forum.web.words import _

T = TypeVar("T")


@dataclass(frozen=True, kw_only=True)
class Change:
    """A part that says something else. `is_both`: the other person changed it, too."""

    key: str
    label: str
    pieces: Sequence[Piece]
    is_both: bool = False


def changes(before: Content, after: Content, *, mine: Content | None = None) -> list[Change]:
    """Return what `after` says otherwise than `before`; with `mine`, also where that is a third thing."""
    if mine is not None:
        before, after, mine = _called_alike(before, after, mine)
    compare, own = Comparison(), dict(_said(mine)) if mine is not None else {}
    old = dict(_said(before))
    return [
        Change(
            key=key,
            label=label,
            pieces=list(around_changes(compare.pieces(old.get((key, label), ""), text))),
            is_both=mine is not None and own.get((key, label), "") not in {old.get((key, label), ""), text},
        )
        for (key, label), text in _said(after)
        if old.get((key, label), "") != text
    ]


def merged(base: Content, theirs: Content, mine: Content) -> Content:
    """Return what both wrote: of each part that one of them changed theirs, of what both changed mine."""
    base, theirs, mine = _called_alike(base, theirs, mine)
    return Content(
        title=_one(base.title, theirs.title, mine.title),
        vision_on=_one(base.vision_on, theirs.vision_on, mine.vision_on),
        texts={key: text for key in PARTS if (text := _one(base.of(key), theirs.of(key), mine.of(key)))},
        activities=_one(base.activities, theirs.activities, mine.activities),
        measures=_one(base.measures, theirs.measures, mine.measures),
        cycle=_one(base.cycle, theirs.cycle, mine.cycle),
    )


def _called_alike(base: Content, theirs: Content, mine: Content) -> tuple[Content, Content, Content]:
    """Return three contents that call each duty as the latest does: that it got another name is nobody's change to the page."""
    names: dict[int | None, str] = {
        one.duty_id: one.duty for content in (base, theirs) for one in content.activities if one.duty_id is not None
    }

    def called(content: Content) -> Content:
        rows = (replace(one, duty=names.get(one.duty_id, one.duty)) for one in content.activities)
        return replace(content, activities=tuple(rows))

    return called(base), called(theirs), called(mine)


def _one(base: T, theirs: T, mine: T) -> T:
    return theirs if mine == base else mine


def _said(content: Content) -> Iterator[tuple[tuple[str, str], str]]:
    """Yield each part with its label and what it says."""
    yield ("title", _("Title")), content.title
    yield ("vision_on", _("The day of the vision")), day_words(content.vision_on)
    for key, part in PARTS.items():
        yield (key, str(part.label)), content.of(key)
    yield (
        ("activities", _("Activities")),
        "\n".join(
            ", ".join(
                filter(
                    None,
                    (
                        one.what,
                        one.duty,
                        day_words(one.day),
                        str(SHORT_MODES[one.mode]),
                        str(SHORT_ENGAGEMENTS[one.engagement]) if one.engagement else "",
                    ),
                )
            )
            for one in content.activities
        ),
    )
    yield (
        ("measures", _("Measures")),
        "\n".join(
            f"{one.words}: {_amount(one.baseline, one.baseline_on)} → {_amount(one.target, one.target_on)} {one.unit}".rstrip()
            for one in content.measures
        ),
    )
    yield ("cycle", _("Reviewed")), str(CYCLES[content.cycle])


def _amount(amount: float | None, day: date | None) -> str:
    return f"{amount:g} ({day_words(day)})" if amount is not None else "?"
