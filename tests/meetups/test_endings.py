"""A series ends: from a date on or at once; who comes is told where it ends and why, once, by mail and in the app."""

from dataclasses import replace
from datetime import timedelta

import flask_migrate
import pytest
from flask import Flask
from sqlalchemy import select

from forum.core.db import db, transaction
from forum.core.errors import Denied, RuleBroken
from forum.core.outbox import Delivery, DeliveryState, FactRow
from forum.core.time import local, now
from forum.home.notifications import told_to
from forum.meetups.actions import changing, extend, pausing, rescheduling, turning_up
from forum.meetups.actions.changing import Change
from forum.meetups.actions.details import Details
from forum.meetups.models import Mode, Occurrence, Series
from forum.meetups.recurrence import Rhythm
from forum.meetups.upkeep import remind
from forum.notify.book import book_of
from forum.notify.expansion import claim_facts, expand
from forum.notify.heads_up import read
from forum.people.models import Person
from forum.web.rendering import long_day
from tests import factories
from tests.cast import Cast
from tests.content.steps import standing
from tests.meetups.test_mail import hours_ahead, mailed
from tests.meetups.test_turning_up import come

pytestmark = pytest.mark.both_databases
WHY = "Nobody hosts it."


def weekly(cast: Cast) -> tuple[Series, list[Occurrence]]:
    """Make a series whose first date is near at any time of day."""
    start = hours_ahead(12)
    series = factories.make_meetup(cast.champions, by=cast.organiser, rhythm=Rhythm.WEEKLY, start=start, zone="UTC")
    return series, factories.dates_of(series)


def end_from(cast: Cast, series: Series, first: Occurrence | None) -> None:
    with transaction():
        pausing.end(standing(cast.organiser), series.id, reason=WHY, from_id=first.id if first else None)


def said_to(person: Person) -> list[tuple[str, str]]:
    return [(line.said, line.url) for line in told_to(person).unread]


@pytest.mark.usefixtures("context")
def test_who_comes_reads_where_it_ends_and_why_by_mail_and_in_the_app(app: Flask, cast: Cast) -> None:
    """Seen to fail when the fact carries neither: whose next dates all take place read that it was changed, and not how."""
    with app.test_request_context("/"):
        series, dates = weekly(cast)
        with transaction():
            turning_up.come_always(standing(cast.champion), series.id, mode=Mode.ROOM)
        for one in (dates[0], dates[7]):
            come(cast.colleague, one)
        come(cast.steward, dates[1])
        come(cast.organiser, dates[1])
        end_from(cast, series, dates[6])
        told = dict(mailed("series changed"))
        assert told.keys() == {cast.champion.id, cast.colleague.id, cast.steward.id, cast.organiser.id}
        last = local(dates[5].starts_at, cast.champion.zone)
        for message in told.values():
            text = message.get_body(("plain",)).get_content()  # type: ignore[union-attr]
            assert message["Subject"] == "It ends: Show and tell"
            assert f"The last one is on {last:%a} {last.day} {last:%b}" in text
            assert text.count(WHY) == 1
        theirs = told[cast.colleague.id].get_body(("plain",)).get_content()  # type: ignore[union-attr]
        assert theirs.count("does not take place") == 1
        path = f"/{dates[5].id}/"
        for person in (cast.champion, cast.colleague, cast.steward):
            ((said, url),) = said_to(person)
            assert said == f"It ends. The last one: {long_day(dates[5].local_start.date())}. “{WHY}”"
            assert url.endswith(path)
        assert said_to(cast.organiser) == []


@pytest.mark.usefixtures("context")
def test_of_a_series_that_is_over_at_once_it_says_so_and_the_second_press_says_nothing(app: Flask, cast: Cast) -> None:
    """Twice is once, also on another day; what was announced as near isn't near any more."""
    with app.test_request_context("/"):
        series, dates = weekly(cast)
        factories.make_rsvp(dates[0], cast.champion)
        remind()
        assert [said for said, _url in said_to(cast.champion)] == ["It begins soon"]
        for _press in range(2):
            end_from(cast, series, None)
        with transaction():
            pausing.end(standing(cast.organiser), series.id, reason="Again.", at=dates[0].starts_at)
        ((_who, message),) = mailed("series changed")
        text = message.get_body(("plain",)).get_content()  # type: ignore[union-attr]
        assert "does not take place any more" in text
        assert WHY in text
        assert [said for said, _url in said_to(cast.champion)] == [f"It does not take place any more. “{WHY}”"]
        assert len(db.session.scalars(select(FactRow).where(FactRow.kind == "series changed")).all()) == 1


