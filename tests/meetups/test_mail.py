"""What is mailed of meetups, what calendar programmes make of it, and what they follow."""

import re
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from email.message import EmailMessage
from time import perf_counter

import icalendar
import pytest
import recurring_ical_events  # it has no types
from flask import Flask
from sqlalchemy import select

from forum.core.db import db, transaction
from forum.core.events import restore
from forum.core.mail import message_for
from forum.core.outbox import FactRow
from forum.core.time import now
from forum.meetups.actions import changing, pausing, rescheduling, turning_up
from forum.meetups.actions.changing import Change
from forum.meetups.actions.details import Details
from forum.meetups.models import Answer, Mode, Occurrence, Reminder, ReminderChoice
from forum.meetups.recurrence import Rhythm
from forum.meetups.tellers import TELLERS
from forum.meetups.upkeep import remind
from forum.people.models import Person
from forum.spaces.models import Membership, Space, Visibility
from tests import factories
from tests.cast import Browserless, Cast
from tests.content.steps import at_once, standing
from tests.meetups.test_turning_up import come

AsPerson = Callable[[Person], Browserless]
BY_KIND = {teller.fact.kind(): teller for teller in TELLERS}
pytestmark = pytest.mark.both_databases


def mailed(kind: str) -> list[tuple[int | None, EmailMessage]]:
    """Return to whom and how the facts of a kind are mailed now, oldest first."""
    teller, found = BY_KIND[kind], []
    rows = db.session.scalars(select(FactRow).where(FactRow.kind == kind).order_by(FactRow.id)).all()
    for row in rows:
        fact = restore(row, {kind: teller.fact})
        for recipient in teller.recipients(fact):
            mail = teller.compose(fact, recipient)
            if mail is not None:
                message = message_for(mail, sender="Baton <baton@fenbridge.example>", message_id="<1@x>", at=now())
                found.append((recipient.person_id, message))
    return found


def calendar_in(message: EmailMessage) -> tuple[str, icalendar.Calendar]:
    """Return the method that the MIME part says, and the calendar in it, once its own method was seen to be the same (C6)."""
    (part,) = [part for part in message.walk() if part.get_content_type() == "text/calendar"]
    read = icalendar.Calendar.from_ical(part.get_content())
    assert part.get_param("method") == str(read["METHOD"])
    assert isinstance(read, icalendar.Calendar)
    return str(read["METHOD"]), read


def slot_of(event: icalendar.Event) -> datetime:
    """Return the slot that an event names, on the wall."""
    named = event.decoded("RECURRENCE-ID")
    assert isinstance(named, datetime)
    return named.replace(tzinfo=None)


def only(message: EmailMessage) -> tuple[str, icalendar.Event]:
    method, read = calendar_in(message)
    (event,) = read.walk("VEVENT")
    assert isinstance(event, icalendar.Event)
    return method, event


@pytest.mark.usefixtures("context")
def test_a_seat_a_change_and_a_cancelled_week_come_as_request_and_cancel(cast: Cast) -> None:
    """C2, C6: the same UID and slot each time, SEQUENCE grows, and the method stands in the MIME type and in the body."""
    series = factories.make_meetup(
        cast.champions, by=cast.organiser, rhythm=Rhythm.WEEKLY, link="https://meet.example/1"
    )
    one = factories.dates_of(series)[1]
    slot = one.original_local_start
    come(cast.champion, one)
    events = [only(message) for _who, message in mailed("seat taken")]
    with transaction():
        away = Change(start=slot + timedelta(days=1), minutes=90, place="Room 9", link=series.link)
        changing.change_one(standing(cast.organiser), series.id, one.id, away)
    events += [only(message) for _who, message in mailed("occurrence changed")]
    with transaction():
        changing.cancel_one(standing(cast.organiser), series.id, one.id, reason="Flooded.")
    ((who, message),) = mailed("occurrence cancelled")
    assert who == cast.champion.id
    assert "Flooded." in str(message)
    events.append(only(message))
    assert [method for method, _event in events] == ["REQUEST", "REQUEST", "CANCEL"]
    assert {str(event["UID"]) for _method, event in events} == {series.uid}
    assert {slot_of(event) for _method, event in events} == {slot}
    first, second, third = (int(str(event["SEQUENCE"])) for _method, event in events)
    assert first < second < third
    assert [str(event["STATUS"]) for _method, event in events] == ["CONFIRMED", "CONFIRMED", "CANCELLED"]
    assert mailed("occurrence changed") == []


@pytest.mark.usefixtures("context")
def test_nothing_is_mailed_to_who_left_or_changed_their_mind(cast: Cast) -> None:
    """A3: asked again at sending."""
    series = factories.make_meetup(cast.champions, by=cast.organiser)
    (one,) = factories.dates_of(series)
    come(cast.champion, one)
    come(cast.colleague, one)
    assert len(mailed("seat taken")) == 2
    with transaction():
        belongs = db.session.scalars(select(Membership).where(Membership.person_id == cast.champion.id)).one()
        belongs.ended_at = now()
        turning_up.say(standing(cast.colleague), series.id, one.id, answer=Answer.NO, mode=Mode.ROOM)
    assert mailed("seat taken") == []


