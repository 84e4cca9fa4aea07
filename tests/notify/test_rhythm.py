"""When mail about posts comes: on working days, in a digest at an hour of one's own, or never."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest
import time_machine
from flask import Flask
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from forum.core.db import db, transaction
from forum.core.outbox import FactRow
from forum.core.time import local
from forum.notify.models import MailChoice, MailRhythm
from forum.notify.rhythm import announce_digests, choice_of, choose, next_digest, working_moment
from forum.people.models import Person
from tests.cast import Browserless, Cast
from tests.content.steps import at_once

AsPerson = Callable[[Person], Browserless]
ZONES = ("Europe/London", "Australia/Lord_Howe", "America/New_York", "Asia/Kolkata")
MONDAY_TO_FRIDAY = 0b0011111
FRIDAY = datetime(2026, 10, 23, 15, 0, tzinfo=UTC)


def somebody(*, zone: str = "Europe/London", working_days: int = MONDAY_TO_FRIDAY) -> Person:
    """Return a person who is nowhere stored."""
    return Person(name="Sam", handle="sam", zone=zone, working_days=working_days)


@given(
    zone=st.sampled_from(ZONES),
    hour=st.integers(0, 23),
    days=st.integers(0, 127),
    rhythm=st.sampled_from([MailRhythm.DAILY, MailRhythm.WEEKLY]),
    after=st.datetimes(datetime(2026, 3, 1), datetime(2027, 11, 30)).map(lambda at: at.replace(tzinfo=UTC)),  # noqa: DTZ001
)
@settings(max_examples=200, deadline=None)
def test_digests_follow_each_other_at_their_hour_on_their_days_across_the_clock_changes(
    zone: str, hour: int, days: int, rhythm: MailRhythm, after: datetime
) -> None:
    person = somebody(zone=zone, working_days=days)
    moments = [after]
    for _more in range(4):
        following = next_digest(person, rhythm=rhythm, hour=hour, weekday=2, after=moments[-1])
        assert following is not None
        moments.append(following)
    for before, one in pairwise(moments):
        wall = one.replace(tzinfo=None)
        assert one.timestamp() > before.timestamp()
        assert (wall.hour, wall.minute) == (hour, 0)
        if rhythm is MailRhythm.WEEKLY:
            assert wall.weekday() == 2
        else:
            assert not days or person.works_on(wall.weekday())


def test_mail_at_once_waits_for_the_next_working_day() -> None:
    person = somebody()
    assert working_moment(person, FRIDAY) == FRIDAY
    saturday = FRIDAY + timedelta(days=1)
    monday = working_moment(person, saturday)
    assert local(monday, "Europe/London").isoformat() == "2026-10-26T08:00:00+00:00"
    assert working_moment(somebody(working_days=0), saturday) == saturday


@pytest.mark.both_databases
def test_a_digest_is_announced_once_and_the_next_is_set(app: Flask, cast: Cast) -> None:
    """Several workers look at once. Seen to fail when the next one wasn't set in the same write."""
    with time_machine.travel(FRIDAY, tick=False), app.app_context(), transaction():
        choose(db.session.get_one(Person, cast.champion.id), rhythm=MailRhythm.DAILY, hour=8, weekday=0)
    with time_machine.travel(FRIDAY + timedelta(days=2, hours=16), tick=False), app.app_context():
        assert announce_digests() == 0
    with time_machine.travel(FRIDAY + timedelta(days=3), tick=False):
        assert sum(at_once(app, [announce_digests] * 4, workers=4)) == 1
        with app.app_context():
            [row] = db.session.scalars(select(FactRow).where(FactRow.kind == "digest due"))
            assert row.payload["moment"] == "2026-10-26T08:00:00+00:00"
            following = db.session.get_one(MailChoice, cast.champion.id).next_at
            assert following is not None
            assert following.isoformat() == "2026-10-27T08:00:00+00:00"


def test_the_page_says_what_was_chosen_and_refuses_what_is_not_offered(
    app: Flask, cast: Cast, as_person: AsPerson
) -> None:
    carla = as_person(cast.champion)
    assert b"When mail comes" in carla.get("/me/mail").data
    wrong = carla.send("/me/mail", rhythm="hourly", hour="25", weekday="x")
    assert wrong.status_code == 422
    assert wrong.data.count(b"Choose one of the list.") >= 3
    for rhythm in MailRhythm:
        answer = carla.send("/me/mail", rhythm=rhythm.value, hour="7", weekday="3")
        assert answer.status_code == 303
        with app.app_context():
            kept = choice_of(cast.champion.id)
            assert (kept.rhythm, kept.hour, kept.weekday) == (rhythm, 7, 3)
    assert b'value="never"' in carla.get("/me/mail").data
