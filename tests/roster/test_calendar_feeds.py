"""The roster in one's own calendar: it says what every page says, stays itself, and stops with the right."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise
from typing import Any
from zoneinfo import ZoneInfo

import pytest
import time_machine
from flask import Flask
from icalendar import Calendar

from forum.core.db import db, transaction
from forum.core.halves import Half, Span, begins, half_at
from forum.core.time import now
from forum.people.models import Person
from forum.roster.actions.absences import come_back
from forum.roster.calendars.feeds import KINDS
from forum.roster.models import Absence
from forum.roster.queries import who_holds
from forum.roster.queries.calendar import own_entries
from forum.spaces.actions.describing import describe, settings_of
from forum.spaces.models import Audience, Item, Membership, Space
from tests import factories
from tests.cast import Browserless, Cast
from tests.content.feeds import fetch, made
from tests.content.steps import standing

AsPerson = Callable[[Person], Browserless]
MINE, ALL = "/s/champions/roster/feed/mine", "/s/champions/roster/feed/all"
LONDON = ZoneInfo("Europe/London")


def events(data: bytes) -> list[dict[str, object]]:
    """Read a calendar back, and check what C5 asks of every event."""
    calendar: Any = Calendar.from_ical(data)
    assert calendar["REFRESH-INTERVAL"].dt == timedelta(hours=4)
    assert "X-PUBLISHED-TTL" in calendar
    zones = {str(zone["TZID"]) for zone in calendar.walk("VTIMEZONE")}
    found = []
    for event in calendar.walk("VEVENT"):
        assert not event.errors
        assert "ATTENDEE" not in event
        assert "ORGANIZER" not in event
        start, end = event["DTSTART"], event["DTEND"]
        assert {start.params.get("TZID"), end.params.get("TZID")} <= {None, *zones}
        found.append(
            {
                "uid": str(event["UID"]),
                "start": start.dt,
                "end": end.dt,
                "summary": str(event["SUMMARY"]),
                "sequence": int(event["SEQUENCE"]),
                "changed": event["LAST-MODIFIED"].dt,
            }
        )
    assert len({one["uid"] for one in found}) == len(found)
    return found


def instant(moment: object) -> datetime:
    if isinstance(moment, datetime):
        return moment.astimezone(UTC)
    assert isinstance(moment, date)
    return datetime(moment.year, moment.month, moment.day, tzinfo=LONDON).astimezone(UTC)


def holds(found: list[dict[str, object]], title: str, at: datetime) -> list[dict[str, object]]:
    return [one for one in found if title in str(one["summary"]) and instant(one["start"]) <= at < instant(one["end"])]


def furnish(cast: Cast) -> int:
    """Give a duty with days and halves covered, deputised and not held at all, over both changes of the clocks."""
    space = cast.champions
    duty = factories.make_duty(space, by=cast.steward, holder=cast.organiser, deputy=cast.colleague, title="Inbox")
    first = half_at(now(), zone=space.zone)
    for week in range(1, 24, 2):
        start = Half(first + week * 14 + week % 5)
        span = Span(start, Half(start + 2 + week % 6))
        factories.make_absence(cast.organiser, span)
        if week % 3:
            factories.make_cover_request(duty, away=cast.organiser, span=span, taken_by=cast.champion)
        elif week % 4 == 1:
            factories.make_absence(cast.colleague, span)
    return duty.id


@pytest.mark.both_databases
def test_feeds_say_of_every_instant_what_who_holds_says(app: Flask, cast: Cast) -> None:
    """D1, C5: parsed back, own feeds and the space's agree at each beginning of a half-day and just before it."""
    with app.test_request_context("/"):
        duty_id = furnish(cast)
        read = {}
        for person in (cast.organiser, cast.champion, cast.colleague):
            feed = KINDS[0].now(person, "")
            assert feed is not None
            read[person.id] = events(feed.write("urn:x"))
        space = db.session.get_one(Space, cast.champions.id)
        whole = KINDS[1].now(cast.reader, space.uuid)
        assert whole is not None
        all_of_it = events(whole.write("urn:x"))
        names = {one.id: one.name for one in (cast.organiser, cast.champion, cast.colleague)}
        first = half_at(now(), zone=space.zone)
        seen = set()
        for number in range(1, 25 * 14, 1):
            for at in (
                begins(Half(first + number), zone=space.zone),
                begins(Half(first + number), zone=space.zone) - timedelta(seconds=1),
            ):
                if at <= now():
                    continue
                held = who_holds(duty_id, at)
                seen.add(held.why)
                assert {key for key, found in read.items() if holds(found, "Inbox", at)} == {held.person_id} - {None}, (
                    at
                )
                (one,) = holds(all_of_it, "Inbox", at)
                words = names[held.person_id] if held.person_id else "nobody"
                assert words in str(one["summary"]), at
        assert len(seen) == 4


