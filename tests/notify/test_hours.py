"""Working hours hold for all mail that can wait: what leaves at any hour is what is asked for now, or would be of no use later."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta

import pytest
import time_machine
from flask import Flask
from sqlalchemy import update

from forum.config import Settings
from forum.content import watching
from forum.content.models import WatchLevel
from forum.core.db import db, transaction
from forum.core.events import Teller
from forum.core.halves import Span
from forum.help.actions import closing, taking
from forum.help.views.conversation import reply_to_item
from forum.meetups.actions import changing
from forum.meetups.actions.changing import Change
from forum.meetups.models import Series
from forum.notify.events import DigestDue
from forum.notify.hours import opens_for
from forum.notify.models import MailRhythm
from forum.notify.rhythm import choose
from forum.notify.worker import Worker
from forum.people.events import PasswordChanged
from forum.people.models import Person
from forum.roster.actions import requesting
from forum.roster.actions.warning import warn_all
from forum.spaces.models import Item
from tests import factories
from tests.cast import Cast
from tests.content.steps import said, standing
from tests.help.steps import asked_by, on_duty
from tests.notify.outbox import CakeBaked, Refusing, compose, deliveries, recipients, settle, states, tell, with_tellers
from tests.notify.test_kinds_of_mail import offer
from tests.notify.test_posts_by_mail import body, to
from tests.support.server import make_app

Traveller = time_machine.Traveller
FRIDAY_NIGHT = datetime(2026, 10, 23, 20, 0, tzinfo=UTC)  # 21:00 in London
SATURDAY = datetime(2026, 10, 24, 9, 0, tzinfo=UTC)
MONDAY = datetime(2026, 10, 26, 9, 0, tzinfo=UTC)  # nine in London: the clocks went back
AT_ANY_HOUR = {
    "link made", "password changed", "account to close", "data ready", "archive ready", "mail answered", "bookmark due",
    "standing rsvp made",
    "help paged", "help taken", "help offered", "help declined", "help asked anew", "help unanswered", "help closed",
}  # fmt: skip
OF_USE_UNTIL = {
    "seat taken", "occurrence changed", "occurrence cancelled", "series changed", "slots moved", "reminder due",
    "date poll opened", "date poll needs answers", "date poll decided", "announcement made", "swap asked", "swap answered",
    "cover swap asked", "cover swap answered", "cover asked", "cover taken", "cover declined", "cover lost", "cover untaken",
    "cover over", "cover goes on", "gaps ahead", "turns set", "handover offered", "handover moved", "rehearsal asked", "leaving filed",
    "leaving offered", "agenda item taken out",
}  # fmt: skip


@pytest.fixture
def app(settings: Settings) -> Iterator[Flask]:
    """Give the app as it is, which mails to a server on this machine."""
    yield from make_app(settings)


@pytest.fixture
def clock(app: Flask, cast: Cast) -> Iterator[Traveller]:
    """Stand at a Friday night; Carla and Colin have mail from nine to five."""
    with time_machine.travel(FRIDAY_NIGHT, tick=False) as traveller:
        with app.app_context(), transaction():
            for one in (cast.champion, cast.colleague):
                person = db.session.get_one(Person, one.id)
                choose(person, rhythm=MailRhythm.AT_ONCE, hour=8, weekday=0, from_hour=9, to_hour=17)
        yield traveller


def meetup(app: Flask, cast: Cast, start: datetime) -> tuple[Series, int]:
    """Make a meetup to which Carla comes; return it and the key of its date."""
    with app.test_request_context("/"):
        series = factories.make_meetup(cast.champions, by=cast.organiser, start=start.replace(tzinfo=None))
        [one] = factories.dates_of(series)
        factories.make_rsvp(one, cast.champion)
        return series, one.id


def test_what_leaves_at_any_hour_is_decided_kind_by_kind(app: Flask) -> None:
    """Decision 50. A new kind waits for working hours, unless it is put into one of these lists."""
    tellers = app.extensions["baton"].tellers
    assert {one.fact.kind() for one in tellers if one.at_any_hour or one.is_asked_for} == AT_ANY_HOUR
    assert {one.fact.kind() for one in tellers if one.of_use_until} == OF_USE_UNTIL
    assert {one.fact.kind() for one in tellers if one.has_own_hour} == {"digest due"}


@pytest.mark.both_databases
def test_a_duty_offered_on_friday_night_is_asked_on_monday_and_what_is_about_the_account_at_once(
    clock: Traveller, app: Flask, post: Refusing, worker: Worker, cast: Cast
) -> None:
    """Seen to fail with `Hours(at_any_hour=True)` for all in `hours_of`."""
    offer(app, cast.champions, cast.organiser, cast.champion)
    tell(app, PasswordChanged(person_id=cast.champion.id))
    settle(worker)
    assert [str(one["Subject"]) for one in to(post)] == ["Your password was changed (Fenbridge Council)"]
    assert {one.due_at for one in deliveries(app) if one.state == "due"} == {MONDAY}
    clock.move_to(MONDAY - timedelta(seconds=1))
    settle(worker)
    assert len(to(post)) == 1
    clock.move_to(MONDAY)
    settle(worker)
    assert "Snow and ice" in str(to(post)[1]["Subject"])


@pytest.mark.both_databases
def test_what_was_held_up_until_the_night_waits_and_is_sent_once(
    clock: Traveller, app: Flask, post: Refusing, worker: Worker, cast: Cast
) -> None:
    """A mail server that is back at night wakes nobody. Seen to fail without `opens_for` in `sending`."""
    clock.move_to(FRIDAY_NIGHT - timedelta(hours=10))
    offer(app, cast.champions, cast.organiser, cast.champion)
    worker._expand_some()
    clock.move_to(SATURDAY)
    settle(worker)
    assert (to(post), states(app)["due"]) == ([], 1)
    clock.move_to(MONDAY)
    settle(worker)
    assert len(to(post)) == 1


def test_a_meetup_that_is_cancelled_on_friday_night_for_saturday_is_told_at_once_and_a_later_one_on_monday(
    clock: Traveller, app: Flask, post: Refusing, worker: Worker, cast: Cast
) -> None:
    """Seen to fail without `of_use_until` of either teller; and with only the new time of one that was moved."""
    soon, soon_id = meetup(app, cast, SATURDAY + timedelta(hours=1))
    later, later_id = meetup(app, cast, SATURDAY + timedelta(days=5))
    moved, moved_id = meetup(app, cast, SATURDAY + timedelta(hours=5))
    with app.test_request_context("/"), transaction():
        here = standing(cast.organiser)
        changing.cancel_one(here, later.id, later_id, reason="The host is ill.")
        changing.cancel_one(here, soon.id, soon_id, reason="The room is locked.")
        next_week = datetime(2026, 10, 31, 10, 0)  # noqa: DTZ001  # on the wall
        changing.change_one(here, moved.id, moved_id, Change(start=next_week, minutes=60))
    settle(worker)
    assert sorted(str(one["Subject"]).partition(":")[0] for one in to(post)) == ["Cancelled", "Changed"]
    clock.move_to(MONDAY)
    settle(worker)
    assert len(to(post)) == 3


@pytest.mark.both_databases
def test_cover_for_tomorrow_is_asked_for_at_once_and_cover_for_next_month_on_monday(
    clock: Traveller, app: Flask, post: Refusing, worker: Worker, cast: Cast
) -> None:
    """Seen to fail without `until_covered`."""
    with app.test_request_context("/"):
        for title, first in (("Tomorrow", date(2026, 10, 24)), ("Later", date(2026, 11, 23))):
            duty = factories.make_duty(cast.champions, by=cast.organiser, title=title, holder=cast.champion)
            span = Span.of_days(first, first + timedelta(days=2))
            factories.make_absence(cast.champion, span)
            with transaction():
                requesting.ask(standing(cast.champion), duty, span, away=cast.champion, people=[cast.colleague])
    settle(worker)
    [asked] = to(post, "colin")
    assert "Tomorrow" in str(asked["Subject"])
    clock.move_to(MONDAY)
    settle(worker)
    assert len(to(post, "colin")) == 2


@pytest.mark.both_databases
def test_the_last_warning_of_a_gap_that_begins_on_a_monday_leaves_on_the_sunday(
    clock: Traveller, app: Flask, post: Refusing, worker: Worker, cast: Cast
) -> None:
    """D4. One of Monday week waits for Monday. Seen to fail without `until_gap`: the first was never told of."""
    sunday = SATURDAY + timedelta(days=1)
    for title, person, day, at in (
        ("Far", cast.colleague, date(2026, 10, 30), FRIDAY_NIGHT),
        ("Near", cast.champion, date(2026, 10, 26), sunday),
    ):
        clock.move_to(at)
        with app.test_request_context("/"):
            factories.make_duty(cast.champions, by=cast.organiser, title=title, holder=person)
            factories.make_absence(person, Span.of_days(day, day))
            warn_all(at=at)
        settle(worker)
    assert [str(one["Subject"]) for one in to(post)] == ["A gap ahead: Near"]
    assert not to(post, "colin")


@pytest.mark.both_databases
def test_what_who_asked_for_help_and_who_has_it_write_to_each_other_leaves_at_once_until_it_is_closed(
    clock: Traveller, app: Flask, post: Refusing, worker: Worker, cast: Cast
) -> None:
    """News for who merely watches waits. Seen to fail without `urgent_for` of the case's kind, and without the look at `is_closed`."""
    with app.test_request_context("/"):
        on_duty(cast, cast.colleague)
        case = asked_by(cast.champion)
        with transaction():
            taking.take(standing(cast.colleague), case.id)
            choose(cast.organiser, rhythm=MailRhythm.AT_ONCE, hour=8, weekday=0, from_hour=9, to_hour=17)
            watching.choose(cast.organiser, db.session.get_one(Item, case.id), WatchLevel.EVERYTHING)

    def said_by(person: Person, words: str) -> set[str]:
        """Return to whom mail with these words left at once."""
        with app.test_request_context("/"), transaction():
            reply_to_item(standing(person), db.session.get_one(Item, case.id), said(words), None, words)
        settle(worker)
        return {str(one["To"]).partition(".")[0] for one in post.messages if words in body(one)}

    assert said_by(cast.colleague, "Which page is it?") == {"carla"}
    assert said_by(cast.champion, "The front page.") == {"colin"}
    with app.test_request_context("/"), transaction():
        closing.close(standing(cast.colleague), case.id, text=said("Turned it on."))
    assert said_by(cast.champion, "Thank you all.") == set()
    clock.move_to(MONDAY + timedelta(hours=1))
    settle(worker)
    assert [one for one in to(post, "oscar") if "The front page." in body(one)]


