"""Files that are fetched as they lie on disk."""

import os
from pathlib import Path

from werkzeug.wrappers import Response

from forum.core.errors import Missing
from forum.core.files.disk import pieces
from forum.web.headers import as_file


def zip_at(path: Path, name: str) -> Response:
    """Give out a zip under a name of letters, digits and hyphens; nothing keeps a copy. Raises Missing where it was removed."""
    try:
        source = path.open("rb")
    except FileNotFoundError:
        raise Missing from None
    response = Response(pieces(source), mimetype="application/zip")
    response.call_on_close(source.close)  # nobody reads it who only asks for the headers
    response.content_length = os.fstat(source.fileno()).st_size
    response.headers["Content-Disposition"] = f"attachment; filename={name}.zip"
    as_file(response)
    response.headers["Cache-Control"] = "no-store"
    return response
