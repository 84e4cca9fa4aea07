"""What calendar programmes make of meetups that were changed: each date once, where it is, and the link for who has a seat."""

from datetime import datetime, timedelta

import icalendar
import pytest
import recurring_ical_events  # it has no types
from sqlalchemy import select

from forum.core.db import db, transaction
from forum.core.time import now
from forum.meetups.actions import turning_up
from forum.meetups.calendars import calendar
from forum.meetups.models import Answer, Mode, Occurrence, Series
from forum.meetups.queries.calendars import KEPT, wholes_of
from forum.meetups.recurrence import Rhythm
from forum.people.models import Person
from tests import factories
from tests.cast import Cast
from tests.content.steps import standing
from tests.meetups.test_mail import calendar_in, mailed
from tests.meetups.test_turning_up import come

pytestmark = pytest.mark.usefixtures("context")
LINK = "https://meet.example/secret"


def feed(person: Person, series: Series) -> str:
    """Return the calendar of a series as somebody has it now."""
    with transaction():
        return calendar(wholes_of(person, Series.id == series.id, since=now() - KEPT), at=now())


def events(text: str, *, first: datetime | None = None) -> list[icalendar.Event]:
    """Return what another library makes of a calendar, from a day on and for a year from now."""
    read = recurring_ical_events.of(icalendar.Calendar.from_ical(text))
    return sorted(read.between(first or now(), now() + timedelta(days=365)), key=lambda one: one.decoded("DTSTART"))


def starts(text: str, *, first: datetime | None = None) -> list[datetime]:
    """Return when these begin."""
    return [one.decoded("DTSTART") for one in events(text, first=first)]


def always(person: Person, series: Series, *, mode: Mode = Mode.ROOM, **others: object) -> None:
    with transaction():
        turning_up.come_always(standing(person), series.id, mode=mode, **others)  # type: ignore[arg-type]


def anew(one: Occurrence) -> Occurrence:
    """Read a date again."""
    with transaction():
        return db.session.scalars(
            select(Occurrence).where(Occurrence.id == one.id).execution_options(populate_existing=True)
        ).one()


def test_who_comes_every_time_has_the_link_of_those_dates_in_which_they_have_a_seat(cast: Cast) -> None:
    """A1: the second of two for one seat waits, and reads the link nowhere; nor does who declined a week, of that week."""
    series = factories.make_meetup(
        cast.champions, by=cast.organiser, rhythm=Rhythm.WEEKLY, link=LINK, online_seats=1, count=3
    )
    for person in (cast.champion, cast.colleague):
        always(person, series, mode=Mode.ONLINE)
    assert LINK not in feed(cast.colleague, series)
    told = dict(mailed("standing rsvp made"))
    assert LINK not in calendar_in(told[cast.colleague.id])[1].to_ical().decode()
    assert LINK in calendar_in(told[cast.champion.id])[1].to_ical().decode()
    assert [LINK in str(one.get("DESCRIPTION")) for one in events(feed(cast.champion, series))] == [True] * 3
    come(cast.champion, factories.dates_of(series)[1], answer=Answer.NO)
    assert [LINK in str(one.get("DESCRIPTION")) for one in events(feed(cast.champion, series))] == [True, False, True]
    assert [LINK in str(one.get("DESCRIPTION")) for one in events(feed(cast.colleague, series))] == [False, True, False]
