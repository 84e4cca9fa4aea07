"""Meetups from calendar files: what is understood, what is said of the rest, and what never harms."""

import io
import re
from collections.abc import Callable, Sequence
from datetime import UTC, date, datetime, timedelta

import pytest
from flask import Flask
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import func, select

from forum.core.calendars.asking import LARGEST, Unreadable
from forum.core.calendars.reading import Unread
from forum.core.db import db
from forum.core.time import now
from forum.meetups.calendars import Told, Whole, calendar
from forum.meetups.importing.asking import read_meetups
from forum.meetups.importing.reading import Draft, Where, read
from forum.meetups.models import Occurrence, OccurrenceState, Series
from forum.meetups.recurrence import Plan, Rhythm, first_slots
from forum.people.models import Person
from forum.spaces.models import Item
from tests.cast import Browserless, Cast, csrf_token
from tests.factories.calendars import away_days, make_calendar

AsPerson = Callable[[Person], Browserless]
HOME = "/s/champions/meetups/"
NOW = datetime(2026, 9, 1, 12, tzinfo=UTC)
LONDON = Where("Europe/London", NOW)


def event(
    *more: str, uid: str = "1", start: str = ";TZID=Europe/London:20261007T100000", minutes: int = 60
) -> list[str]:
    """Return the lines of an event, a Wednesday at ten unless something else is said."""
    return [f"UID:{uid}", f"DTSTART{start}", f"DURATION:PT{minutes}M", "SUMMARY:Show and tell", *more]


def only(*lines: str, **others: str) -> Draft:
    """Return the one meetup of a file with one event."""
    (found,) = read(make_calendar(event(*lines, **others)), LONDON).found  # type: ignore[arg-type]
    return found


def test_what_a_meetup_says_is_read_but_not_who_is_invited() -> None:
    found = only(
        "LOCATION:Room 2", "URL:https://meet.example/1", "DESCRIPTION:Bring a form.\\nAnd a pen.",
        "ATTENDEE:mailto:a@x.example", "ORGANIZER:mailto:b@x.example",
    )  # fmt: skip
    assert (found.title, found.place, found.link, found.words, found.minutes, found.zone) == (
        "Show and tell", "Room 2", "https://meet.example/1", "Bring a form.\nAnd a pen.", 60, "Europe/London",
    )  # fmt: skip
    assert found.notes == ["guests"]
    assert "x.example" not in repr(found).replace("meet.example", "")
    assert only("LOCATION:https://meet.example/2").link == "https://meet.example/2"
    assert only("URL:javascript:alert(1)").link == ""


def test_rhythms_are_understood_or_said_not_to_be() -> None:
    """Each that is understood has the dates that the file means; of others only the first date is taken, and it says so."""
    understood = {
        "FREQ=WEEKLY": (Rhythm.WEEKLY, 1),
        "FREQ=WEEKLY;INTERVAL=2;BYDAY=WE;WKST=MO": (Rhythm.WEEKLY, 2),
        "FREQ=MONTHLY;BYDAY=1WE": (Rhythm.WEEKDAY, 1),
        "FREQ=MONTHLY;BYDAY=WE;BYSETPOS=1": (Rhythm.WEEKDAY, 1),
        "FREQ=MONTHLY;BYMONTHDAY=7": (Rhythm.DAY, 1),
        "FREQ=MONTHLY": (Rhythm.DAY, 1),
    }
    for rule, expected in understood.items():
        found = only(f"RRULE:{rule}")
        assert (found.plan.rhythm, found.plan.every, found.notes) == (*expected, []), rule
    last = ";TZID=Europe/London:20261030T100000"
    assert only("RRULE:FREQ=MONTHLY;BYDAY=-1FR", start=last).plan.rhythm is Rhythm.LAST_WEEKDAY
    assert (
        only("RRULE:FREQ=MONTHLY;BYMONTHDAY=-1", start=";TZID=Europe/London:20261031T100000").plan.rhythm
        is Rhythm.LAST_DAY
    )
    for rule in (
        "FREQ=DAILY", "FREQ=WEEKLY;BYDAY=MO,WE", "FREQ=YEARLY", "FREQ=WEEKLY;INTERVAL=99", "FREQ=SECONDLY",
        "FREQ=MONTHLY;BYDAY=2WE", "FREQ=WEEKLY;BYHOUR=10,11", "FREQ=MONTHLY;BYMONTHDAY=1,15",
    ):  # fmt: skip
        found = only(f"RRULE:{rule}")
        assert (found.plan.rhythm, found.notes) == (Rhythm.ONCE, ["rule"]), rule


