"""Looking after the installation."""

from collections.abc import Callable

import pytest
from flask import Flask
from sqlalchemy import select

from forum.core.db import db, transaction
from forum.core.errors import Missing
from forum.people import queries, sessions
from forum.people.actions import departments, make_admin, standing
from forum.people.models import Department, Person, PersonState
from forum.people.queries import PEOPLE_PER_PAGE
from forum.spaces.models import LogAudience, LogEntry
from tests import factories
from tests.cast import Browserless, Cast
from tests.people.conftest import AtOnce

As = Callable[[Person], Browserless]


def reload(app: Flask, person: Person) -> Person:
    with app.app_context():
        return db.session.get_one(Person, person.id)


# --- people ----------------------------------------------------------------------------------------------------------


@pytest.mark.both_databases
def test_suspending_ends_a_session_at_once_and_restoring_lets_in_again(app: Flask, cast: Cast, as_person: As) -> None:
    """A8."""
    admin, client = as_person(cast.admin), as_person(cast.champion)
    assert client.get("/me/profile").status_code == 200
    page = admin.send("/admin/people/carla.champion/suspend", reason="Lost her phone")
    assert page.headers["Location"] == "/admin/people/carla.champion"
    assert client.get("/me/profile").status_code == 303
    assert "Suspended" in admin.get("/admin/people/carla.champion").text
    assert admin.send("/admin/people/carla.champion/restore").status_code == 303
    assert client.get("/me/profile").status_code == 303, "a session that was ended stays ended"
    assert as_person(cast.champion).get("/me/profile").status_code == 200
    with app.app_context():
        lines = db.session.scalars(select(LogEntry).where(LogEntry.person_id == cast.champion.id)).all()
        told = [(line.verb, line.actor_id, line.reason, line.audience) for line in lines]
    log = admin.get("/admin/log").text
    assert "<b>Ada Admin</b> suspended the account of <b>Carla Champion</b>. Reason: Lost her phone" in log
    assert told == [
        ("suspended account", cast.admin.id, "Lost her phone", LogAudience.ADMINS),
        ("restored account", cast.admin.id, "", LogAudience.ADMINS),
    ]


@pytest.mark.usefixtures("context")
def test_even_a_session_that_was_not_ended_is_worth_nothing_while_suspended(cast: Cast) -> None:
    """A8: the account's state is asked at each request. Without it in the query the token works."""
    factories.make_web_session(cast.suspended, token="a token of the suspended")
    assert sessions.load("a token of the suspended") is None


def test_an_admin_suspends_neither_themselves_nor_the_last_admin(app: Flask, cast: Cast, as_person: As) -> None:
    refused = as_person(cast.admin).send("/admin/people/ada.admin/suspend")
    assert refused.status_code == 409
    assert reload(app, cast.admin).state == PersonState.ACTIVE


@pytest.mark.both_databases
def test_admins_are_made_and_unmade_but_one_is_left(app: Flask, cast: Cast, as_person: As) -> None:
    first = as_person(cast.admin)
    refused = first.send("/admin/people/ada.admin/take-admin")
    assert refused.status_code == 409
    assert "only admin" in refused.text
    assert first.send("/admin/people/carla.champion/make-admin").status_code == 303
    second = as_person(cast.champion)
    assert second.get("/admin").status_code == 200
    assert first.send("/admin/people/ada.admin/take-admin").headers["Location"] == "/"
    assert first.get("/admin").status_code == 404
    assert second.send("/admin/people/ada.admin/suspend").status_code == 303
    assert second.send("/admin/people/ada.admin/make-admin").status_code == 409, "restore first"


@pytest.mark.both_databases
@pytest.mark.usefixtures("context")
@pytest.mark.parametrize("what", [standing.take_admin, standing.suspend])
def test_two_admins_who_unmake_each_other_at_once_leave_one(
    what: Callable[..., None], cast: Cast, at_once: AtOnce
) -> None:
    """Without holding the admins' rows both succeed on PostgreSQL."""
    with transaction():
        make_admin(cast.champion, actor=cast.admin)

    def unmake(actor: Person, person: Person) -> str:
        with transaction():
            what(db.session.get_one(Person, actor.id), person=db.session.get_one(Person, person.id))
        return "done"

    made = at_once(lambda: unmake(cast.admin, cast.champion), lambda: unmake(cast.champion, cast.admin))
    assert sorted(isinstance(one, Missing) for one in made) == [False, True], made
    left = db.session.scalars(select(Person).where(Person.is_admin, Person.state == PersonState.ACTIVE)).all()
    assert len(left) == 1


