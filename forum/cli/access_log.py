"""One line for each request: what was asked, what came of it, how long it took. No names, no addresses, no query strings.

What was asked is the rule that the address fits, "/people/<handle>": an address holds handles, names of private spaces, and
whatever somebody made up.
"""

import logging
import time
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from flask import Flask, request, request_started

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

logger = logging.getLogger("forum.requests")
QUIET = ("/static/", "/healthz", "/readyz")
TROUBLE = 400
RULE = "baton.rule"
NO_RULE = "(no such address)"


def _note_rule(_app: Flask, **_others: object) -> None:
    if request.url_rule is not None:
        request.environ[RULE] = request.url_rule.rule


request_started.connect(_note_rule)


class AccessLog:
    """A WSGI application around another, which logs what passes."""

    def __init__(self, app: "WSGIApplication") -> None:
        self._app = app

    def __call__(self, environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
        """Pass the request on, and log it. What is asked for all the time is logged only when it fails."""
        started = time.monotonic()

        def begin(status: str, headers: list[tuple[str, str]], *trouble: Any) -> Any:  # noqa: ANN401  # as WSGI has it
            path = environ.get("PATH_INFO", "")
            if int(status[:3]) >= TROUBLE or not path.startswith(QUIET):
                took = (time.monotonic() - started) * 1000
                rule = environ.get(RULE, NO_RULE)
                logger.info("%s %s %s %d ms", environ.get("REQUEST_METHOD"), rule, status[:3], took)
            return start_response(status, headers, *trouble)

        return self._app(environ, begin)
