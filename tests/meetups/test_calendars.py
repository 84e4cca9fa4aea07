"""What calendar programmes make of meetups that were changed: each date once, where it is, and the link for who has a seat."""

from dataclasses import replace
from datetime import datetime, time, timedelta

import icalendar
import pytest
import recurring_ical_events  # it has no types
from sqlalchemy import select

from forum.core.db import db, transaction
from forum.core.errors import RuleBroken
from forum.core.events import Recipient, restore
from forum.core.outbox import FactRow
from forum.core.time import now
from forum.meetups import feeds
from forum.meetups.actions import changing, pausing, rescheduling, turning_up
from forum.meetups.actions.changing import Change
from forum.meetups.actions.details import Details
from forum.meetups.calendars import calendar
from forum.meetups.models import Answer, Mode, Occurrence, OccurrenceState, Series
from forum.meetups.polls import actions as polls
from forum.meetups.polls import deciding
from forum.meetups.polls.events import DatePollDecided
from forum.meetups.polls.models import Vote
from forum.meetups.polls.tellers import all_and_comers, tell_decided
from forum.meetups.queries.calendars import KEPT, wholes_of
from forum.meetups.recurrence import Rhythm
from forum.people.models import Person
from forum.spaces.models import Item
from tests import factories
from tests.cast import Cast
from tests.content.steps import standing
from tests.meetups.poll_steps import days_ahead, say
from tests.meetups.test_mail import calendar_in, mailed, only, slot_of
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


def change_all(cast: Cast, series: Series, first: Occurrence, *, place: str = "Room 2", **plan: object) -> Series:
    """Change all dates of a series from one on."""
    with transaction():
        fresh = db.session.get_one(Series, series.id, populate_existing=True)
        wanted = replace(rescheduling.plan_from(fresh, anew(first)), **plan)  # type: ignore[arg-type]
        details = Details(title="Show and tell", place=place, link=fresh.link)
        onward, _item = rescheduling.reschedule(
            standing(cast.organiser), series.id, first.id, plan=wanted, details=details
        )
    return onward


def test_each_change_has_a_higher_sequence(cast: Cast) -> None:
    """C6: also a date's after changes of its series, or programmes drop it as old (RFC 5546)."""
    series = factories.make_meetup(cast.champions, by=cast.organiser, rhythm=Rhythm.WEEKLY, count=4)
    first, one = factories.dates_of(series)[:2]
    come(cast.champion, one)
    for number in range(3):
        change_all(cast, series, first, place=f"Room {number}")
    seen = []
    for hours in (1, 2):
        with transaction():
            what = Change(start=one.original_local_start + timedelta(hours=hours), minutes=60, place="Room 2")
            changing.change_one(standing(cast.organiser), series.id, one.id, what)
        seen.append(int(str(only(mailed("occurrence changed")[-1][1])[1]["SEQUENCE"])))
    assert 3 < seen[0] < seen[1]


def test_the_end_of_a_series_takes_what_is_to_come_out_of_calendars_and_nothing_else(cast: Cast) -> None:
    """C6: before its first date all of it is cancelled, and says so; later on it ends with what has been."""
    for days in (-7, 1):
        start = (now() + timedelta(days=days)).replace(tzinfo=None, hour=10, minute=0, second=0, microsecond=0)
        series = factories.make_meetup(cast.champions, by=cast.organiser, rhythm=Rhythm.WEEKLY, start=start, count=6)
        always(cast.champion, series)
        with transaction():
            pausing.end(standing(cast.organiser), series.id, reason="No more.")
        method, read = calendar_in(mailed("series changed")[-1][1])
        (event,) = read.walk("VEVENT")
        expected = ("CANCEL", "CANCELLED") if days > 0 else ("REQUEST", "CONFIRMED")
        assert (method, str(event["STATUS"])) == expected
        if days < 0:
            assert starts(read.to_ical().decode(), first=now() - timedelta(days=30))[0].replace(tzinfo=None) == start
            assert starts(read.to_ical().decode()) == []


def test_a_series_made_into_a_single_meetup_stays_in_calendars_as_one(cast: Cast) -> None:
    """C2, C3: what is left of the others is cancelled in its own slot, and never the meetup itself."""
    series = factories.make_meetup(cast.champions, by=cast.organiser, rhythm=Rhythm.WEEKLY, count=6)
    dates = factories.dates_of(series)
    for one in (dates[0], dates[4]):
        come(cast.champion, one)
    come(cast.colleague, dates[4])
    slots = [one.original_local_start for one in dates]
    day = slots[0] + timedelta(days=1)
    single = change_all(cast, series, dates[0], rhythm=Rhythm.ONCE, start=day, count=None)
    assert [one.replace(tzinfo=None) for one in starts(feed(cast.champion, single))] == [day]
    told = [(who, *only(message)) for who, message in mailed("series changed")]
    assert [(who, method, str(event["STATUS"]), "RECURRENCE-ID" in event) for who, method, event in told] == [
        (cast.champion.id, "REQUEST", "CONFIRMED", False)
    ]
    left = {who: calendar_in(message) for who, message in mailed("slots moved")}
    assert {who: method for who, (method, _read) in left.items()} == dict.fromkeys(
        (cast.champion.id, cast.colleague.id), "CANCEL"
    )
    named = [slot_of(event) for event in left[cast.champion.id][1].events]
    assert named == [slots[0], slots[4]]
    with pytest.raises(RuleBroken, match="new one"), transaction():
        changing.restore_one(standing(cast.organiser), series.id, dates[4].id)