def test_a_series_that_has_begun_goes_on_from_its_next_date() -> None:
    """C1, C4: a number of dates counts those that have been; an end in world time is a day where it is."""
    old = ";TZID=Europe/London:20260805T100000"
    assert only("RRULE:FREQ=WEEKLY", start=old).start == "2026-09-02T10:00:00"
    some = only("RRULE:FREQ=WEEKLY;COUNT=6", start=old).plan
    assert (some.count, len(first_slots(some, most=9))) == (2, 2)
    assert only("RRULE:FREQ=WEEKLY;UNTIL=20261021T090000Z").plan.until == date(2026, 10, 21)
    slots = first_slots(only("RRULE:FREQ=WEEKLY").plan, most=5)
    assert [(slot.local.hour, slot.starts_at.hour) for slot in slots] == [(10, 9)] * 3 + [(10, 10)] * 2
    assert read(make_calendar(event("RRULE:FREQ=WEEKLY;COUNT=2", start=old)), LONDON).unused == {"past": 1}


def test_dates_left_out_and_moved_are_read_by_their_slots() -> None:
    """C2: a cancelled part is a date left out; one that is moved over the clock change keeps its slot."""
    data = make_calendar(
        event("RRULE:FREQ=WEEKLY", "EXDATE;TZID=Europe/London:20261014T100000"),
        event("RECURRENCE-ID:20261021T090000Z", "STATUS:CANCELLED"),
        event(
            "RECURRENCE-ID;TZID=Europe/London:20261028T100000", start=";TZID=Europe/London:20261029T143000", minutes=90
        ),
        event("RECURRENCE-ID;TZID=Europe/London:20261028T100000", uid="strange"),
    )
    found = read(data, LONDON)
    (draft,) = found.found
    assert draft.gone == ["2026-10-14T10:00:00", "2026-10-21T10:00:00"]
    assert draft.moved == [("2026-10-28T10:00:00", "2026-10-29T14:30:00", 90)]
    assert found.unused == {"part": 1}


def test_zones_are_kept_or_said_not_to_be_known() -> None:
    """C4: what has no zone is read as the space's, and says so."""
    assert only(start=";TZID=America/New_York:20261007T100000").zone == "America/New_York"
    utc = only(start=":20261007T090000Z")
    assert (utc.start, utc.zone, utc.notes) == ("2026-10-07T10:00:00", "Europe/London", ["world time"])
    floating = only(start=":20261007T100000")
    assert (floating.start, floating.zone, floating.notes) == ("2026-10-07T10:00:00", "Europe/London", ["no zone"])
    assert only(start=";TZID=Mars/Base:20261007T100000").notes == ["zone"]


def test_what_can_not_be_a_meetup_is_counted_and_why() -> None:
    data = make_calendar(
        away_days("1", date(2026, 10, 9)),
        event("STATUS:CANCELLED", uid="2"),
        event(uid="3", minutes=3000),
        event(uid="4", start=";TZID=Europe/London:20250101T100000"),
        ["UID:5", "SUMMARY:No start"],
    )
    assert read(data, LONDON).unused == {"whole day": 1, "cancelled": 1, "long": 1, "past": 1, "nonsense": 1}


def test_what_baton_writes_it_reads_again() -> None:
    """A series that was exported comes back with the same dates."""
    plan = Plan(start=datetime(2026, 10, 7, 10), zone="Europe/London", minutes=45, rhythm=Rhythm.WEEKDAY)  # noqa: DTZ001
    told = Told(
        title="Clinic",
        place="Room 2",
        link="",
        words="Bring a form.",
        url="https://x.example/",
        changed_at=NOW,
        sequence=0,
    )
    (draft,) = read(calendar([Whole(uid="1@x", plan=plan, told=told)], at=NOW).encode(), LONDON).found
    assert (draft.plan, draft.title, draft.place) == (plan, "Clinic", "Room 2")


LINES = st.lists(
    st.sampled_from(
        [
            "BEGIN:VEVENT", "END:VEVENT", "DTSTART;TZID=Europe/London:20261007T100000", "DTSTART:99991231T235959Z",
            "DTSTART;VALUE=DATE:20261007", "DTEND:20261007T190000", "DURATION:-P9999999999D", "DURATION:PT1H",
            "RRULE:FREQ=WEEKLY;COUNT=9999999", "RRULE:FREQ=MONTHLY;BYDAY=-9WE", "RRULE:;;;=", "RRULE:FREQ=WEEKLY;INTERVAL=0",
            "RRULE:FREQ=WEEKLY;UNTIL=00010101", "EXDATE:nonsense", "EXDATE;VALUE=DATE:20261014", "RECURRENCE-ID:20261007T090000Z",
            "RECURRENCE-ID:nonsense", "UID:1", "SUMMARY:\u202e\x00", "SUMMARY:" + "x" * 3000, "LOCATION:https://" + "x" * 900,
            "URL;VALUE=URI:https://x.example", "ATTENDEE:mailto:a@b", ":::", "X",
        ]
    ),
    max_size=14,
)  # fmt: skip


@settings(max_examples=120, deadline=None)
@given(LINES, st.binary(max_size=30))
def test_whatever_stands_in_a_file_is_read_or_refused(lines: Sequence[str], noise: bytes) -> None:
    """Never anything else than meetups within the bounds, or Unread."""
    data = "\r\n".join(["BEGIN:VCALENDAR", *lines, "END:VCALENDAR"]).encode() + noise
    try:
        found = read(data, LONDON).found
    except Unread:
        return
    for one in found:
        assert len(one.title) <= 200
        assert len(one.link) <= 500
        assert 1 <= one.minutes <= 24 * 60
        assert first_slots(one.plan, most=1)


