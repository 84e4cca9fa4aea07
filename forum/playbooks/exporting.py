"""A playbook as text to take along: Markdown with boxes to tick, or plain. Pure."""

from forum.playbooks.content import Content, StepText
from forum.web.words import _


def as_markdown(content: Content, *, source: str) -> str:
    """Return the checklist as Markdown; `source` is where it comes from, with its version."""
    lines = [f"# {content.title}", ""]
    lines += [f"**{_('When to use it')}:** {content.when}", ""] if content.when else []
    for step in content.steps:
        text = step.text.replace("\n", "\n      ")
        lines.append(f"- [ ] {text}")
        lines += [f"      - {label}: {said}" for label, said in _asides(step)]
    return "\n".join([*lines, "", f"_{source}_", ""])


def as_text(content: Content, *, source: str) -> str:
    """Return the checklist as plain text, for a mail or a ticket."""
    lines = [content.title, "=" * min(len(content.title), 70), ""]
    lines += [_("When to use it") + ":", content.when, ""] if content.when else []
    for number, step in enumerate(content.steps, 1):
        text = step.text.replace("\n", "\n        ")
        lines.append(f"[ ] {number:>2}. {text}")
        lines += [f"        {label}: {said}" for label, said in _asides(step)]
    return "\n".join([*lines, "", source, ""])


def _asides(step: StepText) -> list[tuple[str, str]]:
    pairs = [(_("Watch out"), step.warning), (_("How to tell it worked"), step.proof)]
    return [(label, said) for label, said in pairs if said]