def test_a_feed_is_unchanged_until_something_changes_and_its_events_stay_themselves(
    app: Flask, cast: Cast, as_person: AsPerson
) -> None:
    """C5: ETag and 304; UID stays, SEQUENCE and LAST-MODIFIED grow when an absence ends early."""
    with app.test_request_context("/"):
        furnish(cast)
        absence = factories.make_absence(cast.organiser, starts=2, days=3)
    path = made(as_person(cast.organiser), MINE)
    answer = fetch(app, path)
    assert answer.mimetype == "text/calendar"
    assert path.endswith(".ics")
    tag = answer.headers["ETag"]
    assert fetch(app, path, **{"If-None-Match": tag}).status_code == 304
    before = {one["uid"]: one for one in events(answer.data)}
    with time_machine.travel(now() + timedelta(minutes=5), tick=False), app.app_context(), transaction():
        come_back(cast.organiser, absence)
    with time_machine.travel(now() + timedelta(minutes=6), tick=False):
        later = fetch(app, path, **{"If-None-Match": tag})
        assert later.status_code == 200
        after = {one["uid"]: one for one in events(later.data)}
    kept = before.keys() & after.keys()
    assert len(kept) >= len(before) - 1
    for uid in kept:
        assert int(str(after[uid]["sequence"])) > int(str(before[uid]["sequence"]))
        assert after[uid]["changed"] > before[uid]["changed"]  # type: ignore[operator]  # moments


def test_names_of_events_stay_while_days_pass(app: Flask, cast: Cast) -> None:
    """C5: a run that began long ago is the same event in each month; one that is ahead, too."""
    with app.test_request_context("/"):
        furnish(cast)
        uids = []
        for days in range(0, 100, 20):
            with time_machine.travel(now() + timedelta(days=days), tick=False):
                feed = KINDS[0].now(cast.organiser, "")
                assert feed is not None
                uids.append({one["uid"] for one in events(feed.write("urn:x"))})
        for one, other in pairwise(uids):
            assert len(one - other) <= 3
            assert one & other


@pytest.mark.usefixtures("context")
def test_an_event_never_becomes_older_as_old_absences_are_forgotten(cast: Cast) -> None:
    """SEQUENCE is made of when something changed last; what is kept for a while only isn't what it hangs on."""
    long_ago = now() - timedelta(days=300)
    duty = factories.make_duty(cast.champions, by=cast.organiser, holder=cast.champion)
    absence = factories.make_absence(cast.champion, days=2, starts=-95, filed_at=now() - timedelta(days=96))
    with transaction():
        db.session.get_one(Item, duty.id).created_at = long_ago
    before = {one.name: one.changed_at for one in own_entries(cast.champion)}
    with transaction():
        db.session.delete(db.session.get_one(Absence, absence.id))
    after = {one.name: one.changed_at for one in own_entries(cast.champion)}
    assert before
    assert all(after[name] >= before[name] for name in before)