@pytest.mark.both_databases
def test_a_digest_leaves_at_its_own_hour_and_never_on_a_day_off(
    clock: Traveller, app: Flask, post: Refusing, cast: Cast
) -> None:
    """Hours for mail at once aren't its hours. Seen to fail without `has_own_hour`, and with `at_any_hour` instead."""

    def tell_it(_fact: DigestDue, recipient: object) -> object:
        return compose(CakeBaked(), recipient)  # type: ignore[arg-type]

    teller = Teller(
        fact=DigestDue,
        recipients=lambda fact: recipients(CakeBaked(people=[fact.person_id])),
        compose=tell_it,  # type: ignore[arg-type]
        has_own_hour=True,
    )
    worker = Worker(with_tellers(app, teller))
    with app.app_context(), transaction():
        person = db.session.get_one(Person, cast.champion.id)
        choose(person, rhythm=MailRhythm.DAILY, hour=7, weekday=0, from_hour=9, to_hour=17)
    clock.move_to(datetime(2026, 10, 23, 6, 0, tzinfo=UTC))  # seven in the morning
    tell(app, DigestDue(person_id=cast.champion.id, moment="now"))
    settle(worker)
    assert len(to(post)) == 1
    clock.move_to(SATURDAY)
    tell(app, DigestDue(person_id=cast.champion.id, moment="late"))
    settle(worker)
    assert len(to(post)) == 1
    clock.move_to(MONDAY)
    settle(worker)
    assert len(to(post)) == 3, "and the one of Monday"
    worker._transport.close()


