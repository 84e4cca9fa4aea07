"""When a series takes place, and what calendar programmes make of it: read back by icalendar, expanded by another library."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import icalendar
import pytest
import recurring_ical_events  # it has no types

from forum.core.errors import Invalid
from forum.meetups.actions.details import checked_plan
from forum.meetups.calendars import CANCEL, REQUEST, Dated, Told, Whole, Writer, calendar, dates_only
from forum.meetups.recurrence import (
    Clock,
    Plan,
    Rhythm,
    Slot,
    clock_at,
    first_slots,
    matched,
    rule_of,
    skips_months,
    slot_at,
    slots,
)

ZONES = ("Europe/London", "Europe/Dublin", "America/New_York", "Australia/Lord_Howe", "Asia/Kolkata")
LATER = datetime(2028, 1, 1, tzinfo=UTC)
MADE = datetime(2026, 1, 1, 8, tzinfo=UTC)
TOLD = Told(
    title="Show and tell",
    place="Room 2",
    link="",
    words="Bring a form.",
    url="https://x.example/m",
    changed_at=MADE,
    sequence=3,
)


def wall(*parts: int) -> datetime:
    """Return a time on a wall."""
    return datetime(*parts)  # type: ignore[arg-type]  # noqa: DTZ001  # a wall has no zone


def weekly(*parts: int, **others: object) -> Plan:
    values: dict[str, object] = {"zone": "Europe/London", "minutes": 60, "rhythm": Rhythm.WEEKLY, **others}
    return Plan(start=wall(*parts), **values)  # type: ignore[arg-type]


def read_back(text: str) -> list[tuple[datetime, str]]:
    """Return when a calendar's events begin, and what they are called, as another library expands them."""
    found = recurring_ical_events.of(icalendar.Calendar.from_ical(text)).between(wall(2026, 1, 1), wall(2028, 1, 1))
    return sorted((one.decoded("DTSTART").astimezone(UTC), str(one["SUMMARY"])) for one in found)


def dated(plan: Plan, slot: Slot, **others: object) -> Dated:
    values: dict[str, object] = {
        "starts_at": slot.starts_at, "minutes": plan.minutes, "takes_place": True, "is_exception": False, "told": TOLD, **others,
    }  # fmt: skip
    return Dated(original=slot.original, fold=slot.fold, **values)  # type: ignore[arg-type]


def test_ten_o_clock_stays_ten_o_clock_when_clocks_change() -> None:
    """C1: in UTC 09:00 before 25 October 2026, and 10:00 after."""
    found = list(slots(weekly(2026, 10, 14, 10, count=4), before=LATER))
    assert [slot.local.hour for slot in found] == [10] * 4
    assert [slot.starts_at.hour for slot in found] == [9, 9, 10, 10]


def test_what_calendars_expand_is_what_we_have_over_all_changes_of_clocks() -> None:
    """C1, C4: weekly and monthly, by day and in the hours that are skipped or doubled, in five zones, for two years."""
    for zone in ZONES:
        for hour, minute in ((10, 0), (0, 30), (1, 30), (1, 45), (2, 15), (23, 30)):
            for plan in (
                weekly(2026, 1, 4, hour, minute, zone=zone, until=date(2027, 12, 20)),
                weekly(2026, 1, 4, hour, minute, zone=zone, count=90),
                weekly(2026, 1, 5, hour, minute, zone=zone, every=2),
                weekly(2026, 3, 29, hour, minute, zone=zone, rhythm=Rhythm.LAST_WEEKDAY),
                weekly(2026, 3, 8, hour, minute, zone=zone, rhythm=Rhythm.WEEKDAY),
                weekly(2026, 1, 31, hour, minute, zone=zone, rhythm=Rhythm.DAY),
                weekly(2026, 1, 31, hour, minute, zone=zone, rhythm=Rhythm.LAST_DAY, every=2),
            ):
                if clock_at(plan.start, zone) is Clock.SKIPPED:
                    continue  # refused: see below
                ours = [slot.starts_at for slot in slots(plan, before=LATER)]
                text = calendar([Whole(uid="1@x", plan=plan, told=TOLD)], at=MADE)
                theirs = [moment for moment, _title in read_back(text) if moment < LATER]
                assert ours[0] <= theirs[0], (zone, plan)
                assert theirs == ours, (zone, plan)


