"""Nobody learns from Baton who has an account: the same answer, the same work (A6)."""

import dataclasses
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import SimpleNamespace
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import event

from forum.config import Settings
from forum.core.db import db
from forum.people import passwords
from forum.people.models import Person
from tests import factories
from tests.cast import Cast, csrf_token
from tests.people.conftest import plain
from tests.people.mailbox import mailed

NOBODY = "nobody@fenbridge.example"
INVITED = "/i/a-way-in/address"
MAILED = {"/sign-in", "/reset", "/join", INVITED}


@pytest.fixture
def settings(settings: Settings) -> Settings:
    """Let people of one organisation join."""
    return dataclasses.replace(settings, join_domains=("fenbridge.example",))


@pytest.fixture
def addresses(app: Flask, cast: Cast, priya: Person) -> dict[str, str]:
    """Give one address of each kind that may make a difference."""
    with app.app_context():
        factories.make_invitation(cast.champions, by=cast.steward, token="a-way-in", uses=9)
        secret = passwords.hash_password("a long one of theirs")
        suspended = factories.make_person(
            name="Sid Stopped", email="sid@fenbridge.example", secret_hash=secret, state=cast.suspended.state
        )
    return {
        "somebody": str(priya.email),
        "somebody without a password": str(cast.champion.email),
        "somebody suspended": str(suspended.email),
        "nobody of an allowed domain": NOBODY,
        "nobody of another domain": "nobody@evil.example",
    }


@contextmanager
def counted(app: Flask, monkeypatch: pytest.MonkeyPatch) -> Iterator[dict[str, int]]:
    """Count hashings, and writes to the database by their kind: what takes time."""
    work: dict[str, int] = {}
    check = passwords.hasher.verify

    def note(what: str) -> None:
        work[what] = work.get(what, 0) + 1

    def verify(*args: Any) -> bool:  # noqa: ANN401  # as it is
        note("hashings")
        return check(*args)

    def on_statement(_connection: object, _cursor: object, statement: str, *_others: object) -> None:
        verb = statement.split(maxsplit=1)[0]
        if verb != "SELECT":
            note(verb)

    real = passwords.hasher
    counting = SimpleNamespace(verify=verify, hash=real.hash, check_needs_rehash=real.check_needs_rehash)
    with app.app_context():
        engine = db.engine
    event.listen(engine, "before_cursor_execute", on_statement)
    with monkeypatch.context() as patched:
        patched.setattr(passwords, "hasher", counting)
        passwords._nobodys()
        yield work
    event.remove(engine, "before_cursor_execute", on_statement)


def answer(client: FlaskClient, path: str, address: str) -> str:
    """Return all that a browser is told, but for what it typed itself."""
    given = {"csrf_token": csrf_token(client), "email": address, "password": "not the right one"}
    response = client.post(path, data=given)
    status, place = response.status_code, response.headers.get("Location")
    page = plain(client.get(place) if place else response)
    return f"{status} {place} {page}".replace(address, "ADDRESS")


@pytest.mark.both_databases
@pytest.mark.parametrize("path", ["/sign-in", "/sign-in/password", "/reset", "/join", INVITED])
def test_every_address_gets_the_same_answer_for_the_same_work(
    path: str,
    app: Flask,
    addresses: dict[str, str],
    new_client: Callable[[], FlaskClient],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """A6. Without the pretended link, or the hash of nobody, the work differs."""
    told, done = {}, {}
    for who, address in addresses.items():
        with counted(app, monkeypatch) as work:
            told[who] = answer(new_client(), path, address)
        done[who] = work
    assert len(set(told.values())) == 1
    assert all(work == done["somebody"] for work in done.values()), done
    assert done["somebody"].get("hashings", 0) == (0 if path in MAILED else 1)


@pytest.mark.parametrize(
    "path, mailed_to",
    [
        ("/sign-in", {"somebody", "somebody without a password", "nobody of an allowed domain"}),
        ("/join", {"somebody", "somebody without a password", "nobody of an allowed domain"}),
        ("/reset", {"somebody", "somebody without a password"}),
        (
            INVITED,
            {
                "somebody",
                "somebody without a password",
                "nobody of an allowed domain",
                "nobody of another domain",
            },
        ),
        ("/sign-in/password", set()),
    ],
)
def test_mail_goes_only_to_whom_it_concerns(
    path: str, mailed_to: set[str], app: Flask, addresses: dict[str, str], client: FlaskClient
) -> None:
    for address in addresses.values():
        answer(client, path, address)
    assert sorted(mail.to for mail in mailed(app)) == sorted(addresses[who] for who in mailed_to)