def test_bombs_and_what_is_no_calendar_are_refused_in_time() -> None:
    """The bounds are the ones of every calendar: a child process with limits; here every kind once, through it."""
    cases = {
        "empty": b" \n",
        "large": b"BEGIN:VCALENDAR\n" + b"X" * 10_000_000,
        "none": b"PK\x03\x04" + bytes(range(256)) * 50,
        "many": make_calendar(*[event(uid=str(number)) for number in range(3_001)]),
    }
    begun = datetime.now(UTC)  # noqa: TID251  # how long it takes
    for why, data in cases.items():
        with pytest.raises(Unreadable) as refused:
            read_meetups(data, zone="Europe/London", at=NOW)
        assert refused.value.why == why
    old = ";TZID=Europe/London:19700107T100000"
    endless = [
        event("RRULE:FREQ=WEEKLY", "EXDATE:" + ",".join(["20261014T100000"] * 40), uid=str(n), start=old)
        for n in range(90)
    ]
    sparse = [event("RRULE:FREQ=MONTHLY;BYMONTHDAY=31;INTERVAL=11", uid=str(n), start=old) for n in range(90)]
    for data in (make_calendar(*endless), make_calendar(*sparse)):
        try:
            assert len(read_meetups(data, zone="Europe/London", at=NOW).found) <= 100
        except Unreadable as refused:
            assert refused.why == "much"  # noqa: PT017  # either is right: it ended
    assert (datetime.now(UTC) - begun).total_seconds() < 60  # noqa: TID251  # likewise
    nested = b"BEGIN:VCALENDAR\nBEGIN:VEVENT\n" * 50_000
    assert len(nested) < LARGEST
    with pytest.raises(Unreadable):
        read_meetups(nested, zone="Europe/London", at=NOW)


def send(browser: Browserless, data: bytes) -> str:
    """Give a file, and return where it leads."""
    sent = browser.post(
        f"{HOME}import/attach", data={"csrf_token": csrf_token(browser), "file": (io.BytesIO(data), "meetups.ics")}
    )
    assert sent.status_code == 303, sent.get_data(as_text=True)[:400]
    return str(sent.location)


@pytest.mark.both_databases
def test_a_file_is_looked_at_then_planned_once(app: Flask, cast: Cast, as_person: AsPerson) -> None:
    """Without script. Nothing is planned by looking; what was taken out isn't; the same file again adds nothing."""
    start = (now() + timedelta(days=10)).replace(hour=10, minute=0, second=0, microsecond=0, tzinfo=None)
    begins, later = f";TZID=Europe/London:{start:%Y%m%dT%H%M%S}", start + timedelta(days=7)
    data = make_calendar(
        event(
            "RRULE:FREQ=WEEKLY",
            f"EXDATE;TZID=Europe/London:{later:%Y%m%dT%H%M%S}",
            "DESCRIPTION:Bring a *form*.",
            start=begins,
        ),
        event("RRULE:FREQ=DAILY", uid="2", start=begins),
        away_days("3", start.date()),
    )
    oscar = as_person(cast.organiser)
    page = send(oscar, data)
    html = oscar.get(page).get_data(as_text=True)
    for words in (
        "Nothing is planned yet.", "Show and tell", "1 date is left out.", "only its first date is taken",
        "1 entry is for a whole day, and has no time.",
    ):  # fmt: skip
        assert words in html, words
    with app.app_context():
        assert db.session.scalar(select(func.count()).select_from(Series)) == 0
    assert oscar.send(page).status_code == 422
    assert as_person(cast.steward).get(page).status_code == 404, "an import is for whoever made it"
    for _time in range(2):
        assert oscar.send(page, line="0").status_code == 303
    with app.app_context():
        series = db.session.scalars(select(Series)).one()
        assert "<em>form</em>" in series.about_html
        states = db.session.scalars(select(Occurrence.state).order_by(Occurrence.starts_at)).all()
        assert states[:3] == [OccurrenceState.PLANNED, OccurrenceState.CANCELLED, OccurrenceState.PLANNED]
        assert db.session.get_one(Item, series.id).title == "Show and tell"
    assert "This was planned already." in oscar.get(page).get_data(as_text=True)
    page = send(oscar, data)
    html = oscar.get(page).get_data(as_text=True)
    assert "It is here already" in html
    oscar.send(page, line=["0", "1"])
    with app.app_context():
        assert db.session.scalar(select(func.count()).select_from(Series)) == 2


def test_a_file_that_is_none_says_so(cast: Cast, as_person: AsPerson) -> None:
    """What to do is said."""
    oscar = as_person(cast.organiser)
    token = csrf_token(oscar)
    for data, words in ((b"", "Choose a calendar file"), (b"hello", "That is no calendar file")):
        sent = oscar.post(f"{HOME}import/attach", data={"csrf_token": token, "file": (io.BytesIO(data), "x.ics")})
        assert sent.status_code == 422
        assert re.search(words, sent.get_data(as_text=True))
