"""One's own settings: profile, devices, password, address."""

from collections.abc import Callable

import pytest
from flask import Flask
from sqlalchemy import select

from forum.core.db import db
from forum.core.mail import Mail
from forum.people import limits
from forum.people.models import LinkPurpose, Person, WebSession
from tests import factories
from tests.cast import Browserless, Cast
from tests.people.conftest import PASSWORD
from tests.people.mailbox import mailed, newest_token, path_in

As = Callable[[Person], Browserless]
NEW, ELSEWHERE = "seven grey herons", "priya@elsewhere.example"
PROFILE = {
    "name": "Priya Nair",
    "department": "0",
    "about": "",
    "working_days": ["0", "1"],
    "zone": "Europe/London",
}


def is_in(client: Browserless) -> bool:
    return client.get("/me/profile").status_code == 200


def newest(app: Flask) -> Mail:
    return mailed(app)[-1]


def reload(app: Flask, person: Person) -> Person:
    with app.app_context():
        return db.session.get_one(Person, person.id)


# --- profile ---------------------------------------------------------------------------------------------------------


@pytest.mark.both_databases
def test_a_profile_is_kept_as_it_was_written(app: Flask, priya: Person, as_person: As) -> None:
    with app.app_context():
        libraries = factories.make_department(name="Libraries")
    client = as_person(priya)
    about = "Accessible PDFs.\r\n\r\n<script>alert(1)</script> {{7*7}} =1+1\x00\x0b"
    given = {**PROFILE, "name": "Priya  O’Nair\t", "department": libraries.id, "about": about, "zone": "Asia/Kolkata"}
    assert client.send("/me/profile", **given).status_code == 303
    now_is = reload(app, priya)
    assert (now_is.name, now_is.handle, now_is.department_id) == ("Priya O’Nair", "priya.nair", libraries.id)
    assert now_is.about == "Accessible PDFs.\n\n<script>alert(1)</script> {{7*7}} =1+1"
    assert [now_is.works_on(day) for day in range(7)] == [True, True, False, False, False, False, False]
    page = client.get("/people/priya.nair").text
    assert "<script>alert" not in page
    assert "{{7*7}}" in page, "text stays text (A12)"
    assert "Monday and Tuesday" in page


@pytest.mark.parametrize(
    "fields, problem",
    [
        ({"name": ""}, "Write your name"),
        ({"name": "   "}, "Write your name"),
        ({"name": "x" * 81}, "80 characters or fewer"),
        ({"department": "999"}, "Choose one of the list."),
        ({"department": "x"}, "Choose one of the list."),
        ({"about": "x" * 601}, "600 characters or fewer"),
        ({"zone": "Mars/Olympus"}, "Choose one of the list."),
        ({"zone": "../../etc/passwd"}, "Choose one of the list."),
    ],
)
def test_what_is_wrong_with_a_profile_is_said_and_the_rest_is_kept(
    fields: dict[str, str], problem: str, priya: Person, as_person: As
) -> None:
    refused = as_person(priya).send("/me/profile", **{**PROFILE, "about": "Herons.", **fields})
    assert refused.status_code == 422
    assert problem in refused.text
    assert fields.get("about", "Herons.") in refused.text


def test_unknown_days_and_what_a_body_adds_are_ignored(app: Flask, priya: Person, as_person: As) -> None:
    """A2."""
    given = {
        **PROFILE,
        "working_days": ["0", "9", "x", "-1"],
        "is_admin": "1",
        "handle": "boss",
        "email": "x@y.example",
    }
    assert as_person(priya).send("/me/profile", **given).status_code == 303
    now_is = reload(app, priya)
    assert (now_is.working_days, now_is.is_admin, now_is.handle) == (1, False, "priya.nair")
    assert now_is.email == "priya.nair@fenbridge.example"


def test_who_is_in_a_closed_department_may_stay_and_nobody_may_enter(
    app: Flask, priya: Person, cast: Cast, as_person: As
) -> None:
    with app.app_context():
        closed = factories.make_department(name="Typing pool")
    as_person(priya).send("/me/profile", **{**PROFILE, "department": closed.id})
    as_person(cast.admin).send(f"/admin/departments/{closed.uuid}/close")
    assert as_person(priya).send("/me/profile", **{**PROFILE, "department": closed.id}).status_code == 303
    assert as_person(cast.champion).send("/me/profile", **{**PROFILE, "department": closed.id}).status_code == 422


