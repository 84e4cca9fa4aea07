"""Coming in and going out, page by page."""

from collections.abc import Callable
from datetime import timedelta

import pytest
import time_machine
from argon2 import PasswordHasher
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from forum.core.db import db, transaction
from forum.core.time import now
from forum.people import passwords
from forum.people.actions import secrets, standing
from forum.people.models import Identity, LinkPurpose, Person, WebSession
from forum.people.queries import identity_of
from tests.cast import Browserless, Cast, hold_token
from tests.people.conftest import PASSWORD
from tests.people.mailbox import mailed, newest_token, path_in

ADDRESS = "priya.nair@fenbridge.example"
pytestmark = pytest.mark.usefixtures("priya")


def enter(client: Browserless, **fields: object) -> str:
    answer = client.send("/sign-in/password", **{"email": ADDRESS, "password": PASSWORD, **fields})
    assert answer.status_code == 303, answer.text
    return str(answer.headers["Location"])


def is_in(client: FlaskClient) -> bool:
    return client.get("/me/profile").status_code == 200


def cookie_token(client: FlaskClient) -> str:
    with client.session_transaction() as session:
        return str(session["_user_id"])


# --- by link ---------------------------------------------------------------------------------------------------------


@pytest.mark.both_databases
def test_a_mailed_link_signs_in_when_its_button_is_pressed(app: Flask, visitor: Browserless) -> None:
    asked = visitor.send("/sign-in", email=f" {ADDRESS.upper()} ", keep="y", next="/people/priya.nair")
    assert asked.headers["Location"] == "/sign-in/sent"
    (mail,) = mailed(app)
    assert mail.to == ADDRESS
    page = visitor.get(path_in(mail))
    assert page.status_code == 200
    assert "Priya Nair" in page.text
    assert not is_in(visitor), "opening the link did nothing: programmes that check mail open links"
    pressed = visitor.send(path_in(mail), keep="y")
    assert pressed.headers["Location"] == "/people/priya.nair"
    assert is_in(visitor)


def test_a_used_an_unknown_and_an_old_link_get_the_same_answer(
    app: Flask, visitor: Browserless, new_client: Callable[[], FlaskClient]
) -> None:
    """A7."""
    visitor.send("/sign-in", email=ADDRESS)
    used = newest_token(app, LinkPurpose.SIGN_IN)
    assert visitor.send(f"/sign-in/link/{used}").status_code == 303
    answers = [new_client().get(f"/sign-in/link/{token}") for token in (used, "unknown", "x" * 3000)]
    assert {answer.status_code for answer in answers} == {410}
    assert "Get another link" in answers[0].text


def test_a_link_that_was_used_stops_the_others_that_were_asked_for(app: Flask, visitor: Browserless) -> None:
    visitor.send("/sign-in", email=ADDRESS)
    first = newest_token(app, LinkPurpose.SIGN_IN)
    visitor.send("/sign-in", email=ADDRESS)
    visitor.send(f"/sign-in/link/{newest_token(app, LinkPurpose.SIGN_IN)}")
    assert visitor.get(f"/sign-in/link/{first}").status_code == 410


def test_whoever_prefers_a_password_types_the_address_once(visitor: Browserless) -> None:
    turned = visitor.send("/sign-in", email=ADDRESS, way="password", next="/spaces")
    assert turned.headers["Location"] == "/sign-in/password"
    page = visitor.get("/sign-in/password").text
    assert f'value="{ADDRESS}"' in page
    assert 'value="/spaces"' in page


# --- by password -----------------------------------------------------------------------------------------------------


@pytest.mark.both_databases
def test_a_password_signs_in_and_leads_on(visitor: Browserless) -> None:
    assert enter(visitor, next="/people/priya.nair?a=1") == "/people/priya.nair?a=1"
    assert is_in(visitor)
    assert visitor.get("/sign-in?next=/spaces").headers["Location"] == "/spaces", "who is in needs no door"


@pytest.mark.parametrize(
    "evil", [r"/\evil.example", "///evil.example", "//evil.example", "https://evil.example", "/\t/evil.example", "evil"]
)
def test_no_next_leads_off_the_site(evil: str, app: Flask, visitor: Browserless) -> None:
    """A9: by password, by link, and for somebody who is in."""
    visitor.send("/sign-in", email=ADDRESS, next=evil)
    token = newest_token(app, LinkPurpose.SIGN_IN)
    assert visitor.send(f"/sign-in/link/{token}").headers["Location"] == "/"
    assert visitor.get("/sign-in", query_string={"next": evil}).headers["Location"] == "/"
    assert visitor.get("/sign-in/password", query_string={"next": evil}).headers["Location"] == "/"
    visitor.send("/sign-out")
    assert enter(visitor, next=evil) == "/"