@pytest.mark.usefixtures("context")
def test_who_always_comes_is_told_of_the_whole_series_and_of_its_going_on(cast: Cast) -> None:
    """C3: the old series ends with UNTIL, the new one has a UID of its own; who comes to one date has it taken out and put in."""
    series = factories.make_meetup(cast.champions, by=cast.organiser, rhythm=Rhythm.WEEKLY)
    dates = factories.dates_of(series)
    with transaction():
        turning_up.come_always(standing(cast.champion), series.id, mode=Mode.ROOM)
    come(cast.colleague, dates[3])
    slot = dates[3].original_local_start
    ((_who, first),) = mailed("standing rsvp made")
    method, event = only(first)
    assert (method, "UNTIL" in str(event["RRULE"])) == ("REQUEST", False)
    plan = rescheduling.plan_from(series, dates[2])
    later = replace(plan, start=plan.start + timedelta(hours=4))
    with transaction():
        onward, _item = rescheduling.reschedule(
            standing(cast.organiser), series.id, dates[2].id, plan=later, details=Details(title="Later", place="Room 2")
        )
    told = {(who, only(message)[0], str(only(message)[1]["UID"])) for who, message in mailed("series changed")}
    assert told == {
        (cast.champion.id, "REQUEST", series.uid),
        (cast.champion.id, "REQUEST", onward.uid),
        (cast.colleague.id, "REQUEST", onward.uid),
    }
    ((who, left),) = mailed("slots moved")
    method, event = only(left)
    assert (who, method, str(event["UID"])) == (cast.colleague.id, "CANCEL", series.uid)
    assert slot_of(event) == slot
    with transaction():
        pausing.end(standing(cast.organiser), onward.id, reason="Nobody hosts it.")
    ends = [calendar_in(message)[0] for who, message in mailed("series changed") if who == cast.colleague.id]
    assert ends == ["CANCEL"]


@pytest.mark.usefixtures("context")
def test_reminders_go_out_once_and_anew_after_a_move(cast: Cast) -> None:
    """C9: a job that runs twice sends once; who has just answered is not reminded; one that missed its time still goes out."""
    series = factories.make_meetup(cast.champions, by=cast.organiser, start=hours_ahead(12))
    (one,) = factories.dates_of(series)
    factories.make_rsvp(one, cast.champion)
    come(cast.colleague, one)
    assert remind()
    assert not remind()
    assert [who for who, _message in mailed("reminder due")] == [cast.champion.id]
    assert not any(part.get_content_type() == "text/calendar" for part in mailed("reminder due")[0][1].walk())
    with transaction():
        what = Change(start=hours_ahead(14), minutes=60, place="Room 2")
        changing.change_one(standing(cast.organiser), series.id, one.id, what)
    assert mailed("reminder due") == []
    remind()
    remind()
    assert [who for who, _message in mailed("reminder due")] == [cast.champion.id]
    assert len(db.session.scalars(select(Reminder)).all()) == 4


def hours_ahead(hours: int) -> datetime:
    """Return a time on London's wall so many hours from now."""
    return (now() + timedelta(hours=hours)).astimezone(UTC).replace(tzinfo=None, second=0, microsecond=0)


def follow(client: Browserless, path: str) -> str:
    """Press for a calendar, and return its address."""
    html = client.send(path).get_data(as_text=True)
    found = re.search(r'value="https?://[^/"]*(/feeds/[^"]*\.ics)"', html)
    assert found is not None, html
    return found[1]


