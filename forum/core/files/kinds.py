"""What may be attached. A file is what its bytes say, never what its name or the browser says (A13)."""

import enum
from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True)
class Kind:
    """A type that is let in. The first of the `suffixes` is given to a file whose name has none of them."""

    media_type: str
    suffixes: tuple[str, ...]
    is_picture: bool = False


_OFFICE = "application/vnd.openxmlformats-officedocument"
_OPEN = "application/vnd.oasis.opendocument"
KINDS: Mapping[str, Kind] = {
    kind.media_type: kind
    for kind in (
        Kind("image/png", ("png",), is_picture=True),
        Kind("image/jpeg", ("jpg", "jpeg"), is_picture=True),
        Kind("image/webp", ("webp",), is_picture=True),
        Kind("image/gif", ("gif",), is_picture=True),
        Kind("application/pdf", ("pdf",)),
        Kind("text/plain", ("txt", "csv", "tsv", "md", "log", "ics", "vtt", "srt", "json", "yaml", "toml")),
        Kind(f"{_OFFICE}.wordprocessingml.document", ("docx",)),
        Kind(f"{_OFFICE}.spreadsheetml.sheet", ("xlsx",)),
        Kind(f"{_OFFICE}.presentationml.presentation", ("pptx",)),
        Kind(f"{_OPEN}.text", ("odt",)),
        Kind(f"{_OPEN}.spreadsheet", ("ods",)),
        Kind(f"{_OPEN}.presentation", ("odp",)),
    )
}
"""By media type. Office files with macros, old ones that may hold some, archives, HTML and SVG are not among them."""


class Why(enum.StrEnum):
    """Why a file is not taken. The sentence that a person reads is made by the room that asks."""

    EMPTY = "empty"
    LARGE = "large"
    UNKNOWN = "unknown"
    MARKUP = "markup"
    MACROS = "macros"
    OLD_OFFICE = "old office"
    HEIC = "heic"
    PIXELS = "pixels"
    BROKEN = "broken"
    BUSY = "busy"


class Refused(Exception):  # it is what happened
    """The file is not taken, and `why`."""

    def __init__(self, why: Why) -> None:
        super().__init__(why.value)
        self.why = why


@dataclass(frozen=True, kw_only=True)
class Examined:
    """What a file is. A picture has been made anew, and has its size in pixels."""

    media_type: str
    width: int | None = None
    height: int | None = None
