"""What somebody wrote in a mail, and what their mail programme added: the quoted message and a signature. Pure.

Nothing is thrown away: each line of a text is in what is kept or in what is trimmed. In doubt a line is kept, for a quote too many
is less bad than a reply that was eaten.
"""

import re
from bisect import bisect, bisect_left
from dataclasses import dataclass

from forum.mailin.phrases import (
    ADDRESSED,
    ADDRESSES,
    ATTRIBUTION,
    IS_FROM,
    IS_SENT,
    IS_TO,
    NOTICE,
    ON_THE_WAY,
    ORIGINAL,
    QUOTE,
    RULE,
    SIGNATURE,
)

MOST_SIGNED = 10
"""Lines that a signature has at the most, where its mark has lost the space that belongs to it."""
NOTICED_BY = 2
HEADERS_WITHIN = 6
ATTRIBUTED_BY = 3
"""Lines over which mail programmes break the sentence that goes before a quote."""
LONGEST_SENTENCE = 800
WIDEST, NARROWEST = 80, 60


@dataclass(frozen=True)
class Trimmed:
    """What is kept of a text, and what is not, each with its lines in order."""

    kept: str
    rest: str


def trimmed(text: str) -> Trimmed:
    """Part what somebody wrote from what was quoted below or above it, and from a signature."""
    lines = text.split("\n")
    kept = _unquoted(lines)
    kept = _unsigned(lines, kept)
    return Trimmed(
        "\n".join(lines[number] for number in range(len(lines)) if number in kept).strip("\n "),
        "\n".join(lines[number] for number in range(len(lines)) if number not in kept).strip("\n"),
    )


def unwrapped(text: str) -> str:
    """Join lines that a mail programme broke: those where the next word would not have fitted."""
    made: list[str] = []
    last = ""
    for line in text.split("\n"):
        word = line.split(" ", 1)[0]
        was_full = NARROWEST <= len(last) <= WIDEST and len(last) + 1 + len(word) > WIDEST - 8
        if made and was_full and line[:1].isalnum() and not re.match(r"\d+[.)] ", line) and last[:1] not in ">|":
            made[-1] = f"{made[-1].rstrip()} {line}"
        else:
            made.append(line)
        last = line
    return "\n".join(made)


def _unquoted(lines: list[str]) -> set[int]:
    """Return the numbers of the lines that are left when quoted messages are gone."""
    end = _begin_of_signature(lines, _begin_of_notice(lines, _begin_of_original(lines)))
    blocks = _quotes(lines[:end])
    covered = {number for first, last in blocks for number in range(first, last + 1)}
    words = [number for number in range(end) if lines[number].strip() and number not in covered]
    if not blocks:
        return set(range(end))
    if not words or words[-1] < blocks[0][0]:  # written above
        return set(range(blocks[0][0]))
    if len(blocks) == 1 and words[0] > blocks[0][1]:  # written below
        return set(range(blocks[0][1] + 1, end))
    # Written between: the quotes say to what each part belongs, and only one at the end says nothing.
    last = blocks[-1][0] if words[-1] < blocks[-1][0] else end
    return set(range(last)) - {number for block in blocks for number in _attribution(lines, block)}


def _begin_of_original(lines: list[str]) -> int:
    """Return where a message begins that was put below whole, with lines that say from whom and when; else the end."""
    for number, line in enumerate(lines):
        if ORIGINAL.match(line):
            return number
        if not QUOTE.match(line) and IS_FROM.match(line) and _has_headers(lines, number):
            above = next((at for at in range(number - 1, -1, -1) if lines[at].strip()), None)
            return above if above is not None and RULE.match(lines[above]) else number
    return len(lines)


def _begin_of_notice(lines: list[str], end: int) -> int:
    """Return where the last paragraph begins when it is what an organisation's server adds to all mail; else `end`."""
    last = next((at for at in range(end - 1, -1, -1) if lines[at].strip()), None)
    if last is None or QUOTE.match(lines[last]):
        return end
    first = next((at + 1 for at in range(last, -1, -1) if not lines[at].strip()), 0)
    terms = {found.lower() for found in NOTICE.findall(" ".join(lines[first : last + 1]))}
    return first if first and len(terms) >= NOTICED_BY else end


def _begin_of_signature(lines: list[str], end: int) -> int:
    """Return where a signature below the last quote begins, which is no reply to it; else `end`."""
    last_quote = max((at for at in range(end) if QUOTE.match(lines[at])), default=None)
    if last_quote is None:
        return end
    words = [at for at in range(last_quote + 1, end) if lines[at].strip()]
    while words and ON_THE_WAY.match(lines[words[-1]]):
        end = words.pop()
    for place, at in enumerate(words):
        if SIGNATURE.match(lines[at]) and (len(lines[at]) > len("--") or len(words) - place <= MOST_SIGNED):
            return at
    return end


def _has_headers(lines: list[str], number: int) -> bool:
    after = lines[number + 1 : number + 1 + HEADERS_WITHIN]
    return any(IS_SENT.match(line) for line in after) and any(IS_TO.match(line) for line in after)


def _quotes(lines: list[str]) -> list[tuple[int, int]]:
    """Return the blocks of quoted lines, each with the sentence before it that says whose words they are: first and last line."""
    found: list[tuple[int, int]] = []
    number = 0
    while number < len(lines):
        if not QUOTE.match(lines[number]):
            number += 1
            continue
        end = number
        for later in range(number, len(lines)):
            if QUOTE.match(lines[later]):
                end = later
            elif lines[later].strip():
                break
        least = found[-1][1] + 1 if found else 0
        found.append((_with_attribution(lines, number, least=least), end))
        number = end + 1
    return found


def _with_attribution(lines: list[str], quote: int, *, least: int) -> int:
    """Return where the sentence before a quote begins; the quote itself when there is none."""
    last = next((at for at in range(quote - 1, least - 1, -1) if lines[at].strip()), None)
    if last is None:
        return quote
    begins = quote
    for first in range(last, max(least, last - ATTRIBUTED_BY + 1) - 1, -1):
        if not lines[first].strip():
            break
        sentence = " ".join(line.strip() for line in lines[first : last + 1])
        if len(sentence) > LONGEST_SENTENCE:  # the patterns look at it in quadratic time
            break
        if ATTRIBUTION.search(sentence) or ADDRESSED.match(sentence):
            begins = first if begins == quote else begins
            if any(char.isdigit() for char in ADDRESSES.sub("", sentence)):  # the whole of it: it says when
                return first
    return begins


def _attribution(lines: list[str], block: tuple[int, int]) -> set[int]:
    """Return the lines of a block that go before its quoted ones."""
    first = next(number for number in range(block[0], block[1] + 1) if QUOTE.match(lines[number]))
    return set(range(block[0], first))


def _unsigned(lines: list[str], kept: set[int]) -> set[int]:
    """Leave out a signature: what follows its mark, and the line that a telephone adds."""
    left = sorted(kept)
    last_quote = max((at for at in left if QUOTE.match(lines[at])), default=-1)
    words = [at for at in left if lines[at].strip()]
    for number in (at for at in words if SIGNATURE.match(lines[at]) and at > last_quote):
        place = bisect(words, number)
        if len(lines[number]) > len("--") or (place > 1 and len(words) - place <= MOST_SIGNED):
            left = left[: bisect_left(left, number)]
            break
    while left and (not lines[left[-1]].strip() or ON_THE_WAY.match(lines[left[-1]])):
        left.pop()
    return set(left)