def test_calendars_that_are_followed_hold_what_one_may_see_now(app: Flask, cast: Cast, as_person: AsPerson) -> None:
    """C5, A3: mine, the space's, one series. No attendees, 304 when nothing is new, and nothing at all once one has left."""
    with app.app_context():
        series = factories.make_meetup(
            cast.champions, by=cast.organiser, rhythm=Rhythm.WEEKLY, link="https://meet.example/1", ref="s" * 10
        )
        factories.make_meetup(cast.champions, by=cast.organiser, title="Another")
        factories.make_meetup(cast.night_desk, by=cast.insider, title="Quokka")
        dates = factories.dates_of(series)
        factories.make_rsvp(dates[0], cast.champion)
        factories.make_rsvp(dates[1], cast.champion)
        with transaction():
            changing.cancel_one(standing(cast.organiser), series.id, dates[2].id, reason="Flooded.")
        starts, key, series_id = [one.starts_at for one in factories.dates_of(series)], dates[1].id, series.id
    carla = as_person(cast.champion)
    mine, of_space, of_series = (
        follow(carla, f"/s/champions/meetups/{path}") for path in ("feed/mine", "feed/all", f"{'s' * 10}/feed")
    )
    reader = app.test_client()
    texts = {}
    for address in (mine, of_space, of_series):
        answer = reader.get(address)
        assert (answer.status_code, answer.mimetype) == (200, "text/calendar")
        texts[address] = answer.get_data(as_text=True)
        assert "Quokka" not in texts[address]
        assert "ATTENDEE" not in texts[address]
        again = reader.get(address, headers={"If-None-Match": answer.headers["ETag"]})
        assert again.status_code == 304
    assert starts_in(texts[mine]) == starts[:2]
    assert "https://meet.example/1" in texts[mine]
    weeks = starts_in(texts[of_series])
    assert starts[2] not in weeks
    assert weeks[:3] == [starts[0], starts[1], starts[3]]
    assert "Another" in texts[of_space]
    with app.app_context(), transaction():
        changing.cancel_one(standing(cast.organiser), series_id, key, reason="Flooded.")
    assert starts_in(reader.get(mine).get_data(as_text=True)) == [starts[0]]
    with app.app_context(), transaction():
        belongs = db.session.scalars(select(Membership).where(Membership.person_id == cast.champion.id)).one()
        belongs.ended_at = now()
    assert starts_in(reader.get(mine).get_data(as_text=True)) == []
    assert "Show and tell" in reader.get(of_space).get_data(as_text=True)  # an open space is read by everybody
    with app.app_context(), transaction():
        db.session.get_one(Space, cast.champions.id).visibility = Visibility.PRIVATE
    assert [reader.get(address).status_code for address in (of_space, of_series)] == [404, 404]


def test_a_reminder_that_several_workers_send_at_once_is_one(app: Flask, cast: Cast) -> None:
    """C9: the row of a reminder is written once, whoever comes first."""
    with app.app_context():
        series = factories.make_meetup(cast.champions, by=cast.organiser, start=hours_ahead(12))
        (one,) = factories.dates_of(series)
        factories.make_rsvp(one, cast.champion)
    results = at_once(app, [remind] * 4, workers=4)
    assert set(results) <= {True, False}
    with app.app_context():
        facts = select(db.func.count()).select_from(FactRow).where(FactRow.kind == "reminder due")
        assert db.session.scalar(facts) == 1


def starts_in(text: str) -> list[datetime]:
    """Return when the events of a calendar begin within a year, as another library expands them."""
    read = icalendar.Calendar.from_ical(text)
    found = recurring_ical_events.of(read).between(now(), now() + timedelta(days=365))
    return sorted(one.decoded("DTSTART").astimezone(UTC) for one in found)


def test_a_feed_of_a_thousand_dates_is_made_in_no_time(app: Flask, cast: Cast, as_person: AsPerson) -> None:
    """The numbers of the issue, with room for a busy machine: 300 ms cold, and a fraction of it when nothing is new."""
    with app.app_context():
        for number in range(13):
            factories.make_meetup(cast.champions, by=cast.organiser, rhythm=Rhythm.WEEKLY, title=f"N{number}")
        many = db.session.scalar(select(db.func.count()).select_from(Occurrence))
        assert many is not None
        assert many > 1000
    address = follow(as_person(cast.champion), "/s/champions/meetups/feed/all")
    reader = app.test_client()
    began = perf_counter()
    answer = reader.get(address)
    cold = perf_counter() - began
    began = perf_counter()
    assert reader.get(address, headers={"If-None-Match": answer.headers["ETag"]}).status_code == 304
    assert (cold < 2, perf_counter() - began < cold) == (True, True)


def test_files_of_one_date_and_of_a_series_are_read_back(app: Flask, cast: Cast, as_person: AsPerson) -> None:
    """C5: a download is what the page says, without the joining link for who has no seat."""
    with app.app_context():
        series = factories.make_meetup(
            cast.champions, by=cast.organiser, rhythm=Rhythm.WEEKLY, link="https://meet.example/1", ref="s" * 10
        )
        one = factories.dates_of(series)[0]
        starts_at, key = one.starts_at, one.id
    carla, place = as_person(cast.champion), f"/s/champions/meetups/{'s' * 10}/"
    answer = carla.get(f"{place}{key}/meetup.ics")
    assert answer.headers["Content-Disposition"].startswith("attachment; filename=meetup-")
    assert starts_in(answer.get_data(as_text=True)) == [starts_at]
    assert "meet.example" not in answer.get_data(as_text=True)
    assert len(starts_in(carla.get(f"{place}series.ics").get_data(as_text=True))) >= 52


def test_when_one_is_reminded_is_chosen_by_ticks(app: Flask, cast: Cast, as_person: AsPerson) -> None:
    """C9: a day before, unless something else is ticked; nothing ticked is never."""
    carla = as_person(cast.champion)
    assert re.search(r'checked[^>]*id="day_before"', carla.get("/meetups/reminders").get_data(as_text=True))
    assert carla.send("/meetups/reminders", week_before="y").status_code == 303
    with app.app_context():
        chosen = db.session.get_one(ReminderChoice, cast.champion.id)
        assert (chosen.week_before, chosen.day_before, chosen.hours_before) == (True, False, False)
