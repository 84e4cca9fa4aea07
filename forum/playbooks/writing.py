"""From what was typed to what is stored: looked at whole, and laid out step by step before anything is written."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from forum.core.db import db
from forum.core.errors import Invalid
from forum.core.markup import MAX_SOURCE, RENDERER, Rendered
from forum.core.markup.source import normalised
from forum.core.text import one_line
from forum.playbooks.content import Content, StepText, compose, with_keys
from forum.playbooks.models import ASIDE_LENGTH, Edition, Step
from forum.spaces.models import TITLE_LENGTH
from forum.web.turns import lay_out
from forum.web.words import _

Render = Callable[[str, str], Rendered]
"""From a text and the field for problems. Whoever writes waits for their turn; the demo's texts wait for nobody."""
MOST_STEPS = 60
LONGEST_STEP = 3000
LONGEST_WHEN = 1000


@dataclass(frozen=True, kw_only=True)
class Laid:
    """A content that was looked at, with each of its steps laid out: ready to be written."""

    content: Content
    steps: Sequence[tuple[StepText, str, int]]
    """What was typed, its HTML, and the renderer that made it."""

    def is_same(self, other: Content) -> bool:
        """Say whether it says what another says, in the same order; a step that was typed again is the same."""
        return _said(self.content) == _said(other)

    @property
    def fingerprint(self) -> str:
        """All that it says, for telling a second press: keys of steps are made anew for each."""
        return repr(_said(self.content))


def _said(content: Content) -> tuple[str, str, list[tuple[str, str, str]]]:
    return content.title, content.when, [step.said for step in content.steps]


def checked(content: Content) -> Content:
    """Return a content as it is kept: without empty steps, each step with a key. Raises Invalid for every field that is wrong.

    The fields are `title`, `when`, `steps`, and "s0-text", "s0-warning", "s0-proof" of the first step as it was typed.
    """
    problems: dict[str, list[str]] = {}
    title, when = one_line(content.title), normalised(content.when).strip()
    typed = [(number, _tidied(step)) for number, step in enumerate(content.steps) if not step.is_empty]
    if not title:
        problems["title"] = [_("Give it a title: what is done with it?")]
    elif len(title) > TITLE_LENGTH:
        problems["title"] = [_("Keep it under %(most)s characters.", most=TITLE_LENGTH)]
    if len(when) > LONGEST_WHEN:
        problems["when"] = [_too_long(when, LONGEST_WHEN)]
    for number, step in typed:
        problems |= _wrong_in(number, step)
    if not typed:
        problems["steps"] = [_("A playbook needs one step at least.")]
    elif len(typed) > MOST_STEPS:
        problems["steps"] = [
            _(
                "This has %(number)s steps, and %(most)s fit. Nobody gets through more at once: make two playbooks of it.",
                number=len(typed),
                most=MOST_STEPS,
            )
        ]
    found = Content(title=title, when=when, steps=with_keys(step for _number, step in typed))
    if not problems and len(compose(found)) > MAX_SOURCE:
        problems["steps"] = [_("All of it together is too long: %(most)s characters fit.", most=f"{MAX_SOURCE:,}")]
    if problems:
        raise Invalid(problems)
    return found


def _wrong_in(number: int, step: StepText) -> dict[str, list[str]]:
    problems: dict[str, list[str]] = {}
    if not step.text:
        problems[f"s{number}-text"] = [_("Say what is done in this step, or take it out.")]
    for name, text, most in (
        ("text", step.text, LONGEST_STEP),
        ("warning", step.warning, ASIDE_LENGTH),
        ("proof", step.proof, ASIDE_LENGTH),
    ):
        if len(text) > most:
            problems[f"s{number}-{name}"] = [_too_long(text, most)]
    return problems


def _too_long(text: str, most: int) -> str:
    return _(
        "This has %(length)s characters, and %(most)s fit. Shorten it; nothing here was thrown away.",
        length=f"{len(text):,}",
        most=f"{most:,}",
    )


def _tidied(step: StepText) -> StepText:
    return replace(
        step,
        text=normalised(step.text).strip(),
        warning=one_line(step.warning),
        proof=one_line(step.proof),
    )


def _in_turn(text: str, field: str) -> Rendered:
    return lay_out(text, name=field)


def laid_out(content: Content, *, known: Iterable[Step] = (), render: Render = _in_turn) -> Laid:
    """Look at a content and lay out its steps; what stands in `known` already isn't laid out again.

    Takes time, so call it before the transaction. Raises Invalid.
    """
    content = checked(content)
    made: Mapping[str, tuple[str, int]] = {
        step.source: (step.html, step.renderer) for step in known if step.renderer == RENDERER
    }
    steps: list[tuple[StepText, str, int]] = []
    problems: dict[str, list[str]] = {}
    for number, step in enumerate(content.steps):
        try:
            html, renderer = made.get(step.text) or _rendered(render, step.text, f"s{number}-text")
        except Invalid as problem:
            problems |= problem.errors
        else:
            steps.append((step, html, renderer))
    if problems:
        raise Invalid(problems)
    return Laid(content=content, steps=steps)


def _rendered(render: Render, text: str, field: str) -> tuple[str, int]:
    made = render(text, field)
    return made.html, made.renderer


def put_steps(edition: Edition, laid: Laid) -> None:
    """Write the steps of an edition that has just been made. Use inside `transaction()`."""
    db.session.add_all(
        Step(
            edition_id=edition.id,
            key=step.key,
            place=place,
            source=step.text,
            html=html,
            renderer=renderer,
            warning=step.warning,
            proof=step.proof,
        )
        for place, (step, html, renderer) in enumerate(laid.steps)
    )
    db.session.flush()
