"""Date polls, as those who ask and those who answer see them: without script, and by mail."""

import re
from collections.abc import Callable
from datetime import timedelta
from email.message import EmailMessage

import pytest
from flask import Flask
from sqlalchemy import select

from forum.core.db import db, transaction
from forum.core.events import restore
from forum.core.mail import message_for
from forum.core.outbox import FactRow
from forum.core.time import now, today
from forum.meetups.polls.models import DatePoll, DateVote, Vote
from forum.meetups.polls.tellers import TELLERS
from forum.people.models import Person
from forum.spaces.models import Item
from tests import factories
from tests.cast import Browserless, Cast
from tests.content.steps import queries
from tests.meetups.poll_steps import days_of, decide, opened, say
from tests.meetups.test_turning_up import crowd

AsPerson = Callable[[Person], Browserless]
HOME = "/s/champions/meetups/"
BY_KIND = {teller.fact.kind(): teller for teller in TELLERS}


def typed(**others: str) -> dict[str, str]:
    """Return a poll that goes through, also where its days are bank holidays: two days next week, one of them without a time."""
    day = today("Europe/London") + timedelta(days=7)
    return {
        "knowing": f"{day} {day + timedelta(days=1)}",
        "title": "Planning", "about": "Bring a *map*.", "minutes": "90", "zone": "Europe/London", "answer_by": "",
        "place": "Room 2", "link": "", "day_1": day.isoformat(), "time_1": "10:00",
        "day_2": (day + timedelta(days=1)).isoformat(), "time_2": "", "once": "1" * 32, **others,
    }  # fmt: skip


def mailed(kind: str) -> dict[int | None, EmailMessage]:
    """Return to whom and how the latest fact of a kind is mailed now."""
    row = db.session.scalars(select(FactRow).where(FactRow.kind == kind).order_by(FactRow.id.desc())).first()
    assert row is not None, kind
    teller, found = BY_KIND[kind], {}
    fact = restore(row, {kind: teller.fact})
    for recipient in teller.recipients(fact):
        mail = teller.compose(fact, recipient)
        if mail is not None:
            found[recipient.person_id] = message_for(mail, sender="Baton <b@x.example>", message_id="<1@x>", at=now())
    return found


def words_of(message: EmailMessage) -> str:
    """Return the plain text of a mail."""
    part = message.get_body(("plain",))
    assert part is not None
    return str(part.get_content())


@pytest.mark.both_databases
def test_a_poll_is_asked_answered_and_becomes_a_weekly_meetup(app: Flask, cast: Cast, as_person: AsPerson) -> None:
    """C8, journey 4 without script: a second press asks nothing twice; Today says that it waits; the seats are filled in."""
    oscar, carla = as_person(cast.organiser), as_person(cast.champion)
    answers = [oscar.send(f"{HOME}polls/new", **typed()) for _time in range(2)]
    assert [one.status_code for one in answers] == [303, 303]
    page = answers[0].location
    assert answers[1].location == page
    home = carla.get("/s/champions/").get_data(as_text=True)
    assert "One poll</a> waits for your answer." in home
    assert "Waits for your answer" in carla.get(HOME).get_data(as_text=True)
    html = carla.get(page).get_data(as_text=True)
    for words in ("When can you?", "<em>map</em>", "Any time", "Nobody has answered yet", 'type="radio"'):
        assert words in html, words
    with app.app_context():
        poll = db.session.scalars(select(DatePoll)).one()
        timed, whole = days_of(poll)
    carla.send(f"{page}answer", **{f"day-{timed.id}": "yes", f"day-{whole.id}": "if need be"})
    html = carla.get(page).get_data(as_text=True)
    assert "Your answers are saved." in html
    assert "Carla Champion" in html
    assert "waits for your answer" not in carla.get("/s/champions/").get_data(as_text=True)
    html = oscar.get(f"{page}decide/{timed.id}").get_data(as_text=True)
    assert 'value="11:30"' in html
    form = typed(
        day=timed.local_start.date().isoformat(),
        time="10:00",
        ends="11:30",
        rhythm="weekly",
        every="1",
        room_seats="12",
    )
    wrong = oscar.send(f"{page}decide/{timed.id}", **{**form, "time": "11:00"})
    assert wrong.status_code == 422
    assert "People answered for another time" in wrong.get_data(as_text=True)
    done = [oscar.send(f"{page}decide/{timed.id}", **form) for _time in range(2)]
    assert [one.status_code for one in done] == [303, 303]
    assert done[0].location == done[1].location
    html = carla.get(done[0].location).get_data(as_text=True)
    assert "You have a seat." in html
    assert "1 of 12 seats taken" in html
    assert "Decided." in carla.get(page).get_data(as_text=True)
    late = carla.send(f"{page}answer", **{f"day-{timed.id}": "no"})
    assert late.status_code == 409
    assert "This poll is decided" in late.get_data(as_text=True)


