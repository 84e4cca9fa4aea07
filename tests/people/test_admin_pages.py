"""Looking after the installation."""

import time
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
    assert admin.send("/admin/departments", names="Housing\r\nParks").status_code == 303
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


@pytest.mark.both_databases
def test_several_are_added_at_once_and_what_is_there_stays_as_it_is(app: Flask, cast: Cast, as_person: As) -> None:
    """One on each line, each once, capitals and white space aside; pressed twice it adds nothing twice."""
    admin, typed = as_person(cast.admin), " Parks \n\nHOUSING\nlibraries\nHousing\nparks\nAdult  care"
    for said in (
        "Added: Parks, HOUSING and Adult care. libraries was in the list already.",
        "In the list already: Parks",
    ):
        assert admin.send("/admin/departments", names=typed).status_code == 303
        assert said in admin.get("/admin/departments").text
        assert order(app) == ["Libraries", "Parks", "HOUSING", "Adult care"]
    with app.app_context():
        told = db.session.scalars(select(LogEntry).where(LogEntry.verb == "added department")).all()
        assert [entry.details["name"] for entry in told] == ["Parks", "HOUSING", "Adult care"]


@pytest.mark.parametrize(
    "names, problem",
    [
        ("", "Write at least one name."),
        (" \x00 \n ", "Write at least one name."),
        ("Parks\n" + "x" * 81, "“xxxxxxxxxxxxxxxxxxxxxxxxxxxxxx…” is too long: use 80 characters or fewer."),
        ("\n".join(f"Team {number}" for number in range(101)), "These are 101. Add 100 at once, then the others."),
    ],
)
def test_names_that_will_not_do_come_back_with_the_reason(
    names: str, problem: str, app: Flask, cast: Cast, as_person: As
) -> None:
    refused = as_person(cast.admin).send("/admin/departments", names=names)
    assert refused.status_code == 422
    assert problem in refused.text
    assert names.strip("\x00 \n") in refused.text
    assert order(app) == ["Libraries"]


def test_a_department_is_not_given_the_name_of_another(app: Flask, cast: Cast, as_person: As) -> None:
    with app.app_context():
        parks = factories.make_department(name="Parks")
    refused = as_person(cast.admin).send(f"/admin/departments/{parks.uuid}", name="LIBRARIES ")
    assert refused.status_code == 422
    assert "already a department" in refused.text


@pytest.mark.both_databases
@pytest.mark.usefixtures("context")
def test_the_same_departments_added_at_once_are_there_once(
    app: Flask, cast: Cast, at_once: AtOnce, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The admins' rows are held: without that, on PostgreSQL, two spellings of one name are both added, or one is an error."""
    last = departments._last_position

    def slowly() -> int:
        time.sleep(0.2)
        return last()

    monkeypatch.setattr(departments, "_last_position", slowly)

    def add(*names: str) -> Callable[[], object]:
        def added() -> object:
            with transaction():
                return [department.name for department in departments.add_departments(cast.admin, names=names)]

        return added

    made = at_once(add("Parks", "Housing"), add("HOUSING", "PARKS"), add("parks", "housing"))
    assert sorted(map(len, made)) == [0, 0, 2]
    assert sorted(name.casefold() for name in order(app)) == ["housing", "libraries", "parks"]


@pytest.mark.usefixtures("context")
def test_who_is_no_admin_any_more_adds_and_renames_nothing(cast: Cast) -> None:
    """A1: looked at again under the lock."""
    with transaction(), pytest.raises(Missing):
        departments.add_departments(cast.steward, names=["Parks"])
    with transaction(), pytest.raises(Missing):
        departments.rename_department(cast.steward, department=cast.libraries, name="Reading")


def test_a_banner_names_as_many_as_it_can_carry(app: Flask, cast: Cast, as_person: As) -> None:
    admin = as_person(cast.admin)
    names = [f"{number:02} " + "n" * 76 for number in range(20)]
    admin.send("/admin/departments", names="\n".join(names))
    said = admin.get("/admin/departments").text
    assert f"{names[2]} and 17 more." in said


def test_a_department_that_is_not_there_is_a_404(cast: Cast, as_person: As) -> None:
    admin = as_person(cast.admin)
    for key in ("00000000-0000-0000-0000-000000000000", "x", "1"):
        assert admin.get(f"/admin/departments/{key}").status_code == 404
        assert admin.send(f"/admin/departments/{key}/close").status_code == 404
