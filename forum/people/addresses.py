"""Mail addresses: what counts as one, and how several are read from a text that was pasted."""

import re
from collections.abc import Iterator

from email_validator import SPECIAL_USE_DOMAIN_NAMES, EmailNotValidError, validate_email

from forum.core.text import address_key
from forum.people.models import ADDRESS_LENGTH

IN_ANGLES = re.compile(r"<([^<>]*)>")
AROUND = "\"'()[].,:"
"""Signs that may stand around an address in a text and aren't part of it."""

# An intranet may well have mail at "council.local"; the library names this list as the way to say so.
if "local" in SPECIAL_USE_DOMAIN_NAMES:
    SPECIAL_USE_DOMAIN_NAMES.remove("local")


def normal(text: str) -> str | None:
    """Return the address in the form that is stored and mailed to, or None when it is none.

    The domain is in lower case and, where it has other letters, in its ASCII form, so that every mail server takes it. A domain
    without a dot is nearly always a slip, and none.
    """
    try:
        found = validate_email(text.strip(), check_deliverability=False, allow_smtputf8=False, strict=True)
    except EmailNotValidError:
        return None
    address = found.ascii_email or ""
    return address if 0 < len(address) <= ADDRESS_LENGTH else None


def domain_of(address: str) -> str:
    """Return what stands after the "@", in lower case."""
    return address_key(address).rpartition("@")[2]


def is_of(address: str, domains: tuple[str, ...]) -> bool:
    """Say whether `address` is of one of `domains`, exactly: "evil-fenbridge.example" is not "fenbridge.example"."""
    return domain_of(address) in {domain.lower().removeprefix("@") for domain in domains}


def pieces(text: str) -> list[str]:
    """Return what stands for addresses in a pasted text, each once: between commas, semicolons, spaces or line breaks.

    Of "Name <address>" (and "Surname, Name <address>") the name is left out. What is returned need not be an address.
    """
    found: dict[str, str] = {}
    for entry in re.split(r"[;\r\n]", text):
        for piece in _pieces_of(entry):
            found.setdefault(address_key(piece), piece)
    return list(found.values())


def _pieces_of(entry: str) -> Iterator[str]:
    at = 0
    for angles in IN_ANGLES.finditer(entry):
        # Before an address in angles stands a name, unless it looks like another address.
        yield from (word for word in _words(entry[at : angles.start()]) if "@" in word.strip("@"))
        yield angles[1].strip().removeprefix("mailto:")
        at = angles.end()
    yield from _words(entry[at:])


def _words(text: str) -> Iterator[str]:
    words = (word.strip(AROUND) for word in re.split(r"[,\s]+", text))
    return (word for word in words if word)
