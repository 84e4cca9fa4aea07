"""The directory of spaces, and the door of those that are joined by request."""

from collections.abc import Callable

import pytest
from flask import Flask
from sqlalchemy import select

from forum.core.db import db
from forum.people.models import Person
from forum.spaces.models import JoinRequest, JoinState, Role, Visibility
from tests import factories
from tests.cast import Browserless, Cast
from tests.people.conftest import plain
from tests.spaces.conftest import Counting

AsPerson = Callable[[Person], Browserless]


@pytest.fixture
def guild(app: Flask, cast: Cast) -> str:
    """Make a space that is joined by request, in which the insider is steward."""
    with app.app_context():
        space = factories.make_space(
            name="Guild", visibility=Visibility.BY_REQUEST, purpose="Bees and hives.", about="Knock quokka first."
        )
        factories.make_membership(space, cast.insider, role=Role.STEWARD)
        factories.make_thread(space, author=cast.insider, title="The queen quokka is gone")
    return "guild"


def test_the_directory_lists_mine_the_open_ones_and_those_to_ask_at(
    cast: Cast, guild: str, as_person: AsPerson
) -> None:
    """A3: of private spaces nobody learns; of those by request the name and purpose."""
    page = as_person(cast.reader).get("/spaces").text
    assert (
        page.index("Your spaces") < page.index("Champions") < page.index("Ask to join") < page.index("Bees and hives.")
    )
    assert "Night desk" not in page
    outsider = as_person(cast.outsider).get("/spaces").text
    assert "You are in no space yet." in outsider
    assert "5 members" in outsider
    assert "1 member" not in outsider.replace("1 member in", "")


def test_the_directory_costs_the_same_for_one_space_and_for_thirty(
    app: Flask, cast: Cast, as_person: AsPerson, counting: Counting
) -> None:
    client = as_person(cast.outsider)
    with counting() as few:
        client.get("/spaces")
    with app.app_context():
        for number in range(30):
            space = factories.make_space(name=f"Space {number}", visibility=list(Visibility)[number % 3])
            if number % 2:
                factories.make_membership(space, cast.outsider)
    with counting() as many:
        assert client.get("/spaces").status_code == 200
    assert len(few) == len(many)


def test_a_door_says_name_and_purpose_and_nothing_else(cast: Cast, guild: str, as_person: AsPerson) -> None:
    """A1, A3: not who is inside, not how many, not what they write."""
    page = as_person(cast.outsider).get("/s/guild/about")
    assert page.status_code == 200
    assert "Bees and hives." in page.text
    for inside in ("quokka", "Ingrid", "Insider", "1 member", "Log", "Threads"):
        assert inside not in page.text


@pytest.mark.parametrize("page", ["", "members", "log", "threads/", "settings", "invitations", "requests", "archive"])
def test_behind_the_door_everything_is_missing_byte_for_byte(
    cast: Cast, guild: str, as_person: AsPerson, page: str
) -> None:
    """A1: the same answer as for a space that doesn't exist."""
    client = as_person(cast.outsider)
    behind, nowhere = client.get(f"/s/guild/{page}"), client.get(f"/s/no-such-space/{page}")
    assert behind.status_code == nowhere.status_code == 404
    assert plain(behind).replace("guild", "no-such-space") == plain(nowhere)


def test_asking_waiting_and_withdrawing(cast: Cast, guild: str, as_person: AsPerson) -> None:
    client = as_person(cast.outsider)
    assert client.send("/s/guild/ask", note="I keep two hives.").status_code == 303
    page = client.get("/s/guild/about").text
    assert "Waiting for an answer" in page
    assert "I keep two hives." in page
    assert "You have asked" in client.get("/spaces").text
    assert client.send("/s/guild/ask", note="Again.").status_code == 303
    with client.application.app_context():
        assert [request.note for request in db.session.scalars(select(JoinRequest))] == ["I keep two hives."]
    assert client.send("/s/guild/ask/withdraw").status_code == 303
    assert "Waiting for an answer" not in client.get("/s/guild/about").text
    with client.application.app_context():
        assert db.session.scalars(select(JoinRequest.state)).one() is JoinState.WITHDRAWN


def test_a_note_that_is_too_long_comes_back_whole(cast: Cast, guild: str, as_person: AsPerson) -> None:
    answer = as_person(cast.outsider).send("/s/guild/ask", note="quince " * 80)
    assert answer.status_code == 422
    assert "Use 500 characters or fewer." in answer.text
    assert answer.text.count("quince") >= 80


def test_asking_again_and_again_is_limited(cast: Cast, guild: str, as_person: AsPerson) -> None:
    client = as_person(cast.outsider)
    for _ in range(5):
        client.send("/s/guild/ask", note="")
        client.send("/s/guild/ask/withdraw")
    assert client.send("/s/guild/ask", note="").status_code == 429


@pytest.mark.parametrize("slug", ["champions", "night-desk", "nowhere"])
def test_only_such_a_space_is_asked_at(cast: Cast, as_person: AsPerson, slug: str) -> None:
    """A1: a private space doesn't exist, and an open one is joined."""
    assert as_person(cast.outsider).send(f"/s/{slug}/ask", note="").status_code == 404


def test_nobody_signed_in_is_sent_to_sign_in_and_back(cast: Cast, guild: str, visitor: Browserless) -> None:
    answer = visitor.get("/s/guild/about")
    assert answer.headers["Location"].startswith("/sign-in?next=")
