"""How a request to sign stands: computed, never stored. And the short code with which a signature is verified."""

import enum
from datetime import datetime

from forum.core.text import REF_ALPHABET
from forum.strategy.content import digest_of
from forum.strategy.models import CODE_LENGTH, SignOff, Strategy, Version

HALF = CODE_LENGTH // 2
MISREAD = str.maketrans("OoIiLlUu", "001111vv")
"""What people read for a sign that isn't in the alphabet."""


class Standing(enum.StrEnum):
    """How a request to sign stands."""

    SIGNED = "signed"
    DECLINED = "declined"
    WITHDRAWN = "withdrawn"
    CHANGED = "changed"
    """There is a newer version, or a name was taken out of this one: it is signed no more."""
    WAITS = "waits"
    """For those before it."""
    EXPIRED = "expired"
    ASKED = "asked"


def is_whole(version: Version, *, strategy: str) -> bool:
    """Whether a version of the strategy with this uuid says to the letter what it said when it was written (A15 may change it)."""
    return digest_of(version.content, strategy=strategy, number=version.number) == version.digest


def standing_of(one: SignOff, strategy: Strategy, *, at: datetime, is_whole: bool = True) -> Standing:
    """Return how a request stands at a moment. `is_whole`: its version is still to the letter what was written."""
    if one.given_at is not None:
        return Standing.SIGNED
    if one.withdrawn_at is not None:
        return Standing.WITHDRAWN
    if one.declined_at is not None:
        return Standing.DECLINED
    if one.number != strategy.version or not is_whole:
        return Standing.CHANGED
    if one.sent_at is None:
        return Standing.WAITS
    return Standing.EXPIRED if one.expires_at <= at else Standing.ASKED


def line_of(one: SignOff) -> str:
    """Return who signed, as it stands on the page."""
    return f"{one.name}, {one.post}"


def shown_code(code: str | None) -> str:
    """Return a code as people read it: "7f2c9-1de4k"."""
    return f"{code[:HALF]}-{code[HALF:]}" if code else ""


def read_code(typed: str) -> str:
    """Return the code that somebody typed, however they wrote it; "" for what can't be one."""
    bare = "".join(one for one in typed.translate(MISREAD).lower() if one in REF_ALPHABET)
    return bare if len(bare) == CODE_LENGTH else ""
