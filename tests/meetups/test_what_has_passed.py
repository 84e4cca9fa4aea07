"""Pauses that are over, spaces that are kept to read only, and people who have left: nothing speaks of them any more."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest
from flask import Flask

from forum.core.db import db, transaction
from forum.core.events import Recipient
from forum.core.time import now
from forum.meetups import feeds
from forum.meetups.actions import changing, pausing, rescheduling
from forum.meetups.actions.details import Details
from forum.meetups.events import ReminderDue
from forum.meetups.models import OccurrenceState, Series
from forum.meetups.polls.models import Vote
from forum.meetups.polls.queries import whole_of
from forum.meetups.recurrence import Rhythm
from forum.meetups.tellers.dates import tell_reminder
from forum.meetups.upkeep import let_go, remind
from forum.people.models import Person
from forum.spaces.actions import membership
from forum.spaces.models import Audience, Item, Space
from tests import factories
from tests.cast import Browserless, Cast
from tests.content.steps import standing

AsPerson = Callable[[Person], Browserless]
REF = "w" * 10


def test_a_pause_that_is_over_is_shown_no_more(app: Flask, cast: Cast, as_person: AsPerson) -> None:
    """C3: and one can pause it anew."""
    with app.app_context():
        series = factories.make_meetup(cast.champions, by=cast.organiser, rhythm=Rhythm.WEEKLY, ref=REF)
        with transaction():
            paused = db.session.get_one(Series, series.id)
            paused.paused_at, paused.paused_until = now() - timedelta(days=60), (now() - timedelta(days=20)).date()
    page = as_person(cast.organiser).get(f"/s/champions/meetups/{REF}/").get_data(as_text=True)
    assert "<b>Paused</b>" not in page
    assert "resume_on" in page


@pytest.mark.usefixtures("context")
def test_a_space_that_is_archived_reminds_nobody(cast: Cast) -> None:
    """C9: what the mail offers could not be pressed."""
    start = (now() + timedelta(hours=12)).replace(tzinfo=None, microsecond=0)
    series = factories.make_meetup(cast.champions, by=cast.organiser, start=start, zone="UTC")
    (one,) = factories.dates_of(series)
    factories.make_rsvp(one, cast.champion)
    due = ReminderDue(item_id=series.id, occurrence_id=one.id, person_id=cast.champion.id, minutes_before=1440, moves=0)
    assert tell_reminder(due, Recipient(person_id=cast.champion.id)) is not None
    with transaction():
        db.session.get_one(Space, cast.champions.id).archived_at = now()
    assert not remind()
    assert tell_reminder(due, Recipient(person_id=cast.champion.id)) is None


@pytest.mark.usefixtures("context")
def test_a_poll_under_way_counts_and_names_members_only(cast: Cast) -> None:
    """A3, C8: the fairest day is fair to those who can come."""
    votes = {cast.former: Vote.YES, cast.suspended: Vote.YES, cast.champion: Vote.YES}
    poll = factories.make_date_poll(cast.champions, by=cast.organiser, answers=votes)
    whole = whole_of(standing(cast.organiser), poll)
    assert list(whole.people) == [cast.champion.id]


@pytest.mark.usefixtures("context")
def test_a_calendar_that_names_a_host_is_another_one_when_they_leave(cast: Cast) -> None:
    """C5: programmes ask whether anything is new."""
    series = factories.make_meetup(cast.champions, by=cast.organiser, rhythm=Rhythm.WEEKLY, host_id=cast.champion.id)
    with transaction():
        uuid = db.session.get_one(Item, series.id).uuid
    kind, reader = feeds.KINDS[2], db.session.get_one(Person, cast.colleague.id)
    before = kind.now(reader, uuid)
    with transaction():
        membership.end_membership(standing(cast.steward), db.session.get_one(Person, cast.champion.id), reason="Left.")
    after = kind.now(db.session.get_one(Person, cast.colleague.id), uuid)
    assert before is not None
    assert after is not None
    assert before.state != after.state


@pytest.mark.usefixtures("context")
def test_who_was_made_host_while_they_left_is_host_no_more_after_the_next_look(cast: Cast) -> None:
    """A3: on PostgreSQL the two can cross."""
    series = factories.make_meetup(cast.champions, by=cast.organiser, host_id=cast.former.id)
    kept = factories.make_meetup(cast.champions, by=cast.organiser, host_id=cast.champion.id)
    let_go()
    with transaction():
        assert db.session.get_one(Series, series.id, populate_existing=True).host_id is None
        assert db.session.get_one(Series, kept.id, populate_existing=True).host_id == cast.champion.id


@pytest.mark.usefixtures("context")
def test_what_goes_on_from_a_meetup_is_seen_by_those_who_saw_it(cast: Cast) -> None:
    """A1: a series for organisers doesn't become the members' by another time."""
    series = factories.make_meetup(cast.champions, by=cast.organiser, rhythm=Rhythm.WEEKLY, count=6)
    third = factories.dates_of(series)[2]
    with transaction():
        db.session.get_one(Item, series.id).audience = Audience.ORGANISERS
        plan = rescheduling.plan_from(series, third)
    later = replace(plan, start=plan.start + timedelta(hours=1))
    with transaction():
        details = Details(title="Show and tell", place="Room 2")
        onward, item = rescheduling.reschedule(
            standing(cast.organiser), series.id, third.id, plan=later, details=details
        )
        assert (onward.id != series.id, item.audience) == (True, Audience.ORGANISERS)


@pytest.mark.usefixtures("context")
def test_a_date_brought_back_in_a_pause_rests_with_its_series(cast: Cast) -> None:
    """C3: it takes place again when the pause is over."""
    series = factories.make_meetup(cast.champions, by=cast.organiser, rhythm=Rhythm.WEEKLY, count=6)
    one = factories.dates_of(series)[1]
    with transaction():
        changing.cancel_one(standing(cast.organiser), series.id, one.id, reason="Flooded.")
        pausing.pause(standing(cast.organiser), series.id)
    with transaction():
        changing.restore_one(standing(cast.organiser), series.id, one.id)
    assert factories.dates_of(series)[1].state is OccurrenceState.PAUSED
    with transaction():
        pausing.go_on(standing(cast.organiser), series.id)
    assert factories.dates_of(series)[1].is_planned
