"""A duty that hosts: whoever has it that day is the host, on the page, in mail and in calendars (D1)."""

from collections.abc import Callable

import icalendar
import pytest
from flask import Flask
from sqlalchemy import delete, select

from forum.core.db import db, transaction
from forum.core.errors import Denied
from forum.core.halves import Span
from forum.meetups.actions import changing
from forum.meetups.feeds import KINDS, OF_SPACE
from forum.meetups.models import Occurrence, Series
from forum.meetups.obligations import settled
from forum.meetups.recurrence import Rhythm
from forum.people.models import Person
from forum.roster.models import Absence
from forum.spaces.models import Item
from tests import factories
from tests.cast import Browserless, Cast
from tests.content.steps import standing
from tests.meetups.test_mail import mailed
from tests.meetups.test_pages import HOME, fields
from tests.meetups.test_turning_up import come

AsPerson = Callable[[Person], Browserless]


def hosted(cast: Cast) -> tuple[Series, list[Occurrence]]:
    """Have a weekly meetup that is hosted by a duty of Carla's, whom Colin covers on the second date."""
    duty = factories.make_duty(cast.champions, by=cast.steward, holder=cast.champion, title="Show and tell host")
    series = factories.make_meetup(cast.champions, by=cast.organiser, rhythm=Rhythm.WEEKLY, host_duty_id=duty.id)
    dates = factories.dates_of(series)
    day = dates[1].local_start.date()
    span = Span.of_days(day, day)
    absence = factories.make_absence(cast.champion, span)
    factories.make_cover_request(duty, away=cast.champion, span=span, taken_by=cast.colleague, absence=absence)
    return series, dates


@pytest.mark.both_databases
def test_the_page_the_mail_and_the_feed_name_who_has_the_duty_that_day(
    app: Flask, cast: Cast, as_person: AsPerson
) -> None:
    """D1: and whoever covers on the day that they cover."""
    with app.app_context():
        series, dates = hosted(cast)
        ref = db.session.get_one(Item, series.id).ref
        names = (cast.champion.name, cast.colleague.name)
        pages = [f"{HOME}{ref}/{one.id}/" for one in dates[:2]]
    for page, name in zip(pages, names, strict=True):
        html = as_person(cast.reader).get(page).get_data(as_text=True)
        host = html[html.index("<h2>Host</h2>") :]
        assert name in host[: host.index("</section>")]
        assert "Show and tell host" in host
    with app.test_request_context("/"):
        dates = factories.dates_of(db.session.get_one(Series, series.id))
        for one in dates[:2]:
            come(cast.reader, one)
        mails = [str(message.get_body(("plain",))) for _who, message in mailed("seat taken")]
        assert [f"Host: {name}" in mail for name, mail in zip(names, mails, strict=True)] == [True, True]
        of_space = next(kind for kind in KINDS if kind.name == OF_SPACE)
        feed = of_space.now(cast.reader, cast.champions.uuid)
        assert feed is not None
        events = icalendar.Calendar.from_ical(feed.write("").decode()).walk("VEVENT")
        told = {
            event.decoded("DTSTART").replace(tzinfo=None): str(event["DESCRIPTION"])
            for event in events
            if "RRULE" not in event
        }
        assert f"Host: {names[0]}" in told[dates[0].local_start]
        assert f"Host: {names[1]}" in told[dates[1].local_start]
        assert dates[20].local_start not in told, "only dates that lie near are named one by one"
        (whole,) = [event for event in events if "RRULE" in event]
        assert "Host: Show and tell host" in str(whole["DESCRIPTION"])
        with transaction():
            db.session.execute(delete(Absence))
        after = of_space.now(cast.reader, cast.champions.uuid)
        assert after is not None
        assert after.state != feed.state, "a calendar that has it already is told"


def test_who_has_the_duty_that_day_may_change_that_day(app: Flask, cast: Cast) -> None:
    """A2: seen to fail without `_hosts`: whoever covers may change the day that they cover, and no other."""
    with app.app_context():
        series, dates = hosted(cast)
        for person, one in ((cast.colleague, dates[1]), (cast.champion, dates[0])):
            with transaction():
                changing.cancel_one(standing(person), series.id, one.id, reason="Flooded.")
        for person, one in ((cast.colleague, dates[2]), (cast.champion, dates[1]), (cast.reader, dates[0])):
            with pytest.raises(Denied), transaction():
                changing.cancel_one(standing(person), series.id, one.id, reason="Flooded.")


def test_a_duty_is_chosen_in_the_form_and_one_of_another_space_is_not(
    app: Flask, cast: Cast, as_person: AsPerson
) -> None:
    """A1: it is as if nobody had been chosen; a duty that is nobody's says so."""
    with app.app_context():
        duty = factories.make_duty(cast.champions, by=cast.steward, title="Show and tell host")
        strange = factories.make_duty(cast.night_desk, by=cast.insider, title="Lamp")
        keys = (duty.id, strange.id)
    oscar = as_person(cast.organiser)
    html = oscar.get(f"{HOME}new").get_data(as_text=True)
    assert "Whoever has the duty: Show and tell host" in html
    assert "Lamp" not in html
    for number, key in enumerate(keys):
        sent = oscar.send(f"{HOME}new", **fields(host=f"duty:{key}", once=str(number) * 32))
        assert sent.status_code == 303
    with app.app_context():
        assert db.session.scalars(select(Series.host_duty_id).order_by(Series.id)).all() == [keys[0], None]
        series = db.session.scalars(select(Series).where(Series.host_duty_id == keys[0])).one()
        one, item = factories.dates_of(series)[0], db.session.get_one(Item, series.id)
        page = f"{HOME}{item.ref}/{one.id}/"
    assert "Nobody has the duty that day yet." in oscar.get(page).get_data(as_text=True)


def test_a_meetup_that_a_duty_hosts_is_settled(app: Flask, cast: Cast) -> None:
    """D7: who leaves a meetup leaves it to a duty as well as to a person; seen to fail when only a person counts."""
    with app.app_context():
        series, _dates = hosted(cast)
        nobodys = factories.make_meetup(cast.champions, by=cast.organiser, rhythm=Rhythm.WEEKLY)
        assert settled([str(series.id), str(nobodys.id)]) == {str(series.id)}
