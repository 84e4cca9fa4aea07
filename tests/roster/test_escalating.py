"""What nobody took is taken further: the deputy, then the organisers; each once, by day, whatever the worker does."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import time_machine
from flask import Flask
from sqlalchemy import select

from forum.core.db import db, transaction
from forum.core.halves import Span
from forum.core.outbox import FactRow
from forum.people.models import Person
from forum.roster.actions import absences, covering, requesting
from forum.roster.actions.escalating import DEPUTY_ASKED, ORGANISERS_TOLD, escalate_due
from forum.roster.models import CoverAsk, CoverRequest
from tests import factories
from tests.cast import Cast
from tests.content.steps import standing

AtOnce = Callable[..., list[Any]]
THURSDAY = datetime(2026, 10, 15, 14, tzinfo=UTC)
"""15:00 in London."""


def told() -> list[list[int]]:
    rows = db.session.scalars(select(FactRow).where(FactRow.kind == "cover untaken").order_by(FactRow.id))
    return [list(row.payload["person_ids"]) for row in rows]


def asked(cast: Cast, *, deputy: Person | None, starts: int = 10) -> int:
    """Let Carla ask for cover of whole days that begin on another Sunday."""
    duty = factories.make_duty(cast.champions, by=cast.organiser, holder=cast.champion, deputy=deputy)
    first = THURSDAY.date() + timedelta(days=starts)
    span = Span.of_days(first, first + timedelta(days=3))
    with transaction():
        absence = absences.file(cast.champion, span)
        (request,) = requesting.ask(standing(cast.champion), duty, span, away=cast.champion, absence=absence)
    return request.id


def run(at: datetime) -> int:
    db.session.rollback()
    with time_machine.travel(at, tick=False):
        return escalate_due()


@pytest.mark.both_databases
@pytest.mark.usefixtures("context")
def test_first_the_deputy_is_asked_and_then_the_organisers_each_once_and_by_day(cast: Cast) -> None:
    """Asked on Thursday: the deputy hears on Friday, the organisers after the weekend, however often a worker looks."""
    with time_machine.travel(THURSDAY, tick=False):
        key = asked(cast, deputy=cast.colleague)
    assert run(THURSDAY + timedelta(hours=20)) == 0
    friday = THURSDAY + timedelta(days=1)
    assert [run(friday), run(friday), run(friday + timedelta(minutes=50))] == [1, 0, 0]
    assert told() == [[cast.colleague.id]]
    assert db.session.get(CoverAsk, (key, cast.colleague.id)) is not None
    assert db.session.get_one(CoverRequest, key).escalated == DEPUTY_ASKED
    hours = [
        friday + timedelta(hours=number) for number in range(24, 64)
    ]  # Saturday and Sunday, and the night on Monday
    assert sum(run(hour) for hour in hours) == 0
    monday = THURSDAY.replace(hour=9) + timedelta(days=4)
    assert [run(monday), run(monday + timedelta(days=3))] == [1, 0]
    assert told()[1] == sorted([cast.steward.id, cast.organiser.id])
    assert db.session.get_one(CoverRequest, key).escalated == ORGANISERS_TOLD


@pytest.mark.usefixtures("context")
def test_a_deputy_who_is_away_off_or_cannot_is_passed_over(cast: Cast) -> None:
    friday = THURSDAY + timedelta(days=1)
    with time_machine.travel(THURSDAY, tick=False):
        asked(cast, deputy=cast.colleague)
        factories.make_absence(cast.colleague, days=3)
        factories.make_absence(cast.organiser, days=3)
    assert run(friday) == 1
    assert told() == [[cast.steward.id]]


@pytest.mark.usefixtures("context")
def test_what_was_taken_or_has_passed_is_not_taken_further_and_a_late_worker_waits_for_the_day(cast: Cast) -> None:
    with time_machine.travel(THURSDAY, tick=False):
        key = asked(cast, deputy=None)
    night = THURSDAY + timedelta(days=1, hours=8)
    assert run(night) == 0
    assert db.session.get_one(CoverRequest, key).escalate_at == datetime(2026, 10, 19, 8, tzinfo=UTC)
    with time_machine.travel(night, tick=False), transaction():
        covering.take(standing(cast.colleague), db.session.get_one(CoverRequest, key))
    assert run(night + timedelta(days=4)) == 0
    assert told() == []


@pytest.mark.both_databases
def test_of_several_workers_one_takes_it_further(app: Flask, cast: Cast, at_once: AtOnce) -> None:
    """Seen to fail when the update looks neither at how far it was taken nor at when it is due."""
    with app.test_request_context("/"), time_machine.travel(THURSDAY, tick=False):
        asked(cast, deputy=cast.colleague)
    friday = THURSDAY + timedelta(days=1)
    results = at_once(*(lambda: escalate_due(friday) for _worker in range(4)))
    assert sorted(results) == [0, 0, 0, 1], results
    with app.app_context():
        assert told() == [[cast.colleague.id]]
