"""Forms that other sites made: refused, and nothing of them is handed back as a form of ours (A10).

What counts is the token that goes with the session. Where a browser says from where it sends, that must be this site too: its
public address, whatever Host a proxy passes on. Both are checked; a browser that says nothing has its token.
"""

from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from flask import Flask, current_app, request
from flask.sessions import SecureCookieSessionInterface
from flask_wtf.csrf import CSRFError, CSRFProtect
from itsdangerous import BadData, URLSafeTimedSerializer

from forum.config import Settings

if TYPE_CHECKING:
    from flask import Response
    from flask.sessions import SessionMixin

SAFE = frozenset({"GET", "HEAD", "OPTIONS"})
OURS, UNKNOWN, ELSEWHERE = "ours", "unknown", "elsewhere"
FETCHED = {"same-origin": OURS, "none": UNKNOWN, "same-site": ELSEWHERE, "cross-site": ELSEWHERE}
SALT = "wtf-csrf-token"
"""The salt of Flask-WTF's tokens."""


class Cookies(SecureCookieSessionInterface):
    """The session in a cookie, which no form of another site changes."""

    def save_session(self, app: Flask, session: "SessionMixin", response: "Response") -> None:
        """Store the session. Another site's form comes without the cookie (Lax): an empty session would end the real one."""
        if request.method in SAFE or sender() != ELSEWHERE:
            super().save_session(app, session, response)


def init_forgery(app: Flask) -> None:
    """Refuse forms of other sites."""
    app.session_interface = Cookies()
    app.config["WTF_CSRF_SSL_STRICT"] = False  # it compares with the Host header, and wants a Referer from everybody
    CSRFProtect(app)

    @app.before_request
    def refuse() -> None:
        if request.endpoint and request.method not in SAFE and sender() == ELSEWHERE:
            raise CSRFError("The form was sent from another site.")


def sender() -> str:
    """Say whose page sent this request, as far as the browser tells: OURS, ELSEWHERE or UNKNOWN."""
    fetched = request.headers.get("Sec-Fetch-Site")
    if fetched is not None:
        return FETCHED.get(fetched, ELSEWHERE)
    told = request.headers.get("Origin") or request.headers.get("Referer")
    if not told:
        return UNKNOWN
    return OURS if _origin(told) in _origins() else ELSEWHERE


def may_come_again() -> bool:
    """Say whether an error page may hold the form that was sent, with a valid token: a page of ours must have sent it."""
    who = sender()
    return who == OURS or (who == UNKNOWN and _holds_our_token())


def _origins() -> set[tuple[str, str | None, int | None]]:
    """Return where this site is. One without TLS is often tried under other names of its machine, which is as good."""
    settings: Settings = current_app.extensions["baton"].settings
    ours = {_origin(settings.site_url)}
    return ours if settings.is_https else ours | {_origin(request.host_url)}


def _origin(url: str) -> tuple[str, str | None, int | None]:
    """Return scheme, host and port; what is none is nobody's ("null", say)."""
    try:
        parts = urlsplit(url)
        return parts.scheme, parts.hostname, parts.port or {"http": 80, "https": 443}.get(parts.scheme)
    except ValueError:
        return "", None, None


def _holds_our_token() -> bool:
    """Say whether the form has a token that this site signed once, for whichever session."""
    signer = URLSafeTimedSerializer(str(current_app.secret_key), salt=SALT)
    try:
        signer.loads(request.form.get("csrf_token", ""))
    except BadData:
        return False
    return True
