"""Making a space, describing it, and closing it."""

import re
from collections.abc import Callable
from dataclasses import replace
from datetime import time

import pytest
from flask import Flask
from sqlalchemy import select

from forum.core.db import db, transaction
from forum.core.errors import Denied, Invalid, Missing
from forum.people.models import Person
from forum.spaces import actions
from forum.spaces.guard import here_for
from forum.spaces.models import Cloth, LogEntry, Role, Space, Visibility
from forum.spaces.policy import Can
from forum.spaces.queries import membership_of
from forum.spaces.views.directory import SPACES_A_DAY
from tests import factories
from tests.cast import Browserless, Cast

AsPerson = Callable[[Person], Browserless]
inside = pytest.mark.usefixtures("context")
A_SPACE = {"name": "Bee keepers", "purpose": "Hives.", "visibility": "private", "cloth": "moss", "once": "a" * 32}
SETTINGS = {
    "name": "Champions", "purpose": "", "about": "", "visibility": "open", "cloth": "teal", "zone": "Europe/London", "midday": "13:00",
}  # fmt: skip


def space_at(slug: str) -> Space:
    return db.session.scalars(select(Space).where(Space.slug == slug)).one()


@inside
def test_the_maker_is_the_only_steward_and_the_rooms_furnish_the_space(cast: Cast) -> None:
    with transaction():
        space = actions.make(cast.outsider, name="Bee keepers", visibility=Visibility.PRIVATE, cloth=Cloth.MOSS)
    membership = membership_of(space, cast.outsider)
    assert membership is not None
    assert membership.role is Role.STEWARD
    assert here_for(cast.outsider, "bee-keepers").member_count == 1
    assert list(db.session.scalars(select(LogEntry.verb).where(LogEntry.space_id == space.id))) == ["made space"]


@inside
def test_an_address_is_made_from_the_name_and_is_nobody_elses(cast: Cast) -> None:
    names = ["Café & Thé", "Cafe the", "Нова", "x" * 60, "x" * 60]
    with transaction():
        slugs = [actions.make(cast.outsider, name=name).slug for name in names]
    assert slugs == ["cafe-the", "cafe-the-2", "space", "x" * 40, "x" * 35 + "-2"]


@inside
def test_an_address_that_is_taken_or_empty_is_refused_kindly(cast: Cast) -> None:
    for slug, sentence in (("champions", "Another space has the address"), ("!!!", "Use letters")):
        with transaction(), pytest.raises(Invalid) as refused:
            actions.make(cast.outsider, name="Bees", slug=slug)
        assert sentence in refused.value.errors["slug"][0]


def test_the_page_makes_a_space_once_however_often_it_is_pressed(cast: Cast, as_person: AsPerson) -> None:
    client = as_person(cast.outsider)
    first = client.send("/spaces/new", **A_SPACE)
    second = client.send("/spaces/new", **A_SPACE)
    assert first.status_code == second.status_code == 303
    assert first.headers["Location"] == second.headers["Location"] == "/s/bee-keepers/"
    said = client.get("/s/bee-keepers/").text
    assert "Your space is ready. " in said
    assert 'href="/s/bee-keepers/settings#visibility-0"' in said
    with client.application.app_context():
        assert space_at("bee-keepers").visibility is Visibility.PRIVATE


@pytest.mark.parametrize(
    "field, value, sentence",
    [
        ("name", "", "Give the space a name."),
        ("name", "   ", "Give the space a name."),
        ("name", "x" * 61, "Use 60 characters or fewer."),
        ("purpose", "x" * 301, "Use 300 characters or fewer."),
        ("slug", "x" * 41, "Use 40 characters or fewer."),
        ("slug", "Champions", "Another space has the address “champions”."),
        ("visibility", "everybody", "Choose one of the list."),
        ("cloth", "tartan", "Choose one of the list."),
        ("once", "x" * 33, ""),
    ],
)
def test_what_is_wrong_comes_back_with_the_reason_and_all_that_was_typed(
    cast: Cast, as_person: AsPerson, field: str, value: str, sentence: str
) -> None:
    answer = as_person(cast.outsider).send("/spaces/new", **{**A_SPACE, field: value})
    assert answer.status_code == 422
    assert sentence in answer.text
    for typed in ("Bee keepers", "Hives."):
        if typed not in (A_SPACE.get(field), value):
            assert typed in answer.text


