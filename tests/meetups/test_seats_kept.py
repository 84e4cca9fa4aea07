"""Seats are kept by who has them, and go to nobody who may not come; and a long series with many people is no work (C7)."""

from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import select

from forum.core.db import db, transaction
from forum.core.outbox import FactRow
from forum.core.time import now
from forum.meetups.actions import rescheduling, turning_up
from forum.meetups.actions.details import Details
from forum.meetups.models import Answer, Mode, Rsvp, Series
from forum.meetups.recurrence import Rhythm
from forum.people.models import Person
from forum.spaces.actions import membership
from tests import factories
from tests.cast import Cast
from tests.content.steps import queries, standing
from tests.meetups.test_turning_up import come, crowd, lists

pytestmark = [pytest.mark.usefixtures("context"), pytest.mark.both_databases]


def always(person: Person, series: Series, **others: object) -> None:
    with transaction():
        turning_up.come_always(standing(person), series.id, mode=Mode.ROOM, **others)  # type: ignore[arg-type]


def test_a_last_day_of_every_time_costs_no_seat_before_it(cast: Cast) -> None:
    """C7: seats up to that day stay, those after it are free for the next in line."""
    series = factories.make_meetup(cast.champions, by=cast.organiser, rhythm=Rhythm.WEEKLY, seats=1, count=4)
    dates = factories.dates_of(series)
    for person in (cast.champion, cast.colleague):
        always(person, series)
    always(cast.champion, series, until_day=dates[1].local_start.date())
    mine, theirs = [cast.champion.id], [cast.colleague.id]
    assert [lists(one) for one in dates] == [(mine, theirs), (mine, theirs), (theirs, []), (theirs, [])]
    always(cast.champion, series)
    assert [lists(one) for one in dates] == [(mine, theirs), (mine, theirs), (theirs, mine), (theirs, mine)]


def test_a_change_of_a_long_series_asks_the_database_as_often_for_many_as_for_few(app: Flask, cast: Cast) -> None:
    """C7: seats of all who come every time are read once and written once, also as one more says so."""
    series = factories.make_meetup(cast.champions, by=cast.organiser, rhythm=Rhythm.WEEKLY, count=5)
    asked = []
    people = crowd(cast, 10)
    for number, some in enumerate((people[:2], people[2:])):
        for person in some:
            always(person, series)
        with queries(app) as seen, transaction():
            first = factories.dates_of(series)[0]
            plan = rescheduling.plan_from(db.session.get_one(Series, series.id), first)
            details = Details(title="Show and tell", place=f"Room {number}")
            rescheduling.reschedule(standing(cast.organiser), series.id, first.id, plan=plan, details=details)
        asked.append(len(seen))
    assert asked[0] == asked[1]
    assert [len(lists(one)[0]) for one in factories.dates_of(series)] == [10] * 5


def test_who_is_suspended_moves_up_to_no_seat(cast: Cast) -> None:
    """A3: they may not turn up until then; the next one in line does, and they keep their place."""
    series = factories.make_meetup(cast.champions, by=cast.organiser, seats=1)
    (one,) = factories.dates_of(series)
    for person in (cast.champion, cast.colleague, cast.reader):
        come(person, one)
    factories.make_suspension(cast.champions, cast.colleague, by=cast.steward)
    come(cast.champion, one, answer=Answer.NO)
    assert lists(one) == ([cast.reader.id], [cast.colleague.id])
    told = db.session.scalars(select(FactRow).where(FactRow.kind == "seat taken").order_by(FactRow.id)).all()
    assert [fact.payload["person_id"] for fact in told if fact.payload["was_waiting"]] == [cast.reader.id]


def test_the_seat_of_who_is_removed_goes_to_the_next_at_once(cast: Cast) -> None:
    """A3: at the next request, not at the next look of a worker; who is suspended only keeps theirs."""
    series = factories.make_meetup(cast.champions, by=cast.organiser, rhythm=Rhythm.WEEKLY, seats=1, count=2)
    first, second = factories.dates_of(series)
    always(cast.champion, series)
    come(cast.colleague, first)
    with transaction():
        membership.end_membership(standing(cast.steward), db.session.get_one(Person, cast.champion.id), reason="Left.")
    assert [lists(first), lists(second)] == [([cast.colleague.id], []), ([], [])]
    assert db.session.scalar(select(Rsvp).where(Rsvp.person_id == cast.champion.id)) is None


def test_who_was_there_stays_on_the_list_of_what_has_been(cast: Cast) -> None:
    """A3: leaving frees seats to come, and changes nothing that was."""
    day = (now() - timedelta(days=3)).replace(tzinfo=None, microsecond=0)
    (one,) = factories.dates_of(factories.make_meetup(cast.champions, by=cast.organiser, start=day))
    factories.make_rsvp(one, cast.champion)
    with transaction():
        membership.end_membership(standing(cast.steward), db.session.get_one(Person, cast.champion.id), reason="Left.")
    assert lists(one) == ([cast.champion.id], [])
