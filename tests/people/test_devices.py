"""Words for browsers."""

from collections.abc import Callable

import pytest
from flask import Flask
from sqlalchemy import select, update

from forum.core.db import db, transaction
from forum.core.time import now
from forum.mydata import keeping
from forum.people import sessions
from forum.people.devices import device_of
from forum.people.models import Person, WebSession
from forum.people.sessions import LONG_STAY, SEEN_EVERY
from tests.cast import Browserless, Cast

As = Callable[[Person], Browserless]

CHROME = "Mozilla/5.0 ({}) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/131.0.0.0 Safari/537.36"
WINDOWS, MAC = "Windows NT 10.0; Win64; x64", "Macintosh; Intel Mac OS X 10_15_7"


@pytest.mark.parametrize(
    "described, device",
    [
        (CHROME.format(WINDOWS), "Chrome/Windows"),
        (CHROME.format(WINDOWS) + " Edg/131.0.0.0", "Edge/Windows"),
        (CHROME.format(WINDOWS) + " OPR/115.0", "Opera/Windows"),
        (CHROME.format("X11; CrOS x86_64 14541.0.0"), "Chrome/ChromeOS"),
        (CHROME.format("Linux; Android 14; Pixel 8"), "Chrome/Android"),
        ("Mozilla/5.0 (X11; Linux x86_64; rv:133.0) Gecko/20100101 Firefox/133.0", "Firefox/Linux"),
        (f"Mozilla/5.0 ({MAC}) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/17.6 Safari/605.1.15", "Safari/Mac"),
        (
            "Mozilla/5.0 (iPhone; CPU iPhone OS 17_6 like Mac OS X) AppleWebKit/605.1.15 Version/17.6 Safari/604.1",
            "Safari/iPhone",
        ),
        ("", "/"),
        ("curl/8.5 <script>", "/"),
        ("x" * 10_000, "/"),
    ],
)
def test_a_browser_is_known_by_two_words_and_nothing_else_is_kept(described: str, device: str) -> None:
    assert device_of(described) == device


@pytest.mark.both_databases
def test_of_a_session_that_is_over_no_device_is_kept(app: Flask, priya: Person, cast: Cast, as_person: As) -> None:
    """As the page about privacy says: signed out, or run out and a worker looked since."""
    here, phone = as_person(priya), as_person(priya)
    with app.app_context(), transaction():
        rows = db.session.scalars(select(WebSession).order_by(WebSession.id)).all()
        for number, row in enumerate(rows):
            row.device = f"Chrome/{number}"
        phone_id = rows[-1].id
    assert phone.get("/me/sessions").status_code == 200
    here.send(f"/me/sessions/{phone_id}/end")
    with app.app_context():
        assert set(db.session.scalars(select(WebSession.device))) == {"Chrome/0", ""}
        with transaction():
            db.session.execute(update(WebSession).values(created_at=now() - LONG_STAY, expires_at=now() - SEEN_EVERY))
        with app.test_request_context("/"), transaction():
            sessions.begin(db.session.get_one(Person, cast.champion.id), keep=False)
        keeping.run()
        assert db.session.scalars(select(WebSession.person_id)).all() == [cast.champion.id]
