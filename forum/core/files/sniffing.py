"""Telling what a file is from its bytes. Runs in the child process: it reads archives that somebody may have made to harm."""

import re
import zipfile
from pathlib import Path

from forum.core.files.kinds import KINDS, Refused, Why

PICTURES = {b"\x89PNG\r\n\x1a\n": "image/png", b"\xff\xd8\xff": "image/jpeg", b"GIF8": "image/gif"}
OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
HEIC = re.compile(rb"....ftyp(?:heic|heix|hevc|mif1|msf1|avif)", re.DOTALL)
# What a browser that guesses would take for a page or a drawing, wherever it stands near the beginning.
MARKUP = re.compile(
    r"<\s*(?:!doctype|html|head|body|script|svg|iframe|object|embed|style|meta|\?xml|x:)", re.IGNORECASE
)
NEAR = 4096  # characters
NO_TEXT = re.compile(r"[\x00-\x08\x0e-\x1a\x1c-\x1f]")
BOMS = ((b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16"), (b"\xef\xbb\xbf", "utf-8-sig"))
MOST_PARTS = 5000  # of an office file
OFFICE = {"word/": "wordprocessingml.document", "xl/": "spreadsheetml.sheet", "ppt/": "presentationml.presentation"}
MACROS = re.compile(r"vbaProject|/macrosheets/|^Basic/|^Scripts/|activeX", re.IGNORECASE)
TYPE_LENGTH = 100


def media_type_of(path: Path) -> str:
    """Return the type of the file at `path`, one of `KINDS`. Raises Refused."""
    with path.open("rb") as file:
        head = file.read(64)
    if not head:
        raise Refused(Why.EMPTY)
    for sign, media_type in PICTURES.items():
        if head.startswith(sign):
            return media_type
    if head[:4] == b"RIFF" and head[8:12] == b"WEBP":
        return "image/webp"
    if head.startswith(b"%PDF-"):
        return "application/pdf"
    if head.startswith(b"PK\x03\x04"):
        return _office_type(path)
    if head.startswith(OLE):
        raise Refused(Why.OLD_OFFICE)
    if HEIC.match(head):
        raise Refused(Why.HEIC)
    return _text_type(path.read_bytes())


def _office_type(path: Path) -> str:
    """Tell an office file from any other archive by its parts. Nothing of it is unpacked but one short name."""
    try:
        with zipfile.ZipFile(path) as archive:
            parts = archive.infolist()
            names = [part.filename for part in parts[:MOST_PARTS]]
            if len(parts) > MOST_PARTS:
                raise Refused(Why.UNKNOWN)
            if any(MACROS.search(name) for name in names):
                raise Refused(Why.MACROS)
            if "[Content_Types].xml" in names:
                found = [kind for folder, kind in OFFICE.items() if any(name.startswith(folder) for name in names)]
                return _known(f"application/vnd.openxmlformats-officedocument.{found[0]}" if len(found) == 1 else "")
            if names and names[0] == "mimetype":
                with archive.open("mimetype") as declared:
                    return _known(declared.read(TYPE_LENGTH).decode("ascii", "replace").strip())
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError, OSError, ValueError) as error:
        raise Refused(Why.BROKEN) from error
    raise Refused(Why.UNKNOWN)


def _known(media_type: str) -> str:
    if media_type not in KINDS:
        raise Refused(Why.UNKNOWN)
    return media_type


def _text_type(data: bytes) -> str:
    """Take words in the encodings that offices write; refuse what holds signs that no text has, and what is a page."""
    text = _decoded(data)
    if NO_TEXT.search(text):
        raise Refused(Why.UNKNOWN)
    if MARKUP.search(text[:NEAR]):
        raise Refused(Why.MARKUP)
    return "text/plain"


def _decoded(data: bytes) -> str:
    named = next((encoding for bom, encoding in BOMS if data.startswith(bom)), None)
    for encoding in [named] if named else ["utf-8", "cp1252"]:
        try:
            return data.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise Refused(Why.UNKNOWN)
