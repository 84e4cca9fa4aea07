"""What an attached file is called: as its owner called it, without what could mislead or harm."""

import re
import unicodedata

from forum.core.files.kinds import KINDS
from forum.core.text import one_line, slug

NAME_LENGTH = 120
NO_NAME = "file"
# What no system takes in a name, or takes for something else.
SIGNS = re.compile(r'[<>:"|?*]+')


def clean_name(given: str, *, media_type: str) -> str:
    """Return `given` as a file's name that fits what the file is.

    Folders, control characters and signs that turn the direction of writing are gone, and a name that claims another type gets
    the ending of the real one: "page.html" that holds plain words is "page.html.txt".
    """
    base = re.split(r"[/\\]", unicodedata.normalize("NFC", given))[-1]
    base = SIGNS.sub("-", one_line(base)).strip(". ") or NO_NAME
    suffixes = KINDS[media_type].suffixes
    stem, dot, ending = base.rpartition(".")
    if not (stem and dot and ending.lower() in suffixes):
        stem, ending = base, suffixes[0]
    return f"{stem[: NAME_LENGTH - len(ending) - 1].rstrip('. ')}.{ending}"


def address_name(name: str) -> str:
    """Return the last part of an attached file's address: plain letters, so that the address can stand in a text."""
    stem, _, ending = name.rpartition(".")
    return f"{slug(stem) or NO_NAME}.{ending.lower()}"
