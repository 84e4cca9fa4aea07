"""Several texts in one, under headings, and back: how the draft of a form of many fields is kept. Pure."""

import re
from collections.abc import Mapping, Sequence

HEADING = re.compile(r"\\*#")
ESCAPED = re.compile(r"\\+#")


def held(text: str) -> str:
    """Return a text of which no line looks like a heading of ours."""
    return "\n".join(f"\\{line}" if HEADING.match(line) else line for line in text.split("\n"))


def freed(line: str) -> str:
    """Return a line as it was typed, before `held`."""
    return line[1:] if ESCAPED.match(line) else line


def joined(texts: Mapping[str, str], headings: Sequence[str]) -> str:
    """Return texts by their heading as one that `parted` takes apart again; the one of "" stands first. Empty ones are left out."""
    found = [held(texts.get("", ""))] if texts.get("") else []
    found += [f"# {heading}\n{held(texts[heading])}" for heading in headings if texts.get(heading)]
    return "\n".join(found)


def parted(text: str, headings: Sequence[str]) -> dict[str, str]:
    """Return what `joined` made one text of. A heading that is none of ours is a line like others."""
    found: dict[str, list[str]] = {}
    name = ""
    for line in text.split("\n"):
        if line.startswith("# ") and line[2:] in headings:
            name = line[2:]
            found.setdefault(name, [])
        else:
            found.setdefault(name, []).append(freed(line))
    return {name: "\n".join(lines) for name, lines in found.items() if any(lines)}
