"""What a playbook says, apart from the database: its steps as text and back, moved about, drafted from a story. Pure."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from forum.core.sections import freed, held
from forum.core.text import REF_ALPHABET, REF_LENGTH, new_ref

KEY = re.compile(f"[{REF_ALPHABET}]{{{REF_LENGTH}}}")
ITEM = re.compile(r"^(?:\d{1,9}[.)]|[-*+])[ \t]+")
WHEN, STEP, WARNING, PROOF = "# When to use it", "# Step", "# Warning", "# How to tell it worked"
SECTIONS = {WHEN: "when", STEP: "text", WARNING: "warning", PROOF: "proof"}
KEYED_STEP = re.compile(f"{STEP} ({KEY.pattern})")


@dataclass(frozen=True, kw_only=True)
class StepText:
    """A step as it is typed. `key` is "" for one that has none yet."""

    text: str
    warning: str = ""
    proof: str = ""
    key: str = ""

    @property
    def is_empty(self) -> bool:
        """Whether nothing was typed into it."""
        return not (self.text.strip() or self.warning.strip() or self.proof.strip())

    @property
    def said(self) -> tuple[str, str, str]:
        """What it says, whatever its key."""
        return self.text, self.warning, self.proof


@dataclass(frozen=True, kw_only=True)
class Content:
    """A title, when to use it, and the steps in order."""

    title: str = ""
    when: str = ""
    steps: Sequence[StepText] = field(default=())


def compose(content: Content) -> str:
    """Return everything but the title as one text that `read` takes apart again: how a draft is kept."""
    lines = [WHEN, held(content.when)]
    for step in content.steps:
        lines += [f"{STEP} {step.key}".rstrip(), held(step.text)]
        lines += [WARNING, held(step.warning)] if step.warning else []
        lines += [PROOF, held(step.proof)] if step.proof else []
    return "\n".join(lines)


def read(text: str, *, title: str = "") -> Content:
    """Return what `compose` made a text of. What stands before the first heading says when to use it."""
    found: list[dict[str, list[str]]] = [{}]
    name = "when"
    for line in text.split("\n"):
        keyed = KEYED_STEP.fullmatch(line)
        if keyed or line in SECTIONS:
            name = "text" if keyed else SECTIONS[line]
            found += [{"key": [keyed[1] if keyed else ""]}] if name == "text" else []
            found[-1].setdefault(name, [])
        else:
            found[-1].setdefault(name, []).append(freed(line))
    said = [{key: "\n".join(lines) for key, lines in one.items()} for one in found]
    steps = [StepText(**{name: one.get(name, "") for name in ("key", "text", "warning", "proof")}) for one in said[1:]]
    return Content(title=title, when=said[0].get("when", ""), steps=steps)


def with_keys(steps: Iterable[StepText]) -> list[StepText]:
    """Give every step a key of its own; one that is well-formed and stands once stays as it is."""
    seen: set[str] = set()
    found = []
    for step in steps:
        key = step.key if KEY.fullmatch(step.key) and step.key not in seen else new_ref()
        seen.add(key)
        found.append(replace(step, key=key))
    return found


def pressed(steps: Sequence[StepText], press: str, *, gone: StepText) -> tuple[list[StepText], int] | None:
    """Return the steps after a press such as "up 3", "down 0", "drop 2", "undrop 2" or "add 4", and the place to look at.

    `gone` is what the press before took out. None for no such press.
    """
    verb, _space, number = press.partition(" ")
    if verb not in {"up", "down", "drop", "undrop", "add"} or not re.fullmatch("[0-9]{1,4}", number):
        return None
    found, at = list(steps), int(number)
    if verb in {"add", "undrop"}:
        at = min(at + (verb == "add"), len(found))
        found.insert(at, gone if verb == "undrop" else StepText(text=""))
    elif at >= len(found):
        return None
    elif verb == "drop":
        found.pop(at)
    else:
        to = min(max(at + (1 if verb == "down" else -1), 0), len(found) - 1)
        found.insert(to, found.pop(at))
        at = to
    return found, at


def items_of(source: str) -> list[str]:
    """Return the items of a Markdown list, each with what belongs to it; of a text without one, its paragraphs."""
    found: list[list[str]] = []
    has_list = any(ITEM.match(line) for line in source.splitlines())
    is_new = True
    for line in source.strip().splitlines():
        begins = ITEM.match(line) is not None if has_list else is_new and bool(line.strip())
        is_new = not line.strip()
        if begins or not found:
            found.append([])
        found[-1].append(ITEM.sub("", line) if has_list else line)
    texts = ["\n".join(_outdented(lines)).strip() for lines in found]
    return [text for text in texts if text]


def drafted(*, title: str, answers: Mapping[str, str], most: int) -> Content:
    """Return a playbook drafted from what a story says: how to check, what fixed it, how to prevent it."""
    parts = [items_of(answers.get(key, "")) for key in ("check", "fixed", "prevent")]
    steps = [StepText(text=text) for items in parts for text in items]
    return Content(title=title, when=answers.get("saw", "").strip(), steps=steps[:most])


def _outdented(lines: Sequence[str]) -> list[str]:
    """Return an item's lines without the room in which they stood below its sign."""
    inner = [len(line) - len(line.lstrip()) for line in lines[1:] if line.strip()]
    room = min(inner, default=0)
    return [lines[0], *(line[room:] for line in lines[1:])]