@pytest.mark.usefixtures("context")
def test_a_series_ends_also_when_each_date_that_is_planned_was_cancelled_by_itself(cast: Cast) -> None:
    """Seen to fail when it returns as no date is left to cancel: the rule goes on, and new dates come with time."""
    series, dates = weekly(cast)
    for one in dates[3:]:
        with transaction():
            changing.cancel_one(standing(cast.organiser), series.id, one.id, reason="Flooded.")
    come(cast.champion, dates[0])
    for _press in range(2):
        end_from(cast, series, dates[3])
    assert [who for who, _message in mailed("series changed")] == [cast.champion.id]
    with transaction():
        held = db.session.get_one(Series, series.id)
        assert extend(held, at=dates[-1].starts_at + timedelta(days=30)) == []
    assert held.until_day is not None
    assert held.until_day < dates[3].local_start.date()


@pytest.mark.usefixtures("context")
def test_a_date_that_takes_place_after_all_is_not_called_changed(cast: Cast) -> None:
    """An undo says what it is; of what it undid nothing is told any more."""
    series, dates = weekly(cast)
    come(cast.champion, dates[0])
    with transaction():
        changing.cancel_one(standing(cast.organiser), series.id, dates[0].id, reason="Flooded.")
    with transaction():
        changing.restore_one(standing(cast.organiser), series.id, dates[0].id)
    assert mailed("occurrence cancelled") == []
    ((_who, message),) = mailed("occurrence changed")
    assert message["Subject"].startswith("After all: Show and tell")


@pytest.mark.usefixtures("context")
def test_a_date_near_that_takes_place_after_all_is_said_to_be_near_again(app: Flask, cast: Cast) -> None:
    """C9: seen to fail without `remind_again`: it was taken back with the date, and nobody is reminded twice."""
    with app.test_request_context("/"):
        series, dates = weekly(cast)
        come(cast.champion, dates[0])
        remind()
        end_from(cast, series, None)
        assert "It begins soon" not in [said for said, _url in said_to(cast.champion)]
        with transaction():
            pausing.take_back_end(standing(cast.organiser), series.id)
        remind()
        assert [said for said, _url in said_to(cast.champion)] == ["It begins soon"]


@pytest.mark.usefixtures("context")
def test_an_undo_is_told_only_to_who_was_told_of_what_was_undone(app: Flask, cast: Cast) -> None:
    """Seen to fail without what was heard: “takes place after all”, “it goes on”, though nobody knew that it didn't."""
    with app.test_request_context("/"):
        here, (series, dates) = standing(cast.organiser), weekly(cast)
        come(cast.champion, dates[0])
        for state, told in ((DeliveryState.DUE, 0), (DeliveryState.SENT, 1)):
            with transaction():
                changing.cancel_one(here, series.id, dates[0].id, reason="Flooded.")
            end_from(cast, series, dates[3])
            sent(app, state)
            with transaction():
                changing.restore_one(here, series.id, dates[0].id)
                pausing.take_back_end(here, series.id)
            sent(app, DeliveryState.DUE)
            assert [len(mailed(kind)) for kind in ("occurrence changed", "series changed")] == [told, told]
            sent(app, DeliveryState.DROPPED)


@pytest.mark.usefixtures("context")
def test_who_read_in_the_app_that_it_ends_is_told_that_it_goes_on(app: Flask, cast: Cast) -> None:
    """Seen to fail without `has_read_end`: they would go on believing it."""
    with app.test_request_context("/"):
        series, dates = weekly(cast)
        come(cast.champion, dates[0])
        end_from(cast, series, dates[3])
        sent(app, DeliveryState.DUE)
        read(cast.champion, item_id=series.id)
        with transaction():
            pausing.take_back_end(standing(cast.organiser), series.id)
        sent(app, DeliveryState.DUE)
        ((_who, message),) = mailed("series changed")
        assert message["Subject"] == "It goes on: Show and tell"


@pytest.mark.usefixtures("context")
def test_a_move_before_a_cancellation_that_nobody_heard_of_is_told_as_a_change(app: Flask, cast: Cast) -> None:
    """Seen to fail when it is told as “After all”, or not at all."""
    with app.test_request_context("/"):
        here, (series, dates) = standing(cast.organiser), weekly(cast)
        one = dates[1]
        come(cast.champion, one)
        with transaction():
            away = Change(start=one.local_start + timedelta(days=1), minutes=90, place="Room 9", link="")
            changing.change_one(here, series.id, one.id, away)
            changing.cancel_one(here, series.id, one.id, reason="Flooded.")
            changing.restore_one(here, series.id, one.id)
        sent(app, DeliveryState.DUE)
        ((_who, message),) = mailed("occurrence changed")
        assert message["Subject"].startswith("Changed: Show and tell")


