"""What colleagues ask of somebody in the roster: on Today, on the tab and on the roster's pages, of every kind."""

import re
from collections.abc import Callable
from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import update

from forum.core.db import db, transaction
from forum.core.halves import Span
from forum.core.time import today
from forum.people.models import Person
from forum.roster.actions import appointing, handing, leaving, rehearsing, swapping
from forum.roster.actions.asking_for_all import offer_all
from forum.roster.models import Place
from forum.spaces.models import Audience, Item
from tests import factories
from tests.cast import Browserless, Cast
from tests.content.steps import standing
from tests.roster.test_cover_swaps import two
from tests.roster.test_turns import ask as ask_turn
from tests.roster.test_turns import now_monday, rotating
from tests.spaces.conftest import Counting, counting  # noqa: F401  # a fixture

AsPerson = Callable[[Person], Browserless]
MOST = 18


def said_on(client: Browserless, path: str) -> str:
    """Return the words of a page's main part."""
    html = client.get(path).text.partition("<main")[2]
    return " ".join(re.sub(r"<[^>]+>", " ", html).split())


def on_tab(client: Browserless) -> str:
    """Return what the roster's tab counts, "" for nothing."""
    found = re.search(
        r'roster/"[^>]*>(?:(?!</a>).)*?<span class="count">(\d+)', client.get("/s/champions/").text, re.DOTALL
    )
    return found[1] if found else ""


def ask_to_hold(cast: Cast, place: Place = Place.HOLDER) -> None:
    holder = cast.champion if place is Place.DEPUTY else None
    duty = factories.make_duty(cast.champions, by=cast.organiser, title="The inbox", holder=holder)
    with transaction():
        appointing.offer(standing(cast.organiser), duty, cast.colleague, place=place)


def ask_to_take_over(cast: Cast) -> None:
    duty = factories.make_duty(cast.champions, by=cast.organiser, title="The inbox", holder=cast.champion)
    with transaction():
        day = today("Europe/London") + timedelta(days=3)
        made = handing.start(standing(cast.organiser), duty, cast.colleague, day=day)
        handing.offer(standing(cast.organiser), made)


def ask_for_what_is_left(cast: Cast) -> None:
    factories.make_duty(
        cast.champions, by=cast.organiser, title="The inbox", holder=cast.organiser, deputy=cast.champion
    )
    with transaction():
        leaving.file_own(cast.champion, last_day=today("Europe/London") + timedelta(days=9))
    with transaction():
        offer_all(standing(cast.champion), cast.champion, cast.colleague)


def ask_for_a_turn(cast: Cast) -> None:
    duty = rotating(cast)
    with transaction():
        db.session.get_one(Item, duty.id).title = "The inbox"
    week = timedelta(weeks=1)
    ask_turn(cast, duty, day=now_monday(cast) + 3 * week, other_day=now_monday(cast) + week)


def ask_for_a_cover_in_return(cast: Cast) -> None:
    mine, theirs = two(cast)
    with transaction():
        db.session.get_one(Item, mine.duty_id).title = "The inbox"
        swapping.ask(standing(cast.champion), mine, theirs)


def ask_to_cover(cast: Cast) -> None:
    day = today("Europe/London") + timedelta(days=2)
    duty = factories.make_duty(cast.champions, by=cast.organiser, title="The inbox", holder=cast.champion)
    factories.make_cover_request(
        duty, away=cast.champion, span=Span.of_days(day, day), asked=(cast.colleague,), to_all=False
    )


def ask_to_rehearse(cast: Cast) -> None:
    duty = factories.make_duty(
        cast.champions, by=cast.organiser, title="The inbox", holder=cast.champion, deputy=cast.colleague
    )
    with transaction():
        rehearsing.ask(standing(cast.champion), duty, day=today("Europe/London") + timedelta(days=1))


KINDS: dict[str, tuple[Callable[[Cast], None], str]] = {
    "a duty": (ask_to_hold, "Oscar Organiser asks whether you would take it over from"),
    "to be deputy": (lambda cast: ask_to_hold(cast, Place.DEPUTY), "Oscar Organiser asks you to be the deputy from"),
    "a handover": (ask_to_take_over, "Carla Champion asks whether you would take it over from"),
    "all that somebody leaves": (ask_for_what_is_left, "from Carla Champion, who leaves after"),
    "a turn": (ask_for_a_turn, "Carla Champion asks to swap turns with you."),
    "a cover in return": (ask_for_a_cover_in_return, "Carla Champion asks to swap covers with you."),
    "cover": (ask_to_cover, "for Carla Champion"),
    "a rehearsal": (ask_to_rehearse, "Carla Champion asks you, as the deputy, to run it on"),
}


@pytest.mark.both_databases
@pytest.mark.parametrize("kind", KINDS)
def test_what_somebody_is_asked_waits_for_them(app: Flask, cast: Cast, as_person: AsPerson, kind: str) -> None:
    """On Today among the first, counted there and on the tab, on the roster and its page of what is asked; for nobody else.

    In an archived space nobody can answer, so nothing waits.
    """
    ask, said = KINDS[kind]
    colin = as_person(cast.colleague)
    assert on_tab(colin) == ""
    with app.test_request_context("/"):
        ask(cast)
    page = said_on(colin, "/s/champions/")
    assert said in page
    assert "One thing waits for you." in page
    assert page.index("The inbox") < page.index("Begin" if "Begin" in page else "Who looks after")
    assert on_tab(colin) == "1"
    for path in ("/s/champions/roster/", "/s/champions/roster/leaving"):
        there = said_on(colin, path)
        assert "You are asked" in there
        assert (said if kind != "cover" else "You are asked to cover it from") in there
    assert on_tab(as_person(cast.reader)) == ""
    with app.test_request_context("/"), transaction():
        db.session.merge(cast.champions).archived_at = db.session.merge(cast.champions).created_at
    assert on_tab(colin) == ""


def test_who_cannot_see_a_duty_any_more_is_not_asked_for_it(app: Flask, cast: Cast, as_person: AsPerson) -> None:
    """A3: neither counted nor listed. Seen to fail without `visible_to_viewer`."""
    with app.test_request_context("/"):
        ask_to_take_over(cast)
        ask_for_what_is_left(cast)
    colin = as_person(cast.colleague)
    assert on_tab(colin) == "2"
    with app.test_request_context("/"), transaction():
        db.session.execute(update(Item).where(Item.title == "The inbox").values(audience=Audience.ORGANISERS))
    assert on_tab(colin) == ""
    assert "The inbox" not in said_on(colin, "/s/champions/") + said_on(colin, "/s/champions/roster/leaving")


def test_what_is_asked_costs_one_statement_however_much_it_is(
    app: Flask,
    cast: Cast,
    as_person: AsPerson,
    counting: Counting,  # noqa: F811  # a fixture
) -> None:
    """And where nothing is asked none: the tab's count is read with where somebody stands. More than six lead on to the rest."""
    colin, costs = as_person(cast.colleague), []
    for number in (0, 1, 8):
        with app.test_request_context("/"):
            for _one in range(number):
                ask_to_hold(cast)
        colin.get("/s/champions/")
        with counting() as sent:
            colin.get("/s/champions/")
        costs.append(len(sent))
    assert costs[0] + 1 == costs[1] == costs[2] <= MOST, costs
    assert "3 more things are asked of you" in said_on(colin, "/s/champions/")
    assert on_tab(colin) == "9"