def test_a_date_that_was_cancelled_long_ago_does_not_come_back(cast: Cast) -> None:
    """C2: the rule begins with the series, so all that never took place is left out of it; what was moved is where it was."""
    start = (now() - timedelta(days=210)).replace(tzinfo=None, hour=10, minute=0, second=0, microsecond=0)
    series = factories.make_meetup(cast.champions, by=cast.organiser, rhythm=Rhythm.WEEKLY, start=start)
    cancelled, moved = factories.dates_of(series)[5:7]
    with transaction():
        db.session.get_one(Occurrence, cancelled.id).state = OccurrenceState.CANCELLED
        other = db.session.get_one(Occurrence, moved.id)
        other.local_start += timedelta(days=1)
        other.starts_at, other.ends_at = other.starts_at + timedelta(days=1), other.ends_at + timedelta(days=1)
    seen = [one.replace(tzinfo=None) for one in starts(feed(cast.champion, series), first=now() - timedelta(days=211))]
    assert cancelled.original_local_start not in seen
    assert moved.original_local_start not in seen
    assert moved.original_local_start + timedelta(days=1) in seen


def test_a_date_that_takes_place_after_all_is_in_calendars_though_the_series_ended(cast: Cast) -> None:
    """C1: what the page says, the calendar says."""
    series = factories.make_meetup(cast.champions, by=cast.organiser, rhythm=Rhythm.WEEKLY, count=5)
    always(cast.champion, series)
    third = factories.dates_of(series)[2]
    with transaction():
        pausing.end(standing(cast.organiser), series.id, reason="No more.")
    with transaction():
        changing.restore_one(standing(cast.organiser), series.id, third.id)
    assert starts(feed(cast.champion, series)) == [third.starts_at]


def test_who_comes_every_time_sees_only_what_they_come_to(cast: Cast) -> None:
    """C5, C6: not beyond their last day, nor a week that they declined; in the calendar they follow and by mail."""
    series = factories.make_meetup(cast.champions, by=cast.organiser, rhythm=Rhythm.WEEKLY)
    dates = factories.dates_of(series)
    always(cast.champion, series, until_day=dates[3].local_start.date())
    come(cast.champion, dates[1], answer=Answer.NO)
    come(cast.champion, dates[6])
    expected = [dates[number].starts_at for number in (0, 2, 3, 6)]
    mine = feeds.KINDS[0].now(db.session.get_one(Person, cast.champion.id), "")
    assert mine is not None
    once = factories.make_meetup(cast.champions, by=cast.organiser, title="Once")
    (alone,) = factories.dates_of(once)
    come(cast.champion, alone)
    with transaction():
        assert starts(mine.write("").decode()) == sorted([*expected, alone.starts_at])
    change_all(cast, series, dates[0], place="Elsewhere")
    ((_who, message),) = mailed("series changed")
    assert starts(calendar_in(message)[1].to_ical().decode()) == expected


def test_the_calendar_of_a_series_goes_on_with_what_goes_on_from_it(cast: Cast) -> None:
    """C3: "linked": who follows the old one has the new dates too, and of the one after that."""
    series = factories.make_meetup(cast.champions, by=cast.organiser, rhythm=Rhythm.WEEKLY, count=9)
    with transaction():
        uuid = db.session.get_one(Item, series.id).uuid
    dates = factories.dates_of(series)
    onward = change_all(cast, series, dates[3], start=dates[3].original_local_start + timedelta(hours=1))
    change_all(cast, onward, dates[6], start=anew(dates[6]).original_local_start + timedelta(hours=1))
    followed = feeds.KINDS[2].now(db.session.get_one(Person, cast.champion.id), uuid)
    assert followed is not None
    with transaction():
        assert starts(followed.write("").decode()) == [anew(one).starts_at for one in dates]


def test_who_had_a_seat_and_cant_come_on_the_day_that_a_poll_chose_hears_of_the_move(cast: Cast) -> None:
    """C5, C8: the old date is taken out of their calendar, though they want no mail of the space's announcements."""
    (one,) = factories.dates_of(factories.make_meetup(cast.champions, by=cast.organiser, start=None))
    come(cast.champion, one)
    asked = polls.Asked(title="When?", zone=one.zone, minutes=60)
    days = [days_ahead(number, time(10)) for number in (3, 4)]
    with transaction():
        poll, _item = polls.open_poll(standing(cast.organiser), asked, days, moves=one)
        option = polls.options_of(poll.id)[0]
    say(cast.champion, poll, {option.id: Vote.NO})
    with transaction():
        deciding.move(standing(cast.organiser), poll.id, option.id)
    assert mailed("occurrence changed") == []
    row = db.session.scalars(select(FactRow).where(FactRow.kind == "date poll decided")).one()
    fact = restore(row, {row.kind: DatePollDecided})
    assert isinstance(fact, DatePollDecided)
    assert cast.champion.id in {recipient.person_id for recipient in all_and_comers(fact)}
    mail = tell_decided(fact, Recipient(person_id=cast.champion.id))
    assert mail is not None
    assert mail.invitation is not None
    assert mail.invitation.method == "CANCEL"
    assert "STATUS:CANCELLED" in mail.invitation.text
