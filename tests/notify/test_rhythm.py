"""When mail about posts comes: on working days, in a digest at an hour of one's own, or never."""

from collections.abc import Callable
from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

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
        here = local(one.astimezone(UTC), zone)  # through UTC: what their clock shows then, not what was put into it
        assert one.timestamp() > before.timestamp()
        assert (here.hour, here.minute) == (hour, 0) or is_left_out(here.date(), hour, zone)
        assert not days or person.works_on(here.weekday())
        if rhythm is MailRhythm.WEEKLY:
            since = [(2 + later) % 7 for later in range((here.weekday() - 2) % 7)]
            assert not any(person.works_on(day) for day in since), (
                "it comes on Wednesday, or the first working day after it"
            )
            assert days or here.weekday() == 2


def is_left_out(day: date, hour: int, zone: str) -> bool:
    """Say whether the clocks leave out an hour of a day."""
    wall = datetime.combine(day, time(hour), ZoneInfo(zone))
    return wall.astimezone(UTC).astimezone(ZoneInfo(zone)).time() != time(hour)


def test_mail_at_once_waits_for_the_next_working_day() -> None:
    person = somebody()
    assert working_moment(person, FRIDAY) == FRIDAY
    saturday = FRIDAY + timedelta(days=1)
    monday = working_moment(person, saturday)
    assert local(monday, "Europe/London").isoformat() == "2026-10-26T08:00:00+00:00"
    assert working_moment(somebody(working_days=0), saturday) == saturday


def hours(from_hour: int, to_hour: int) -> MailChoice:
    """Return a choice of working hours that is nowhere stored."""
    return MailChoice(rhythm=MailRhythm.AT_ONCE, hour=8, weekday=0, from_hour=from_hour, to_hour=to_hour)


def test_mail_at_once_waits_for_the_next_working_hour() -> None:
    """In their zone: 15:00 UTC on this Friday is 16:00 in London, and 23:00 in Perth."""
    nine_to_five = hours(9, 17)
    cases = (
        ("Europe/London", FRIDAY, FRIDAY),
        ("Europe/London", FRIDAY + timedelta(hours=1), datetime(2026, 10, 26, 9, tzinfo=UTC)),
        ("Europe/London", FRIDAY - timedelta(hours=8), FRIDAY - timedelta(hours=7)),
        ("Europe/London", FRIDAY + timedelta(days=1), datetime(2026, 10, 26, 9, tzinfo=UTC)),
        ("Australia/Perth", FRIDAY, datetime(2026, 10, 26, 1, tzinfo=UTC)),
    )
    for zone, at, expected in cases:
        assert working_moment(somebody(zone=zone), at, nine_to_five).timestamp() == expected.timestamp()
    saturday = FRIDAY + timedelta(days=1)
    assert working_moment(somebody(working_days=0), saturday, nine_to_five) == saturday
    assert working_moment(somebody(), FRIDAY + timedelta(hours=7, minutes=59), hours(0, 24)) == FRIDAY + timedelta(
        hours=7, minutes=59
    )


def test_working_hours_hold_on_the_days_on_which_the_clocks_change() -> None:
    """An hour that the clocks leave out is the one after it; of one that comes twice, both are working hours."""
    everyday = somebody(working_days=0)
    gap = datetime(2026, 3, 29, 0, 30, tzinfo=UTC)  # half an hour before 01:00 becomes 02:00
    assert working_moment(everyday, gap, hours(1, 17)).timestamp() == (gap + timedelta(minutes=30)).timestamp()
    assert working_moment(everyday, gap, hours(9, 17)).timestamp() == datetime(2026, 3, 29, 8, tzinfo=UTC).timestamp()
    first, second = (datetime(2026, 10, 25, hour, 30, tzinfo=UTC) for hour in (0, 1))  # 01:30, and 01:30 again
    assert [working_moment(everyday, at, hours(1, 2)) for at in (first, second)] == [first, second]
    assert (
        local(working_moment(everyday, second, hours(9, 17)), "Europe/London").isoformat()
        == "2026-10-25T09:00:00+00:00"
    )


@given(
    zone=st.sampled_from(ZONES),
    days=st.integers(0, 127),
    opens=st.integers(3, 22),
    at=st.datetimes(datetime(2026, 3, 1), datetime(2027, 11, 30)).map(lambda at: at.replace(tzinfo=UTC)),  # noqa: DTZ001
)
@settings(max_examples=200, deadline=None)
def test_what_waits_leaves_in_working_hours_and_no_later_than_the_next_ones(
    zone: str, days: int, opens: int, at: datetime
) -> None:
    person, choice = somebody(zone=zone, working_days=days), hours(opens, opens + 2)
    moment = working_moment(person, at, choice)
    here = local(moment, zone)
    assert moment.timestamp() >= at.timestamp()
    assert opens <= here.hour < opens + 2
    assert not days or person.works_on(here.weekday())
    assert working_moment(person, moment, choice) == moment
    assert moment.timestamp() - at.timestamp() <= timedelta(days=8).total_seconds()


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
        answer = carla.send("/me/mail", rhythm=rhythm.value, hour="7", weekday="3", from_hour="9", to_hour="17")
        assert answer.status_code == 303
        with app.app_context():
            kept = choice_of(cast.champion.id)
            assert (kept.rhythm, kept.hour, kept.weekday) == (rhythm, 7, 3)
            assert (kept.from_hour, kept.to_hour) == (9, 17)
    early = carla.send("/me/mail", rhythm="at once", hour="7", weekday="3", from_hour="9", to_hour="9")
    assert early.status_code == 422
    assert b"Choose an hour after the first one." in early.data
    assert b'value="never"' in carla.get("/me/mail").data
