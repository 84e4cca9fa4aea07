"""Joining with an address of an allowed domain."""

import dataclasses

import pytest
from flask import Flask
from sqlalchemy import select

from forum.config import Settings
from forum.core.db import db, transaction
from forum.people import links, queries
from forum.people.actions import register
from forum.people.models import LinkPurpose, Person
from tests import factories
from tests.cast import Browserless
from tests.people.conftest import AtOnce
from tests.people.mailbox import mailed, newest_token, path_in

ADDRESS = "nell@fenbridge.example"


@pytest.fixture
def settings(settings: Settings, request: pytest.FixtureRequest) -> Settings:
    """Let people of one organisation join, unless the test says that nobody may."""
    closed = request.node.get_closest_marker("usefixtures") and "closed" in request.fixturenames
    return dataclasses.replace(settings, join_domains=() if closed else ("fenbridge.example",))


@pytest.fixture
def closed() -> None:
    """Ask for an installation that people come to by invitation only."""


def ask(app: Flask, client: Browserless) -> str:
    assert client.send("/join", email=ADDRESS).headers["Location"] == "/join/sent"
    return f"/join/{newest_token(app, LinkPurpose.JOIN)}"


@pytest.mark.both_databases
def test_address_link_and_name_make_an_account(app: Flask, visitor: Browserless) -> None:
    with app.app_context():
        libraries = factories.make_department(name="Libraries")
    assert "@fenbridge.example" in visitor.get("/join").text
    path = ask(app, visitor)
    (mail,) = mailed(app)
    assert (mail.to, path_in(mail)) == (ADDRESS, path)
    assert ADDRESS in visitor.get(path).text
    made = visitor.send(path, name=" Nell  Newcomer ", department=libraries.id, password="")
    assert made.status_code == 303, made.text
    assert "Nell Newcomer" in visitor.get("/me/profile").text
    with app.app_context():
        person = db.session.scalars(select(Person)).one()
        assert (person.email, person.department_id, person.handle) == (ADDRESS, libraries.id, "nell.newcomer")
    assert visitor.get(path).status_code == 410


def test_somebody_new_who_asks_to_sign_in_is_led_to_an_account(app: Flask, visitor: Browserless) -> None:
    visitor.send("/sign-in", email=ADDRESS, next="/spaces")
    (mail,) = mailed(app)
    assert path_in(mail).startswith("/join/")
    assert visitor.send(path_in(mail), name="Nell Newcomer", department=0).headers["Location"] == "/spaces"


def test_somebody_with_an_account_who_asks_to_join_is_led_in(app: Flask, visitor: Browserless, priya: Person) -> None:
    visitor.send("/join", email=str(priya.email))
    (mail,) = mailed(app)
    assert path_in(mail).startswith("/sign-in/link/")


@pytest.mark.parametrize(
    "fields, problem",
    [
        ({"name": ""}, "Write your name"),
        ({"name": "x" * 81}, "80 characters or fewer"),
        ({"department": "999"}, "Choose one of the list."),
        ({"department": "libraries"}, "Choose one of the list."),
        ({"department": "9" * 40}, "Choose one of the list."),
        ({"password": "short"}, "8 characters or more"),
        ({"password": "nell2026"}, "too close to your name"),
    ],
)
def test_what_is_wrong_is_said_and_the_rest_is_kept(
    fields: dict[str, str], problem: str, app: Flask, visitor: Browserless
) -> None:
    path = ask(app, visitor)
    given = {"name": "Nell Newcomer", "department": "0", "password": "", **fields}
    refused = visitor.send(path, **given)
    assert refused.status_code == 422
    assert problem in refused.text
    assert given["name"] in refused.text
    assert visitor.send(path, name="Nell Newcomer", department="0").status_code == 303


def test_what_a_body_adds_is_ignored(app: Flask, visitor: Browserless) -> None:
    """A2: nobody makes themselves an admin, or takes another address."""
    path = ask(app, visitor)
    visitor.send(
        path, name="Nell Newcomer", department=0, is_admin="1", email="boss@fenbridge.example", id="1", handle="x"
    )
    with app.app_context():
        person = db.session.scalars(select(Person)).one()
        assert (person.email, person.is_admin, person.handle) == (ADDRESS, False, "nell.newcomer")


def test_an_address_that_got_an_account_meanwhile_is_told_to_sign_in(app: Flask, visitor: Browserless) -> None:
    path = ask(app, visitor)
    with app.app_context(), transaction():
        token = links.ask(LinkPurpose.JOIN, address="other@fenbridge.example")
        register(name="Nell Newcomer", email="other@fenbridge.example")
        token.voided_at = None
    assert visitor.get(path).status_code == 200
    refused = visitor.send(f"/join/{newest_token(app, LinkPurpose.JOIN)}", name="Nell Again", department=0)
    assert refused.status_code == 409
    assert "Sign in with it" in refused.text
    assert "Nell Again" in refused.text


@pytest.mark.both_databases
def test_of_two_presses_at_once_one_makes_the_account(app: Flask, visitor: Browserless, at_once: AtOnce) -> None:
    """A7."""
    path = ask(app, visitor)
    browsers = [app.test_client(), app.test_client()]
    made = at_once(*[lambda b=b: b.send(path, name="Nell Newcomer", department=0).status_code for b in browsers])
    assert sorted(made) == [303, 410]
    with app.app_context():
        assert queries.count_people() == 1


@pytest.mark.usefixtures("closed")
def test_where_nobody_may_join_the_page_says_how_people_come_in(app: Flask, visitor: Browserless) -> None:
    assert "by invitation" in visitor.get("/join").text
    assert visitor.send("/join", email=ADDRESS).status_code == 200
    assert visitor.send("/sign-in", email=ADDRESS).status_code == 303
    assert mailed(app) == []


def test_a_department_is_asked_for_where_there_are_some(app: Flask, visitor: Browserless) -> None:
    """On joining and in the profile: a choice of nothing is no question."""
    path = ask(app, visitor)
    assert 'name="department"' not in visitor.get(path).text
    visitor.send(path, name="Nell Newcomer", password="")
    assert 'name="department"' not in visitor.get("/me/profile").text
    kept = visitor.send("/me/profile", name="Nell Newcomer", about="Bins", zone="Europe/London", language="en")
    assert kept.status_code == 303
    with app.app_context():
        factories.make_department(name="Libraries")
    assert 'name="department"' in visitor.get("/me/profile").text
    other = app.test_client()
    assert isinstance(other, Browserless)
    other.send("/join", email="norbert@fenbridge.example")
    assert 'name="department"' in other.get(f"/join/{newest_token(app, LinkPurpose.JOIN)}").text


@pytest.mark.usefixtures("closed")
@pytest.mark.parametrize(
    "path, words",
    [
        ("/sign-in", "An organiser of a space here can invite you: ask whoever told you of it, or gave you the link."),
        ("/join", "An organiser of the space you want to join can invite you."),
    ],
)
def test_who_has_no_account_is_sent_to_whoever_can_invite(visitor: Browserless, path: str, words: str) -> None:
    """Organisers invite; champions can't."""
    said = visitor.get(path).text
    assert words in said
    assert "champion to invite" not in said
