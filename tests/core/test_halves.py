"""Half-days: arithmetic, and the clock."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from hypothesis import given
from hypothesis import strategies as st

from forum.core.halves import SECOND, Half, Span, begins, day_of, ends, half_at, half_of, part_of, spans_of

ZONES = ("Europe/London", "America/New_York", "Australia/Lord_Howe", "Asia/Beirut", "America/Havana", "UTC")
INSTANTS = st.datetimes(datetime(2025, 1, 1), datetime(2028, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001  # hypothesis wants them naive
HALVES = st.integers(1_478_000, 1_479_000).map(Half)


@given(INSTANTS, st.sampled_from(ZONES), st.integers(10, 16))
def test_every_instant_lies_in_the_half_day_that_it_is(instant: datetime, zone: str, hour: int) -> None:
    """D1: also where clocks are changed at midnight, and by half an hour."""
    midday = time(hour)
    half = half_at(instant, zone=zone, midday=midday)
    assert begins(half, zone=zone, midday=midday) <= instant < ends(half, zone=zone, midday=midday)


def test_the_second_half_begins_at_midday_of_the_space_also_when_the_clock_has_changed() -> None:
    """D1: 13:00 in London is 12:00 UTC until 25 October 2026, and 13:00 UTC from then on."""
    saturday, sunday = date(2026, 10, 24), date(2026, 10, 25)
    london = ZoneInfo("Europe/London")
    assert begins(half_of(saturday, SECOND), zone="Europe/London") == datetime(2026, 10, 24, 12, tzinfo=UTC)
    assert begins(half_of(sunday, SECOND), zone="Europe/London") == datetime(2026, 10, 25, 13, tzinfo=UTC)
    assert half_at(datetime(2026, 10, 25, 12, 59, tzinfo=london), zone="Europe/London") == half_of(sunday)
    assert half_at(datetime(2026, 10, 25, 13, tzinfo=london), zone="Europe/London") == half_of(sunday, SECOND)
    assert half_at(datetime(2026, 10, 25, 13, tzinfo=london), zone="Europe/London", midday=time(14)) == half_of(sunday)


@given(HALVES, HALVES, HALVES, HALVES)
def test_what_two_spans_share_and_what_is_left_make_the_whole(one: Half, two: Half, three: Half, four: Half) -> None:
    span, other = Span(min(one, two), max(one, two)), Span(min(three, four), max(three, four))
    both, rest = span.within(other), span.without(other)
    halves = [*(both or ()), *(half for part in rest for half in part)]
    assert sorted(halves) == list(span)
    assert spans_of(halves) == [span]


def test_a_half_day_is_a_date_and_a_part() -> None:
    half = half_of(date(2026, 11, 3), SECOND)
    assert (day_of(half), part_of(half)) == (date(2026, 11, 3), SECOND)
    assert day_of(Half(half + 1)) == date(2026, 11, 3) + timedelta(days=1)
    assert len(Span.of_days(date(2026, 11, 3), date(2026, 11, 5))) == 6
    assert not len(Span(half, Half(half - 1)))
