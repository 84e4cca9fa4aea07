"""Reading a calendar that nobody vouches for: which half-days come out, and what never harms."""

from collections.abc import Sequence
from datetime import UTC, date, datetime, time, timedelta

import pytest
import recurring_ical_events
from hypothesis import given, settings
from hypothesis import strategies as st
from icalendar import Calendar

from forum.core.calendars.asking import LARGEST, Unreadable
from forum.core.calendars.reading import Unread
from forum.core.halves import Span, part_of
from forum.roster.calendars.asking import read_calendar
from forum.roster.calendars.reading import AHEAD, Times, Where, read
from tests.factories.calendars import away_days, away_times, make_calendar

TODAY = date(2026, 3, 2)
LONDON = Where("Europe/London", time(13), TODAY)
DAY = timedelta(days=1)


def spans(data: bytes, where: Where = LONDON) -> list[tuple[date, int, date, int]]:
    return [
        (span.first_day, part_of(span.first), span.last_day, part_of(span.last))
        for _uid, first, last, _who in read(data, where).found
        for span in [Span(first, last)]  # type: ignore[arg-type]  # numbers of half-days
    ]


def at(day: int, hour: int, minute: int = 0) -> datetime:
    return datetime(2026, 3, day, hour, minute)  # noqa: DTZ001  # a wall clock


def test_whole_days_and_times_become_halves_where_their_reader_is() -> None:
    """C8-like: dates never shift with a zone; times do, over midnight and into another day."""
    data = make_calendar(
        away_days("1", date(2026, 3, 9), 5),
        away_times("2", at(16, 8), at(16, 12, 30)),
        away_times("3", at(17, 13), at(17, 17)),
        away_times("4", at(18, 9), at(20, 13)),
        away_times("5", at(23, 20), at(23, 23, 59), zone="America/New_York"),
        ["UID:6", "DTSTART:20260325T120000Z", "DURATION:PT4H"],
        ["UID:7", "DTSTART;VALUE=DATE:20260326"],
        ["UID:8", "DTSTART;TZID=W. Europe Standard Time:20260327T080000", "DURATION:PT4H"],
    )
    assert spans(data) == [
        (date(2026, 3, 9), 0, date(2026, 3, 13), 1),
        (date(2026, 3, 16), 0, date(2026, 3, 16), 0),
        (date(2026, 3, 17), 1, date(2026, 3, 17), 1),
        (date(2026, 3, 18), 0, date(2026, 3, 20), 0),
        (date(2026, 3, 24), 0, date(2026, 3, 24), 0),
        (date(2026, 3, 25), 0, date(2026, 3, 25), 1),
        (date(2026, 3, 26), 0, date(2026, 3, 26), 1),
        (date(2026, 3, 27), 0, date(2026, 3, 27), 0),
    ]


def test_what_is_no_absence_is_counted_and_why() -> None:
    data = make_calendar(
        away_times("1", at(9, 10), at(9, 11)),
        away_days("2", date(2026, 3, 9), 1, "STATUS:CANCELLED"),
        away_days("3", date(2025, 3, 9), 1),
        away_days("4", date(2036, 3, 9), 1),
        away_days("5", date(2026, 3, 9), 500),
        away_days("6", date(2026, 3, 9), 1, "RRULE:FREQ=HOURLY"),
        away_days("7", date(2026, 3, 9), 1, "RRULE:FREQ=DAILY;BYHOUR=1,2,3"),
        ["UID:8", "DTSTART:20269999"],
        ["UID:9"],
        away_days("10", date(2026, 3, 9), -3),
        away_times("11", at(9, 8), at(9, 18), zone="Nowhere/Land"),
    )
    times = read(data, LONDON)
    assert times.unused == {
        "short": 1,
        "cancelled": 1,
        "outside": 2,
        "long": 1,
        "often": 2,
        "nonsense": 3,
        "zone": 1,
    }
    assert len(times.found) == 1


RULES = (
    "FREQ=WEEKLY;COUNT=6",
    "FREQ=WEEKLY;UNTIL=20260415T080000Z",
    "FREQ=WEEKLY;BYDAY=MO,WE;INTERVAL=2",
    "FREQ=MONTHLY;BYDAY=-1FR",
    "FREQ=MONTHLY;BYMONTHDAY=31",
    "FREQ=YEARLY",
    "FREQ=DAILY;COUNT=3;WKST=SU",
)


@pytest.mark.parametrize("whole", [True, False])
def test_series_are_what_another_programme_makes_of_them(*, whole: bool) -> None:
    """Against recurring-ical-events, over the change of the clocks, with days taken out, added and moved."""
    for number, rule in enumerate(RULES):
        until = rule.replace("T080000Z", "") if whole else rule
        first = away_days("1", date(2026, 3, 9), 1) if whole else away_times("1", at(9, 8), at(9, 17))
        kind = "VALUE=DATE" if whole else "TZID=Europe/London"
        clock = "" if whole else "T080000"
        more = [f"RRULE:{until}", f"EXDATE;{kind}:20260316{clock}", f"RDATE;{kind}:20260402{clock}"]
        moved = away_days("1", date(2026, 3, 25), 1) if whole else away_times("1", at(25, 8), at(25, 17))
        slot = f"RECURRENCE-ID;{kind}:20260323{clock}"
        data = make_calendar([*first, *more], *([[*moved, slot]] if number == 0 else []))
        known = recurring_ical_events.of(Calendar.from_ical(data)).between(TODAY, TODAY + AHEAD + DAY)
        days = sorted(day_of(event["DTSTART"].dt) for event in known)
        assert sorted(first for first, _half, _last, _other in spans(data)) == days, rule


