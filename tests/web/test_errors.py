"""What the pages of errors say besides: which methods an address takes, and how long to wait."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from flask import Flask
from werkzeug.test import TestResponse

from forum.core.errors import TooMany
from forum.people import limits
from forum.people.models import Person
from tests import factories
from tests.cast import Browserless, Cast

AsPerson = Callable[[Person], Browserless]


def test_an_address_that_doesn_t_work_that_way_says_how_it_does(client: Browserless) -> None:
    """A 405 carries Allow (RFC 9110)."""
    answer = client.get("/sign-out")
    assert answer.status_code == 405
    assert set(answer.headers["Allow"].split(", ")) == {"OPTIONS", "POST"}


def test_the_address_of_a_press_leads_to_its_page(app: Flask, cast: Cast, as_person: AsPerson) -> None:
    """Who opens it from a bookmark, or asks anew for a page that came too late, comes to where the button is.

    What it showed once is looked after on a page of its own.
    """
    with app.app_context():
        factories.make_meetup(cast.champions, by=cast.organiser, ref="o" * 10)
        factories.make_thread(cast.champions, author=cast.champion, ref="t" * 10)
    carla, space = as_person(cast.champion), "/s/champions"
    for press, page in (
        (f"{space}/meetups/{'o' * 10}/1/cancel", f"{space}/meetups/{'o' * 10}/1/"),
        (f"{space}/threads/{'t' * 10}/close", f"{space}/threads/{'t' * 10}/"),
        ("/sign/abc/no", "/sign/abc"),
    ):
        answer = carla.get(press)
        assert (answer.status_code, answer.location) == (303, page), press
        assert carla.put(press).status_code == 405, press
    assert carla.get("/sign-out").status_code == 405
    assert carla.send("/privacy").status_code == 405
    for press in (
        f"{space}/feed", f"{space}/meetups/feed/all", f"{space}/meetups/feed/mine", f"{space}/meetups/{'o' * 10}/feed",
        f"{space}/threads/{'t' * 10}/feed", f"{space}/threads/sections/general/feed", f"{space}/roster/feed/mine",
        f"{space}/roster/feed/all",
    ):  # fmt: skip
        answer = carla.get(press)
        assert (answer.status_code, answer.location) == (303, "/me/feeds"), press


def failing(app: Flask, *, wait: int) -> TestResponse:
    """Let a page say that it was asked for too often."""

    def held() -> str:
        raise TooMany(wait)

    app.view_functions["home.privacy"] = held
    return app.test_client().get("/privacy")


@pytest.mark.parametrize(
    "seconds, words",
    [
        (1, "Wait a minute, then try again."),
        (60, "Wait a minute, then try again."),
        (61, "Wait 2 minutes, then try again."),
        (80, "Wait 2 minutes, then try again."),
        (901, "Wait 16 minutes, then try again."),
    ],
)
def test_how_long_to_wait_is_never_said_too_short(app: Flask, seconds: int, words: str) -> None:
    assert words in failing(app, wait=seconds).text


def test_a_form_and_a_page_say_it_alike(app: Flask, client: Browserless, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "MAILS_PER_ADDRESS", 0)
    monkeypatch.setattr(limits, "QUARTER", timedelta(minutes=2))
    app.test_client_class = Browserless
    form = app.test_client()
    assert isinstance(form, Browserless)
    said = "That was tried too often"
    assert said in form.send("/sign-in", email="a@example.org").text
    assert said in failing(app, wait=121).text
