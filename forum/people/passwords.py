"""Passwords: hashing and which ones are refused (A6).

Hashing is slow on purpose: call it outside of transactions. A password is brought to one Unicode form (NFKC) first, so that the
same keys on another system give the same password; nothing is cut off or trimmed.
"""

import unicodedata
from functools import cache

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from forum.core.errors import Invalid
from forum.core.secrets import new_token
from forum.people.common import is_common, is_personal
from forum.web.words import _

SHORTEST = 8
LONGEST = 256

# OWASP's second set: 19 MiB each, so that eight threads at once stay small; about 50 ms on a small server.
hasher = PasswordHasher(time_cost=2, memory_cost=19456, parallelism=1)


def normal(password: str) -> str:
    """Return the one Unicode form in which a password is measured, compared and hashed."""
    return unicodedata.normalize("NFKC", password)


def hash_password(password: str) -> str:
    """Return what is stored. Slow: call it outside of transactions."""
    return hasher.hash(normal(password))


def verify(password: str, stored: str | None) -> bool:
    """Say whether `password` is the one whose hash is `stored`. As slow when nothing is stored: nobody learns from the time (A6)."""
    if len(password) > LONGEST:
        password, stored = "", None
    try:
        hasher.verify(stored or _nobodys(), normal(password))
    except (VerificationError, InvalidHashError):
        return False
    return stored is not None


def is_outdated(stored: str) -> bool:
    """Say whether `stored` was made with other parameters than today's, and is to be made anew at the next sign-in."""
    return hasher.check_needs_rehash(stored)


@cache
def _nobodys() -> str:
    """Return a hash that no password fits."""
    return hasher.hash(new_token())


def check_strength(password: str, *, name: str, email: str, organisation: str = "", field: str = "password") -> None:
    """Refuse a password that is short, common or about its owner. Raises Invalid, with the sentences under `field`."""
    chosen = normal(password[: LONGEST + 1])
    if len(password) > LONGEST:
        why = _("Use %(number)d characters or fewer.", number=LONGEST)
    elif len(chosen) < SHORTEST:
        why = _(
            "Use %(number)d characters or more. Three or four words in a row are easy to remember.", number=SHORTEST
        )
    elif is_common(chosen):
        why = _("Many people use that password, so it is among the first to be tried. Choose another one.")
    elif is_personal(chosen, name, email, organisation):
        why = _("That is too close to your name, your address or where you work. Choose another one.")
    else:
        return
    raise Invalid({field: [why]})
