"""Who writes at a meetup and who only looks in; what is cancelled with what; and what is said of what can't be taken."""

from collections.abc import Callable

import pytest
from flask import Flask
from sqlalchemy import select

from forum.core.db import db, transaction
from forum.core.errors import Denied, RuleBroken
from forum.core.outbox import FactRow
from forum.core.time import now
from forum.meetups.actions import changing, pausing
from forum.meetups.actions.changing import Change
from forum.meetups.models import Answer, OccurrenceState, Series
from forum.meetups.polls import queries as polls
from forum.meetups.polls.models import Vote
from forum.meetups.queries.one import members_of
from forum.meetups.recurrence import Rhythm
from forum.people.models import Person
from forum.spaces.models import Item
from tests import factories
from tests.cast import Browserless, Cast
from tests.content.steps import standing
from tests.meetups.poll_steps import days_of, opened, say
from tests.meetups.test_pages import HOME, fields

AsPerson = Callable[[Person], Browserless]


def test_a_host_who_only_reads_along_changes_nothing(app: Flask, cast: Cast, as_person: AsPerson) -> None:
    """A3: a reader writes nothing, named as host or not; nobody offers them as one. Seen to fail with `TURN_UP` asked instead."""
    with app.test_request_context("/"):
        series = factories.make_meetup(cast.champions, by=cast.organiser, host_id=cast.reader.id)
        (one,) = factories.dates_of(series)
        change = Change(start=one.local_start, minutes=60, topic="Mine", place="Room 2")
        with pytest.raises(Denied), transaction():
            changing.change_one(standing(cast.reader), series.id, one.id, change)
        names = [name for _key, name in members_of(cast.champions, writers=True)]
        assert cast.champion.name in names
        assert cast.reader.name not in names
    answer = as_person(cast.organiser).send(f"{HOME}new", **fields(host=str(cast.reader.id)))
    assert answer.status_code == 303
    with app.app_context():
        made = db.session.scalars(select(Series).order_by(Series.id.desc())).first()
        assert made is not None
        assert made.host_id is None


@pytest.mark.both_databases
def test_a_date_and_all_after_it_are_cancelled_and_those_before_stay(
    app: Flask, cast: Cast, as_person: AsPerson
) -> None:
    """C2, C3: the rule ends there, who comes is told; twice is once; nothing when it has begun."""
    with app.test_request_context("/"):
        series = factories.make_meetup(cast.champions, by=cast.organiser, rhythm=Rhythm.WEEKLY)
        dates = factories.dates_of(series)
        factories.make_rsvp(dates[4], cast.champion)
        for _press in range(2):
            with transaction():
                pausing.end(standing(cast.organiser), series.id, reason="The room is gone.", from_id=dates[3].id)
        db.session.expire_all()
        assert [one.state for one in factories.dates_of(series)[:5]] == [OccurrenceState.PLANNED] * 3 + [
            OccurrenceState.CANCELLED
        ] * 2
        kept = db.session.get_one(Series, series.id)
        assert (
            dates[2].local_start.date() <= (kept.until_day or dates[3].local_start.date()) < dates[3].local_start.date()
        )
        kinds = [row.kind for row in db.session.scalars(select(FactRow))]
        assert kinds.count("series changed") == 1
        factories.let_begin(dates[0])
        with pytest.raises(RuleBroken), transaction():
            pausing.end(standing(cast.organiser), series.id, reason="Late.", from_id=dates[0].id)
        path = f"{HOME}{db.session.get_one(Item, series.id).ref}/{dates[1].id}/"
    organiser = as_person(cast.organiser)
    assert "Cancel it and all after it" in organiser.get(path).text
    assert organiser.send(f"{path}cancel", reason="Ill.", following="1").status_code == 303
    with app.app_context():
        states = [one.state for one in factories.dates_of(db.session.get_one(Series, series.id))]
        assert set(states[1:]) == {OccurrenceState.CANCELLED}


