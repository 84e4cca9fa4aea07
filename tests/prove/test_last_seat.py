"""Forty people and five seats, a hundred times over (C7)."""

import pytest
from flask import Flask

from tests import factories
from tests.cast import Cast
from tests.content.steps import at_once
from tests.meetups.test_turning_up import come, crowd, lists

pytestmark = [pytest.mark.prove, pytest.mark.both_databases]
TIMES = 100


def test_five_seats_are_never_overfilled(app: Flask, cast: Cast) -> None:
    """C7: each time exactly five are going, and 35 wait in a line in which nobody stands twice."""
    with app.app_context():
        people = crowd(cast, 40)
    for _time in range(TIMES):
        with app.app_context():
            (one,) = factories.dates_of(factories.make_meetup(cast.champions, by=cast.organiser, seats=5))
        works = [lambda person=person, one=one: come(person, one) for person in people]
        assert [result for result in at_once(app, works) if result is not None] == []
        with app.app_context():
            seated, waiting = lists(one)
            assert (len(seated), len(set(waiting))) == (5, 35)