def test_people_are_found_by_name_accents_aside_and_by_address(app: Flask, cast: Cast, as_person: As) -> None:
    with app.app_context():
        factories.make_person(name="Siân Ŵyn-Llŷr", email="sian@cyngor.example")
        factories.make_person(name="Percy 100% Cent", email="percy@example.org")
    admin = as_person(cast.admin)

    def found(search: str) -> list[str]:
        page = admin.get("/admin/people", query_string={"q": search}).text
        return [name for name in ("Siân Ŵyn-Llŷr", "Percy 100% Cent", "Carla Champion") if name in page]

    assert found("sian") == ["Siân Ŵyn-Llŷr"]
    assert found("ŵyn") == ["Siân Ŵyn-Llŷr"]
    assert found("CYNGOR") == ["Siân Ŵyn-Llŷr"]
    assert found("0%") == ["Percy 100% Cent"]
    assert found("%") == ["Percy 100% Cent"]
    assert found("_") == []
    assert found("carla champ") == ["Carla Champion"]
    assert found("") == ["Siân Ŵyn-Llŷr", "Percy 100% Cent", "Carla Champion"]
    assert "Nobody by that name" in admin.get("/admin/people?q=zzz").text
    assert "<b>" not in admin.get("/admin/people?q=<b>zzz").text.split("<main")[1].split("accounts fit")[0]


@pytest.mark.both_databases
def test_the_list_comes_in_pages_that_cost_the_same_however_long_it_is(app: Flask, cast: Cast, as_person: As) -> None:
    with app.app_context():
        for number in range(PEOPLE_PER_PAGE):
            factories.make_person(name=f"Zoe Number {number:02}")
    admin = as_person(cast.admin)
    first, second, past = (admin.get(f"/admin/people?page={page}").text for page in (1, 2, 99))
    assert "Ada Admin" in first
    assert "Zoe Number 49" not in first
    assert "Zoe Number 49" in second
    assert "Zoe Number 49" in past
    for wrong in ("-1", "0", "x", "9" * 30):
        assert admin.get(f"/admin/people?page={wrong}").status_code == 200


def test_nothing_here_tells_of_private_spaces(cast: Cast, as_person: As) -> None:
    """A3."""
    admin = as_person(cast.admin)
    for path in ("/admin", "/admin/people", "/admin/people/ingrid.insider", "/admin/departments"):
        assert "Night desk" not in admin.get(path).text


def test_to_everybody_else_there_is_no_such_place(cast: Cast, as_person: As) -> None:
    """A1: 404, and nothing changes."""
    steward = as_person(cast.steward)
    for path in ("/admin", "/admin/people", "/admin/people/carla.champion", "/admin/departments"):
        assert steward.get(path).status_code == 404
    for act in ("suspend", "restore", "make-admin", "take-admin"):
        assert steward.send(f"/admin/people/stella.steward/{act}").status_code == 404


# --- departments -----------------------------------------------------------------------------------------------------


def order(app: Flask) -> list[str]:
    with app.app_context():
        return [department.name for department in queries.open_departments()]


@pytest.mark.both_databases
def test_departments_are_added_renamed_moved_closed_and_opened(app: Flask, cast: Cast, as_person: As) -> None:
    admin = as_person(cast.admin)
    for name in ("Housing", "Parks"):
        assert admin.send("/admin/departments", name=name).status_code == 303
    assert order(app) == ["Libraries", "Housing", "Parks"]
    with app.app_context():
        key = {department.name: department.uuid for department in db.session.scalars(select(Department))}
    admin.send(f"/admin/departments/{key['Parks']}/up")
    assert order(app) == ["Libraries", "Parks", "Housing"]
    admin.send(f"/admin/departments/{key['Libraries']}/up")
    admin.send(f"/admin/departments/{key['Housing']}/down")
    assert order(app) == ["Libraries", "Parks", "Housing"]
    admin.send(f"/admin/departments/{key['Parks']}", name="Parks and open spaces")
    admin.send(f"/admin/departments/{key['Libraries']}/close")
    assert order(app) == ["Parks and open spaces", "Housing"]
    assert "2 people" in admin.get("/admin/departments").text, "who is in a closed one stays in it"
    admin.send(f"/admin/departments/{key['Libraries']}/open")
    assert order(app) == ["Parks and open spaces", "Housing", "Libraries"]


@pytest.mark.parametrize(
    "name, problem",
    [
        ("", "Write a name."),
        (" \x00 ", "Write a name."),
        ("libraries", "already a department"),
        ("LIBRARIES ", "already a department"),
        ("x" * 81, "80 characters or fewer"),
    ],
)
def test_a_department_has_a_name_of_its_own(name: str, problem: str, cast: Cast, as_person: As) -> None:
    refused = as_person(cast.admin).send("/admin/departments", name=name)
    assert refused.status_code == 422
    assert problem in refused.text


@pytest.mark.both_databases
@pytest.mark.usefixtures("context")
def test_the_same_department_added_twice_at_once_is_one(cast: Cast, at_once: AtOnce) -> None:
    """The constraint decides."""

    def add() -> str:
        with transaction():
            return departments.add_department(cast.admin, name="Parks").name

    made = at_once(add, add, add)
    assert sorted(str(one) if isinstance(one, str) else type(one).__name__ for one in made) == [
        "Invalid",
        "Invalid",
        "Parks",
    ]


def test_a_department_that_is_not_there_is_a_404(cast: Cast, as_person: As) -> None:
    admin = as_person(cast.admin)
    for key in ("00000000-0000-0000-0000-000000000000", "x", "1"):
        assert admin.get(f"/admin/departments/{key}").status_code == 404
        assert admin.send(f"/admin/departments/{key}/close").status_code == 404