def test_who_looks_in_sees_how_many_come_and_not_who(app: Flask, cast: Cast, as_person: AsPerson) -> None:
    """A3: as with the roster, which is its members'. Names of who comes, waits, was there, has an action or answered a poll."""
    with app.test_request_context("/"):
        series = factories.make_meetup(cast.champions, by=cast.organiser, seats=1)
        (one,) = factories.dates_of(series)
        factories.make_rsvp(one, cast.champion)
        factories.make_rsvp(one, cast.colleague, status=Answer.WAITING)
        past = factories.make_meetup(cast.champions, by=cast.organiser, title="Past")
        begun = factories.let_begin(factories.dates_of(past)[0])
        action = factories.make_action(begun, words="Mend the sign", holder=cast.champion, by=cast.organiser)
        poll = opened(cast.organiser)
        say(cast.champion, poll, {days_of(poll)[0].id: Vote.YES})
        refs = [db.session.get_one(Item, key).ref for key in (series.id, past.id, poll.id)]
        pages = [
            f"{HOME}{refs[0]}/{one.id}/",
            f"{HOME}{refs[1]}/{begun.id}/",
            f"{HOME}actions",
            f"{HOME}actions.csv",
            f"{HOME}actions/{action.ref}",
            f"{HOME}polls/{refs[2]}/",
        ]
    visitor, member = as_person(cast.outsider), as_person(cast.reader)
    for page in pages:
        seen = visitor.get(page)
        assert seen.status_code == 200, page
        for name in (cast.champion.name, cast.colleague.name):
            assert name not in seen.text, page
        assert cast.champion.name in member.get(page).text, page
    text = visitor.get(pages[0]).text
    assert "1 of 1 seats taken" in text
    assert "1 is waiting for a seat." in text


def test_everything_that_is_wrong_is_named_at_once_in_plain_words(app: Flask, cast: Cast, as_person: AsPerson) -> None:
    organiser = as_person(cast.organiser)
    empty = organiser.send(f"{HOME}new", title="", day="", time="", ends="", zone="Europe/London", rhythm="once")
    assert empty.status_code == 422
    for words in ("Give it a name", "Pick a day.", "Say when it begins", "Say when it ends"):
        assert words in empty.text, words
    odd = organiser.send(f"{HOME}new", **fields(room_seats="4.5", title="x" * 201, link="nonsense", place="y" * 1001))
    assert odd.status_code == 422
    for words in ("Give a whole number", "Keep it under 200", "beginning with https://", "Keep it under 1000"):
        assert words in odd.text, words
    assert "Not a valid" not in odd.text
    story = as_person(cast.champion).send("/s/champions/stories/new", kind="went wrong", audience="space")
    assert story.status_code == 422
    for words in ("Say in one sentence what happened.", "Say what fixed it"):
        assert words in story.text, words


def test_a_refused_press_keeps_what_was_typed_and_says_why(app: Flask, cast: Cast, as_person: AsPerson) -> None:
    """Cancelling what is over; a day more or another end for a poll that was decided meanwhile."""
    with app.test_request_context("/"):
        past = factories.make_meetup(cast.champions, by=cast.organiser, title="Past")
        begun = factories.let_begin(factories.dates_of(past)[0])
        poll = opened(cast.organiser)
        with transaction():
            poll.cancelled_at, poll.reason = now(), "Gone."
        ref, poll_ref = (db.session.get_one(Item, key).ref for key in (past.id, poll.id))
    organiser = as_person(cast.organiser)
    assert organiser.send(f"{HOME}{ref}/{begun.id}/cancel", reason="No key.").status_code == 409
    assert organiser.send(f"{HOME}polls/{poll_ref}/cancel", reason="No key.").status_code in {303, 409}
    assert organiser.send(f"{HOME}polls/{poll_ref}/days", day="2035-05-01", time="10:00").status_code == 409


def test_an_old_poll_that_waits_for_the_reader_isnt_cut_off(
    app: Flask, cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Seen to fail with the limit taken before the order."""
    monkeypatch.setattr(polls, "MOST_LISTED", 2)
    with app.test_request_context("/"):
        old = opened(cast.organiser, title="Old and waiting")
        for number in range(3):
            newer = opened(cast.organiser, title=f"Newer {number}")
            say(cast.champion, newer, {one.id: Vote.YES for one in days_of(newer)})
        found = polls.polls_in(standing(cast.champion))
        assert found[0].poll.id == old.id


def test_a_story_is_put_on_an_agenda(app: Flask, cast: Cast, as_person: AsPerson) -> None:
    """What went wrong is talked about: from the story's page, like a thread."""
    with app.test_request_context("/"):
        series = factories.make_meetup(cast.champions, by=cast.organiser)
        (one,) = factories.dates_of(series)
        told = {"saw": "Nothing happened.", "fixed": "Pressed again."}
        story = factories.make_story(cast.champions, author=cast.champion, title="The form hung", answers=told)
        ref, meetup = (db.session.get_one(Item, key).ref for key in (story.id, series.id))
    champion = as_person(cast.champion)
    assert f"meetups/put-on/{ref}" in champion.get(f"/s/champions/stories/{ref}/").text
    assert champion.send(f"{HOME}put-on/{ref}", title="The form hung", date=str(one.id)).status_code == 303
    page = champion.get(f"{HOME}{meetup}/{one.id}/").text
    assert f"/s/champions/stories/{ref}" in page
