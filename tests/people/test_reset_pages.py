"""A new password by mail."""

from collections.abc import Callable

import pytest
from flask import Flask
from flask.testing import FlaskClient

from forum.people.models import LinkPurpose
from tests.cast import Browserless, hold_token
from tests.people.conftest import PASSWORD, AtOnce
from tests.people.mailbox import mailed, newest_token, path_in

ADDRESS, NEW = "priya.nair@fenbridge.example", "seven grey herons"
pytestmark = pytest.mark.usefixtures("priya")


def ask(app: Flask, client: Browserless) -> str:
    assert client.send("/reset", email=ADDRESS).headers["Location"] == "/reset/sent"
    return f"/reset/{newest_token(app, LinkPurpose.RESET)}"


def can_enter(client: Browserless, password: str) -> bool:
    client.delete_cookie("baton")
    return client.send("/sign-in/password", email=ADDRESS, password=password).status_code == 303


def test_whoever_forgot_their_password_is_not_told_to_use_it(visitor: Browserless) -> None:
    visitor.send("/reset", email=ADDRESS)
    said = visitor.get("/reset/sent").text
    assert "Use a password" not in said
    assert "Sign in by mail, without a password" in said


@pytest.mark.both_databases
def test_a_new_password_ends_every_session_and_the_old_password(
    app: Flask, visitor: Browserless, new_client: Callable[[], FlaskClient]
) -> None:
    """A7, A8: a copied cookie, too, is dead."""
    visitor.send("/sign-in/password", email=ADDRESS, password=PASSWORD, keep="y")
    with visitor.session_transaction() as session:
        stolen = str(session["_user_id"])
    visitor.delete_cookie("baton")
    path = ask(app, visitor)
    assert "Priya Nair" in visitor.get(path).text
    assert visitor.send(path, password=NEW).headers["Location"] == "/"
    assert visitor.get("/me/profile").status_code == 200, "whoever opened the mail is in"
    thief = new_client()
    hold_token(thief, stolen)
    assert thief.get("/me/profile").status_code == 303
    assert visitor.get(path).status_code == 410
    assert not can_enter(visitor, PASSWORD)
    assert can_enter(visitor, NEW)
    assert mailed(app)[-1].subject.startswith("Your password was changed")


@pytest.mark.parametrize(
    "password, problem",
    [
        ("", "Write a password."),
        ("short", "8 characters or more"),
        ("password123", "first to be tried"),
        ("PriyaNair2026", "too close to your name"),
        ("x" * 257, "256 characters or fewer"),
    ],
)
def test_a_weak_password_is_refused_and_the_link_goes_on_working(
    password: str, problem: str, app: Flask, visitor: Browserless
) -> None:
    """A6."""
    path = ask(app, visitor)
    refused = visitor.send(path, password=password)
    assert refused.status_code == 422
    assert problem in refused.text
    assert not password or f'value="{password}"' not in refused.text
    assert visitor.send(path, password=NEW).status_code == 303


def test_pasting_and_password_managers_are_welcome(app: Flask, visitor: Browserless) -> None:
    """A6."""
    page = visitor.get(ask(app, visitor)).text
    assert 'autocomplete="new-password"' in page
    assert 'autocomplete="username"' in page
    assert "onpaste" not in page
    assert "maxlength" not in page


@pytest.mark.both_databases
def test_of_two_presses_at_once_one_sets_the_password(app: Flask, visitor: Browserless, at_once: AtOnce) -> None:
    """A7."""
    path = ask(app, visitor)
    browsers = [app.test_client(), app.test_client()]
    made = at_once(*[lambda b=b, n=n: b.send(path, password=f"{NEW} {n}").status_code for n, b in enumerate(browsers)])
    assert sorted(made) == [303, 410]


def test_the_link_in_the_mail_is_of_this_site_whatever_the_host_header_says(app: Flask, visitor: Browserless) -> None:
    """A9."""
    visitor.environ_base["HTTP_HOST"] = "evil.example"
    visitor.post("/reset", data={"email": ADDRESS}, headers={"X-Forwarded-Host": "evil.example"})
    ask(app, visitor)
    for mail in mailed(app):
        assert "evil" not in mail.text + mail.html
        assert "http://127.0.0.1:8000/reset/" in mail.text
        assert path_in(mail) in mail.html