def day_of(moment: date | datetime) -> date:
    return moment.date() if isinstance(moment, datetime) else moment


def test_a_series_keeps_its_hour_where_the_clocks_change() -> None:
    """C1: 12:30 to 17:30 in London is the second half all year; read in UTC it would be the first, too, in summer."""
    first = away_times("1", at(23, 13), at(23, 17), "RRULE:FREQ=WEEKLY;COUNT=3")
    assert {(half, last) for _first, half, _day, last in spans(make_calendar(first))} == {(1, 1)}
    elsewhere = Where("UTC", time(13), TODAY)
    assert [half for _first, half, _day, _last in spans(make_calendar(first), elsewhere)] == [1, 0, 0]


def test_what_an_event_is_called_never_leaves_the_child() -> None:
    """D6."""
    secret = "Operation"
    data = make_calendar(
        away_days(
            "1", TODAY + DAY, 1, f"SUMMARY:{secret}", f"DESCRIPTION:{secret}", f"CATEGORIES:{secret}", f"X-WHY:{secret}"
        ),
        away_days(f"{secret}@hr", TODAY + DAY, 1, f"ATTENDEE;CN={secret}:mailto:a@example.org"),
    )
    found = read_calendar(data, zone="Europe/London", midday=time(13), today=TODAY)
    assert len(found.times) == 2
    assert secret not in repr(found)


LINES = st.lists(
    st.sampled_from(
        [
            "BEGIN:VEVENT",
            "END:VEVENT",
            "BEGIN:VTIMEZONE",
            "END:VTIMEZONE",
            "BEGIN:VCALENDAR",
            "END:VCALENDAR",
            "DTSTART:20260309T080000Z",
            "DTSTART;VALUE=DATE:00010101",
            "DTSTART;VALUE=DATE:99991231",
            "DTSTART;TZID=X:20260309T080000",
            "DTSTART;TZID=Europe/London:20260329T013000",
            "DTEND:20260309T190000",
            "DTEND;VALUE=DATE:99991231",
            "DURATION:P1D",
            "DURATION:-P9999999999D",
            "DURATION:nonsense",
            "RRULE:FREQ=DAILY;COUNT=9999999",
            "RRULE:FREQ=YEARLY;UNTIL=00010101",
            "RRULE:;;;=",
            "RRULE:FREQ=WEEKLY;INTERVAL=0",
            "RDATE;VALUE=PERIOD:20260401T000000Z/P1D",
            "EXDATE:nonsense",
            "RECURRENCE-ID:20260309T080000Z",
            "UID:1",
            "TZID:X",
            "STATUS:\x00",
            "ATTENDEE:mailto:" + "a" * 300 + "@b",
            "ORGANIZER:\u202e@",
            ":::",
            "X",
        ]
    ),
    max_size=14,
)


@settings(max_examples=150, deadline=None)
@given(LINES, st.binary(max_size=30))
def test_whatever_stands_in_a_file_is_read_or_refused(lines: Sequence[str], noise: bytes) -> None:
    """Never anything else than times within the bounds, or Unread."""
    data = "\r\n".join(["BEGIN:VCALENDAR", *lines, "END:VCALENDAR"]).encode() + noise
    try:
        times: Times = read(data, LONDON)
    except Unread:
        return
    for _uid, first, last, _who in times.found:
        assert first <= last
        assert Span(first, last).first_day <= TODAY + AHEAD  # type: ignore[arg-type]  # numbers of half-days


def test_bombs_and_what_is_no_calendar_are_refused_in_time() -> None:
    """A child process with limits; here every kind once, through it."""
    never = away_days("1", date(1970, 1, 1), 1, "RRULE:FREQ=DAILY;BYMONTH=2;BYMONTHDAY=30")
    cases = {
        "empty": b" \n",
        "large": b"BEGIN:VCALENDAR\n" + b"X" * 10_000_000,
        "none": b"PK\x03\x04" + bytes(range(256)) * 50,
        "many": make_calendar(*[away_days(str(number), TODAY, 1) for number in range(3_001)]),
        "much": make_calendar(*[never] * 400),
    }
    begun = datetime.now(UTC)  # noqa: TID251  # how long it takes
    for why, data in cases.items():
        with pytest.raises(Unreadable) as refused:
            read_calendar(data, zone="Europe/London", midday=time(13), today=TODAY)
        assert refused.value.why == why
    assert (datetime.now(UTC) - begun).total_seconds() < 60  # noqa: TID251  # likewise
    nested = b"BEGIN:VCALENDAR\nBEGIN:VEVENT\n" * 50_000
    assert len(nested) < LARGEST
    with pytest.raises(Unreadable):
        read_calendar(nested, zone="Europe/London", midday=time(13), today=TODAY)
