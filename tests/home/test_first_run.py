"""The first run: whoever has the code from the console makes the first admin, steward and space."""

import re

import pytest
from flask import Flask
from flask.testing import FlaskClient

from forum.core.db import db, transaction
from forum.core.errors import Invalid, RuleBroken
from forum.home import first_run
from forum.people.models import Person
from forum.people.queries import open_departments
from forum.spaces.models import Installation, Membership, Role, Space, Visibility
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
    "visibility": "private",
    "departments": "",
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
    page = client.get(done.headers["Location"])
    assert page.status_code == 200
    assert "It is private: only members know that it exists." in page.text
    assert 'href="/s/digital-champions/settings#visibility-0"' in page.text
    assert client.get("/start").status_code == 404


@pytest.mark.parametrize(
    "chosen, kept", [("open", Visibility.OPEN), ("by request", Visibility.BY_REQUEST), (None, Visibility.PRIVATE)]
)
def test_who_sees_the_first_space_is_asked_with_private_chosen(
    client: FlaskClient, app: Flask, chosen: str | None, kept: Visibility
) -> None:
    with app.app_context():
        given = GIVEN | {"code": fresh_code()}
    shown = client.get("/start").text
    assert "Who can see it" in shown
    assert "Only members can find it." in shown
    assert re.findall(r'<input[^>]* checked [^>]*value="([a-z ]+)"', shown) == ["private"]
    given = {name: value for name, value in given.items() if name != "visibility"}
    if chosen:
        given["visibility"] = chosen
    client.post("/start", data=given | {"csrf_token": csrf_token(client)})
    with app.app_context():
        assert db.session.scalars(db.select(Space.visibility)).one() is kept


def test_a_visibility_that_is_none_is_refused_with_everything_typed_kept(client: FlaskClient, app: Flask) -> None:
    with app.app_context():
        given = GIVEN | {"code": fresh_code(), "visibility": "secret"}
    answer = client.post("/start", data=given | {"csrf_token": csrf_token(client)})
    assert answer.status_code == 422
    assert "Choose one of the list." in answer.text
    assert "Fenbridge Council" in answer.text


def test_departments_can_be_named_at_once(client: FlaskClient, app: Flask) -> None:
    with app.app_context():
        given = GIVEN | {"code": fresh_code()}
    token = csrf_token(client)
    long = given | {"csrf_token": token, "departments": "Libraries\n" + "x" * 81}
    wrong = client.post("/start", data=long)
    assert wrong.status_code == 422
    assert "is too long: use 80 characters or fewer." in wrong.text
    assert "Libraries\n" + "x" * 81 in wrong.text
    client.post("/start", data=given | {"csrf_token": token, "departments": "Libraries\r\nHousing\nLIBRARIES\n\n"})
    with app.app_context():
        assert [department.name for department in open_departments()] == ["Libraries", "Housing"]
    assert "Name your departments" not in client.get("/s/digital-champions/").text
