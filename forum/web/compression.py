"""Pages in fewer bytes: brotli or gzip, by what the browser takes. Static files are compressed once, in `forum/cli/static_files.py`.

What can be told from a compressed page's length, and why that isn't a secret, stands in docs/decisions/0010-compressed-pages.md.
"""

import gzip
import secrets

import brotli
from flask import Flask, Response, request
from werkzeug.http import parse_accept_header

from forum.web.forgery import ELSEWHERE, sender

TYPES = frozenset({"text/html", "application/json"})
SMALLEST = 1024  # bytes; below it is not worth the time
BROTLI, GZIP = 4, 5  # of 11 and 9: a page of 40 kB takes about a millisecond
MOST_PADDING = 64  # characters of random length, so that the length of an answer says little


def init_compression(app: Flask) -> None:
    """Compress the app's pages."""

    @app.after_request
    def compress(response: Response) -> Response:
        if response.mimetype in TYPES:
            response.vary.add("Accept-Encoding")
            if _may_be_compressed(response):
                _compress(response)
        return response


def _may_be_compressed(response: Response) -> bool:
    """Say whether it is worth it and safe: whoever is led here by another site gets the page as it is."""
    return (
        not response.is_streamed
        and not response.direct_passthrough
        and "Content-Encoding" not in response.headers
        and "Content-Range" not in response.headers
        and request.method != "HEAD"
        and len(response.get_data()) >= SMALLEST
        and sender() != ELSEWHERE
    )


def _compress(response: Response) -> None:
    taken = parse_accept_header(request.headers.get("Accept-Encoding", ""))
    if taken.quality("br") > 0:
        response.set_data(brotli.compress(response.get_data(), quality=BROTLI))
        response.headers["Content-Encoding"] = "br"
    elif taken.quality("gzip") > 0:
        response.set_data(gzip.compress(response.get_data(), compresslevel=GZIP, mtime=0))
        response.headers["Content-Encoding"] = "gzip"
    else:
        return
    response.headers["X-Padding"] = secrets.token_hex(MOST_PADDING)[: secrets.randbelow(MOST_PADDING) + 1]
