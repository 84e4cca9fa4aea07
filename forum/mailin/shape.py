"""Messages that are made to take time: known by their shape, before the parser begins or before they are looked through. Pure."""

import re
from collections.abc import Sequence
from email.message import Message

LONGEST_HEADER = 4000
MOST_PARTS = 200
MOST_NESTED = 50
NESTED = re.compile(rb"^content-type:\s*(?:multipart|message)/", re.IGNORECASE | re.MULTILINE)
DESCRIBING = re.compile(rb"^content-(?:type|disposition):[^\n]*(?:\n[ \t][^\n]*)*", re.IGNORECASE | re.MULTILINE)
"""Headers that the parser of the standard library takes apart in quadratic time."""
BETWEEN = re.compile(rb"^--", re.MULTILINE)
MOST_BETWEEN = 5000
"""Lines that may part one piece from the next; each costs a piece before they can be counted."""
HEAD_ENDS = re.compile(rb"\r?\n\r?\n")
MOST_HEADERS = 1000
SHORTEST_LINES = 50
MOST_SHORT = 100_000
"""So many lines are read however short they are, for each costs as much as a long one; a larger message has more, of a usual length."""
MOST_MARKUP, MOST_OF_A_PAGE = 1_000_000, 200_000


class UnreadableError(ValueError):
    """A message is none, or is made to take time."""


def check_shape(raw: bytes) -> None:
    """Refuse what would take the parser long, before it begins. Raises UnreadableError."""
    if max(raw.count(b"\n"), raw.count(b"\r")) > MOST_SHORT + len(raw) // SHORTEST_LINES:
        raise UnreadableError("too many lines")
    head = HEAD_ENDS.search(raw)
    if raw.count(b"\n", 0, head.start() if head else len(raw)) > MOST_HEADERS:
        raise UnreadableError("too many headers")
    if len(NESTED.findall(raw)) > MOST_NESTED:
        raise UnreadableError("too many parts in parts")
    if any(len(found[0]) > LONGEST_HEADER for found in DESCRIBING.finditer(raw)):
        raise UnreadableError("too long a header")
    if sum(1 for _found in BETWEEN.finditer(raw)) > MOST_BETWEEN:
        raise UnreadableError("too many parts")


def check_parts(parts: Sequence[Message]) -> None:
    """Refuse what would take long to look through. Raises UnreadableError."""
    if len(parts) > MOST_PARTS:
        raise UnreadableError("too many parts")
    if any(len(part) > MOST_HEADERS for part in parts):
        raise UnreadableError("too many headers")
    pages = [part.get_payload() for part in parts if part.get_content_type() == "text/html"]
    if sum(min(len(page), MOST_OF_A_PAGE) for page in pages) > MOST_MARKUP:
        raise UnreadableError("too much markup")
