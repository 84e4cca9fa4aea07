"""Whoever was signed out meanwhile loses nothing that they had written (B5)."""

from collections.abc import Callable

import pytest
from flask import Flask
from sqlalchemy import update

from forum.core.db import db, transaction
from forum.core.time import now
from forum.people.models import Person, WebSession
from tests import factories
from tests.cast import Browserless, Cast, form_token
from tests.content.steps import address

AsPerson = Callable[[Person], Browserless]


@pytest.fixture
def carla(app: Flask, cast: Cast, as_person: AsPerson) -> Browserless:
    """Carla's browser; all her sessions were ended on another device."""
    client = as_person(cast.champion)
    assert client.get("/s/champions/").status_code == 200
    with app.app_context(), transaction():
        db.session.execute(update(WebSession).values(ended_at=now()))
    return client


@pytest.mark.parametrize(
    "path, fields",
    [
        (
            "/s/champions/threads/new",
            {"kind": "question", "title": "Who?", "body": "Who empties the bins?", "once": "1" * 32},
        ),
        ("/me/profile", {"name": "Carla", "about": "Bins and texts."}),
        ("/s/champions/settings", {"name": "Other"}),
    ],
)
def test_what_was_written_is_on_the_page_that_says_so(carla: Browserless, path: str, fields: dict[str, str]) -> None:
    """B5: every word is there, can be sent again, and the way to sign in leaves the page open."""
    answer = carla.send(path, **fields)
    html = answer.get_data(as_text=True)
    assert answer.status_code == 401
    assert "You are signed out" in html
    assert f'action="{path}"' in html
    assert 'href="/sign-in" target="_blank"' in html
    for value in fields.values():
        assert value in html


def test_a_reply_of_one_word_counts(app: Flask, cast: Cast, carla: Browserless) -> None:
    with app.app_context():
        thread = factories.make_thread(cast.champions, author=cast.colleague)
    answer = carla.send(address(app, thread), body="Thanks!", once="1" * 32)
    assert answer.status_code == 401
    assert "Thanks!</textarea>" in answer.get_data(as_text=True)


def test_what_is_said_of_a_picture_is_kept_and_ticks_stay_ticks(carla: Browserless) -> None:
    """A13: the description is shown to be sent again; what was ticked goes along unseen."""
    told = {"alt-00000000aa": "A bin.", "decorative-00000000bb": "1", "drop": "00000000cc"}
    html = carla.send("/s/champions/threads/new", body="Bins.", **told).get_data(as_text=True)
    assert "What a picture shows" in html
    for name, value in told.items():
        is_seen = name.startswith("alt-")
        assert (f'<input type="hidden" name="{name}" value="{value}">' in html) is not is_seen


def test_a_press_without_words_leads_to_the_sign_in_page(carla: Browserless) -> None:
    answer = carla.send("/s/champions/threads/read", until="2026-11-01T10:00:00+00:00")
    assert (answer.status_code, answer.location) == (303, "/sign-in")


def test_a_password_is_never_shown_again(carla: Browserless) -> None:
    """A14."""
    answer = carla.send("/me/password", password="four boats in the harbour", old_password="a harbour at four")
    assert answer.status_code == 303
    assert "harbour" not in answer.get_data(as_text=True)


def test_who_has_no_cookie_any_more_finds_the_way_in_on_the_page(app: Flask, cast: Cast, client: Browserless) -> None:
    """B5: the form's token isn't theirs then, and the page that says so leads on as the other does."""
    with app.app_context():
        url = address(app, factories.make_thread(cast.champions, author=cast.colleague))
    answer = client.post(url, data={"csrf_token": form_token(app), "body": "Thanks!"})
    html = answer.get_data(as_text=True)
    assert answer.status_code == 400
    assert "You are signed out" in html
    assert 'href="/sign-in" target="_blank"' in html
    assert "Thanks!</textarea>" in html
    forged = client.post(url, data={"csrf_token": "forged", "body": "Thanks!"}).get_data(as_text=True)
    assert 'target="_blank"' not in forged


def test_a_stale_form_says_who_one_is_by_now(app: Flask, cast: Cast, as_person: AsPerson) -> None:
    """Signed in anew in another tab: the next press goes through."""
    client = as_person(cast.champion)
    answer = client.post(
        "/s/champions/threads/new", data={"csrf_token": form_token(app), "title": "Who?", "body": "Who empties?"}
    )
    html = answer.get_data(as_text=True)
    assert answer.status_code == 400
    assert "Please send it once more" in html
    assert "Carla Champion" in html
    assert "Who empties?" in html


def test_only_what_is_seen_or_can_be_sent_is_said_to_be_here(cast: Cast, as_person: AsPerson) -> None:
    """Keys and choices are no words; a single word is, in whichever field, and is shown also where nothing can be sent again."""
    client, said = as_person(cast.champion), "What you typed is still here"
    refused = client.send("/s/champions/settings", name="Depot", zone="Europe/London", once="1" * 32).get_data(
        as_text=True
    )
    assert said in refused
    assert 'value="Depot" readonly' in refused
    assert "Europe/London" not in refused
    assert "Send it again" not in refused
    for nothing in ({"once": "1" * 32, "choices": "two of them"}, {"version": "3", "kind": "question"}):
        html = client.send("/s/champions/settings", **nothing).get_data(as_text=True)
        assert said not in html
        assert "two of them" not in html