def test_the_zone_that_a_calendar_brings_along_is_right() -> None:
    """C5: a programme that knows no zones reads the VTIMEZONE. Under a name that nobody knows, nothing else helps."""
    for zone in ZONES:
        plan = weekly(2026, 1, 7, 10, zone=zone, until=date(2027, 12, 20))
        text = calendar([Whole(uid="1@x", plan=plan, told=TOLD)], at=MADE)
        assert len(text) < 2000
        theirs = [moment for moment, _title in read_back(text.replace(zone, f"Nowhere/{zone[-4:]}"))]
        assert theirs == [slot.starts_at for slot in slots(plan, before=LATER)], zone


def test_one_date_is_moved_and_one_left_out_and_nothing_else_changes() -> None:
    """C2: the same UID, RECURRENCE-ID is the original slot in the series' zone, no date is there twice."""
    plan = weekly(2026, 10, 14, 10, count=5)
    found = first_slots(plan, most=5)
    away = datetime(2026, 10, 29, 14, tzinfo=UTC)
    moved = dated(plan, found[2], starts_at=away, is_exception=True, told=replace(TOLD, title="Moved"))
    gone = dated(plan, found[3], takes_place=False)
    whole = Whole(uid="1@x", plan=plan, told=TOLD, dates=(moved, gone), exdates=(found[3].original,))
    text = calendar([whole], at=MADE, name="Champions")
    assert read_back(text) == [
        (found[0].starts_at, "Show and tell"),
        (found[1].starts_at, "Show and tell"),
        (away, "Moved"),
        (found[4].starts_at, "Show and tell"),
    ]
    assert "RECURRENCE-ID;TZID=Europe/London:20261028T100000" in text
    assert "EXDATE;TZID=Europe/London:20261104T100000" in text
    assert text.count("UID:1@x") == 2
    assert "RANGE" not in text
    assert "ATTENDEE" not in text
    for line in (
        "METHOD:PUBLISH",
        "SEQUENCE:3",
        "LAST-MODIFIED:20260101T080000Z",
        "REFRESH-INTERVAL;VALUE=DURATION:PT1H",
    ):
        assert line in text, line


def test_until_is_the_last_date_in_utc() -> None:
    """C4: UNTIL is UTC when DTSTART has a zone."""
    assert rule_of(weekly(2026, 10, 14, 10, until=date(2026, 10, 30)))["UNTIL"] == datetime(
        2026, 10, 28, 10, tzinfo=UTC
    )


def test_a_time_that_clocks_jump_over_is_refused_once_and_later_in_a_series() -> None:
    """C4: for a one-off refused; in a series that one date begins an hour later, and keeps its slot."""
    assert clock_at(wall(2027, 3, 28, 1, 30), "Europe/London") is Clock.SKIPPED
    for rhythm in (Rhythm.ONCE, Rhythm.WEEKLY):
        with pytest.raises(Invalid, match="Clocks go forward"):
            checked_plan(weekly(2027, 3, 28, 1, 30, rhythm=rhythm), at=MADE)
    slot = next(slot for slot in slots(weekly(2027, 3, 21, 1, 30), before=LATER) if slot.original.day == 28)
    assert (slot.original.hour, slot.local.hour, slot.local.minute) == (1, 2, 30)


