"""Two presses at once about a seat: the constraints and locks let one count (both databases)."""

from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from forum.core.db import db, transaction
from forum.core.outbox import FactRow
from forum.core.time import now
from forum.people.models import Person
from forum.roster.actions import seats, succession, volunteering
from forum.roster.models import Duty, Endorsement, Holding, HoldingState, SeatCall, Volunteer
from forum.roster.queries import who_holds
from tests import factories
from tests.cast import Cast
from tests.content.steps import standing
from tests.roster.test_seats import asked, seat

AtOnce = Callable[..., list[Any]]
pytestmark = pytest.mark.both_databases


def facts(kind: str) -> int:
    return len(db.session.scalars(select(FactRow).where(FactRow.kind == kind)).all())


def errors(results: list[Any]) -> list[Exception]:
    return [one for one in results if isinstance(one, Exception)]


def test_a_link_that_is_pressed_yes_and_no_at_once_acts_once(app: Flask, cast: Cast, at_once: AtOnce) -> None:
    """A7: seen to fail on PostgreSQL without the locks in `_hold`."""
    with app.test_request_context("/"):
        token = asked(cast, seat(cast))

    def yes() -> None:
        with transaction():
            seats.endorse(token, name="Bea Boss", post="Head")

    def no() -> None:
        with transaction():
            seats.decline(token)

    results = at_once(yes, no, yes, no)
    with app.test_request_context("/"):
        row = db.session.scalars(select(Endorsement)).one()
        assert (row.given_at is None) != (row.declined_at is None)
        assert facts("endorsement answered") == 1
    assert len(errors(results)) == 2
    assert {type(one).__name__ for one in errors(results)} == {"RuleBroken"}


def test_two_organisers_who_ask_sponsors_at_once_leave_one_link_open(app: Flask, cast: Cast, at_once: AtOnce) -> None:
    """A7: of two links the later one opens something; the key of the open one keeps a second out."""
    with app.test_request_context("/"):
        duty = seat(cast).id

    def ask(person_id: int, address: str) -> None:
        here = standing(db.session.get_one(Person, person_id))
        with transaction():
            seats.ask(here, db.session.get_one(Duty, duty), address)

    results = at_once(
        *(lambda one=one, number=number: ask(one.id, f"boss{number}@example.org")
          for number, one in enumerate((cast.organiser, cast.steward, cast.organiser, cast.steward)))
    )  # fmt: skip
    assert errors(results) == []
    with app.test_request_context("/"):
        rows = db.session.scalars(select(Endorsement)).all()
        assert sum(row.is_open for row in rows) == 1


def test_who_puts_themselves_forward_twice_at_once_stands_there_once(app: Flask, cast: Cast, at_once: AtOnce) -> None:
    """Seen to fail without the look at who waits: the key then refuses all but one with a 500."""
    with app.test_request_context("/"):
        duty = seat(cast).id

    def press() -> int:
        here = standing(db.session.get_one(Person, cast.champion.id))
        with transaction():
            return volunteering.put_forward(here, db.session.get_one(Duty, duty)).id

    results = at_once(*[press] * 6)
    assert errors(results) == []
    assert len(set(results)) == 1
    with app.test_request_context("/"):
        assert len(db.session.scalars(select(Volunteer)).all()) == 1
        assert facts("volunteer came") == 1


def test_two_volunteers_who_are_agreed_at_once_leave_one_holder(app: Flask, cast: Cast, at_once: AtOnce) -> None:
    """D2: of two organisers who agree to different people one is told that it isn't vacant any more."""
    with app.test_request_context("/"):
        duty = seat(cast)
        ids = []
        for person in (cast.champion, cast.colleague):
            with transaction():
                ids.append(volunteering.put_forward(standing(person), duty).id)
        key = duty.id

    def agree(organiser_id: int, volunteer_id: int) -> None:
        here = standing(db.session.get_one(Person, organiser_id))
        with transaction():
            volunteering.agree(here, db.session.get_one(Volunteer, volunteer_id))

    results = at_once(lambda: agree(cast.organiser.id, ids[0]), lambda: agree(cast.steward.id, ids[1]))
    assert len(errors(results)) == 1
    with app.test_request_context("/"):
        held = db.session.scalars(
            select(Holding).where(Holding.duty_id == key, Holding.state == HoldingState.ACCEPTED)
        ).all()
        assert len(held) == 1
        assert who_holds(key, now()).person_id == held[0].person_id


def test_colleagues_are_asked_once_by_two_organisers_at_once(app: Flask, cast: Cast, at_once: AtOnce) -> None:
    with app.test_request_context("/"):
        duty = seat(cast)
        helper = factories.make_person(name="Lib Rarian")
        with transaction():
            for person in db.session.scalars(select(Person)):
                person.department_id = cast.libraries.id if person.id == helper.id else None
        key = duty.id

    def call(organiser_id: int) -> int:
        here = standing(db.session.get_one(Person, organiser_id))
        with transaction():
            return succession.call(here, db.session.get_one(Duty, key))

    results = at_once(*(lambda one=one: call(one.id) for one in (cast.organiser, cast.steward) * 2))
    assert errors(results) == []
    assert sorted(results) == [0, 0, 0, 1]
    with app.test_request_context("/"):
        assert facts("seat called") == 1
        assert len(db.session.scalars(select(SeatCall)).all()) == 1
