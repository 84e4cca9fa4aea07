"""Page, mention, right, gap and calendar are asked who holds a duty at random instants, clock-change days among them (D1)."""

import random
from datetime import timedelta

import time_machine
from flask import Flask

from forum.core.db import db
from forum.core.halves import Half, Span, begins, half_at
from forum.core.time import now
from forum.roster.actions.rights import lend_for
from forum.roster.models import CoverRequest, Duty
from forum.roster.queries import book_of, who_holds
from forum.roster.queries.calendar import own_entries
from forum.roster.queries.duties import duties_of
from forum.roster.queries.standing import meets
from forum.roster.who import Why
from forum.spaces.guard import here_for
from forum.spaces.models import Space
from forum.spaces.policy import Can
from tests import factories
from tests.cast import Cast
from tests.content.steps import standing

WEEKS = 40
"""From now on: both changes of the clock are in them."""


def agree(app: Flask, cast: Cast, *, instants: int) -> None:
    """Furnish a duty with absences and covers, and compare at every instant. Says which one fails."""
    chance = random.Random(instants)  # noqa: S311  # it has to be the same each time
    with app.test_request_context("/"):
        space = db.session.get_one(Space, cast.champions.id)
        duty = factories.make_duty(
            space, by=cast.steward, holder=cast.organiser, deputy=cast.colleague, powers=[Can.REMOVE_ANY_POST]
        )
        first = half_at(now(), zone=space.zone)
        for week in range(1, WEEKS, 2):
            start = Half(first + week * 14 + chance.randrange(6))
            span = Span(start, Half(start + chance.randrange(1, 9)))
            factories.make_absence(cast.organiser, span)
            if chance.random() < 0.6:
                request = factories.make_cover_request(duty, away=cast.organiser, span=span, taken_by=cast.champion)
                _lend(request, space)
            if chance.random() < 0.4:
                factories.make_absence(cast.colleague, span)
        horizon = Span(first, Half(first + WEEKS * 14))
        for number in range(instants):
            if number % 10:
                at = now() + timedelta(seconds=chance.randrange(WEEKS * 7 * 86_400))
            else:
                half = Half(first + 1 + chance.randrange(WEEKS * 14))
                at = begins(half, zone=space.zone) - timedelta(microseconds=number // 10 % 2)
            _compare(cast, duty, space, at=at, horizon=horizon)
            db.session.rollback()


def _lend(request: CoverRequest, space: Space) -> None:
    from forum.core.db import transaction  # noqa: PLC0415

    with transaction():
        held = db.session.get_one(CoverRequest, request.id)
        lend_for(held, space, [held.span], because="Cover", at=now())


def _compare(cast: Cast, duty: Duty, space: Space, *, at: object, horizon: Span) -> None:
    with time_machine.travel(at, tick=False):  # type: ignore[arg-type]  # an instant
        moment = now()
        held = who_holds(duty.id, moment)
        (line,) = duties_of(standing(cast.steward)).current
        assert line.held == held, moment
        met = meets(space.id, [cast.organiser.id], moment)
        expected = {} if held.why is Why.HOLDER else {cast.organiser.id: {held.person_id} - {None}}
        assert met == expected, moment
        may = here_for(cast.champion, space.slug).may(Can.REMOVE_ANY_POST)
        assert may == (held.why is Why.COVER), moment
        half = half_at(moment, zone=space.zone)
        for person in (cast.organiser, cast.champion, cast.colleague):
            in_calendar = any(half in entry.span for entry in own_entries(person))
            assert in_calendar == (held.person_id == person.id), moment
        book = book_of(Duty.id == duty.id, horizon.first_day, horizon.last_day)
        gaps = {one for run in book.gaps(duty.id, Span(half, half), now=moment) for one in run.span}
        assert (half in gaps) == held.is_gap, moment