def test_an_hour_that_comes_twice_says_which() -> None:
    """C4: `fold` is stored; calendars read the second one in UTC, as local time can't say it."""
    assert clock_at(wall(2026, 10, 25, 1, 30), "Europe/London") is Clock.DOUBLED
    first, second = (slot_at(wall(2026, 10, 25, 1, 30), "Europe/London", fold=fold) for fold in (0, 1))
    assert (first.fold, second.fold) == (0, 1)
    assert second.starts_at - first.starts_at == timedelta(hours=1)
    for slot in (first, second):
        plan = weekly(2026, 10, 25, 1, 30, rhythm=Rhythm.ONCE, fold=slot.fold)
        text = calendar([Whole(uid="1@x", plan=plan, told=TOLD, dates=[dated(plan, slot)])], at=MADE)
        assert read_back(text) == [(slot.starts_at, "Show and tell")]


def test_the_thirty_first_says_that_it_skips_months() -> None:
    """C4: or one chooses the last day."""
    assert skips_months(weekly(2027, 1, 31, 10, rhythm=Rhythm.DAY))
    assert skips_months(weekly(2027, 1, 29, 10, rhythm=Rhythm.WEEKDAY))
    assert not skips_months(weekly(2027, 1, 31, 10, rhythm=Rhythm.LAST_DAY))
    months = [slot.local.month for slot in first_slots(weekly(2027, 1, 31, 10, rhythm=Rhythm.DAY), most=4)]
    assert months == [1, 3, 5, 7]


def test_dates_are_matched_by_date_and_never_by_their_place_in_the_list() -> None:
    """C2: every other week keeps the dates of its weeks; another weekday is the same week's date."""
    old = [slot.original for slot in first_slots(weekly(2027, 1, 6, 10), most=6)]
    other = matched(old, first_slots(weekly(2027, 1, 13, 15, every=2), most=3), Rhythm.WEEKLY)
    assert {key.day: (slot.original.day, slot.original.hour) for key, slot in other.items()} == {
        13: (13, 15),
        27: (27, 15),
    } | {old[5].day: (old[5].day, 15)}
    thursdays = matched(old, first_slots(weekly(2027, 1, 7, 10), most=6), Rhythm.WEEKLY)
    assert all(slot.original - key == timedelta(days=1) for key, slot in thursdays.items())
    assert len(thursdays) == 6


def test_mail_asks_and_cancels_in_the_name_of_the_space_and_its_text_breaks_nothing() -> None:
    """C6, A12: METHOD in the body, the organiser is the installation's address; no line of a user's begins a line of the file."""
    plan = weekly(2026, 10, 14, 10, count=3)
    evil = "Tea\r\nATTENDEE:MAILTO:evil@example.org\nEND:VEVENT"
    told = replace(TOLD, title=evil, place=evil, words=evil)
    writer = Writer(
        organiser=f'The "best" {evil}', address="baton@fenbridge.example", invited="carla@fenbridge.example"
    )
    one = dated(plan, first_slots(plan, most=1)[0], told=told)
    for method, status in ((REQUEST, "CONFIRMED"), (CANCEL, "CANCELLED")):
        text = dates_only(Whole(uid="1@x", plan=plan, told=told), [one], at=MADE, method=method, writer=writer)
        read = icalendar.Calendar.from_ical(text)
        (event,) = read.walk("VEVENT")
        assert str(read["METHOD"]) == method
        assert str(event["STATUS"]) == status
        assert str(event["ORGANIZER"]) == "MAILTO:baton@fenbridge.example"
        assert str(event["ATTENDEE"]) == "MAILTO:carla@fenbridge.example"
        assert event.decoded("RECURRENCE-ID") == datetime(2026, 10, 14, 10, tzinfo=ZoneInfo("Europe/London"))
        assert lines_beginning(text, ("ATTENDEE", "END:VEVENT")) == 2


def lines_beginning(text: str, words: Sequence[str]) -> int:
    return sum(line.startswith(tuple(words)) for line in text.replace("\r\n ", "").splitlines())
