"""Small functions of text that every room needs. Pure."""

import hashlib
import re
import secrets
import unicodedata
from functools import lru_cache

HUES = 8
REF_ALPHABET = "0123456789abcdefghjkmnpqrstvwxyz"  # Crockford's: no i, l, o, u
REF_LENGTH = 10
A_REF = re.compile(rf"[{REF_ALPHABET}]{{{REF_LENGTH}}}")
ADDRESS = re.compile(r"[^\s<>()\[\]{},;:\"'“”=/@]{1,64}@[^\s<>()\[\]{},;:\"'“”=/@]+")
ANY_ADDRESS = re.compile(rf'"[^"@\r\n]{{1,64}}"@[^\s<>()]+|{ADDRESS.pattern}')
"""Also one whose name stands in quotes, which nearly nobody has."""
EMOJI = "[\u2194\u2195\u2300-\u23ff\u2600-\u27bf\u2b00-\u2bff\U0001f000-\U0001faff]"
JOINED = re.compile(f"{EMOJI}\ufe0f?\u200d(?={EMOJI})")
"""An emoji and the joiner that makes one of it and the next: a mechanic is a woman and a spanner."""
APOSTROPHES = re.compile("['`\u00b4\u2018\u2019\u02bc]")
# Letters that no table of Unicode takes apart.
UNDECOMPOSED = str.maketrans(
    {"ł": "l", "ø": "o", "đ": "d", "ð": "d", "þ": "th", "æ": "ae", "œ": "oe", "\u0131": "i", "ħ": "h"}
)


@lru_cache(maxsize=16_384)
def folded(text: str) -> str:
    """Return `text` in small letters without their marks: "Łukasz Çelik" gives "lukasz celik", "Straße" gives "strasse"."""
    bare = unicodedata.normalize("NFKD", text.casefold())
    return "".join(char for char in bare if not unicodedata.combining(char)).translate(UNDECOMPOSED)


def ascii_words(text: str) -> list[str]:
    """Return the words of `text`, folded, everything but letters and digits gone; an apostrophe parts no word."""
    plain = APOSTROPHES.sub("", folded(text)).encode("ascii", "ignore").decode()
    return re.findall(r"[a-z0-9]+", plain)


def slug(text: str, *, length: int = 40) -> str:
    """Return an address part: words joined by "-", at most `length` characters; "" when nothing is left."""
    return "-".join(ascii_words(text))[:length].strip("-")


def handle(name: str) -> str:
    """Return the first handle to try for a person's name: "Priya Nair" gives "priya.nair"."""
    return ".".join(ascii_words(name))[:30].strip(".") or "member"


def initials(name: str) -> str:
    """Return one or two capitals: of the first and the last word."""
    words = [word for word in re.split(r"[\s\-]+", name.strip()) if word]
    letters = [words[0][0], words[-1][0]] if len(words) > 1 else [word[0] for word in words]
    return "".join(letters).upper() or "?"


def hue(key: int) -> int:
    """Return the number, 1 to 8, of the colour on which a person's initials stand.

    By the key of their row: people who came one after the other, as a team does, never clash. By name, 5 of 16 were pink.
    """
    return key % HUES + 1


def new_ref() -> str:
    """Return a random address of 50 bits, so that order and number of things in private places can't be guessed."""
    return "".join(secrets.choice(REF_ALPHABET) for _ in range(REF_LENGTH))


def address_key(address: str) -> str:
    """Return the form in which two spellings of one mail address are equal."""
    return unicodedata.normalize("NFKC", address).strip().casefold()


def without_addresses(text: str) -> str:
    """Return `text` with "…" in place of every mail address, for what is logged or shown to others than its owner."""
    return ANY_ADDRESS.sub("…", text)


def one_line(text: str) -> str:
    """Return `text` with what can't be seen dropped and runs of white space made one space.

    Of the joiners only those stay that make one emoji of several: elsewhere they would make two names look alike.
    """
    joiners = {match.end() - 1 for match in JOINED.finditer(text)}
    kept = "".join(
        " " if char.isspace() else char
        for at, char in enumerate(text)
        if char.isspace() or char.isprintable() or at in joiners
    )
    return " ".join(kept.split())


def once_key(once: str | None, *parts: object) -> str | None:
    """Return what is stored of a form's key: it also holds what was sent, so that going back and writing more is no repeat."""
    if not once:
        return None
    return hashlib.sha256("\0".join([once, *map(str, parts)]).encode()).hexdigest()[:32]


def different_lines(text: str) -> list[str]:
    """Return the lines of `text` as names: white space tidied, empty lines and repeats (capitals aside) left out."""
    names: dict[str, str] = {}
    for line in text.splitlines():
        if name := one_line(line):
            names.setdefault(name.casefold(), name)
    return list(names.values())