def test_what_was_typed_is_still_there_and_more_days_come_without_script(cast: Cast, as_person: AsPerson) -> None:
    """Bad input loses nothing."""
    oscar = as_person(cast.organiser)
    more = oscar.send(f"{HOME}polls/new", **typed(more="1"))
    html = more.get_data(as_text=True)
    assert more.status_code == 200
    assert 'name="day_8"' in html
    assert 'name="day_9"' not in html
    assert 'value="Planning"' in html
    wrong = oscar.send(f"{HOME}polls/new", **typed(day_2="", link="ftp://x", title=""))
    html = wrong.get_data(as_text=True)
    assert wrong.status_code == 422
    assert "Give it a name" in html
    assert "ftp://x" in html
    one_day = oscar.send(f"{HOME}polls/new", **typed(day_2="")).get_data(as_text=True)
    assert "Give 2 to 12 different days." in one_day
    assert "There is no such time zone" in oscar.send(f"{HOME}polls/new", **typed(zone="Mars/Base")).get_data(
        as_text=True
    )
    assert "No poll so far." in oscar.get(f"{HOME}polls/").get_data(as_text=True)


def test_what_is_wrong_with_a_day_stands_beside_it(app: Flask, cast: Cast, as_person: AsPerson) -> None:
    """And all of it at once, with links from the summary; rows that are left empty don't count."""
    day = today("Europe/London")
    late = {"day_2": "", "day_3": (day - timedelta(days=3)).isoformat(), "day_5": (day - timedelta(days=2)).isoformat()}
    answer = as_person(cast.organiser).send(f"{HOME}polls/new", **typed(**late))
    html = answer.get_data(as_text=True)
    assert answer.status_code == 422
    assert re.findall(r'id="(\w+)-error"', html) == ["day_3", "day_5"]
    assert re.findall(r'<li><a href="#(\w+)">', html) == ["day_3", "day_5"]
    with app.app_context():
        assert db.session.scalars(select(DatePoll)).all() == []


def test_answers_are_wished_for_before_the_first_day(app: Flask, cast: Cast, as_person: AsPerson) -> None:
    """When it is opened and when it is changed; what was typed is kept. On that very day is early enough."""
    oscar, day = as_person(cast.organiser), today("Europe/London") + timedelta(days=7)
    late = (day + timedelta(days=9)).isoformat()
    answer = oscar.send(f"{HOME}polls/new", **typed(answer_by=late))
    html = answer.get_data(as_text=True)
    assert answer.status_code == 422
    assert re.findall(r'id="(\w+)-error"', html) == ["answer_by"]
    assert "Pick that day or one before it." in html
    assert f'value="{late}"' in html
    page = oscar.send(f"{HOME}polls/new", **typed(answer_by=day.isoformat())).location
    assert page is not None
    assert oscar.send(f"{page}change", **typed(answer_by=late)).status_code == 422
    with app.app_context(), transaction():
        db.session.scalars(select(DatePoll)).one().answer_by = day + timedelta(days=9)
    assert oscar.send(f"{page}change", **typed(answer_by=late)).status_code == 303, "it stood there before"


def test_no_day_is_added_before_the_last_one_for_answers(app: Flask, cast: Cast, as_person: AsPerson) -> None:
    """On the page, with what was typed. Seen to fail: the reminder to answer came when the first day was over."""
    oscar, day = as_person(cast.organiser), today("Europe/London") + timedelta(days=7)
    page = oscar.send(f"{HOME}polls/new", **typed(answer_by=day.isoformat())).location
    early = (day - timedelta(days=1)).isoformat()
    answer = oscar.send(f"{page}days", day=early, time="")
    assert answer.status_code == 422
    assert "People may answer until" in answer.text
    assert f'value="{early}"' in answer.text
    assert oscar.send(f"{page}days", day=day.isoformat(), time="14:00").status_code == 303


