"""Requests that carry files. Only the addresses marked for it take them, and no file is kept beyond what may be attached (A13).

Werkzeug reads a form as it arrives, piece by piece; a file's pieces go to disk, up to the limit and one byte, and the rest nowhere.
So what a request costs is bounded by the settings, whatever it claims to hold.
"""

import tempfile
from collections.abc import Callable
from contextlib import closing
from typing import IO, Any, TypeVar, cast

from flask import Flask, current_app, request
from flask import Request as FlaskRequest

from forum.config import Settings

View = TypeVar("View", bound=Callable[..., Any])
MARK = "takes_files"
ENDING = "/attach"
"""Addresses that take files end so: the server lets larger requests through for them alone (`forum.cli.server`)."""
FILES_AT_ONCE = 20
WHOLE = 6
"""How many of the largest files fit into one request."""
IN_MEMORY = 256 * 1024


def largest_upload(settings: Settings, *, ordinary: int) -> int:
    """Return the most bytes of a request with files, where others have `ordinary`."""
    return WHOLE * settings.largest_attachment + ordinary


def takes_files(view: View) -> View:
    """Mark a view that takes files. Stands above the mark of its power."""
    setattr(view, MARK, True)
    return view


def sent_bytes(name: str, *, most: int) -> bytes:
    """Return the file that was sent in a field, nothing without one, and of one that is too large a byte too many."""
    file = request.files.get(name)
    if file is None:
        return b""
    with closing(file):
        return file.stream.read(most + 1)


class Upload(tempfile.SpooledTemporaryFile[bytes]):
    """A file as it arrives. Keeps `most` bytes and one: one of that size had more than may be attached."""

    def __init__(self, most: int) -> None:
        super().__init__(max_size=IN_MEMORY, mode="w+b")
        self._room = most + 1

    def write(self, data: Any) -> int:  # noqa: ANN401  # as in the class above
        """Keep what there is room for, and take the rest without a word: the form behind it is still wanted."""
        kept = data[: self._room]
        self._room -= len(kept)
        super().write(kept)
        return len(data)


class Request(FlaskRequest):
    """A request whose files are bounded, in size and in number."""

    _files_begun = 0
    most_of_a_file = 0
    """Bytes; 0 where no file is taken."""

    def _get_file_stream(self, *_told: object, **_also: object) -> IO[bytes]:
        """Give each file its bounded place; of those beyond what may come at once nothing is kept."""
        self._files_begun += 1
        return cast("IO[bytes]", Upload(self.most_of_a_file if self._files_begun <= FILES_AT_ONCE else 0))


def init_uploads(app: Flask, settings: Settings) -> None:
    """Let marked addresses take files. Called before anything reads a form."""
    app.request_class = Request
    ordinary = int(app.config["MAX_CONTENT_LENGTH"])

    @app.before_request
    def make_room() -> None:
        view = current_app.view_functions.get(request.endpoint or "")
        if getattr(view, MARK, False):
            request.max_content_length = largest_upload(settings, ordinary=ordinary)
            cast("Request", request).most_of_a_file = settings.largest_attachment
