"""Headers of every answer, errors included (A11)."""

from http import HTTPStatus

from flask import Flask, g, request
from werkzeug.wrappers import Response

CSP = "; ".join(
    (
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "img-src 'self'",
        "font-src 'self'",
        "connect-src 'self'",
        "manifest-src 'self'",
        "form-action 'self'",
        "frame-ancestors 'none'",
        "base-uri 'none'",
        "object-src 'none'",
    )
)
FILE_CSP = "default-src 'none'; frame-ancestors 'none'; sandbox"
"""For what people attached, opened by itself: it loads nothing, runs nothing and has no origin (A13)."""
YEAR = 365 * 24 * 3600


def security_headers(*, https: bool) -> dict[str, str]:
    """Return what every answer carries, whoever makes it."""
    headers = {
        "Content-Security-Policy": CSP,
        "X-Content-Type-Options": "nosniff",
        "X-Frame-Options": "DENY",
        "Referrer-Policy": "same-origin",
        "Cross-Origin-Opener-Policy": "same-origin",
        "X-Robots-Tag": "noindex",  # who has a private link may look; a search engine that was shown it may not tell others
        "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
    }
    return headers | ({"Strict-Transport-Security": f"max-age={YEAR}; includeSubDomains"} if https else {})


def as_file(response: Response) -> Response:
    """Give a file that somebody attached its headers. The browser may keep it, and asks each time whether it still may show it."""
    g.is_file = True
    response.headers["Cache-Control"] = "private, no-cache"
    response.headers["Cross-Origin-Resource-Policy"] = "same-origin"
    return response


def init_headers(app: Flask, *, https: bool) -> None:
    """Add the headers to every answer of `app`."""
    always = security_headers(https=https)

    @app.after_request
    def add(response: Response) -> Response:
        response.headers.update(always)
        if g.get("is_file") and response.status_code < HTTPStatus.BAD_REQUEST:
            response.headers["Content-Security-Policy"] = FILE_CSP
        elif (
            request.endpoint != "static" or response.status_code >= HTTPStatus.BAD_REQUEST
        ):  # an error's page has a name on it
            response.headers["Cache-Control"] = "no-store"
        return response