def test_a_poll_is_changed_after_its_last_day_for_answers(app: Flask, cast: Cast, as_person: AsPerson) -> None:
    """What stands is nobody’s mistake. Seen to fail: a wrong title could only be mended by asking for answers anew."""
    oscar, past = as_person(cast.organiser), today("Europe/London") - timedelta(days=1)
    page = oscar.send(f"{HOME}polls/new", **typed()).location
    with app.app_context(), transaction():
        db.session.scalars(select(DatePoll)).one().answer_by = past
    assert oscar.send(f"{page}change", **typed(title="Plans", answer_by=past.isoformat())).status_code == 303
    before = (past - timedelta(days=1)).isoformat()
    assert oscar.send(f"{page}change", **typed(title="Plan", answer_by=before)).status_code == 422


def test_a_day_taken_away_meanwhile_is_said_and_the_rest_is_saved(app: Flask, cast: Cast, as_person: AsPerson) -> None:
    """C8, as its page says it; days are added and taken away by an organiser, and the last one stays."""
    with app.app_context():
        poll = opened(cast.organiser)
        first, second, third = days_of(poll)
        page = f"{HOME}polls/{db.session.get_one(Item, poll.id).ref}/"
    oscar, carla = as_person(cast.organiser), as_person(cast.champion)
    assert oscar.send(f"{page}days/{second.id}/remove").status_code == 303
    carla.send(
        f"{page}answer", **{f"day-{first.id}": "yes", f"day-{second.id}": "yes", "day-x": "yes", f"day-{third.id}": "?"}
    )
    html = carla.get(page).get_data(as_text=True)
    assert "One day that you answered for is no longer offered. Your other answers are saved." in html
    with app.app_context():
        assert [(one.option_id, one.answer) for one in db.session.scalars(select(DateVote))] == [(first.id, Vote.YES)]
    day = (today("Europe/London") + timedelta(days=9)).isoformat()
    assert oscar.send(f"{page}days", day=day, time="").status_code == 303
    assert "You have not answered for every day." in carla.get(page).get_data(as_text=True)
    assert oscar.send(f"{page}days", day="", time="").status_code == 422
    with app.app_context():
        keys = [one.id for one in days_of(poll)]
    status = [oscar.send(f"{page}days/{key}/remove").status_code for key in keys]
    assert status == [303] * (len(keys) - 1) + [409]


@pytest.mark.both_databases
def test_members_are_told_when_it_opens_and_when_it_is_decided(app: Flask, cast: Cast) -> None:
    """C6: who can gets the invitation with their seat, who can't hears the day; who asks gets no mail on asking; A3: nor who left."""
    with app.test_request_context("/"):
        poll = opened(cast.organiser)
        day = days_of(poll)[0]
        asked = mailed("date poll opened")
        assert set(asked) == {cast.steward.id, cast.champion.id, cast.colleague.id, cast.reader.id}
        assert "10:00-11:00" in words_of(asked[cast.champion.id])
        say(cast.champion, poll, dict.fromkeys((one.id for one in days_of(poll)), Vote.YES))
        say(cast.reader, poll, {day.id: Vote.NO})
        assert cast.champion.id not in mailed("date poll opened"), "who has answered is asked no more"
        decide(cast.organiser, poll, day)
        told = mailed("date poll decided")
        assert set(told) == {*asked, cast.organiser.id}
        assert "you have a seat" in words_of(told[cast.champion.id])
        assert [part.get_content_type() for part in told[cast.champion.id].walk()].count("text/calendar") == 1
        assert "You had said that you can’t." in words_of(told[cast.reader.id])
        assert "You can still say whether you come." in words_of(told[cast.colleague.id])
        assert mailed("date poll opened") == {}


def test_a_poll_is_called_off_with_a_reason_and_can_go_on(app: Flask, cast: Cast, as_person: AsPerson) -> None:
    """With all that was answered; those who have answered are told."""
    with app.app_context():
        poll = opened(cast.organiser)
        first = days_of(poll)[0]
        say(cast.champion, poll, {first.id: Vote.YES})
        page = f"{HOME}polls/{db.session.get_one(Item, poll.id).ref}/"
    oscar, carla = as_person(cast.organiser), as_person(cast.champion)
    assert oscar.send(f"{page}cancel", reason="").status_code == 422
    assert oscar.send(f"{page}cancel", reason="Half of us are away.").status_code == 303
    html = carla.get(page).get_data(as_text=True)
    assert "Half of us are away." in html
    assert 'type="radio"' not in html
    assert carla.send(f"{page}answer", **{f"day-{first.id}": "no"}).status_code == 409
    with app.test_request_context("/"):
        told = mailed("date poll cancelled")
        assert set(told) == {cast.champion.id}
        assert "Half of us are away." in words_of(told[cast.champion.id])
    assert oscar.send(f"{page}reopen").status_code == 303
    html = carla.get(page).get_data(as_text=True)
    assert 'value="yes" checked' in html
    log = carla.get("/s/champions/log").get_data(as_text=True)
    assert "cancelled the poll" in log