@pytest.mark.usefixtures("context")
def test_an_end_is_taken_back_within_the_hour_and_all_is_as_before(app: Flask, cast: Cast) -> None:
    """What was cancelled before stays so; who had a seat has it; who comes is told once, by mail, and in the app of nothing."""
    with app.test_request_context("/"):
        series, dates = weekly(cast)
        with transaction():
            turning_up.come_always(standing(cast.champion), series.id, mode=Mode.ROOM)
            changing.cancel_one(standing(cast.organiser), series.id, dates[4].id, reason="Flooded.")
        end_from(cast, series, dates[3])
        with pytest.raises(Denied), transaction():
            pausing.take_back_end(standing(cast.champion), series.id)
        with pytest.raises(RuleBroken, match="too late"), transaction():
            pausing.take_back_end(standing(cast.organiser), series.id, at=now() + timedelta(hours=2))
        for _press in range(2):
            with transaction():
                pausing.take_back_end(standing(cast.organiser), series.id)
        db.session.expire_all()
        after = factories.dates_of(series)
        assert [one.id for one in after] == [one.id for one in dates]
        assert [one.id for one in after if not one.is_planned] == [dates[4].id]
        assert db.session.get_one(Series, series.id).until_day is None
        ((_who, message),) = mailed("series changed")
        assert message["Subject"] == "It goes on: Show and tell"
        assert said_to(cast.champion) == []


def sent(app: Flask, state: DeliveryState) -> None:
    """Have facts expanded, and mails that wait left, or dropped."""
    while claimed := claim_facts(limit=50):
        for fact_id in claimed:
            expand(fact_id, book=book_of(app))
    waiting = select(Delivery).where(Delivery.state == DeliveryState.DUE)
    with transaction():
        for one in db.session.scalars(waiting).all():
            one.state = state


@pytest.mark.usefixtures("context")
def test_an_end_is_told_with_its_reason_also_when_the_place_was_put_right_before_the_mail_left(
    app: Flask, cast: Cast
) -> None:
    """Seen to fail when a change after the end says that it was changed. Once the end was told, it does."""
    with app.test_request_context("/"):
        series, dates = weekly(cast)
        come(cast.champion, dates[0])
        end_from(cast, series, dates[3])
        sent(app, DeliveryState.DROPPED)
        for place, state, subject in (
            ("Room 9", DeliveryState.SENT, "It ends: Show and tell"),
            ("Room 7", DeliveryState.SENT, "Changed: Show and tell"),
        ):
            plan = rescheduling.plan_from(db.session.get_one(Series, series.id), dates[0])
            details = Details(title="Show and tell", place=place)
            with transaction():
                rescheduling.reschedule(standing(cast.organiser), series.id, dates[0].id, plan=plan, details=details)
            sent(app, DeliveryState.DUE)
            ((_who, message),) = mailed("series changed")
            text = message.get_body(("plain",)).get_content()  # type: ignore[union-attr]
            assert message["Subject"] == subject
            assert text.count(WHY) == (subject.startswith("It ends"))
            sent(app, state)


@pytest.mark.usefixtures("context")
def test_why_it_ends_stands_in_its_row_and_in_no_fact(cast: Cast) -> None:
    """A15: a fact says nothing that a person may want erased. Seen to fail when the fact bears the reason."""
    series, dates = weekly(cast)
    end_from(cast, series, dates[3])
    assert db.session.get_one(Series, series.id).end_reason == WHY
    for fact in db.session.scalars(select(FactRow)):
        assert WHY not in str(fact.payload)
    with transaction():
        pausing.take_back_end(standing(cast.organiser), series.id)
    assert db.session.get_one(Series, series.id).end_reason is None


def test_a_reason_that_an_older_version_left_in_a_fact_moves_to_the_row(app: Flask, cast: Cast) -> None:
    """H3, A15: the latest reason of a series that has ended, and of no other. Seen to fail without `_move_reasons`."""
    with app.test_request_context("/"):
        (ended, _), (goes_on, _) = weekly(cast), weekly(cast)
        ended.ended_at = now()
        for series, why in ((ended, "Too few come."), (ended, WHY), (ended, None), (goes_on, "It was taken back.")):
            payload = {"change": "end", "reason": why, "last_id": 7}
            db.session.add(FactRow(kind="series changed", item_id=series.id, payload=payload, at=now(), due_at=now()))
        db.session.commit()
        ids = [ended.id, goes_on.id]
        db.session.remove()
        flask_migrate.downgrade(revision="0056")
        flask_migrate.upgrade()
        assert [db.session.get_one(Series, id_).end_reason for id_ in ids] == [WHY, None]
        told = db.session.scalars(select(FactRow.payload).where(FactRow.kind == "series changed")).all()
        assert [payload for payload in told if payload.keys() & {"reason", "last_id"}] == []
        assert sum(payload.get("change") == "end" for payload in told) == 4


