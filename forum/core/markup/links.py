"""Which addresses a text may lead to. Everything else stays text."""

import re
from html import unescape
from urllib.parse import urlsplit

# An address on the web names its host. No white space, quotes, backslashes, control or invisible characters: what
# browsers drop or bend ("java\tscript:", "https:\\evil", "//evil") is refused, not repaired.
UNSAFE = re.compile(r"[\x00-\x20\x7f-\xa0\s\\\"'<>`\u200b-\u200f\u2028-\u202f\u2060-\u206f\ufeff]")
WEB = re.compile(r"https?://[^/?#]", re.IGNORECASE)
MAIL = re.compile(r"mailto:[^@?&/:]{1,64}@[^@/:]{1,1000}", re.IGNORECASE)
OWN = re.compile(r"#[\w:.-]+|/(?!/).*")

# What becomes a link by itself. Bare names such as "readme.md" or "forum.py" don't: they end like countries.
# Each run is bounded and begins where the one before ended, so the search never goes back over the text. A sign that
# ends a sentence isn't part of an address; an apostrophe is, once the host is named ("/wiki/O'Brien").
WEB_IN_TEXT = re.compile(
    r"(?<![\w@./])(?:https?://|www\.)[^\s<>\"\\`{}|^\[\]'/?#]{1,300}(?:[/?#][^\s<>\"\\`{}|^\[\]]{0,2000})?(?<![!?:;,.'’”*_])",
    re.IGNORECASE,
)
MAIL_IN_TEXT = re.compile(
    r"(?<![\w.+/:@-])[A-Za-z0-9_+-]{1,64}(?:\.[A-Za-z0-9_+-]{1,64}){0,8}"
    r"@(?:[A-Za-z0-9-]{1,63}\.){1,8}[A-Za-z]{2,24}(?![\w@+-])"
)


def is_external(address: str) -> bool:
    """Tell whether this is an address of another site, or of this one in full."""
    plain = unescape(address)
    if UNSAFE.search(plain) or not WEB.match(plain):
        return False
    try:
        parts = urlsplit(plain)
        return bool(parts.hostname) and parts.port != 0  # reading the port checks it
    except ValueError:
        return False


def may_lead_to(address: str) -> bool:
    """Tell whether a text may link to this address, given as it stands in HTML, entities and all."""
    if is_external(address):
        return True
    plain = unescape(address)
    return not UNSAFE.search(plain) and bool(OWN.fullmatch(plain) or MAIL.fullmatch(plain))
