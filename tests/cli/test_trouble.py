"""A database that is locked, full or gone: a clear page, and nothing that was typed is lost (H2)."""

import html
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager

import pytest
from flask import Flask
from sqlalchemy import event, text

from forum.core import db as core
from forum.core.db import db
from forum.people.models import Person
from tests.cast import Browserless, Cast, hold_token
from tests.support.databases import settings_for
from tests.support.server import make_app

TYPED = {
    "kind": "question",
    "section": "questions",
    "title": "Who has the “projector”?",
    "body": "It was in <b>room 4</b> & now\nit isn't.\n" * 20,
}


@pytest.fixture(autouse=True)
def _impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nobody waits five seconds for a lock here."""
    monkeypatch.setattr(core, "BUSY_SECONDS", 0.2)


@pytest.fixture
def client(cast: Cast, as_person: Callable[[Person], Browserless]) -> Browserless:
    """Somebody who has typed a question."""
    client = as_person(cast.champion)
    assert client.get("/s/champions/threads/new").status_code == 200
    return client


@contextmanager
def locked(app: Flask) -> Iterator[None]:
    """Hold the database's write lock, as a backup gone wrong does."""
    path = app.config["SQLALCHEMY_DATABASE_URI"].removeprefix("sqlite:///")
    with closing(sqlite3.connect(path, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        yield
        other.execute("ROLLBACK")


def kept_on(page: str) -> dict[str, bool]:
    """Say of each thing that was typed whether it stands on the page, as text."""
    return {
        name: html.escape(words) in page.replace("&#34;", "&quot;").replace("&#39;", "&#x27;")
        for name, words in TYPED.items()
    }


def test_a_locked_database_gives_back_what_was_typed(app: Flask, client: Browserless) -> None:
    """H2."""
    with locked(app):
        answer = client.send("/s/champions/threads/new", **TYPED)
    assert answer.status_code == 503
    assert answer.headers["Retry-After"] == "5"
    assert "Baton is busy for a moment" in answer.text
    assert "<b>room 4</b>" not in answer.text
    assert set(kept_on(answer.text).values()) == {True}


def test_what_was_given_back_can_be_sent_again(app: Flask, client: Browserless) -> None:
    """H2: the same press, once the lock is gone, does it; and only once."""
    with locked(app):
        client.send("/s/champions/threads/new", **TYPED)
    answer = client.send("/s/champions/threads/new", **TYPED)
    assert answer.status_code == 303
    assert "Who has the" in client.get(answer.headers["Location"]).text


def test_while_the_database_is_locked_people_go_on_reading(app: Flask, client: Browserless) -> None:
    """H2."""
    with locked(app):
        assert client.get("/s/champions/threads/").status_code == 200


@pytest.mark.own_app  # its engine's connections have no room any more
def test_a_full_disk_is_said_and_gives_back_what_was_typed(app: Flask, client: Browserless) -> None:
    """H2: the database may not grow by a page."""
    with app.app_context():
        pages = db.session.scalar(text("PRAGMA page_count"))
        db.engine.dispose()
        event.listen(db.engine, "connect", lambda raw, _record: raw.execute(f"PRAGMA max_page_count={pages}"))
    answers = [client.send("/s/champions/threads/new", **TYPED | {"title": f"Question {n}"}) for n in range(20)]
    full = answers[-1]
    assert full.status_code == 503
    assert "Its disk is full" in full.text
    assert kept_on(full.text)["body"]
    assert client.get("/s/champions/threads/").status_code == 200


def test_without_a_database_there_is_still_a_page_that_says_so() -> None:
    """H2: a database server that is gone, for somebody new and for somebody who was signed in."""
    for app in make_app(settings_for("postgresql://baton@127.0.0.1:1/baton")):
        client = app.test_client()
        hold_token(signed_in := app.test_client(), "a token")
        for answer in (client.get("/sign-in"), signed_in.get("/s/champions/")):
            assert answer.status_code == 503
            assert "Baton is busy for a moment" in answer.text
            assert "<h1" in answer.text
        assert signed_in.get("/nowhere").status_code == 404
        assert client.get("/healthz").status_code == 200
        assert client.get("/readyz").status_code == 503


def test_without_a_database_what_was_typed_is_given_back() -> None:
    """H2."""
    for app in make_app(settings_for("postgresql://baton@127.0.0.1:1/baton")):
        app.test_client_class = Browserless
        client = app.test_client()
        assert isinstance(client, Browserless)
        hold_token(client, "a token")
        answer = client.send("/s/champions/threads/new", **TYPED)
        assert answer.status_code == 503
        assert set(kept_on(answer.text).values()) == {True}
