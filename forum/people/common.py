"""Which passwords are common, and which are too close to their owner. Pure.

`common_passwords.txt` holds about a thousand and a half of what people choose; the variants that people make of them are found by rule,
so that each line stands for many thousand passwords: "Sunshine", "SUNSHINE1", "5unsh1ne!", "sunshine2024", "sunshinesunshine".
"""

import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

FILE = Path(__file__).parent / "common_passwords.txt"
FEWEST_SIGNS = 3  # different characters in a password that is not just a pattern
LONGEST_UNIT = 4  # characters of a unit that is repeated: "abc1abc1abc1"
LEAST_LEFT = 4  # characters that must be left when what is known of the owner is taken out
SHORTEST_KNOWN = 4  # characters of a word about the owner that is looked for inside

# Runs and walks, read in both directions. Digits go on after the nine, as they do on a keyboard.
ROWS = (
    "01234567890123456789",
    "abcdefghijklmnopqrstuvwxyz",
    "qwertyuiopasdfghjklzxcvbnm",
    "qwertzuiopasdfghjklyxcvbnm",
    "azertyuiopqsdfghjklmwxcvbn",
    "1qaz2wsx3edc4rfv5tgb6yhn7ujm8ik9ol0p",
    "1q2w3e4r5t6y7u8i9o0p",
    "q1w2e3r4t5y6u7i8o9p0",
    "qazwsxedcrfvtgbyhnujmikolp",
    "a1b2c3d4e5f6g7h8i9j0",
    "1a2b3c4d5e6f7g8h9i0j",
    "147258369",
    "741852963",
    "159357258456",
)
LOOKALIKES = (
    str.maketrans("0134578@$!+", "oieastbasit"),
    str.maketrans("0134578@$!+", "oleastbaslt"),
)
BETWEEN = re.compile(r"[\s._\-]+")
BEFORE = re.compile(r"^[\d\W_]{1,6}(?=.)")
AFTER = re.compile(r"(?<=.)[\d\W_]{1,6}$")
DATE = re.compile(
    r"(0[1-9]|[12]\d|3[01])(0[1-9]|1[0-2])(19|20)\d\d|(0[1-9]|1[0-2])(0[1-9]|[12]\d|3[01])(19|20)\d\d"
    r"|(19|20)\d\d(0[1-9]|1[0-2])(0[1-9]|[12]\d|3[01])"
)


@cache
def known() -> frozenset[str]:
    """Return the words of the list."""
    lines = (line.partition("#")[0] for line in FILE.read_text(encoding="utf-8").splitlines())
    return frozenset(word for line in lines for word in line.split())


def is_common(password: str) -> bool:
    """Say whether many people use `password`, or a variant of it."""
    folded = BETWEEN.sub("", password.casefold())
    if len(set(folded)) < FEWEST_SIGNS or DATE.fullmatch(folded):
        return True
    unit = _unit(folded)
    if len(unit) <= LONGEST_UNIT:
        return True
    return any(core in known() or _is_walk(core) for core in _cores(unit))


def is_personal(password: str, *about: str) -> bool:
    """Say whether `password` is made of what stands in `about` (name, address, organisation) and little else."""
    folded = BETWEEN.sub("", password.casefold())
    whole = [BETWEEN.sub("", text.casefold()) for text in about]
    words = {word for text in about for word in re.split(r"[\W_\d]+", text.casefold())} | {*whole, "baton"}
    parts = sorted((word for word in words if len(word) >= SHORTEST_KNOWN), key=len, reverse=True)
    for spelled in (folded, *(folded.translate(table) for table in LOOKALIKES)):
        rest = spelled
        for part in parts:
            rest = rest.replace(part, "\0")
        if "\0" in rest and all(_is_little(piece) for piece in rest.split("\0")):
            return True
    return False


def _is_little(piece: str) -> bool:
    """Say whether what stands between two known words is only digits, signs or a few letters."""
    return len(piece) < LEAST_LEFT or not re.sub(r"[\d\W_]", "", piece)


def _unit(text: str) -> str:
    """Return the shortest text of which `text` is a repetition: "abcabc" gives "abc", "word" itself."""
    at = (text + text).find(text, 1)
    return text[:at]


def _cores(text: str) -> Iterator[str]:
    """Yield what is left of a variant: without digits and signs at its ends, and with letters for their look-alikes."""
    bare = {text, AFTER.sub("", text), BEFORE.sub("", text), BEFORE.sub("", AFTER.sub("", text))}
    for core in bare:
        yield core
        for table in LOOKALIKES:
            yield core.translate(table)
            yield _unit(core.translate(table))
        yield _unit(core)


def _is_walk(text: str) -> bool:
    """Say whether `text` runs along a row, in either direction."""
    return len(text) > LONGEST_UNIT and any(text in row or text in row[::-1] for row in ROWS)
