"""The month with years of meetups: it asks no more than an empty one."""

from datetime import timedelta

import time_machine
from flask import Flask
from sqlalchemy import func, insert, select

from forum.core.db import db, transaction
from forum.core.time import now, today
from forum.meetups.models import Answer, Mode, Occurrence, Rsvp
from forum.meetups.recurrence import Rhythm
from forum.people.models import Person
from tests import factories
from tests.cast import Cast
from tests.content.steps import queries
from tests.meetups.test_pages import HOME, AsPerson
from tests.meetups.test_turning_up import crowd

WEEKS = 5 * 52


def test_five_years_of_weeks_and_two_hundred_people_cost_an_empty_month(
    app: Flask, cast: Cast, as_person: AsPerson
) -> None:
    """260 dates that were, 200 members and all their answers around this month. Seen to fail when each date is asked for by itself."""
    carla = as_person(cast.champion)
    address = f"{HOME}month/{today('Europe/London'):%Y-%m}"
    carla.get(address)
    with queries(app) as empty:
        carla.get(address)
    with app.app_context():
        people = [one.id for one in crowd(cast, 200)]
        start = (now() - timedelta(weeks=WEEKS)).replace(tzinfo=None, hour=10, minute=0, second=0, microsecond=0)
        factories.make_meetup(cast.champions, by=cast.organiser, start=start, rhythm=Rhythm.WEEKLY)
        dates = db.session.scalars(select(Occurrence.id)).all()
        assert len(dates) >= WEEKS
        at = now()
        with transaction():
            for key in dates[WEEKS - 8 : WEEKS + 8]:
                db.session.execute(
                    insert(Rsvp),
                    [
                        {
                            "occurrence_id": key, "person_id": person, "mode": Mode.ROOM, "status": Answer.GOING, "seat_no": number,
                            "is_late": False, "is_standing": False, "at": at, "nonce": f"{key}", "token_hash": f"{key}-{person}",
                        }
                        for number, person in enumerate(people, start=1)
                    ],
                )  # fmt: skip
        assert (db.session.scalar(select(func.count()).select_from(Person)) or 0) > 200
    with queries(app) as full:
        html = carla.get(address).get_data(as_text=True)
    assert html.count("Show and tell") >= 4
    assert len(full) == len(empty)


def test_what_is_over_says_what_one_had_said(app: Flask, cast: Cast, as_person: AsPerson) -> None:
    """In the month and behind the link in one's mail as on the page of the date: nobody is going to what has been."""
    address = f"{HOME}month/{today('Europe/London') + timedelta(days=1):%Y-%m}"
    carla = as_person(cast.champion)
    with app.app_context():
        (one,) = factories.dates_of(factories.make_meetup(cast.champions, by=cast.organiser))
        token, ends_at = factories.make_rsvp(one, cast.champion), one.ends_at
    assert "You are going" in carla.get(address).text
    assert "You are going" in app.test_client().get(f"/meetups/mine/{token}").text
    with time_machine.travel(ends_at, tick=False):
        carla = as_person(cast.champion)
        month, mine = carla.get(address).text, app.test_client().get(f"/meetups/mine/{token}").text
    for page in (month, mine):
        assert "You had said that you come" in page
        assert "You are going" not in page
