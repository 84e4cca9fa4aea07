"""How one set of steps became another, step by step; and a change carried over to a version that has moved on. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from forum.content.differences import Comparison, Piece, anchors, around_changes
from forum.playbooks.content import Content, StepText

NAMES = ("text", "warning", "proof")


@dataclass(frozen=True, kw_only=True)
class StepChange:
    """What became of a step: "same", "changed", "new" or "gone". `number` is where it stands now, `was` where it stood."""

    kind: str
    number: int | None
    was: int | None
    is_moved: bool
    parts: Sequence[tuple[str, Sequence[Piece]]]
    """By NAMES, what it says, with what changed; of a step that is the same, its text only."""

    @property
    def is_shown(self) -> bool:
        """Whether there is something to see."""
        return self.kind != "same" or self.is_moved


@dataclass(frozen=True, kw_only=True)
class Change:
    """What became of a whole: its title and when to use it, None where they are the same, and its steps in their new order."""

    title: Sequence[Piece] | None
    when: Sequence[Piece] | None
    steps: Sequence[StepChange]

    @property
    def is_nothing(self) -> bool:
        """Whether both say the same."""
        return self.title is None and self.when is None and not any(step.is_shown for step in self.steps)

    @property
    def unchanged(self) -> int:
        """How many steps stand as they stood."""
        return sum(not step.is_shown for step in self.steps)


@dataclass(frozen=True, kw_only=True)
class Clash:
    """What was changed on both sides, so that somebody has to choose: what the change would say. "" takes it out."""

    key: str
    """Of the step; "title" and "when" for these."""
    said: str


def compare(before: Content, after: Content, *, comparison: Comparison | None = None) -> Change:
    """Return how one became the other. Bounded in time, as `Comparison` is."""
    words = comparison or Comparison()
    old = {step.key: (number, step) for number, step in enumerate(before.steps, 1)}
    kept = [step.key for step in after.steps if step.key in old]
    were = [step.key for step in before.steps if step.key in set(kept)]
    stayed = {were[index] for index, _new in anchors(were, kept)}
    found = [
        _changed(words, old.get(step.key), (number, step), is_moved=step.key in old and step.key not in stayed)
        for number, step in enumerate(after.steps, 1)
    ]
    gone = [one for key, one in old.items() if key not in set(kept)]
    for number, step in gone:
        before_it = [i for i, one in enumerate(found) if one.was is not None and one.was < number and not one.is_moved]
        place = before_it[-1] + 1 if before_it else 0
        found.insert(place, _changed(words, (number, step), None, is_moved=False))
    return Change(
        title=_pieces(words, before.title, after.title), when=_pieces(words, before.when, after.when), steps=found
    )


def _changed(
    words: Comparison, old: tuple[int, StepText] | None, new: tuple[int, StepText] | None, *, is_moved: bool
) -> StepChange:
    was, before = old or (None, StepText(text=""))
    number, after = new or (None, StepText(text=""))
    kind = "new" if old is None else "gone" if new is None else "same" if before.said == after.said else "changed"
    if kind == "same":
        parts: list[tuple[str, Sequence[Piece]]] = [("text", [Piece("same", after.text)])]
    else:
        parts = [
            (name, list(around_changes(words.pieces(getattr(before, name), getattr(after, name)))))
            for name in NAMES
            if getattr(before, name) or getattr(after, name)
        ]
    return StepChange(kind=kind, number=number, was=was, is_moved=is_moved, parts=parts)


def _pieces(words: Comparison, before: str, after: str) -> list[Piece] | None:
    return None if before == after else words.pieces(before, after)


def merged(base: Content, theirs: Content, mine: Content) -> tuple[Content, list[Clash]]:
    """Carry over to `theirs` what `mine` changed of `base`. What both changed stays as in `theirs`, and is told: nothing is lost."""
    clashes: list[Clash] = []
    title = _one(clashes, "title", base.title, theirs.title, mine.title)
    when = _one(clashes, "when", base.when, theirs.when, mine.when)
    was, wanted = _by_key(base), _by_key(mine)
    steps: list[StepText] = []
    for step in theirs.steps:
        old, new = was.get(step.key), wanted.get(step.key)
        if old is None:
            steps.append(step)
            if new is not None and new.said != step.said:  # made here, sent there, and changed since
                clashes.append(Clash(key=step.key, said=_whole(new)))
        elif new is not None and new.said == old.said:
            steps.append(step)
        elif step.said == old.said:
            steps += [new] if new is not None else []
        else:
            steps.append(step)
            if new is None or new.said != step.said:
                clashes.append(Clash(key=step.key, said=_whole(new)))
    there = {step.key for step in theirs.steps}
    clashes += [
        Clash(key=key, said=_whole(new))
        for key, new in wanted.items()
        if key in was and key not in there and new.said != was[key].said
    ]
    steps = _in_order(base, theirs, mine, steps)
    return Content(title=title, when=when, steps=_with_new(steps, mine, was)), clashes


def agreed(base: Content, ours: Content, theirs: Content) -> Content:
    """Return `base` as if what both say alike had stood there from the start: only what they differ in is left to tell."""
    was, here, there = _by_key(base), _by_key(ours), _by_key(theirs)
    alike = {key: step for key, step in here.items() if key in there and there[key].said == step.said}
    kept = [alike.get(step.key, step) for step in base.steps if step.key in here or step.key in there]
    both = replace(ours, steps=[step for step in ours.steps if step.key in was or step.key in alike])
    kept = _with_new(kept, both, was)
    if _order(ours, there) == _order(theirs, here):
        kept = _in_order(replace(base, steps=kept), replace(base, steps=kept), ours, kept)
    return Content(
        title=ours.title if ours.title == theirs.title else base.title,
        when=ours.when if ours.when == theirs.when else base.when,
        steps=kept,
    )


def _order(content: Content, of: Mapping[str, StepText]) -> list[str]:
    return [step.key for step in content.steps if step.key in of]


def _one(clashes: list[Clash], key: str, base: str, theirs: str, mine: str) -> str:
    if mine in {base, theirs}:
        return theirs
    if theirs != base:
        clashes.append(Clash(key=key, said=mine))
        return theirs
    return mine


def _in_order(base: Content, theirs: Content, mine: Content, steps: list[StepText]) -> list[StepText]:
    """Put the steps into the order of `mine`, unless theirs was changed meanwhile."""
    common = {step.key for step in steps} & set(_by_key(base)) & set(_by_key(mine))

    def order(content: Content) -> list[str]:
        return [step.key for step in content.steps if step.key in common]

    if order(theirs) != order(base) or order(mine) == order(base):
        return steps
    by_key, wanted = {step.key: step for step in steps}, iter(order(mine))
    return [by_key[next(wanted)] if step.key in common else step for step in steps]


def _with_new(steps: list[StepText], mine: Content, was: Mapping[str, StepText]) -> list[StepText]:
    """Put in what `mine` adds, each after the step that it follows there."""
    found, before = list(steps), ""
    for step in mine.steps:
        if step.key not in was and not any(one.key == step.key for one in found):
            place = next((i + 1 for i, one in enumerate(found) if one.key == before), len(found) if before else 0)
            found.insert(place, step)
        before = step.key if any(one.key == step.key for one in found) else before
    return found


def _by_key(content: Content) -> dict[str, StepText]:
    return {step.key: step for step in content.steps}


def _whole(step: StepText | None) -> str:
    return "" if step is None else "\n".join(part for part in step.said if part)