@pytest.mark.usefixtures("context")
def test_an_event_is_newer_when_the_halves_of_the_days_are_others(cast: Cast) -> None:
    """Calendars take over what begins at another time only when it says that it is newer."""
    factories.make_duty(cast.champions, by=cast.organiser, holder=cast.champion)
    assert len(own_entries(cast.champion)) == 1
    later = now() + timedelta(hours=1)
    space = db.session.get_one(Space, cast.champions.id)
    with time_machine.travel(later, tick=False):
        with transaction():
            describe(standing(cast.steward), replace(settings_of(space), midday="11:00"), about=None)
        (after,) = own_entries(cast.champion)
    assert after.midday == time(11)
    assert after.changed_at == later.replace(microsecond=0)


def test_a_feed_stops_with_the_right_and_never_shows_what_one_may_not_see(
    app: Flask, cast: Cast, as_person: AsPerson
) -> None:
    """A3: who left the space has no event of it and nothing of its roster; what is for organisers is for them."""
    with app.test_request_context("/"):
        furnish(cast)
        factories.make_duty(
            cast.champions, by=cast.steward, holder=cast.organiser, title="Secret", audience=Audience.ORGANISERS
        )
    reader, champion = made(as_person(cast.reader), ALL), made(as_person(cast.champion), MINE)
    organiser = made(as_person(cast.organiser), ALL)
    assert b"Secret" in fetch(app, organiser).data
    assert b"Secret" not in fetch(app, reader).data
    assert b"Inbox" in fetch(app, champion).data
    assert as_person(cast.outsider).send(ALL).status_code in {403, 404}
    with app.app_context(), transaction():
        for row in db.session.query(Membership).filter(Membership.person_id.in_([cast.reader.id, cast.champion.id])):
            row.ended_at = now()
    assert fetch(app, reader).status_code == 404
    assert b"Inbox" not in fetch(app, champion).data


def test_one_cover_is_a_file_and_text_stays_text(app: Flask, cast: Cast, as_person: AsPerson) -> None:
    """A12: a title with signs that mean something in calendars. An open request, and another space's, is no file."""
    with app.test_request_context("/"):
        absence = factories.make_absence(cast.colleague, starts=2, days=3)
        title = "A;B,C\\n:BEGIN:VEVENT"
        duty = factories.make_duty(cast.champions, by=cast.organiser, holder=cast.colleague, title=title)
        taken = factories.make_cover_request(duty, away=cast.colleague, span=absence.span, taken_by=cast.champion)
        other = factories.make_duty(cast.champions, by=cast.organiser, holder=cast.colleague)
        unanswered = factories.make_cover_request(other, away=cast.colleague, span=absence.span)
        refs = taken.ref, unanswered.ref
        where = db.session.get_one(Item, duty.id).ref
    client = as_person(cast.champion)
    assert f"/roster/cover/{refs[0]}.ics" in client.get(f"/s/champions/roster/duties/{where}").text
    answer = client.get(f"/s/champions/roster/cover/{refs[0]}.ics")
    assert answer.status_code == 200
    assert answer.mimetype == "text/calendar"
    assert "attachment" in answer.headers["Content-Disposition"]
    calendar: Any = Calendar.from_ical(answer.data)
    (event,) = calendar.walk("VEVENT")
    assert str(event["SUMMARY"]) == f"Cover: {title}, for Colin Colleague"
    assert event["DTSTART"].dt == absence.span.first_day
    assert event["DTEND"].dt == absence.span.last_day + timedelta(days=1)
    assert client.get(f"/s/champions/roster/cover/{refs[1]}.ics").status_code == 404
    assert client.get(f"/s/night-desk/roster/cover/{refs[0]}.ics").status_code == 404


def test_zones_are_told_for_the_years_that_are_used_only(app: Flask, cast: Cast) -> None:
    """C5, and DATA: 510 bytes of a zone instead of 2.7 kB."""
    with app.test_request_context("/"):
        furnish(cast)
        feed = KINDS[0].now(cast.champion, "")
        assert feed is not None
        data = feed.write("urn:x")
        zone = data[data.index(b"BEGIN:VTIMEZONE") : data.index(b"END:VTIMEZONE")]
        assert len(zone) < 1_500
        item = db.session.query(Item).filter_by(title="Inbox").one()
        assert item.uuid.encode() in data.replace(b"\r\n ", b"")
