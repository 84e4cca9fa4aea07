"""Every answer carries the headers that keep a page to itself, errors included."""

import sqlite3
from collections.abc import Callable, Iterator
from http import HTTPStatus

import pytest
from flask import Flask
from sqlalchemy.exc import OperationalError
from werkzeug.test import TestResponse

from forum.app import LARGEST_REQUEST
from forum.core.errors import TooMany
from tests.contracts.route import BODY, WHO
from tests.contracts.routes import ROUTES
from tests.contracts.world import World
from tests.support.databases import settings_for
from tests.support.server import make_app

POLICY = {
    "default-src": {"'none'"},
    "script-src": {"'self'"},
    "style-src": {"'self'"},
    "img-src": {"'self'"},
    "font-src": {"'self'"},
    "connect-src": {"'self'"},
    "manifest-src": {"'self'"},
    "form-action": {"'self'"},
    "frame-ancestors": {"'none'"},
    "base-uri": {"'none'"},
    "object-src": {"'none'"},
}


def assert_guarded(answer: TestResponse, what: str) -> None:
    """A11 for one answer."""
    policy = {}
    for directive in answer.headers.get("Content-Security-Policy", "").split(";"):
        name, *sources = directive.split()
        policy[name] = set(sources)
    assert policy == POLICY, what
    assert answer.headers["X-Content-Type-Options"] == "nosniff", what
    assert answer.headers["Referrer-Policy"] == "same-origin", what
    assert answer.headers["X-Frame-Options"] == "DENY", what
    assert answer.headers["X-Robots-Tag"] == "noindex", what
    assert answer.headers["Cache-Control"] == "no-store", what
    assert "Server" not in answer.headers, what


def assert_bare(answer: TestResponse) -> None:
    """A13 for a file that somebody attached: it loads and runs nothing, and the browser asks each time whether it may show it."""
    assert answer.headers["Content-Security-Policy"] == "default-src 'none'; frame-ancestors 'none'; sandbox"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Cache-Control"] == "private, no-cache"
    assert "Server" not in answer.headers


@pytest.mark.parametrize("who", ["nobody", "outsider", "steward"])
def test_every_answer_is_guarded(world: World, who: str) -> None:
    """A11: CSP, nosniff, no framing, referrers that stay here, and no cache keeps a page."""
    assert who in WHO
    for route in ROUTES:
        client, address = world.browser(BODY.get(who, who)), route.address(world)
        form = route.form(world, world.furniture["harbour"])
        answer = client.get(address) if route.method == "GET" else client.send(address, **form)
        if route.endpoint == "content.attachment" and answer.status_code == 200:
            assert_bare(answer)
        else:
            assert_guarded(answer, f"{route.name}: {answer.status}")
    world.put_back()


@pytest.fixture
def failing(world: World) -> Iterator[Callable[[Exception], TestResponse]]:
    """Give a way to let a page fail."""
    view, testing = world.app.view_functions["home.privacy"], world.app.testing
    world.app.testing = False

    def fail(error: Exception) -> TestResponse:
        def broken() -> str:
            raise error

        world.app.view_functions["home.privacy"] = broken
        return world.browser("reader").get("/privacy")

    yield fail
    world.app.view_functions["home.privacy"], world.app.testing = view, testing


def test_every_error_is_guarded(world: World, failing: Callable[[Exception], TestResponse]) -> None:
    """A11: errors are answers too."""
    reader, orig = world.browser("reader"), sqlite3.OperationalError("database is locked")
    too_much = reader.send("/s/harbour/leave", text="x" * (LARGEST_REQUEST + 1))
    answers = {
        400: reader.post("/s/harbour/leave"),
        403: reader.get("/s/harbour/settings"),
        404: reader.get("/s/nowhere/"),
        405: reader.send("/privacy"),
        409: world.browser("steward").send("/s/harbour/leave"),
        413: too_much,
        422: world.browser("champion").send(f"/s/harbour/threads/{world.furniture['harbour'].ref}/", body=""),
        429: failing(TooMany(60)),
        500: failing(RuntimeError("broken")),
        503: failing(OperationalError("SELECT 1", {}, orig)),
    }
    for status, answer in answers.items():
        assert answer.status_code == status
        assert_guarded(answer, answer.status)
        assert answer.headers.get("Retry-After") is not None or status not in {429, 503}, answer.status
        assert HTTPStatus(status).phrase.upper() == answer.status[4:]


def test_what_broke_is_not_told_to_whoever_asked(failing: Callable[[Exception], TestResponse]) -> None:
    """A14: no secret, no path and no statement of the database is on the page."""
    body = failing(RuntimeError("a-password-of-the-database")).get_data(as_text=True)
    assert "a-password-of-the-database" not in body
    assert "Traceback" not in body


def test_static_files_are_guarded_too(world: World) -> None:
    """A11: a drawing that is opened by itself runs nothing."""
    with world.browser("nobody").get("/static/icons.svg") as answer:
        assert answer.status_code == 200
        assert "default-src 'none'" in answer.headers["Content-Security-Policy"]
        assert answer.headers["X-Content-Type-Options"] == "nosniff"


@pytest.fixture
def secure_app(database_url: str) -> Iterator[Flask]:
    """Give an app that is reached by https."""
    yield from make_app(settings_for(database_url, site_url="https://baton.example.org"))


def test_https_stays_https(secure_app: Flask) -> None:
    """A11: HSTS, and cookies that never leave by http."""
    answer = secure_app.test_client().get("/sign-in")
    assert answer.headers["Strict-Transport-Security"].startswith("max-age=31536000")
    for cookie in answer.headers.getlist("Set-Cookie"):
        assert {"Secure", "HttpOnly", "SameSite=Lax"} <= {part.strip() for part in cookie.split(";")}


def test_http_is_not_told_to_be_https(world: World) -> None:
    """A development set-up must stay reachable."""
    assert "Strict-Transport-Security" not in world.browser("nobody").get("/sign-in").headers
