"""Two stewards have the settings open at once: neither overwrites the other unseen."""

import re
from collections.abc import Callable

import pytest
from flask import Flask

from forum.core.db import db
from forum.people.models import Person
from forum.spaces.models import Space, Visibility
from tests.cast import Browserless, Cast

AsPerson = Callable[[Person], Browserless]
PAGE = "/s/champions/settings"
STANDS = {
    "name": "Champions",
    "purpose": "Helping each other work well online.",
    "about": "",
    "visibility": "open",
    "cloth": "teal",
    "zone": "Europe/London",
    "midday": "13:00",
}


def seen_on(page: str) -> str:
    found = re.search(r'name="seen" type="hidden" value="([^"]+)"', page)
    assert found is not None
    return found.group(1)


@pytest.fixture
def stale(cast: Cast, as_person: AsPerson) -> tuple[Browserless, str]:
    """Give a steward's browser with what it was opened with, after another one has made the space private and renamed it."""
    client = as_person(cast.steward)
    seen = seen_on(client.get(PAGE).text)
    changed = {**STANDS, "visibility": "private", "name": "Champions of Fenbridge", "seen": seen}
    assert as_person(cast.steward).send(PAGE, **changed).status_code == 303
    return client, seen


def space(app: Flask, cast: Cast) -> Space:
    with app.app_context():
        return db.session.get_one(Space, cast.champions.id)


def test_what_one_left_alone_is_not_written_over_what_the_other_saved(
    app: Flask, cast: Cast, stale: tuple[Browserless, str]
) -> None:
    """A3: the second one opened the space to everybody again, without a word. Seen to fail when everything sent is written."""
    client, seen = stale
    assert client.send(PAGE, **{**STANDS, "purpose": "Bees.", "seen": seen}).status_code == 303
    found = space(app, cast)
    assert (found.name, found.purpose, found.visibility) == ("Champions of Fenbridge", "Bees.", Visibility.PRIVATE)
    assert "Stella Steward</b> changed the purpose." in client.get("/s/champions/log").text


def test_of_what_both_changed_both_are_shown_and_nothing_is_written(
    app: Flask, cast: Cast, stale: tuple[Browserless, str]
) -> None:
    """B5, for settings: 409, with one's own words in the form and what the other one saved above it."""
    client, seen = stale
    answer = client.send(PAGE, **{**STANDS, "name": "Guild", "purpose": "Bees.", "seen": seen})
    assert answer.status_code == 409
    assert "Somebody saved these settings after you opened them." in answer.text
    assert "Champions of Fenbridge</textarea>" in answer.text
    assert 'value="Guild"' in answer.text
    assert "Bees.</textarea>" in answer.text
    assert re.search(r'checked[^>]*value="private"', answer.text)
    assert (space(app, cast).name, space(app, cast).purpose) == ("Champions of Fenbridge", STANDS["purpose"])
    again = {**STANDS, "name": "Guild", "purpose": "Bees.", "visibility": "private", "seen": seen_on(answer.text)}
    assert client.send(PAGE, **again).status_code == 303
    assert (space(app, cast).name, space(app, cast).purpose) == ("Guild", "Bees.")


def test_the_same_change_from_both_is_no_clash_and_a_second_press_none(stale: tuple[Browserless, str]) -> None:
    client, seen = stale
    same = {**STANDS, "name": "Champions of Fenbridge", "seen": seen}
    assert [client.send(PAGE, **same).status_code for _press in range(2)] == [303, 303]
