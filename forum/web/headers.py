"""Headers of every answer, errors included (A11)."""

from http import HTTPStatus

from flask import Flask, request
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
YEAR = 365 * 24 * 3600


def security_headers(*, https: bool) -> dict[str, str]:
    """Return what every answer carries, whoever makes it."""
    headers = {
        "Content-Security-Policy": CSP,
        "X-Content-Type-Options": "nosniff",
        "X-Frame-Options": "DENY",
        "Referrer-Policy": "same-origin",
        "Cross-Origin-Opener-Policy": "same-origin",
        "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
    }
    return headers | ({"Strict-Transport-Security": f"max-age={YEAR}; includeSubDomains"} if https else {})


def init_headers(app: Flask, *, https: bool) -> None:
    """Add the headers to every answer of `app`."""
    always = security_headers(https=https)

    @app.after_request
    def add(response: Response) -> Response:
        response.headers.update(always)
        if (
            request.endpoint != "static" or response.status_code >= HTTPStatus.BAD_REQUEST
        ):  # an error's page has a name on it
            response.headers["Cache-Control"] = "no-store"
        return response
