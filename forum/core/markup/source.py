"""The text that people type, before it is rendered: what is kept, how long it may be, whom it seems to name."""

import re

MAX_SOURCE = 50_000  # characters; about 8,000 words
MAX_NAMED = 100  # people and posts that one text may name; more than that is a list, not a conversation

HANDLE = re.compile(r"(?<![A-Za-z0-9])@([A-Za-z0-9][A-Za-z0-9.-]{0,63})")
NAME = re.compile(r"@([^\W\d_][\w.'\u2019-]{0,39}(?: [\w.'\u2019-]{1,40}){1,3})")
ATTACHMENT = re.compile(r"/attachments/([0-9a-z]{10})(?![0-9a-z])")
POST_NUMBER = re.compile(r"\[post ([1-9][0-9]{0,8})\]")

# Line ends, by whatever name, are one character. The order matters: the pair first.
LINE_ENDS = re.compile("\r\n|[\r\x0b\x0c\x85\u2028\u2029]")

# Dropped: control characters (PostgreSQL refuses NUL, and Python-Markdown marks its own places with STX and ETX), the
# byte order mark, and the characters that turn the writing direction by hand: they make "gpj.exe" read "exe.jpg", and
# nobody types them. Right-to-left languages need none of them, and the gentle marks U+200E, U+200F and U+061C stay.
# Joiners stay too, for emoji and many scripts, and so do tags: the flag of Wales is spelt with them.
DROPPED = re.compile("[\x00-\x08\x0e-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ufeff]")
SURROGATES = re.compile("[\ud800-\udfff]")  # halves of a character: no database and no UTF-8 can hold them


def normalised(source: str) -> str:
    """Return `source` with one kind of line end and without what no text needs. Doing it twice changes nothing."""
    text = LINE_ENDS.sub("\n", source)
    text = DROPPED.sub("", text)
    return SURROGATES.sub("\ufffd", text)


def handle_in(match: re.Match[str]) -> str:
    """Return the handle that a match of HANDLE means: the full stop that ends a sentence isn't part of it."""
    return match.group(1).rstrip(".-").lower()


def attachments_in(source: str) -> frozenset[str]:
    """Return the refs of attachments that `source` may show, at most MAX_NAMED, the first ones."""
    found: dict[str, None] = {}
    for match in ATTACHMENT.finditer(source):
        found.setdefault(match.group(1))
        if len(found) == MAX_NAMED:
            break
    return frozenset(found)


def names_in(source: str) -> frozenset[str]:
    """Return the whole names that `source` may call with an "@", at most MAX_NAMED: "Priya Nair" of "@Priya Nair said so", and more."""
    found: dict[str, None] = {}
    for match in NAME.finditer(source):
        words = match.group(1).split(" ")
        for length in range(2, len(words) + 1):
            name = " ".join(words[:length])
            found.setdefault(name)
            found.setdefault(name.rstrip(".'\u2019-"))
        if len(found) >= MAX_NAMED:
            break
    return frozenset(found)


def candidates(source: str) -> tuple[frozenset[str], frozenset[int]]:
    """Return the handles and post numbers that `source` may name, at most MAX_NAMED of each, the first ones.

    It looks at each character once, so it needs no worker. It may return too many (those in code, for example), never
    too few: look up in one query which exist, and give `render` those.
    """
    handles: dict[str, None] = {}
    for match in HANDLE.finditer(source):
        handles.setdefault(handle_in(match))
        if len(handles) == MAX_NAMED:
            break
    numbers: dict[int, None] = {}
    for match in POST_NUMBER.finditer(source):
        numbers.setdefault(int(match.group(1)))
        if len(numbers) == MAX_NAMED:
            break
    return frozenset(handles), frozenset(numbers)