@pytest.mark.usefixtures("context")
def test_what_goes_on_as_another_series_is_not_said_to_be_near_as_it_was(app: Flask, cast: Cast) -> None:
    """C9: this date and those after it move an hour. Seen to fail when reminders of the new series were looked for."""
    with app.test_request_context("/"):
        start = hours_ahead(12) - timedelta(weeks=1)
        series = factories.make_meetup(cast.champions, by=cast.organiser, rhythm=Rhythm.WEEKLY, start=start, zone="UTC")
        near = next(one for one in factories.dates_of(series) if one.starts_at > now())
        factories.make_rsvp(near, cast.champion)
        remind()
        assert [said for said, _url in said_to(cast.champion)] == ["It begins soon"]
        plan = replace(rescheduling.plan_from(series, near), start=near.local_start + timedelta(hours=1))
        with transaction():
            target, _item = rescheduling.reschedule(
                standing(cast.organiser), series.id, near.id, plan=plan, details=Details(title="Later", place="Room 2")
            )
        assert target.id != series.id
        assert said_to(cast.champion) == []


@pytest.mark.usefixtures("context")
def test_an_end_that_was_planned_otherwise_since_is_not_taken_back(cast: Cast) -> None:
    """The rule that was saved last counts."""
    series, dates = weekly(cast)
    end_from(cast, series, dates[3])
    plan = replace(rescheduling.plan_from(series, dates[0]), start=dates[0].local_start + timedelta(hours=1))
    with transaction():
        rescheduling.reschedule(
            standing(cast.organiser), series.id, dates[0].id, plan=plan, details=Details(title="Later", place="Room 2")
        )
    with transaction():
        pausing.take_back_end(standing(cast.organiser), series.id)
    assert db.session.get_one(Series, series.id).until_day == plan.until


@pytest.mark.usefixtures("context")
def test_an_end_from_before_which_another_series_goes_on_is_not_taken_back(cast: Cast) -> None:
    """C3: seen to fail when the old series keeps that it ended: its dates came again, beside those of the new one."""
    series, dates = weekly(cast)
    come(cast.champion, dates[6])
    end_from(cast, series, dates[6])
    plan = replace(rescheduling.plan_from(series, dates[3]), start=dates[3].local_start + timedelta(hours=1))
    with transaction():
        target, _item = rescheduling.reschedule(
            standing(cast.organiser), series.id, dates[3].id, plan=plan, details=Details(title="Later", place="Room 2")
        )
    with transaction():
        pausing.take_back_end(standing(cast.organiser), series.id)
    db.session.expire_all()
    assert target.id != series.id
    left = {one.original_local_start for one in factories.dates_of(series) if one.is_planned}
    assert left == {one.local_start for one in dates[:3]}
    assert db.session.get_one(Series, series.id).until_day is not None


@pytest.mark.usefixtures("context")
def test_what_rests_or_has_no_day_any_more_is_not_said_to_be_near(app: Flask, cast: Cast) -> None:
    """C9: seen to fail when reminders in the app are kept: “It begins soon” stood there of a date that was paused, or planned away."""
    with app.test_request_context("/"):
        (rests, paused), (goes, moved) = weekly(cast), weekly(cast)
        for dates in (paused, moved):
            factories.make_rsvp(dates[0], cast.champion)
        remind()
        assert len(said_to(cast.champion)) == 2
        with transaction():
            pausing.pause(standing(cast.organiser), rests.id)
        assert [url.split("/")[-2] for _said, url in said_to(cast.champion)] == [str(moved[0].id)]
        plan = replace(rescheduling.plan_from(goes, moved[0]), start=moved[3].local_start)
        with transaction():
            rescheduling.reschedule(
                standing(cast.organiser),
                goes.id,
                moved[0].id,
                plan=plan,
                details=Details(title="Later", place="Room 2"),
            )
        assert not db.session.get_one(Occurrence, moved[0].id).is_planned
        assert said_to(cast.champion) == []
