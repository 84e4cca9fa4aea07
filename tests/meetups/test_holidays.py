"""Bank holidays are told to whoever plans before anybody else hears of the day, and once."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from flask import Flask

from forum.core.db import db
from forum.core.time import today
from forum.meetups.holidays import holiday_on
from forum.meetups.models import Occurrence, Series
from forum.meetups.polls.models import DateOption, DatePoll
from forum.meetups.recurrence import Rhythm
from forum.people.models import Person
from tests import factories
from tests.cast import Browserless, Cast

AsPerson = Callable[[Person], Browserless]
HOME = "/s/champions/meetups/"
REF = "h" * 10


def next_called(name: str, *, later: int = 0) -> str:
    """Return the next day with such a name; `later`: so many days after it."""
    days = (today("Europe/London") + timedelta(days=number) for number in range(14, 400))
    found = next((day for day in days if holiday_on(day, "Europe/London") == name), None)
    if found is None:
        pytest.skip("the list of bank holidays that is installed doesn't go on that far", allow_module_level=True)
    return (found + timedelta(days=later)).isoformat()


FRIDAY, MONDAY = next_called("Good Friday"), next_called("Easter Monday")
NO_HOLIDAY = next_called("Good Friday", later=-1)


def number_of(model: type) -> int:
    return db.session.scalar(db.select(db.func.count()).select_from(model)) or 0


@pytest.mark.both_databases
def test_what_takes_place_once_on_a_bank_holiday_is_planned_by_a_second_press(
    app: Flask, cast: Cast, as_person: AsPerson
) -> None:
    """Nothing is planned by the first, what was typed stays, and another such day is told anew; elsewhere it means nothing."""
    oscar = as_person(cast.organiser)
    form = {
        "title": "Walk",
        "time": "10:00",
        "ends": "11:00",
        "zone": "Europe/London",
        "rhythm": "once",
        "place": "Hall",
    }
    first = oscar.send(f"{HOME}new", **form, day=FRIDAY)
    assert first.status_code == 409
    assert "is a bank holiday: Good Friday." in first.text
    assert "Plan it all the same" in first.text
    assert f'name="knowing" value="{FRIDAY}"' in first.text
    assert 'value="Walk"' in first.text
    other = oscar.send(f"{HOME}new", **form, day=MONDAY, knowing=FRIDAY)
    assert "is a bank holiday: Easter Monday." in other.text
    with app.app_context():
        assert number_of(Series) == 0
    assert oscar.send(f"{HOME}new", **form, day=FRIDAY, knowing=FRIDAY).status_code == 303
    assert oscar.send(f"{HOME}new", **{**form, "zone": "Europe/Paris"}, day=FRIDAY).status_code == 303


def test_a_date_is_moved_to_a_bank_holiday_by_a_second_press(app: Flask, cast: Cast, as_person: AsPerson) -> None:
    """One of many, and what takes place once with its form for all; what stays on its day is asked nothing."""
    with app.app_context():
        factories.make_meetup(cast.champions, by=cast.organiser, ref="i" * 10)
        series = factories.make_meetup(cast.champions, by=cast.organiser, rhythm=Rhythm.WEEKLY, ref=REF)
        key = factories.dates_of(series)[0].id
    oscar = as_person(cast.organiser)
    form = {"title": "X", "time": "10:00", "ends": "11:00", "place": "Hall", "zone": "Europe/London", "rhythm": "once"}
    for page in (f"{HOME}{REF}/{key}/change", f"{HOME}{'i' * 10}/change"):
        first = oscar.send(page, **form, day=FRIDAY)
        assert first.status_code == 409
        assert "is a bank holiday: Good Friday." in first.text
        assert "all the same" in first.text
        assert oscar.send(page, **form, day=FRIDAY, knowing=FRIDAY).status_code == 303
    with app.app_context():
        assert db.session.get_one(Occurrence, key).local_start.date().isoformat() == FRIDAY
    assert oscar.send(f"{HOME}{REF}/{key}/change", **form, day=FRIDAY).status_code == 303


@pytest.mark.both_databases
def test_a_poll_says_which_of_its_days_are_bank_holidays(app: Flask, cast: Cast, as_person: AsPerson) -> None:
    """Before it is asked, on its page, where a day is added, and where one is chosen."""
    oscar = as_person(cast.organiser)
    days = {"day_1": MONDAY, "day_2": NO_HOLIDAY}
    form = {"title": "Walk", "minutes": "60", "zone": "Europe/London", "place": "Hall", **days}
    asked = oscar.send(f"{HOME}polls/new", **form)
    assert asked.status_code == 409
    assert "is a bank holiday: Easter Monday." in asked.text
    assert asked.text.count("is a bank holiday") == 1
    with app.app_context():
        assert number_of(DatePoll) == 0
    page = oscar.send(f"{HOME}polls/new", **form, knowing=MONDAY).location
    assert page is not None
    shown = as_person(cast.champion).get(page).text
    assert shown.count("Bank holiday: Easter Monday.") == 1
    assert "Bank holiday: Good Friday" not in shown
    added = oscar.send(f"{page}days", day=FRIDAY)
    assert added.status_code == 409
    assert "is a bank holiday: Good Friday." in added.text
    assert oscar.send(f"{page}days", day=FRIDAY, knowing=FRIDAY).status_code == 303
    with app.app_context():
        option = db.session.scalars(db.select(DateOption).order_by(DateOption.id)).first()
        assert option is not None
        assert number_of(DateOption) == 3
    assert "is a bank holiday: Easter Monday." in oscar.get(f"{page}decide/{option.id}").text
    chosen = {"title": "Walk", "time": "10:00", "ends": "11:00", "rhythm": "once", "place": "Hall", "host": ""}
    there = f"{page}decide/{option.id}"
    assert oscar.send(there, **chosen, day=MONDAY).status_code == 409
    assert oscar.send(there, **chosen, day=MONDAY, knowing=MONDAY).status_code == 303


def test_where_a_poll_moves_a_date_to_a_bank_holiday_it_says_so_before(
    app: Flask, cast: Cast, as_person: AsPerson
) -> None:
    """The page on which it is pressed is the warning; there is nothing to press twice."""
    with app.app_context():
        series = factories.make_meetup(cast.champions, by=cast.organiser, rhythm=Rhythm.WEEKLY, ref=REF)
        key = factories.dates_of(series)[0].id
    oscar = as_person(cast.organiser)
    form = {"title": "X", "minutes": "60", "zone": "Europe/London", "day_1": MONDAY, "day_2": NO_HOLIDAY}
    form |= {"of": REF, "moves": str(key)}
    assert oscar.send(f"{HOME}polls/new", **form).status_code == 409
    page = oscar.send(f"{HOME}polls/new", **form, knowing=MONDAY).location
    assert page is not None
    with app.app_context():
        options = {one.local_start.date().isoformat(): one.id for one in db.session.scalars(db.select(DateOption))}
    assert "is a bank holiday: Easter Monday." in oscar.get(f"{page}decide/{options[MONDAY]}").text
    assert "is a bank holiday" not in oscar.get(f"{page}decide/{options[NO_HOLIDAY]}").text
    assert oscar.send(f"{page}decide/{options[MONDAY]}").status_code == 303
