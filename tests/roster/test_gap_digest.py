"""Gaps ahead: who is warned of which, when and how often (D4)."""

from collections.abc import Callable
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
import time_machine
from flask import Flask
from sqlalchemy import select

from forum.core.db import db, transaction
from forum.core.events import restore
from forum.core.halves import Half, Span
from forum.core.outbox import FactRow
from forum.core.time import now
from forum.people.models import Person
from forum.roster.actions.warning import warn, warn_all
from forum.roster.events import GapsAhead
from forum.roster.models import Duty, GapWarning
from forum.roster.tellers.ahead import tell_gaps, who_minds
from forum.roster.tellers.common import days_of
from forum.spaces.models import Space
from forum.spaces.queries import membership_of
from tests import factories
from tests.cast import Browserless, Cast

SUNDAY = 6
AsPerson = Callable[[Person], Browserless]
AtOnce = Callable[..., list[Any]]
YEAR = now().year + 1
CHANGE = max(day for number in range(25, 32) if (day := date(YEAR, 3, number)).weekday() == SUNDAY)
MONDAY = CHANGE - timedelta(days=13)
"""Of the week before the clocks of London change."""


def at_nine(day: date, zone: str = "Europe/London", hour: int = 9) -> datetime:
    return datetime.combine(day, time(hour), ZoneInfo(zone)).astimezone(UTC)


def on(day: int) -> date:
    return MONDAY + timedelta(days=day)


def told() -> list[GapsAhead]:
    rows = db.session.scalars(select(FactRow).where(FactRow.kind == GapsAhead.kind()).order_by(FactRow.id))
    return [fact for row in rows if isinstance(fact := restore(row, {GapsAhead.kind(): GapsAhead}), GapsAhead)]


def furnish(cast: Cast, *, first: date, last: date | None = None) -> tuple[int, Span]:
    span = Span.of_days(first, last or first)
    with time_machine.travel(at_nine(MONDAY - timedelta(days=30)), tick=False):
        duty = factories.make_duty(cast.champions, by=cast.organiser, holder=cast.colleague, title="Inbox")
        factories.make_absence(cast.colleague, span)
    return duty.id, span


@pytest.mark.both_databases
def test_a_gap_is_told_of_fourteen_seven_and_one_days_before_and_once_each(app: Flask, cast: Cast) -> None:
    """D4, over a change of the clocks: looked at each hour for sixteen days, three digests, in the morning of the space."""
    with app.test_request_context("/"):
        duty_id, span = furnish(cast, first=on(15), last=on(17))
        seen: list[tuple[datetime, int]] = []
        at = at_nine(MONDAY, hour=0)
        while at < at_nine(on(18)):
            with time_machine.travel(at, tick=False):
                before = len(told())
                warn_all(at=at)
                seen.extend((at, len(fact.gaps)) for fact in told()[before:])
            at += timedelta(hours=3)
        zone = ZoneInfo(cast.champions.zone)
        days = [(moment.astimezone(zone).date(), number) for moment, number in seen]
        assert days == [(on(1), 1), (on(8), 1), (on(14), 1)]
        assert all(moment.astimezone(zone).hour in range(8, 12) for moment, _number in seen)
        assert {tuple(one) for fact in told() for one in fact.gaps} == {(duty_id, span.first, span.last)}


def test_days_are_counted_in_the_zone_of_the_space(app: Flask, cast: Cast) -> None:
    """D4: at 22:30 UTC it is tomorrow in Auckland, and morning there."""
    with app.test_request_context("/"):
        furnish(cast, first=on(15))
        with transaction():
            db.session.get_one(Space, cast.champions.id).zone = "Pacific/Auckland"
        for hour, number in ((10, 0), (20, 1)):
            at = datetime.combine(on(0), time(hour), UTC)
            with time_machine.travel(at, tick=False):
                warn_all(at=at)
                assert len(told()) == number, hour


def test_who_missed_days_is_told_once_and_what_has_begun_is_not_ahead(app: Flask, cast: Cast) -> None:
    """D4: five days before, for the first time: one digest, not two; next on the day before; none when it has begun."""
    with app.test_request_context("/"):
        furnish(cast, first=on(15), last=on(16))
        for day, number in ((10, 1), (11, 1), (13, 1), (14, 2), (15, 2), (16, 2)):
            with time_machine.travel(at_nine(on(day)), tick=False):
                warn_all(at=at_nine(on(day)))
            assert len(told()) == number, day
        assert [row.days_before for row in db.session.scalars(select(GapWarning).order_by(GapWarning.warned_at))] == [
            7,
            1,
        ]