@pytest.mark.parametrize(
    "fields, problem",
    [
        ({"email": ""}, "Write your e-mail address."),
        ({"email": "priya"}, "Write the whole address"),
        ({"email": "p" * 300 + "@fenbridge.example"}, "254 characters at the most"),
        ({"password": ""}, "Write your password."),
        ({"password": "not-the-one"}, "isn’t right"),
        ({"password": "x" * 5000}, "isn’t right"),
        ({"password": "lamp\x00otter"}, "isn’t right"),
        ({"email": "nobody@fenbridge.example"}, "isn’t right"),
    ],
)
def test_what_is_wrong_is_said_and_what_was_typed_is_kept_but_the_password(
    fields: dict[str, str], problem: str, visitor: Browserless
) -> None:
    given = {"email": ADDRESS, "password": PASSWORD, "keep": "y", "next": "/spaces", **fields}
    answer = visitor.send("/sign-in/password", **given)
    assert answer.status_code == 422
    assert problem in answer.text
    assert 'role="alert"' in answer.text
    assert given["email"] in answer.text
    assert "checked" in answer.text
    assert 'value="/spaces"' in answer.text
    assert not given["password"] or given["password"] not in answer.text
    assert not is_in(visitor)


@pytest.mark.both_databases
def test_the_session_is_a_new_one_at_each_sign_in(app: Flask, visitor: Browserless) -> None:
    """A8: what a browser held before, planted by somebody or left by somebody, is worth nothing afterwards."""
    with visitor.session_transaction() as session:
        session["planted"] = "by somebody"
    enter(visitor)
    first = cookie_token(visitor)
    with visitor.session_transaction() as session:
        assert "planted" not in session
    visitor.send("/sign-out")
    enter(visitor)
    assert cookie_token(visitor) != first
    with app.app_context():
        assert first not in repr([row.token_hash for row in db.session.scalars(select(WebSession))])


@pytest.mark.both_databases
def test_signing_out_kills_copies_of_the_cookie(visitor: Browserless, new_client: Callable[[], FlaskClient]) -> None:
    """A8."""
    enter(visitor)
    thief = new_client()
    hold_token(thief, cookie_token(visitor))
    assert is_in(thief)
    assert visitor.send("/sign-out").headers["Location"] == "/sign-in"
    assert not is_in(visitor)
    assert not is_in(thief)


def test_a_kept_session_lasts_sixty_days_and_another_twelve_hours(visitor: Browserless) -> None:
    """A8."""
    start = now()
    with time_machine.travel(start, tick=False) as clock:
        enter(visitor)
        clock.move_to(start + timedelta(hours=11))
        assert is_in(visitor)
        clock.move_to(start + timedelta(hours=13))
        assert not is_in(visitor)
        enter(visitor, keep="y")
        clock.shift(timedelta(days=59))
        assert is_in(visitor)
        clock.shift(timedelta(days=2))
        assert not is_in(visitor)


def test_the_cookie_is_out_of_reach_of_scripts_and_other_sites(visitor: Browserless) -> None:
    answer = visitor.send("/sign-in/password", email=ADDRESS, password=PASSWORD, keep="y")
    (cookie,) = [value for name, value in answer.headers if name == "Set-Cookie"]
    assert "HttpOnly" in cookie
    assert "SameSite=Lax" in cookie
    assert answer.headers["Cache-Control"] == "no-store"


@pytest.mark.both_databases
def test_when_a_session_was_used_is_noted_every_five_minutes_at_most(app: Flask, visitor: Browserless) -> None:
    start = now()

    def noted() -> timedelta:
        with app.app_context():
            return db.session.scalars(select(WebSession.last_seen_at)).one() - start

    with time_machine.travel(start, tick=False) as clock:
        start = now()
        enter(visitor)
        clock.shift(timedelta(minutes=4))
        assert is_in(visitor)
        assert noted() == timedelta(0)
        clock.shift(timedelta(minutes=2))
        assert is_in(visitor)
        assert noted() == timedelta(minutes=6)


# --- between checking the password and letting in ----------------------------------------------------------------------


@pytest.mark.both_databases
@pytest.mark.usefixtures("context")
def test_who_was_suspended_or_changed_the_password_meanwhile_is_not_let_in(priya: Person, cast: Cast) -> None:
    """A8: hashing takes a while, and outside of the transaction."""
    identity = identity_of(priya)
    assert identity is not None
    seen = str(identity.secret_hash)
    with transaction():
        assert secrets.proved(identity, seen=seen) == db.session.get(Person, priya.id)
    with transaction():
        secrets.set_password(priya, secret_hash=passwords.hash_password("another long one"))
    with transaction():
        assert secrets.proved(identity, seen=seen) is None
    seen = str(identity.secret_hash)
    with transaction():
        standing.suspend(cast.admin, person=priya)
    with transaction():
        assert secrets.proved(identity, seen=seen) is None


def test_an_old_hash_is_made_anew_at_sign_in(app: Flask, visitor: Browserless, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(passwords, "hasher", PasswordHasher(time_cost=2, memory_cost=16, parallelism=1))
    enter(visitor)
    with app.app_context():
        stored = db.session.scalars(select(Identity.secret_hash).where(Identity.subject == ADDRESS)).one()
    assert stored is not None
    assert "m=16,t=2" in stored
    visitor.send("/sign-out")
    enter(visitor)
