"""What Today says first: to visitors, to who is new, and while a space is new."""

import re
from collections.abc import Callable
from datetime import timedelta

import pytest
from flask import Flask

from forum.core.db import db, transaction
from forum.core.time import now
from forum.people.models import Person
from forum.spaces import room
from forum.spaces.actions import make
from forum.spaces.models import Role
from tests import factories
from tests.cast import Browserless, Cast

AsPerson = Callable[[Person], Browserless]
UP_TO_DATE = "You are up to date. Nothing waits for you."


def lede_of(client: Browserless, slug: str = "champions") -> str:
    """Return the sentence under the day, with its links as words."""
    html = client.get(f"/s/{slug}/").text
    return re.sub(r"<[^>]+>", "", html.split('<p class="lede">')[1].split("</p>")[0])


def test_a_visitor_learns_what_they_see_and_where_it_is_explained(cast: Cast, as_person: AsPerson) -> None:
    said = lede_of(as_person(cast.outsider))
    assert said == "You can read everything here. Start with what this space is for."


@pytest.mark.both_databases
def test_who_is_new_is_led_to_their_profile_and_then_to_how_it_works(
    app: Flask, cast: Cast, as_person: AsPerson
) -> None:
    """For two weeks, and only when nothing else is to be said."""
    with app.app_context():
        nell = factories.make_person(name="Nell Newcomer")
        factories.make_membership(cast.champions, nell, joined_at=now())
    client = as_person(nell)
    assert lede_of(client) == "Welcome. Tell colleagues what they can ask you about, so that they find you."
    change(app, nell, about="Accessible PDFs")
    assert lede_of(client).startswith("Welcome. Tell colleagues"), "there are departments, and hers is not known"
    change(app, nell, department_id=cast.libraries.id)
    assert lede_of(client) == "Welcome. Start with how it works here."


def test_who_has_been_here_a_while_is_up_to_date(app: Flask, cast: Cast, as_person: AsPerson) -> None:
    with app.app_context():
        nell = factories.make_person(name="Nell Newcomer")
        factories.make_membership(cast.champions, nell, joined_at=now() - timedelta(days=15))
    assert lede_of(as_person(nell)) == UP_TO_DATE


def test_what_waits_goes_before_a_welcome(app: Flask, cast: Cast, as_person: AsPerson) -> None:
    with app.app_context():
        nell = factories.make_person(name="Nell Newcomer")
        factories.make_membership(cast.champions, nell, joined_at=now() - timedelta(hours=1))
        factories.make_thread(cast.champions, author=cast.champion, title="New", at=now())
    assert lede_of(as_person(nell)) == "1 thread has something new for you."


@pytest.mark.parametrize("is_new", [True, False])
def test_a_space_says_once_that_nobody_else_is_here(
    cast: Cast, as_person: AsPerson, monkeypatch: pytest.MonkeyPatch, *, is_new: bool
) -> None:
    """New, or left by everybody else."""
    monkeypatch.setattr(room, "NEW", timedelta(days=365 * 20 if is_new else 0))
    insider = as_person(cast.insider)
    page = insider.get("/s/night-desk/").text
    told = "Your space is new, and nobody else is here yet." if is_new else "Nobody else is in this space now."
    assert lede_of(insider, "night-desk") == told
    assert page.lower().count("nobody else is") == 1
    assert "Invite two or three colleagues" in page
    assert "Ask the first question" in page
    assert UP_TO_DATE not in page


def test_who_looks_after_the_installation_is_led_to_its_departments(
    app: Flask, as_person: AsPerson, monkeypatch: pytest.MonkeyPatch
) -> None:
    """From a new space, while there are none; nobody else is asked to."""
    with app.app_context():
        ada, sam = factories.make_person(name="Ada Admin", is_admin=True), factories.make_person(name="Sam Steward")
        with transaction():
            parks = make(ada, name="Parks")
        for person in (sam, factories.make_person()):
            factories.make_membership(parks, person, role=Role.STEWARD)

    def is_asked(person: Person) -> bool:
        return 'href="/admin/departments"' in as_person(person).get("/s/parks/").text.partition("<main")[2]

    assert is_asked(ada)
    assert not is_asked(sam)
    monkeypatch.setattr(room, "NEW", timedelta(0))
    assert not is_asked(ada), "an installation may do without"
    monkeypatch.undo()
    with app.app_context():
        factories.make_department(name="Libraries")
    assert not is_asked(ada)


def change(app: Flask, person: Person, **values: object) -> None:
    with app.app_context(), transaction():
        held = db.session.get_one(Person, person.id)
        for name, value in values.items():
            setattr(held, name, value)