def test_a_language_is_only_offered_when_there_is_another(priya: Person, as_person: As) -> None:
    assert 'name="language"' not in as_person(priya).get("/me/profile").text


# --- devices ---------------------------------------------------------------------------------------------------------


@pytest.mark.both_databases
def test_one_sees_ones_own_devices_and_signs_out_any_of_them(app: Flask, priya: Person, as_person: As) -> None:
    """A8."""
    here, phone = as_person(priya), as_person(priya)
    page = here.get("/me/sessions").text
    assert page.count("This browser") == 1
    assert page.count(">Sign out<") == 1 + page.count('action="/sign-out"')
    with app.app_context():
        ids = db.session.scalars(select(WebSession.id).order_by(WebSession.id)).all()
    assert here.send(f"/me/sessions/{ids[1]}/end").status_code == 303
    assert not is_in(phone)
    assert is_in(here)
    assert here.send(f"/me/sessions/{ids[1]}/end").status_code == 404


@pytest.mark.both_databases
def test_nobody_ends_somebody_elses_session(app: Flask, priya: Person, cast: Cast, as_person: As) -> None:
    """A2, A8. Without the person in the UPDATE's condition it ends."""
    theirs = as_person(priya)
    with app.app_context():
        session_id = db.session.scalars(select(WebSession.id)).one()
    assert as_person(cast.champion).send(f"/me/sessions/{session_id}/end").status_code == 404
    assert as_person(cast.champion).send(f"/me/sessions/{2**31}/end").status_code == 404
    assert is_in(theirs)


@pytest.mark.both_databases
def test_sign_out_everywhere_means_here_too(priya: Person, cast: Cast, as_person: As) -> None:
    """A8."""
    here, phone, other = as_person(priya), as_person(priya), as_person(cast.champion)
    answer = here.send("/me/sessions/end-all")
    assert answer.headers["Location"] == "/sign-in"
    assert "all 2 browsers" in here.get("/sign-in").text
    assert (is_in(here), is_in(phone), is_in(other)) == (False, False, True)


# --- password --------------------------------------------------------------------------------------------------------


@pytest.mark.both_databases
def test_a_changed_password_signs_out_the_others_and_is_told(app: Flask, priya: Person, as_person: As) -> None:
    """A7, A8."""
    here, phone = as_person(priya), as_person(priya)
    assert here.send("/me/password", old_password=PASSWORD, password=NEW).status_code == 303
    assert is_in(here)
    assert not is_in(phone)
    assert (newest(app).to, path_in(newest(app))) == ("priya.nair@fenbridge.example", "/reset")
    here.send("/sign-out")
    assert here.send("/sign-in/password", email=str(priya.email), password=NEW).status_code == 303


@pytest.mark.parametrize(
    "fields, problem",
    [
        ({"old_password": "wrong one here"}, "That isn’t your password."),
        ({"old_password": ""}, "Write the password you have now."),
        ({"password": ""}, "Write a new password."),
        ({"password": "password1"}, "first to be tried"),
    ],
)
def test_the_old_password_is_asked_for_and_the_new_one_looked_at(
    fields: dict[str, str], problem: str, priya: Person, as_person: As
) -> None:
    """A6."""
    client = as_person(priya)
    refused = client.send("/me/password", **{"old_password": PASSWORD, "password": NEW, **fields})
    assert refused.status_code == 422
    assert problem in refused.text
    assert PASSWORD not in refused.text
    assert NEW not in refused.text


def test_at_a_machine_left_open_the_password_is_not_guessed_for_ever(priya: Person, as_person: As) -> None:
    """A6."""
    client = as_person(priya)
    for _try in range(limits.OWN_CHECKS):
        assert client.send("/me/password", old_password="wrong", password=NEW).status_code == 422
    held = client.send("/me/password", old_password=PASSWORD, password=NEW)
    assert held.status_code == 429
    assert "Retry-After" in held.headers


def test_who_signs_in_by_mail_sets_a_first_password_without_an_old_one(cast: Cast, as_person: As) -> None:
    client = as_person(cast.champion)
    assert "old_password" not in client.get("/me/password").text
    assert client.send("/me/password", password=NEW).status_code == 303
    assert "old_password" in client.get("/me/password").text
    assert client.send("/me/password", password="another long one").status_code == 422


