"""Who sees whom (A3)."""

from collections.abc import Callable

import pytest
from flask import Flask

from forum.core.db import db, transaction
from forum.people.models import Person, PersonState
from forum.spaces.models import Membership, Visibility
from tests import factories
from tests.cast import Browserless, Cast

As = Callable[[Person], Browserless]


def sees(client: Browserless, person: Person) -> bool:
    answer = client.get(f"/people/{person.handle}")
    assert answer.status_code in {200, 404}
    return answer.status_code == 200


@pytest.mark.both_databases
def test_people_of_open_spaces_are_seen_by_everybody_and_those_of_private_ones_by_members(
    cast: Cast, as_person: As
) -> None:
    """A3. Without the visibility in the query the outsider sees the insider."""
    outsider, insider = as_person(cast.outsider), as_person(cast.insider)
    assert sees(outsider, cast.champion)
    assert not sees(outsider, cast.insider)
    assert not sees(as_person(cast.steward), cast.insider)
    assert not sees(as_person(cast.admin), cast.insider), "an admin has no right to private spaces"
    assert not sees(insider, cast.outsider), "who is in no space is seen by nobody"
    assert sees(insider, cast.insider)
    assert sees(outsider, cast.outsider), "but by themselves"
    assert not sees(outsider, cast.former)


@pytest.mark.both_databases
def test_a_private_space_is_named_only_to_its_members(app: Flask, cast: Cast, as_person: As) -> None:
    """A3."""
    with app.app_context():
        factories.make_membership(cast.champions, cast.insider)
    assert "Night desk" not in as_person(cast.outsider).get("/people/ingrid.insider").text
    assert "Champions" in as_person(cast.outsider).get("/people/ingrid.insider").text
    with app.app_context():
        factories.make_membership(cast.night_desk, cast.outsider)
    assert "Night desk" in as_person(cast.outsider).get("/people/ingrid.insider").text


@pytest.mark.both_databases
def test_who_was_removed_loses_the_page_at_the_next_request(app: Flask, cast: Cast, as_person: As) -> None:
    """A3."""
    with app.app_context():
        membership = factories.make_membership(cast.night_desk, cast.outsider)
    client = as_person(cast.outsider)
    assert sees(client, cast.insider)
    with app.app_context(), transaction():
        db.session.get_one(Membership, membership.id).ended_at = membership.joined_at
    assert not sees(client, cast.insider)


def test_spaces_by_request_do_not_show_their_people(app: Flask, cast: Cast, as_person: As) -> None:
    """A3."""
    with app.app_context():
        space = factories.make_space(name="By request", visibility=Visibility.BY_REQUEST)
        hidden = factories.make_person(name="Hanna Hidden")
        factories.make_membership(space, hidden)
    assert not sees(as_person(cast.outsider), hidden)


def test_nobody_and_nothing_look_the_same(app: Flask, cast: Cast, as_person: As) -> None:
    """A1: byte for byte, for who may not be seen, who never was, and whose account is closed."""
    with app.app_context():
        closed = factories.make_person(name="Clara Closed", state=PersonState.CLOSED)
        factories.make_membership(cast.champions, closed)
    client = as_person(cast.outsider)
    handles = ("ingrid.insider", "nobody.at.all", "clara.closed", "%00", "x" * 2000, "Carla.Champion")
    answers = [client.get(f"/people/{handle}") for handle in handles]
    assert {answer.status_code for answer in answers} == {404}
    assert len({_without_path(answer.text) for answer in answers}) == 1


def test_nobody_sees_an_address(cast: Cast, as_person: As) -> None:
    assert "@example.org" not in as_person(cast.outsider).get("/people/carla.champion").text


def _without_path(page: str) -> str:
    return "\n".join(line for line in page.splitlines() if "csrf" not in line)
