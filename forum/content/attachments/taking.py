"""Taking files in from a request: each is bounded, examined, kept on disk and only then noted. What one lacks stops no other."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from shutil import copyfileobj

from flask import current_app
from werkzeug.datastructures import FileStorage

from forum.config import Settings
from forum.content.attachments.actions import MB, attach
from forum.content.attachments.queries import Attached, at_place
from forum.core.db import db, transaction
from forum.core.errors import Invalid
from forum.core.files import Examined, Refused, Store, Why, clean_name, examine
from forum.core.text import one_line
from forum.spaces.guard import Here
from forum.spaces.policy import Can
from forum.web.uploads import FILES_AT_ONCE
from forum.web.words import LazyString, _, _l

SHOWN_NAME = 60
CHUNK = 1 << 16
SENTENCES: Mapping[Why, LazyString] = {
    Why.EMPTY: _l("“%(name)s” is empty. Look whether it is the file you meant."),
    Why.LARGE: _l(
        "“%(name)s” is larger than %(most)s MB. Make it smaller, or put it where all can find it and link to it."
    ),
    Why.UNKNOWN: _l("“%(name)s” is of a kind that can’t be attached. Pictures, PDF, text and office files can."),
    Why.MARKUP: _l(
        "“%(name)s” is a web page or a drawing in code, which could do harm here. Attach a picture or a PDF of it, or put the "
        "code between lines of three backticks (```)."
    ),
    Why.MACROS: _l("“%(name)s” holds macros, which could do harm. Save it without them, as .docx, .xlsx or .pptx."),
    Why.OLD_OFFICE: _l("“%(name)s” is in an old format that may hold macros. Save it as .docx, .xlsx or .pptx."),
    Why.HEIC: _l("“%(name)s” is a photo in a format that most browsers don’t show. Save it as JPEG."),
    Why.PIXELS: _l("“%(name)s” has more pixels than Baton can look through. Make it smaller: 50 million are let in."),
    Why.BROKEN: _l("“%(name)s” is damaged, or isn’t what it seems to be. Open it, save it anew, and try again."),
    Why.BUSY: _l("Baton is busy with other files. “%(name)s” wasn’t attached; please try again in a moment."),
}


@dataclass(frozen=True, kw_only=True)
class Taken:
    """What became of the files of a request."""

    new: Sequence[Attached] = ()
    problems: Sequence[str] = ()
    is_busy: bool = False


def store() -> Store:
    """Return where this installation keeps attached files."""
    return Store(_settings().var / "attachments")


def take_in(here: Here, place: str, files: Sequence[FileStorage], *, power: Can, already: int = 0) -> Taken:
    """Attach `files` at `place`; `already` counts what the post there has."""
    if len(files) > FILES_AT_ONCE:
        return Taken(
            problems=[
                _(
                    "You chose %(count)s files, and %(most)s go with a post. None of these was attached: choose the ones that "
                    "matter most.",
                    count=len(files),
                    most=FILES_AT_ONCE,
                )
            ]
        )
    before = {one.ref for one in at_place(here.actor, place)}
    problems: list[str] = []
    is_busy = False
    for file in files:
        try:
            _take(here, place, file, power=power, already=already)
        except Refused as refused:
            problems.append(_sentence(refused.why, file))
            is_busy = is_busy or refused.why is Why.BUSY
        except Invalid as invalid:
            problems += [problem for problem in invalid.errors["files"] if problem not in problems]
    new = [one for one in at_place(here.actor, place) if one.ref not in before]
    return Taken(new=new, problems=problems, is_busy=is_busy)


def _take(here: Here, place: str, file: FileStorage, *, power: Can, already: int) -> None:
    """Take one file in. Raises Refused, and what `attach` raises."""
    largest, kept = _settings().largest_attachment, store()
    db.session.rollback()  # looking at a file takes seconds, and no read transaction stays open as long
    with kept.arriving() as folder:
        path, found = _looked_at(file, folder, largest=largest)
        size = path.stat().st_size
        name = clean_name(file.filename or "", media_type=found.media_type)
        with kept.held():  # the file has its place, and no row yet: the cleaner stays away
            sha256 = kept.keep(path)
            with transaction():
                attach(
                    here,
                    place,
                    power=power,
                    found=found,
                    name=name,
                    size=size,
                    sha256=sha256,
                    largest=largest,
                    already=already,
                )


def _looked_at(file: FileStorage, folder: Path, *, largest: int) -> tuple[Path, Examined]:
    """Return what is to be kept of a file, and what it is. Raises Refused."""
    came, made = folder / "came", folder / "made"
    with came.open("wb") as copy:
        copyfileobj(file.stream, copy, CHUNK)
    if came.stat().st_size > largest:
        raise Refused(Why.LARGE)
    found = examine(came, made)
    path = made if found.width is not None else came
    if path.stat().st_size > largest:  # a picture made anew may be larger than it came
        raise Refused(Why.LARGE)
    return path, found


def _sentence(why: Why, file: FileStorage) -> str:
    name = one_line(file.filename or "")[:SHOWN_NAME] or _("The file")
    return str(SENTENCES[why]) % {"name": name, "most": _settings().largest_attachment // MB}


def _settings() -> Settings:
    found: Settings = current_app.extensions["baton"].settings
    return found
