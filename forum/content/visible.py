"""Whether there is anything in a text that somebody could read. Pure."""

import enum
import unicodedata
from html import unescape

from forum.core.markup.plain import TAG

QUOTES = frozenset({"figure", "blockquote"})
HEARD_ONLY = 'class="vh"'
BLANK = frozenset("\u115f\u1160\u2800\u3164\uffa0")
"""Letters and signs by their category that are drawn as nothing."""


class Seen(enum.Enum):
    """What a text shows: something of its own, only what it quotes, or nothing."""

    WORDS = enum.auto()
    QUOTE = enum.auto()
    NOTHING = enum.auto()


def seen_in(html: str) -> Seen:
    """Say what the renderer's `html` shows. A picture is something of its own."""
    found, quoting, hearing, end = Seen.NOTHING, 0, False, 0
    for match in TAG.finditer(html):
        if not hearing and _is_visible(html[end : match.start()]):
            if not quoting:
                return Seen.WORDS
            found = Seen.QUOTE
        end = match.end()
        closing, name, attributes = match.groups()
        if name in QUOTES:
            quoting += -1 if closing else 1
        elif name == "span":
            hearing = not closing and HEARD_ONLY in attributes
        elif name == "img" and not quoting:
            return Seen.WORDS
    return Seen.WORDS if _is_visible(html[end:]) else found


def _is_visible(text: str) -> bool:
    return any(unicodedata.category(sign)[0] in "LNPS" and sign not in BLANK for sign in unescape(text))