def test_a_gap_that_becomes_shorter_is_not_news_and_one_that_is_covered_is_told_to_nobody(
    app: Flask, cast: Cast
) -> None:
    with app.test_request_context("/"):
        duty_id, span = furnish(cast, first=on(15), last=on(18))
        at = at_nine(on(5))
        with time_machine.travel(at, tick=False):
            warn_all(at=at)
            (fact,) = told()
            row = db.session.get_one(Duty, duty_id)
            part = Span(span.first, Half(span.first + 1))
            factories.make_cover_request(row, away=cast.colleague, span=part, taken_by=cast.champion)
            warn_all(at=at)
            assert len(told()) == 1
            assert {one.person_id for one in who_minds(fact)} == {cast.organiser.id, cast.steward.id, cast.colleague.id}
            rest = Span(Half(part.last + 1), span.last)
            factories.make_cover_request(row, away=cast.colleague, span=rest, taken_by=cast.champion)
            recipients = list(who_minds(fact))
            assert all(tell_gaps(fact, one) is None for one in recipients)


def test_a_digest_names_all_gaps_to_organisers_and_their_own_to_holders(app: Flask, cast: Cast) -> None:
    """D4, A3: one letter; "nobody at all" is in it; a holder reads of theirs only; who left reads nothing."""
    with app.test_request_context("/"):
        furnish(cast, first=on(8), last=on(9))
        at = at_nine(on(3))
        with time_machine.travel(at_nine(MONDAY - timedelta(days=20)), tick=False):
            factories.make_duty(cast.champions, by=cast.organiser, title="Snow", first_day=on(7))
        with time_machine.travel(at, tick=False):
            warn_all(at=at)
            (fact,) = told()
            mails = {one.person_id: tell_gaps(fact, one) for one in who_minds(fact)}
            organiser, holder = mails[cast.organiser.id], mails[cast.colleague.id]
            assert organiser is not None
            assert holder is not None
            for words in ("2 gaps ahead", "Snow", "it is nobody’s", "Inbox", "Colin Colleague is away"):
                assert words in organiser.text
            assert "Snow" not in holder.text
            assert "Inbox" in holder.text
            assert days_of(Span.of_days(on(8), on(9))) in holder.text
            with transaction():
                membership = membership_of(db.session.get_one(Space, cast.champions.id), cast.colleague)
                assert membership is not None
                membership.ended_at = at
            recipients = list(who_minds(fact))
            assert cast.colleague.id not in {one.person_id for one in recipients}


def test_a_vacancy_without_end_is_told_once_for_each_warning(app: Flask, cast: Cast) -> None:
    """The horizon moves on each day; the gap is the same."""
    with app.test_request_context("/"):
        with time_machine.travel(at_nine(MONDAY - timedelta(days=20)), tick=False):
            factories.make_duty(cast.champions, by=cast.organiser, title="Snow", first_day=on(20))
        for day in range(30):
            with time_machine.travel(at_nine(on(day)), tick=False):
                warn_all(at=at_nine(on(day)))
        assert len(told()) == 3


@pytest.mark.both_databases
def test_several_workers_at_once_tell_once(app: Flask, cast: Cast, at_once: AtOnce) -> None:
    """D4: seen to fail on PostgreSQL without the lock of the space."""
    with app.test_request_context("/"):
        furnish(cast, first=on(8))
    at = at_nine(on(3))

    def look() -> None:
        with transaction():
            warn(cast.champions.id, at=at)

    with time_machine.travel(at, tick=False):
        results = at_once(look, look, look, look)
    assert not [one for one in results if isinstance(one, BaseException)]
    with app.app_context():
        assert len(told()) == 1
        assert db.session.scalar(select(db.func.count()).select_from(GapWarning)) == 1


def test_organisers_read_of_gaps_on_today_and_others_do_not(app: Flask, cast: Cast, as_person: AsPerson) -> None:
    """A gap now and one soon; "nobody at all" too."""
    with app.app_context():
        factories.make_duty(cast.champions, by=cast.organiser, holder=cast.colleague, title="Inbox")
        factories.make_absence(cast.colleague, starts=2, days=2)
        factories.make_duty(cast.champions, by=cast.organiser, title="Snow")
    page = as_person(cast.organiser).get("/s/champions/").text
    for words in ("Nobody is there", "Inbox", "Colin Colleague is away", "Snow", "2 duties</a> have a gap soon"):
        assert words in page
    assert "Nobody is there" not in as_person(cast.champion).get("/s/champions/").text