def test_within_somebody_s_hours_nobody_asks_whether_their_mail_could_wait(
    clock: Traveller, app: Flask, cast: Cast
) -> None:
    """It costs statements for each reader. Seen to fail with `hours_of` asked first."""
    asked: list[CakeBaked] = []

    def count(fact: CakeBaked) -> list[int]:
        asked.append(fact)
        return []

    teller = Teller(
        fact=CakeBaked,
        recipients=recipients,
        compose=compose,
        urgent_for=count,
    )
    with app.app_context():
        person = db.session.get_one(Person, cast.champion.id)
        assert opens_for(person, teller, CakeBaked()) == MONDAY
        assert len(asked) == 1
        clock.move_to(MONDAY)
        assert opens_for(person, teller, CakeBaked()) is None
        assert len(asked) == 1


def test_a_zone_that_is_no_more_holds_up_nobody_s_mail(
    clock: Traveller, app: Flask, post: Refusing, worker: Worker, cast: Cast
) -> None:
    """Not even their own. Seen to fail without the way out in `opens_for`: it was given up after two days."""
    with app.app_context(), transaction():
        db.session.execute(update(Person).where(Person.id == cast.champion.id).values(zone="Mars/Olympus"))
    offer(app, cast.champions, cast.organiser, cast.champion)
    offer(app, cast.champions, cast.organiser, cast.colleague)
    clock.move_to(MONDAY)
    settle(worker)
    assert (len(to(post)), len(to(post, "colin"))) == (1, 1)
