"""What admins see and do: spaces without a steward get one, and nothing else of a space is theirs to know (A4)."""

from collections.abc import Callable
from time import monotonic

import pytest
from flask import Flask
from sqlalchemy import select

from forum.core.db import db, transaction
from forum.core.errors import Denied, Missing, RuleBroken
from forum.people import neighbours
from forum.people.models import Person, PersonState
from forum.spaces import actions, installation
from forum.spaces.installation import organisation_name, rename_organisation
from forum.spaces.models import Installation, LogEntry, Role, Space
from forum.spaces.queries import membership_of, stewards_of
from tests import factories
from tests.cast import Browserless, Cast

AsPerson = Callable[[Person], Browserless]
inside = pytest.mark.usefixtures("context")


def vacate(cast: Cast) -> None:
    with transaction():
        db.session.get_one(Person, cast.insider.id).state = PersonState.CLOSED


@inside
@pytest.mark.both_databases
def test_an_admin_appoints_a_steward_where_there_is_none_and_still_cannot_read(cast: Cast) -> None:
    """A4: appointing is no key."""
    vacate(cast)
    with transaction():
        actions.appoint(cast.admin, cast.night_desk, cast.outsider, reason="Ingrid has left.")
    assert [person.name for person in stewards_of(cast.night_desk.id)] == ["Otto Outsider"]
    assert membership_of(cast.night_desk, cast.admin) is None
    entry = db.session.scalars(select(LogEntry)).one()
    assert (entry.verb, entry.reason, entry.space_id) == ("appointed steward", "Ingrid has left.", cast.night_desk.id)


@inside
@pytest.mark.both_databases
def test_a_member_who_is_appointed_keeps_their_membership(cast: Cast) -> None:
    vacate(cast)
    before = factories.make_membership(cast.night_desk, cast.reader, role=Role.READER)
    with transaction():
        assert actions.appoint(cast.admin, cast.night_desk, cast.reader).id == before.id


@inside
@pytest.mark.both_databases
def test_a_space_with_a_steward_gets_none_from_an_admin(cast: Cast) -> None:
    """A4: only stewards make stewards."""
    with transaction(), pytest.raises(RuleBroken):
        actions.appoint(cast.admin, cast.night_desk, cast.outsider)


@inside
@pytest.mark.both_databases
def test_nobody_appoints_themselves_and_nobody_else_appoints(cast: Cast) -> None:
    """A4: nobody raises their own role, not even in a space that they belong to."""
    vacate(cast)
    factories.make_membership(cast.night_desk, cast.admin, role=Role.READER)
    with transaction(), pytest.raises(Denied):
        actions.appoint(cast.admin, cast.night_desk, cast.admin)
    with transaction(), pytest.raises(Missing):
        actions.appoint(cast.steward, cast.night_desk, cast.outsider)
    with transaction(), pytest.raises(RuleBroken):
        actions.appoint(cast.admin, cast.night_desk, cast.suspended)


def test_the_list_says_names_stewards_and_numbers_and_no_content(cast: Cast, as_person: AsPerson) -> None:
    """A4: not even the purpose of a private space."""
    client = as_person(cast.admin)
    with client.application.app_context():
        with transaction():
            db.session.get_one(Space, cast.night_desk.id).purpose = "Awake quokka."
        factories.make_thread(cast.night_desk, author=cast.insider, title="Lights quokka")
    page = client.get("/admin/spaces").text
    for shown in ("Night desk", "Ingrid Insider", "Champions", "Stella Steward", "Private"):
        assert shown in page
    assert "quokka" not in page
    assert "quokka" not in client.get("/admin/spaces/night-desk").text


def test_appointing_on_the_page(cast: Cast, as_person: AsPerson) -> None:
    client = as_person(cast.admin)
    with client.application.app_context():
        vacate(cast)
    assert "Appoint one" in client.get("/admin/spaces").text
    assert "One of them has no steward." in client.get("/admin").text
    for nobody in ("", "nobody.here", "susan.suspended"):
        answer = client.send("/admin/spaces/night-desk", person=nobody, reason="Because.")
        assert answer.status_code == 422
        assert "Because." in answer.text
    answer = client.send("/admin/spaces/night-desk", person="@Otto.Outsider", reason="")
    assert answer.status_code == 303
    assert "Otto Outsider is steward of Night desk now." in client.get("/admin/spaces").text
    assert client.get("/s/night-desk/").status_code == 404
    assert client.send("/admin/spaces/night-desk", person="rita.reader", reason="").status_code == 409


@pytest.mark.parametrize("who", ["steward", "outsider"])
@pytest.mark.parametrize("path", ["/admin/spaces", "/admin/spaces/night-desk"])
def test_others_find_nothing_there(cast: Cast, as_person: AsPerson, who: str, path: str) -> None:
    """A1: an address for admins doesn't exist for others."""
    client = as_person(getattr(cast, who))
    assert client.get(path).status_code == 404
    assert client.send("/admin/spaces/night-desk", person=who).status_code == 404


@pytest.mark.both_databases
def test_an_admin_renames_the_organisation_for_pages_mails_and_other_processes(
    app: Flask, cast: Cast, as_person: AsPerson, monkeypatch: pytest.MonkeyPatch
) -> None:
    """This process shows it at once, and another within a minute; the admins' log says so, once."""
    admin, url = as_person(cast.admin), "/admin/organisation"
    assert 'value="Fenbridge Council"' in admin.get(url).text
    assert admin.send(url, organisation="  ").status_code == 422
    assert admin.send(url, organisation="x" * 81).status_code == 422
    for _press in range(2):
        assert admin.send(url, organisation="Fen <Bridge>").status_code == 303
    page = admin.get("/admin").text
    assert page.count("Fen &lt;Bridge&gt;") >= 2
    assert "Fenbridge Council" not in page
    assert (
        admin.get("/admin/log").text.count("renamed the organisation Fenbridge Council: it is Fen &lt;Bridge&gt; now.")
        == 1
    )
    assert admin.get("/admin/log").text.count("renamed the organisation") == 1
    with app.app_context():
        assert neighbours.ask().organisation() == "Fen <Bridge>", "mails ask here"
        with transaction():
            db.session.get_one(Installation, 1).organisation = "Elsewhere"
        assert organisation_name() == "Fen <Bridge>"
    assert 'value="Elsewhere"' in admin.get(url).text
    with app.app_context():
        organisation_name()
        with transaction():
            db.session.get_one(Installation, 1).organisation = "Elsewhere again"
        with transaction():
            rename_organisation(db.session.get_one(Person, cast.admin.id), name="Elsewhere")
        monkeypatch.setattr(installation, "monotonic", lambda: monotonic() + installation.KEPT)
        assert organisation_name() == "Elsewhere"
    assert "renamed the organisation Elsewhere again: it is Elsewhere now." in admin.get("/admin/log").text


@inside
def test_who_is_no_admin_any_more_renames_nothing(cast: Cast) -> None:
    with transaction(), pytest.raises(Missing):
        rename_organisation(cast.steward, name="Mine")
    assert organisation_name() == "Fenbridge Council"