# --- address ---------------------------------------------------------------------------------------------------------


@pytest.mark.both_databases
def test_an_address_changes_when_its_own_link_is_pressed_and_the_old_one_is_told(
    app: Flask, visitor: Browserless, priya: Person, as_person: As
) -> None:
    """A7."""
    client = as_person(priya)
    assert client.send("/me/address", email=ELSEWHERE, old_password=PASSWORD).status_code == 303
    assert newest(app).to == ELSEWHERE
    path = path_in(newest(app))
    assert ELSEWHERE in visitor.get(path).text
    assert reload(app, priya).email == "priya.nair@fenbridge.example", "opening it changed nothing"
    assert visitor.send(path).status_code == 303
    assert reload(app, priya).email == ELSEWHERE
    assert visitor.send(path).status_code == 410
    told = newest(app)
    assert told.to == "priya.nair@fenbridge.example"
    assert ELSEWHERE in told.text
    assert visitor.send("/sign-in/password", email=ELSEWHERE, password=PASSWORD).status_code == 303


@pytest.mark.both_databases
def test_whoever_lost_an_account_takes_it_back_from_the_old_address(
    app: Flask, visitor: Browserless, priya: Person, as_person: As
) -> None:
    """The thief changed address and password; afterwards neither lets them in."""
    thief = as_person(priya)
    thief.send("/me/address", email="thief@evil.example", old_password=PASSWORD)
    thief.send(path_in(newest(app)))
    undo = path_in(newest(app))
    thief.send("/me/password", old_password=PASSWORD, password=NEW)
    assert "thief@evil.example" in visitor.get(undo).text
    assert reload(app, priya).email == "thief@evil.example", "opening it changed nothing"
    assert visitor.send(undo).headers["Location"] == "/reset"
    assert reload(app, priya).email == "priya.nair@fenbridge.example"
    assert not is_in(thief)
    for address in ("thief@evil.example", "priya.nair@fenbridge.example"):
        assert visitor.send("/sign-in/password", email=address, password=NEW).status_code == 422
    visitor.send("/sign-in", email="priya.nair@fenbridge.example")
    assert visitor.send(path_in(newest(app))).status_code == 303
    assert visitor.send(undo).status_code == 410


def test_the_address_of_another_account_gets_the_same_answer_and_no_mail(
    app: Flask, priya: Person, cast: Cast, as_person: As
) -> None:
    """A6."""
    client = as_person(priya)
    free = client.send("/me/address", email="free@fenbridge.example", old_password=PASSWORD)
    taken = client.send("/me/address", email=str(cast.champion.email).upper(), old_password=PASSWORD)
    assert (free.status_code, free.headers["Location"]) == (taken.status_code, taken.headers["Location"])
    assert [mail.to for mail in mailed(app)] == [], "the newer wish took the place of the older"


def test_an_address_that_got_an_account_meanwhile_is_left_to_it(
    app: Flask, visitor: Browserless, priya: Person, as_person: As
) -> None:
    as_person(priya).send("/me/address", email=ELSEWHERE, old_password=PASSWORD)
    path = path_in(newest(app))
    with app.app_context():
        factories.make_person(name="Dan Whitlock", email=ELSEWHERE)
    refused = visitor.send(path)
    assert refused.status_code == 409
    assert "belongs to another account" in refused.text
    assert reload(app, priya).email == "priya.nair@fenbridge.example"


def test_an_address_is_not_changed_without_the_password(app: Flask, priya: Person, as_person: As) -> None:
    refused = as_person(priya).send("/me/address", email=ELSEWHERE, old_password="wrong one")
    assert refused.status_code == 422
    assert ELSEWHERE in refused.text
    assert mailed(app) == []


def test_links_for_addresses_fit_only_where_they_belong(app: Flask, priya: Person, as_person: As) -> None:
    """A7."""
    client = as_person(priya)
    client.send("/me/address", email=ELSEWHERE, old_password=PASSWORD)
    token = newest_token(app, LinkPurpose.CHANGE_ADDRESS)
    for path in (f"/me/address/undo/{token}", f"/reset/{token}", f"/sign-in/link/{token}", f"/join/{token}"):
        assert client.get(path).status_code == 410