def test_times_are_on_the_clock_of_who_reads(app: Flask, cast: Cast, as_person: AsPerson) -> None:
    """C8: a day without a time is the same for both."""
    with app.app_context():
        poll = opened(cast.organiser)
        page = f"{HOME}polls/{db.session.get_one(Item, poll.id).ref}/"
        with transaction():
            db.session.get_one(Person, cast.champion.id).zone = "Asia/Tokyo"
    there = as_person(cast.champion).get(page).get_data(as_text=True)
    assert "10:00 in Europe/London" in there
    assert re.search(r"1[89]:00-(19|20):00", there)
    assert "in Europe/London" not in as_person(cast.organiser).get(page).get_data(as_text=True)


def test_who_can_is_counted_once(app: Flask, cast: Cast, as_person: AsPerson) -> None:
    """Beside the fairest day and beside the day itself: yes and if need be apart, and neither of who is away then."""
    with app.app_context():
        poll = opened(cast.organiser)
        page = f"{HOME}polls/{db.session.get_one(Item, poll.id).ref}/"
        first = days_of(poll)[0]
        answers = {
            cast.organiser: Vote.YES,
            cast.champion: Vote.YES,
            cast.colleague: Vote.IF_NEED_BE,
            cast.steward: Vote.YES,
        }
        for person, vote in answers.items():
            say(person, poll, {first.id: vote})
        factories.make_absence(cast.steward, days=9)
    html = as_person(cast.organiser).get(page).get_data(as_text=True)
    assert re.search(r"The fairest day so far: [^<]+</b> 2 can, 1 if need be\.", html)
    assert "<span>2 can, 1 if need be</span>" in html
    assert '<progress value="2" max="4"' in html
    assert "Away then: Stella Steward" in html


def test_the_page_of_a_poll_asks_no_more_for_many_people(app: Flask, cast: Cast, as_person: AsPerson) -> None:
    """As many statements with thirty answers as with none."""
    with app.app_context():
        poll = opened(cast.organiser)
        page = f"{HOME}polls/{db.session.get_one(Item, poll.id).ref}/"
        people, keys = crowd(cast, 30), [one.id for one in days_of(poll)]
        poll = db.session.merge(poll)
        poll_id = poll.id
    carla = as_person(cast.champion)
    carla.get(page)
    with queries(app) as before:
        carla.get(page)
    with app.app_context():
        for person in people:
            say(person, db.session.get_one(DatePoll, poll_id), dict.fromkeys(keys, Vote.YES))
            factories.make_absence(person, days=9)
    with queries(app) as after:
        carla.get(page)
    assert len(after) <= len(before) + 1, "one for the names of those who are away"
    assert len(after) <= 16


def test_a_day_of_another_spaces_poll_is_not_shown_by_a_look_ahead(app: Flask, cast: Cast, as_person: AsPerson) -> None:
    """A2: keys of days are small numbers; one's own poll leads to its own days only."""
    with app.app_context():
        poll = factories.make_date_poll(cast.champions, by=cast.organiser, ref="m" * 10)
        theirs = days_of(factories.make_date_poll(cast.night_desk, by=cast.insider))[0]
        poll_ref, day = db.session.get_one(Item, poll.id).ref, theirs.id
        with transaction():
            db.session.merge(theirs).local_start = theirs.local_start.replace(year=now().year + 4, hour=4, minute=5)
    form = {
        "preview": "1",
        "day": f"{now() + timedelta(days=7):%Y-%m-%d}",
        "time": "10:00",
        "ends": "11:00",
        "title": "X",
        "rhythm": "once",
    }
    answer = as_person(cast.organiser).send(f"{HOME}polls/{poll_ref}/decide/{day}", **form)
    assert answer.status_code == 409
    assert "04:05" not in answer.get_data(as_text=True)
