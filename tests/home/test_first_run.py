"""The first run: whoever has the code from the console makes the first admin, steward and space."""

import pytest
from flask import Flask
from flask.testing import FlaskClient

from forum.core.db import db, transaction
from forum.core.errors import Invalid, RuleBroken
from forum.home import first_run
from forum.people.models import Person
from forum.spaces.models import Installation, Membership, Role, Space
from tests.cast import csrf_token
from tests.support.databases import settings_for
from tests.support.server import make_app

GIVEN = {
    "organisation": "Fenbridge Council",
    "name": "Aisha Rahman",
    "email": "aisha@fenbridge.example",
    "password": "seven grey herons",
    "space": "Digital champions",
    "purpose": "",
}


def fresh_code() -> str:
    code = first_run.new_code()
    assert code is not None
    return code


@pytest.mark.usefixtures("context")
def test_the_code_is_made_anew_at_each_start_and_kept_only_as_a_hash() -> None:
    """A14."""
    first, second = fresh_code(), fresh_code()
    assert first != second
    assert not first_run.is_code(first)
    assert first_run.is_code(second.upper().replace("-", " "))
    kept = db.session.get_one(Installation, 1).first_code_hash
    assert kept is not None
    assert second.replace("-", "") not in kept


@pytest.mark.both_databases
@pytest.mark.usefixtures("context")
def test_the_first_visitor_becomes_admin_and_steward_once() -> None:
    """A14."""
    fresh_code()
    with transaction():
        person, space = first_run.start(GIVEN, secret_hash="$argon2id$none")
    assert person.is_admin
    assert db.session.scalars(db.select(Membership.role)).all() == [Role.STEWARD]
    assert space.slug == "digital-champions"
    assert first_run.new_code() is None
    with pytest.raises(RuleBroken), transaction():
        first_run.start(GIVEN | {"email": "second@fenbridge.example"}, secret_hash="$argon2id$none")
    assert db.session.scalar(db.select(db.func.count()).select_from(Person)) == 1


@pytest.mark.usefixtures("context")
def test_a_wrong_code_and_a_weak_password_are_told_together() -> None:
    fresh_code()
    with pytest.raises(Invalid) as problem:
        first_run.check(GIVEN | {"code": "abcd-efgh", "password": "password"})
    assert set(problem.value.errors) == {"code", "password"}


@pytest.mark.usefixtures("context")
def test_a_password_made_of_the_organisation_s_name_is_refused() -> None:
    """A6: it is the one being given on the same page, not yet the installation's."""
    code = fresh_code()
    with pytest.raises(Invalid) as problem:
        first_run.check(GIVEN | {"code": code, "password": "fenbridgecouncil"})
    assert set(problem.value.errors) == {"password"}


def test_the_first_admin_and_their_space_live_in_the_installation_s_zone(database_url: str) -> None:
    """Both were in London, whatever BATON_DEFAULT_ZONE said."""
    for app in make_app(settings_for(database_url, default_zone="Pacific/Auckland")):
        with app.test_request_context():
            with transaction():
                person, space = first_run.start(GIVEN, secret_hash="$argon2id$none")
            assert (person.zone, space.zone) == ("Pacific/Auckland", "Pacific/Auckland")


def test_the_page_takes_the_code_signs_in_and_opens_the_space(client: FlaskClient, app: Flask) -> None:
    """A14: without the code nothing is made; with it the visitor stands in their space."""
    with app.app_context():
        code = fresh_code()
    assert client.get("/").headers["Location"] == "/start"
    token = csrf_token(client)
    wrong = client.post("/start", data=GIVEN | {"csrf_token": token, "code": "nothing"})
    assert wrong.status_code == 422
    assert "Aisha Rahman" in wrong.text
    assert GIVEN["password"] not in wrong.text
    with app.app_context():
        assert db.session.scalar(db.select(Space.id)) is None
    done = client.post("/start", data=GIVEN | {"csrf_token": token, "code": code})
    assert done.status_code == 303
    assert done.headers["Location"] == "/s/digital-champions/"
    assert client.get(done.headers["Location"]).status_code == 200
    assert client.get("/start").status_code == 404
