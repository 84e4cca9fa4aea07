"""The cast: people with fixed relations, whom every test of a right knows.

In "Champions" (open): a steward, an organiser, two champions (Carla asks, Colin answers), a reader and a former member. In "Night
desk" (private): the insider, alone. The outsider belongs to no space; the admin looks after the installation and belongs to none;
the suspended one was a champion.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from itsdangerous import URLSafeTimedSerializer
from werkzeug.test import TestResponse

from forum.core.db import transaction
from forum.core.secrets import new_token
from forum.core.time import now
from forum.people.models import Department, Person, PersonState
from forum.spaces.installation import installation, organisation_name
from forum.spaces.models import Role, Space, Visibility
from tests import factories

CSRF = "a token of the tests"


@dataclass(frozen=True, kw_only=True)
class Cast:
    """Everybody, and the two spaces."""

    champions: Space
    night_desk: Space
    libraries: Department
    steward: Person
    organiser: Person
    champion: Person
    colleague: Person
    reader: Person
    former: Person
    suspended: Person
    insider: Person
    outsider: Person
    admin: Person


def make_cast() -> Cast:
    """Make the cast in the current app's database."""
    with transaction():  # one, because most tests begin with this
        installation().organisation = "Fenbridge Council"
        cast = _everybody()
    organisation_name()  # asked once, so that no test counts it
    return cast


def _everybody() -> Cast:
    libraries = factories.make_department(name="Libraries")
    champions = factories.make_space(name="Champions", purpose="Helping each other work well online.")
    night_desk = factories.make_space(name="Night desk", visibility=Visibility.PRIVATE)
    cast = Cast(
        champions=champions,
        night_desk=night_desk,
        libraries=libraries,
        steward=factories.make_person(name="Stella Steward", department=libraries),
        organiser=factories.make_person(name="Oscar Organiser"),
        champion=factories.make_person(name="Carla Champion", department=libraries),
        colleague=factories.make_person(name="Colin Colleague"),
        reader=factories.make_person(name="Rita Reader"),
        former=factories.make_person(name="Felix Former"),
        suspended=factories.make_person(name="Susan Suspended", state=PersonState.SUSPENDED),
        insider=factories.make_person(name="Ingrid Insider"),
        outsider=factories.make_person(name="Otto Outsider"),
        admin=factories.make_person(name="Ada Admin", is_admin=True),
    )
    factories.make_membership(champions, cast.steward, role=Role.STEWARD)
    factories.make_membership(champions, cast.organiser, role=Role.ORGANISER)
    factories.make_membership(champions, cast.champion)
    factories.make_membership(champions, cast.colleague)
    factories.make_membership(champions, cast.reader, role=Role.READER)
    factories.make_membership(champions, cast.former, ended_at=now() - timedelta(days=1))
    factories.make_membership(champions, cast.suspended)
    factories.make_membership(night_desk, cast.insider, role=Role.STEWARD)
    return cast


@pytest.fixture
def context(app: Flask) -> Iterator[None]:
    """Run the test inside an app context, for tests that call actions and queries."""
    with app.test_request_context("/"):
        yield


@pytest.fixture
def cast(app: Flask) -> Cast:
    """Give the cast, on this test's database."""
    with app.app_context():
        return make_cast()


class Browserless(FlaskClient):
    """A client that posts as forms do: with the token against forged requests."""

    token: str | None = None

    def send(self, path: str, **fields: object) -> TestResponse:
        """Post a form with its token."""
        return self.post(path, data={"csrf_token": self.token or csrf_token(self), **fields})


def csrf_token(client: FlaskClient) -> str:
    """Return a token that the app takes from this client."""
    with client.session_transaction() as session:
        session["csrf_token"] = CSRF
    return form_token(client.application)


def form_token(app: Flask) -> str:
    """Return the token of forms that goes with a session in which `CSRF` stands."""
    return str(URLSafeTimedSerializer(app.config["SECRET_KEY"], salt="wtf-csrf-token").dumps(CSRF))


def sign_in(client: FlaskClient, person: Person) -> None:
    """Sign `person` in on `client` without the pages and the slow hashing."""
    token = new_token()
    with client.application.app_context():
        factories.make_web_session(person, token=token)
    hold_token(client, token)


def hold_token(client: FlaskClient, token: str) -> None:
    """Let the client's browser hold the cookie of a session."""
    with client.session_transaction() as session:
        session["_user_id"] = token
        session["_fresh"] = True


@pytest.fixture
def as_person(app: Flask) -> Callable[[Person], Browserless]:
    """Give a maker of clients that are signed in: `as_person(cast.champion).get("/s/champions/")`."""
    app.test_client_class = Browserless

    def make(person: Person) -> Browserless:
        client = app.test_client()
        assert isinstance(client, Browserless)
        sign_in(client, person)
        return client

    return make