def test_control_characters_never_reach_a_name(cast: Cast, as_person: AsPerson) -> None:
    """A12: names stand in headers of mails."""
    client = as_person(cast.outsider)
    assert client.send("/spaces/new", **{**A_SPACE, "name": "Bee\x00\r\nBcc: all\x0bkeepers"}).status_code == 303
    with client.application.app_context():
        assert space_at("bee-bcc-all-keepers").name == "Bee Bcc: all keepers"


def test_an_address_is_proposed_while_the_name_is_typed(cast: Cast, as_person: AsPerson) -> None:
    client = as_person(cast.outsider)
    assert 'value="champions-2"' in client.get("/spaces/new/address?name=Champions").text
    assert 'value="champions' not in client.get("/spaces/new/address").text
    assert client.get("/spaces/new/address?name=Champions&slug=mine").status_code == 204


def test_typing_names_finds_no_private_space(cast: Cast, as_person: AsPerson) -> None:
    """A3: “night-desk-2” told everybody that there is a Night desk. Seen to fail when all spaces are looked at.

    What stays: who makes a space at an address learns that it is taken, twenty times a day at the most.
    """
    asked = "/spaces/new/address?name=Night+desk"
    assert 'value="night-desk"' in as_person(cast.outsider).get(asked).text
    assert 'value="night-desk-2"' in as_person(cast.insider).get(asked).text
    client = as_person(cast.outsider)
    given = {"name": "X", "purpose": "", "visibility": "open", "cloth": "teal"}
    tries = [client.send("/spaces/new", slug="night-desk", **given).status_code for _try in range(SPACES_A_DAY + 1)]
    assert tries == [422] * SPACES_A_DAY + [429]


def test_a_steward_changes_what_a_space_says_of_itself(cast: Cast, as_person: AsPerson) -> None:
    client = as_person(cast.steward)
    answer = client.send(
        "/s/champions/settings",
        **{
            **SETTINGS,
            "name": "Better champions",
            "about": "Ask **early**.\n\n<script>alert(1)</script>",
            "cloth": "plum",
        },
    )
    assert answer.status_code == 303
    about = client.get("/s/champions/about").text
    assert "<strong>early</strong>" in about
    assert "<script>alert" not in about
    assert 'data-cloth="plum"' in about
    assert (
        "<b>Stella Steward</b> changed the name, the purpose, the text about this space, the colour."
        in client.get("/s/champions/log").text
    )


def test_a_space_says_when_its_days_have_their_middle(cast: Cast, as_person: AsPerson) -> None:
    """D1: 13:00 unless it says otherwise; a time at which a clock may be changed is refused."""
    client = as_person(cast.steward)
    for midday, status, stands in (("03:00", 422, time(13)), ("12:30", 303, time(12, 30)), ("", 422, time(12, 30))):
        assert client.send("/s/champions/settings", **{**SETTINGS, "midday": midday}).status_code == status
        with client.application.app_context():
            assert space_at("champions").midday == stands


def test_settings_that_make_no_sense_change_nothing_and_stay_typed(cast: Cast, as_person: AsPerson) -> None:
    client = as_person(cast.steward)
    wrong = {**SETTINGS, "name": "", "zone": "Europe/Atlantis", "visibility": "x", "about": "x" * 50_001}
    answer = client.send("/s/champions/settings", **wrong)
    assert answer.status_code == 422
    for sentence in ("Give the space a name.", "Choose one of the list.", "Use 50000 characters or fewer."):
        assert sentence in answer.text
    with client.application.app_context():
        assert space_at("champions").name == "Champions"


