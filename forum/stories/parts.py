"""The parts of a story in one text: put together from answers, and taken apart again. Pure.

Headings are English in what is stored, whatever language the page speaks; `words.py` has what people read.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass

from markupsafe import Markup

from forum.core.markup.plain import TAG, plain
from forum.core.markup.source import LINE_ENDS
from forum.web.words import LazyString, _l

ERROR = "error"
FIXED = "fixed"
AFFECTED, UNHELPFUL = "affected", "unhelpful"
LONGEST_ERROR = 20_000
"""Characters: some 250 lines round the error. A whole log belongs elsewhere."""
VOID = frozenset({"br", "hr", "img", "input"})
FENCE = re.compile(r"^ {0,3}(`{3,}|~{3,})")
LIKE_HEADING = re.compile(r"^( {0,3})(\\*)##[ \t]+(.*)$")
"""A line that is a heading, or was made to be none: with "\\" before it."""
STEPS = re.compile(r"<li>(.*?)(?=<li>|</?[ou]l>|</li>)", re.DOTALL)


@dataclass(frozen=True, kw_only=True)
class Part:
    """A question about what happened: its heading in the text, the question, and how the answer is called on the page."""

    key: str
    heading: str
    question: LazyString
    label: LazyString
    hint: LazyString


PARTS: Mapping[str, Part] = {
    one.key: one
    for one in (
        Part(
            key="saw",
            heading="What we saw",
            question=_l("What did you see?"),
            label=_l("What we saw"),
            hint=_l("Where, when, to whom. What it looked like to them."),
        ),
        Part(
            key=ERROR,
            heading="The exact words of the error",
            question=_l("What were the exact words of the error?"),
            label=_l("The exact words"),
            hint=_l("Paste the lines round it: that is what the next person will search for. It stays as it is."),
        ),
        Part(
            key=FIXED,
            heading="What fixed it",
            question=_l("What fixed it?"),
            label=_l("What fixed it"),
            hint=_l("Steps that a colleague can follow. Begin each with “1.”, and people can say which one helped."),
        ),
        Part(
            key="check",
            heading="How to check",
            question=_l("How can somebody check that they have the same thing?"),
            label=_l("How to check"),
            hint=_l("One thing to look at before they begin."),
        ),
        Part(
            key="prevent",
            heading="How to prevent it",
            question=_l("How can it be prevented?"),
            label=_l("How to prevent it"),
            hint=_l("What you do now so that it doesn’t happen again."),
        ),
        Part(
            key="easy",
            heading="What made it easy to go wrong",
            question=_l("What made it easy to go wrong?"),
            label=_l("Why it went wrong"),
            hint=_l("The button in the wrong place, the notice nobody got. Not who: what."),
        ),
        Part(
            key=AFFECTED,
            heading="Who was affected, and for how long",
            question=_l("Who was affected, and for how long?"),
            label=_l("Whom it affected"),
            hint=_l("“61 callers, one morning” is enough."),
        ),
        Part(
            key="noticed",
            heading="How it was noticed",
            question=_l("How was it noticed?"),
            label=_l("How it was noticed"),
            hint=_l("And how it could have been noticed earlier."),
        ),
        Part(
            key=UNHELPFUL,
            heading="What did not help",
            question=_l("What did you try that did not help?"),
            label=_l("What did not help"),
            hint=_l("It saves the next person an hour."),
        ),
        Part(
            key="well",
            heading="What went well",
            question=_l("What went well?"),
            label=_l("What went well"),
            hint=_l("What you would do the same way again."),
        ),
    )
}
LASTING = "lasting"
ASKED = ("saw", ERROR, AFFECTED, "easy", "noticed", UNHELPFUL, LASTING, "check", "prevent", "well")
"""The order in which the page asks, one at a time."""
_BY_HEADING: Mapping[str, str] = {one.heading: one.key for one in PARTS.values()}


def compose(answers: Mapping[str, str]) -> str:
    """Return the answers, by the key of their part, as one Markdown text. Empty ones are left out."""
    found = []
    for part in PARTS.values():
        answer = (answers.get(part.key) or "").strip("\n").rstrip()
        if answer.strip():
            body = _fenced(answer) if part.key == ERROR else _held(answer)
            found.append(f"## {part.heading}\n\n{body}")
    return "\n\n".join(found)


def read(source: str) -> dict[str, str]:
    """Return the answers of a text. What stands before the first heading was seen."""
    lines: dict[str, list[str]] = {}
    key, fence = "saw", ""
    for line in _lines(source):
        heading = _BY_HEADING.get(line[3:].strip()) if not fence and line.startswith("## ") else None
        typed = line if fence else _freed(line)
        fence = _fence_after(line, fence)
        if heading is None:
            lines.setdefault(key, []).append(typed)
        else:
            key = heading
    answers = {key: "\n".join(of).strip("\n").rstrip() for key, of in lines.items()}
    if ERROR in answers:
        answers[ERROR] = _unfenced(answers[ERROR])
    return {key: answer for key, answer in answers.items() if answer.strip()}


def shown(html: str) -> dict[str, Markup]:
    """Return the HTML of each part of a rendered text. Only a heading that stands in nothing else begins one."""
    found: dict[str, str] = {}
    key, start, depth = "saw", 0, 0
    for match in TAG.finditer(html):
        closing, name = match.group(1), match.group(2).lower()
        if name in VOID:
            continue
        if not closing and depth == 0 and name == "h5":
            end = html.find("</h5>", match.end())
            begun = _BY_HEADING.get(plain(html[match.end() : end]).strip()) if end >= 0 else None
            if begun is not None:
                found[key] = found.get(key, "") + html[start : match.start()]
                key, start = begun, end + len("</h5>")
        depth += -1 if closing else 1
    found[key] = found.get(key, "") + html[start:]
    return {key: Markup(of.strip()) for key, of in found.items() if of.strip()}  # noqa: S704  # made by the renderer


def steps_of(fixed: str) -> list[str]:
    """Return the steps of a fix, as plain words in a line each, from its HTML; none where it has no list."""
    words = (" ".join(plain(step).split()) for step in STEPS.findall(fixed))
    return [step for step in words if step]


def _lines(text: str) -> list[str]:
    """Return the lines of a text as whoever lays it out sees them."""
    return LINE_ENDS.sub("\n", text).split("\n")


def _fence_after(line: str, fence: str) -> str:
    """Return the fence that is open after a line, "" for none."""
    found = FENCE.match(line)
    if found is None:
        return fence
    mark = found.group(1)
    if not fence:
        return mark
    is_end = mark[0] == fence[0] and len(mark) >= len(fence) and not line.strip(f" {mark[0]}")
    return "" if is_end else fence


def _held(answer: str) -> str:
    """Return an answer that ends where the next begins: its last fence is closed, and no line of it is a heading of ours."""
    fence, lines = "", []
    for line in _lines(answer):
        like = None if fence else _like_heading(line)
        lines.append(f"{like[1]}\\{line[len(like[1]) :]}" if like else line)
        fence = _fence_after(line, fence)
    return "\n".join([*lines, fence] if fence else lines)


def _freed(line: str) -> str:
    """Return a line as it was typed, before `_held`."""
    like = _like_heading(line)
    return f"{like[1]}{line[len(like[1]) + 1 :]}" if like and like[2] else line


def _like_heading(line: str) -> re.Match[str] | None:
    found = LIKE_HEADING.match(line)
    return found if found and found[3].rstrip().rstrip("#").strip() in _BY_HEADING else None


def _fenced(answer: str) -> str:
    longest = max((len(run) for run in re.findall(r"`+", answer)), default=0)
    fence = "`" * max(3, longest + 1)
    return f"{fence}\n{answer}\n{fence}"


def _unfenced(answer: str) -> str:
    lines = _lines(answer)
    found = FENCE.match(lines[0]) if lines else None
    is_whole = found is not None and len(lines) > 1 and lines[-1].strip() == found.group(1)
    return "\n".join(lines[1:-1]) if is_whole else answer
