"""Forty people press at once, a hundred times: one covers, one set of news, and the others read who it is (D2)."""

from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select

from forum.core.db import db, transaction
from forum.core.outbox import FactRow
from forum.people.models import Person
from forum.roster.actions import covering
from forum.roster.actions.covering import Taken
from forum.roster.models import CoverRequest, CoverSlot
from tests import factories
from tests.cast import Cast
from tests.content.steps import standing
from tests.spaces.conftest import at_once

__all__ = ["at_once"]

AtOnce = Callable[..., list[Any]]
PEOPLE, ROUNDS = 40, 100


@pytest.mark.prove
@pytest.mark.both_databases
def test_of_forty_who_take_one_request_one_wins_a_hundred_times(app: Flask, cast: Cast, at_once: AtOnce) -> None:
    """D2."""
    with app.test_request_context("/"):
        people = [factories.make_person(name=f"Cover {number}") for number in range(PEOPLE)]
        for person in people:
            factories.make_membership(cast.champions, person)
        keys = [person.id for person in people]
        absence = factories.make_absence(cast.champion)
    for number in range(ROUNDS):
        with app.test_request_context("/"):
            duty = factories.make_duty(cast.champions, by=cast.organiser, holder=cast.champion)
            request = factories.make_cover_request(duty, away=cast.champion, span=absence.span).id

        def press(person_id: int, request: int = request) -> int:
            here = standing(db.session.get_one(Person, person_id))
            with transaction():
                return covering.take(here, db.session.get_one(CoverRequest, request), knowing=True).id

        results = at_once(*(lambda key=key: press(key) for key in keys))
        won = [result for result in results if not isinstance(result, Exception)]
        assert len(won) == 1, results
        assert all(isinstance(result, Taken) and "Cover " in result.why for result in results if result not in won)
        with app.test_request_context("/"):
            told = select(func.count()).where(FactRow.kind == "cover taken")
            assert db.session.scalar(told) == number + 1
            covers = select(CoverSlot.person_id).where(CoverSlot.request_id == request).distinct()
            assert len(db.session.scalars(covers).all()) == 1