def test_going_private_hides_a_space_at_the_next_request(cast: Cast, as_person: AsPerson) -> None:
    """A3: for who looked round, and for links that others hold."""
    visitor, steward = as_person(cast.outsider), as_person(cast.steward)
    assert visitor.get("/s/champions/").status_code == 200
    steward.send("/s/champions/settings", **{**SETTINGS, "visibility": "private"})
    assert visitor.get("/s/champions/").status_code == 404
    assert visitor.get("/s/champions/about").status_code == 404
    assert "Champions" not in visitor.get("/spaces").text
    assert "from open to private" in steward.get("/s/champions/log").text


@pytest.mark.both_databases
@inside
def test_only_a_steward_changes_or_archives_a_space(cast: Cast) -> None:
    """A1: an organiser looks after people and posts, not after the space."""
    here = here_for(cast.organiser, "champions")
    with transaction():
        with pytest.raises(Denied):
            actions.show_to(here, visibility=Visibility.PRIVATE)
        with pytest.raises(Denied):
            actions.archive(here)
        with pytest.raises(Denied):
            actions.describe(here, replace(actions.settings_of(here.space), name="Mine"), about=None)


def test_an_archived_space_is_read_and_not_changed(cast: Cast, as_person: AsPerson) -> None:
    steward, champion = as_person(cast.steward), as_person(cast.champion)
    assert steward.send("/s/champions/archive").status_code == 303
    page = champion.get("/s/champions/")
    assert page.status_code == 200
    assert "has been closed since" in page.text
    assert champion.get("/s/champions/threads/new").status_code == 403
    assert as_person(cast.outsider).send("/s/champions/join").status_code == 403
    assert steward.get("/s/champions/settings").status_code == 403
    assert steward.send("/s/champions/members/carla.champion/remove", reason="").status_code == 303
    assert steward.send("/s/champions/archive/end").status_code == 303
    assert "has been closed since" not in steward.get("/s/champions/").text


def test_the_settings_stand_beside_the_name_and_closing_is_no_archive(cast: Cast, as_person: AsPerson) -> None:
    """For who may change the space, on each of its pages. What closes it and the file that is taken along have no word in common."""
    steward, link = as_person(cast.steward), 'class="set" href="/s/champions/settings"'
    assert link in steward.get("/s/champions/threads/").text
    assert link not in as_person(cast.organiser).get("/s/champions/threads/").text
    for page in ("settings", "archive", "about"):
        text = re.sub("<[^>]*>", " ", steward.get(f"/s/champions/{page}").text)
        assert "Close" in text
        assert "Take it along" in text
        assert "rchive" not in text.replace("champions/archive,", ""), page
    assert steward.send("/s/champions/archive").status_code == 303
    assert link not in steward.get("/s/champions/").text, "nothing can be set in a closed space"
    assert "closed this space." in steward.get("/s/champions/log").text


@inside
def test_a_space_that_vanished_under_the_form_is_missing(cast: Cast) -> None:
    space = factories.make_space(visibility=Visibility.PRIVATE)
    factories.make_membership(space, cast.outsider, role=Role.STEWARD)
    here = here_for(cast.outsider, space.slug)
    assert here.may(Can.CHANGE_SPACE)
    with transaction():
        membership = membership_of(space, cast.outsider)
        assert membership is not None
        db.session.delete(membership)
    with transaction(), pytest.raises(Missing):
        actions.archive(here)


def test_the_switcher_lists_my_spaces_with_one_statement(app: Flask, cast: Cast, as_person: AsPerson) -> None:
    with app.app_context():
        for number in range(5):
            factories.make_membership(factories.make_space(name=f"Guild {number}"), cast.outsider)
    page = as_person(cast.outsider).get("/spaces/new").text
    menu = page[page.index('class="sheet"') : page.index("All spaces")]
    assert re.findall(r"Guild \d", menu) == [f"Guild {number}" for number in range(5)]
    assert "Champions" not in menu
