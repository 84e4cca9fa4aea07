"""The text that "Quote" puts into a reply box."""

import re
from collections.abc import Callable

from forum.core.markup.source import normalised

MAX_QUOTE = 600  # characters; what is longer is better linked than repeated

FENCE = re.compile(r" {0,3}(`{3,}|~{3,})")
QUOTED = re.compile(r" {0,3}>")
MARK = re.compile(r"((?: {0,3}> ?)+)\[post ([1-9][0-9]{0,8})\][ \t]*")


def quote(number: int, source: str) -> str:
    """Return `source` as a quote of post `number`, ready to reply under: its own quotes left out, long text cut."""
    text = _shortened(_own_words(normalised(source)))
    lines = [f"[post {number}]", *text.split("\n")] if text else [f"[post {number}]"]
    return "\n".join(f"> {line}".rstrip() for line in lines) + "\n\n"


def renumbered(source: str, mark: Callable[[int], str]) -> str:
    """Return `source` with `mark(number)` in place of each mark of a quoted post, such as "[post 3]". Code stays as it is."""
    lines, fence = source.split("\n"), ""
    for at, line in enumerate(lines):
        found = None if fence else MARK.fullmatch(line)
        if found:
            lines[at] = found.group(1) + mark(int(found.group(2)))
        fence = _fence_after(line, fence=fence)
    return "\n".join(lines)


def _own_words(source: str) -> str:
    """Return `source` without the lines that quote. Inside a code fence ">" quotes nothing."""
    kept: list[str] = []
    fence = ""
    for line in source.split("\n"):
        if not fence and QUOTED.match(line):
            continue
        fence = _fence_after(line, fence=fence)
        if line.strip() or fence or (kept and kept[-1].strip()):
            kept.append(line.rstrip())
    return "\n".join(kept).strip("\n")


def _shortened(text: str) -> str:
    """Return at most MAX_QUOTE characters of `text`, cut between words, with an ellipsis and its code fence closed."""
    if len(text) <= MAX_QUOTE:
        return text
    cut = text[:MAX_QUOTE]
    end = max(cut.rfind(" ", MAX_QUOTE // 2), cut.rfind("\n", MAX_QUOTE // 2))
    cut = (cut[:end] if end > 0 else cut).rstrip()
    fence = ""
    for line in cut.split("\n"):
        fence = _fence_after(line, fence=fence)
    return f"{cut}\n{fence}\n…" if fence else f"{cut} …"


def _fence_after(line: str, *, fence: str) -> str:
    """Return the code fence that is open after `line`, "" for none; `fence` is the one open before it."""
    match = FENCE.match(line)
    if match is None:
        return fence
    mark = match.group(1)
    if not fence:
        return mark
    closes = mark[0] == fence[0] and len(mark) >= len(fence) and not line.strip().strip(mark[0])
    return "" if closes else fence
