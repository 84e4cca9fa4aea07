"""What colleagues ask of somebody in the roster: on Today, on the tab and on the roster's pages, of every kind."""

import re
from collections.abc import Callable
from datetime import timedelta

import pytest
import time_machine
from flask import Flask
from sqlalchemy import select, update

from forum.core.db import db, transaction
from forum.core.halves import Span
from forum.core.outbox import Delivery, DeliveryState, FactRow
from forum.core.time import now, today
from forum.people.models import Person
from forum.roster.actions import appointing, covering, handing, leaving, rehearsing, requesting, swapping
from forum.roster.actions.asking_for_all import offer_all
from forum.roster.models import CoverRequest, Holding, HoldingState, Place, Rehearsal
from forum.roster.telling import tell_no_more
from forum.spaces.models import Audience, Item
from tests import factories
from tests.cast import Browserless, Cast
from tests.content.steps import standing
from tests.meetups.test_endings import sent
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
    absence = factories.make_absence(cast.champion, Span.of_days(day, day))
    with transaction():
        requesting.ask(
            standing(cast.champion), duty, absence.span, away=cast.champion, people=[cast.colleague], to_all=False
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


def told_in_app(client: Browserless) -> list[str]:
    """Return where the lines of what is new in the app lead."""
    part = client.get("/me/notifications").text.partition("<main")[2].partition("</main>")[0]
    return re.findall(r'href="(/s/champions/roster/[^"]*)"', part)


def in_bell(client: Browserless) -> str:
    """Return what the bell counts, "" for nothing."""
    found = re.search(r'class="bell.*?</a>', client.get("/me/notifications").text, re.DOTALL)
    assert found is not None
    count = re.search(r'class="count">(\d+)', found[0])
    return count[1] if count else ""


SAID_IN_APP = {
    "a duty": "You are asked to take it on:",
    "to be deputy": "You are asked to be the deputy:",
    "a handover": "You are asked to take it over:",
    "all that somebody leaves": "You are asked to take over what a colleague leaves:",
    "a turn": "You are asked to swap turns:",
    "a cover in return": "You are asked to swap covers:",
    "cover": "You are asked to cover it:",
    "a rehearsal": "You are asked, as the deputy, to run it once:",
}


@pytest.mark.both_databases
@pytest.mark.parametrize("kind", KINDS)
def test_what_somebody_is_asked_is_told_in_the_app_where_it_is_answered(
    app: Flask, cast: Cast, as_person: AsPerson, kind: str
) -> None:
    """Each kind once, read by looking where it is answered; nobody else hears of it, and there is no second mail (A3, B4)."""
    ask, _said = KINDS[kind]
    colin = as_person(cast.colleague)
    with app.test_request_context("/"):
        ask(cast)
    page = said_on(colin, "/me/notifications")
    assert "The inbox" in page
    assert SAID_IN_APP[kind] in page
    assert in_bell(colin) == "1"
    (path,) = told_in_app(colin)
    assert in_bell(as_person(cast.reader)) == ""
    with app.app_context():
        sent(app, DeliveryState.DUE)
        mailed = select(FactRow.kind).join(Delivery, Delivery.fact_id == FactRow.id)
        kinds = db.session.scalars(mailed.where(Delivery.person_id == cast.colleague.id)).all()
        assert len([one for one in kinds if one.endswith(("asked", "offered"))]) == 1
    assert colin.get(path).status_code == 200
    assert in_bell(colin) == ""


@pytest.mark.both_databases
def test_what_was_answered_or_fell_away_is_not_told_any_more(app: Flask, cast: Cast, as_person: AsPerson) -> None:
    """An answer from Today, one that a colleague was faster with, a question that is taken back, a day that passed."""
    colin = as_person(cast.colleague)
    with app.test_request_context("/"):
        ask_to_cover(cast)
        request = db.session.scalars(select(CoverRequest)).one()
    assert in_bell(colin) == "1"
    with app.test_request_context("/"), transaction():
        covering.decline(standing(cast.colleague), request)
    assert in_bell(colin) == ""
    with app.test_request_context("/"):
        ask_to_hold(cast)
        offered = db.session.scalars(select(Holding).where(Holding.state == HoldingState.OFFERED)).one()
    assert in_bell(colin) == "1"
    with app.test_request_context("/"), transaction():
        appointing.take_back(standing(cast.organiser), offered)
    assert in_bell(colin) == ""
    with app.test_request_context("/"):
        ask_to_rehearse(cast)
    assert in_bell(colin) == "1"
    with app.test_request_context("/"), transaction():
        db.session.execute(update(Rehearsal).values(day=today("Europe/London") - timedelta(days=1)))
    with app.test_request_context("/"):
        tell_no_more()
    assert in_bell(colin) == "1"  # what is told in this moment may be of a question that isn't seen yet
    with app.test_request_context("/"), time_machine.travel(now() + timedelta(minutes=11), tick=False):
        tell_no_more()
    assert in_bell(colin) == ""


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
