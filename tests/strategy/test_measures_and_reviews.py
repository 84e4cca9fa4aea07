"""What is measured, by a rule that is shown; coming back to the page; and how old a signature is, in facts (G1)."""

import math
from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta

import pytest
import time_machine
from flask import Flask
from sqlalchemy import update
from sqlalchemy.exc import IntegrityError

from forum.content.models import Post
from forum.core.db import db, transaction
from forum.core.errors import Denied, Invalid, Missing, RuleBroken
from forum.core.time import now, today
from forum.people.models import Person
from forum.roster.models import Duty, DutyKind, Holding, Place
from forum.spaces.health import blocks_of
from forum.spaces.models import Audience
from forum.spaces.parts import Drawn
from forum.strategy.access import sheet_of
from forum.strategy.actions.measuring import draw_all, note
from forum.strategy.actions.reviewing import answer, close, keep
from forum.strategy.age import age_of
from forum.strategy.content import Activity, Measure
from forum.strategy.figures import all_figures
from forum.strategy.measuring import Way, chart_of, expected, shown, track_of
from forum.strategy.models import Answer, Review, Strategy, Value
from forum.strategy.obligations import let_go, obligations_of, pass_to, settled
from forum.strategy.queries.measures import latest_values
from forum.strategy.queries.reviews import due_on
from forum.strategy.today import parts
from forum.threads.models import Thread
from tests import factories
from tests.cast import Browserless, Cast
from tests.content.steps import standing
from tests.factories import strategy_content
from tests.factories.strategy import MEASURE

AsPerson = Callable[[Person], Browserless]
HOME = "/s/champions/strategy/"
FALLS = Measure(
    key="k", words="Calls", baseline=2300.0, baseline_on=date(2026, 1, 1), target=1200.0, target_on=date(2027, 1, 1)
)


def test_on_track_is_as_far_as_a_straight_line_says() -> None:
    """G1: up or down, reached, missed, or not known: and the sentence says why."""
    rises = strategy_content().measures[0]
    day = date(2027, 1, 1)
    assert round(expected(rises, day) or 0, 1) == 70.0
    assert track_of(rises, latest=(day, 70.0), today=day).way is Way.ON
    off = track_of(rises, latest=(day, 69.9), today=day)
    assert off.way is Way.OFF
    assert "it would be 70% on 1 January 2027. It is 69.9%." in off.rule
    assert track_of(rises, latest=(day, 90.0), today=date(2029, 1, 1)).way is Way.REACHED
    assert track_of(rises, latest=(day, 70.0), today=date(2028, 1, 2)).way is Way.MISSED
    assert track_of(rises, latest=None, today=day).way is Way.UNKNOWN
    assert track_of(replace(rises, baseline=None, baseline_on=None), latest=(day, 70.0), today=day).way is Way.UNKNOWN
    assert track_of(replace(rises, target=None, target_on=None), latest=(day, 70.0), today=day).way is Way.UNKNOWN
    assert (
        "It was to come to 90% or more. On 1 January 2027 it was 91%."
        in track_of(rises, latest=(day, 91.0), today=day).rule
    )
    half = date(2026, 7, 2)
    assert track_of(FALLS, latest=(half, 1700.0), today=half).way is Way.ON
    assert track_of(FALLS, latest=(half, 1800.0), today=half).way is Way.OFF
    assert track_of(FALLS, latest=(half, 1100.0), today=half).way is Way.REACHED
    slip = "It was to fall from 2,300 to 1,200 or less. On 2 July 2026 it was -5."
    assert track_of(FALLS, latest=(half, -5.0), today=half).rule == slip, "a slip shows"
    spring = date(2026, 3, 25)
    assert "it would be 2,050 on" in track_of(FALLS, latest=(spring, 2100.0), today=spring).rule, "no half calls"
    stars = replace(FALLS, baseline=3.0, target=4.0)
    assert "it would be 3.2 on" in track_of(stars, latest=(spring, 3.0), today=spring).rule, "of few a tenth counts"
    assert [shown(2300.0), shown(54.0, "%"), shown(3.5, "hours"), shown(None)] == ["2,300", "54%", "3.5 hours", ""]


def test_a_chart_stays_in_its_box() -> None:
    """G1: drawn here, whatever the values are."""
    assert chart_of(Measure(key="k", words="Calls"), [(date(2026, 1, 1), 4.0)]) is None
    chart = chart_of(FALLS, [(date(2025, 1, 1), -5.0), (date(2030, 1, 1), 9e11), (date(2030, 1, 1), 0.0)])
    assert chart is not None
    assert all(0 <= x <= 640 and 0 <= y <= 200 for x, y in chart.points)
    assert chart_of(replace(FALLS, target=None), [(date(2026, 1, 1), 2300.0)]) is not None


@pytest.mark.both_databases
@pytest.mark.usefixtures("context")
def test_a_correction_is_a_new_row_and_the_wrong_one_stays_to_be_read(cast: Cast) -> None:
    """G1, G2: who, when; corrected once, which the database keeps too; no day to come, and no measure of another page."""
    strategy = factories.make_strategy(cast.champions, by=cast.champion)
    here = standing(cast.champion)
    with transaction():
        first = note(here, MEASURE, amount=54.0, once="o" * 32)
        assert note(here, MEASURE, amount=54.0, once="o" * 32).id == first.id, "a second press"
        second = note(standing(cast.colleague), MEASURE, amount=45.0, corrects=first.id)
    assert latest_values(strategy)[MEASURE].amount == 45.0
    assert (second.day, second.by_id) == (first.day, cast.colleague.id)
    with pytest.raises(RuleBroken, match="corrected already"), transaction():
        note(here, MEASURE, amount=1.0, corrects=first.id)
    with pytest.raises(Invalid), transaction():
        note(here, MEASURE, amount=1.0, day=today(cast.champions.zone) + timedelta(days=2))
    with pytest.raises(Missing), transaction():
        note(here, "elsewhere", amount=1.0)
    with pytest.raises(Denied), transaction():
        note(standing(cast.reader), MEASURE, amount=1.0)
    with pytest.raises(IntegrityError), transaction():
        db.session.add(
            Value(strategy_id=strategy.id, measure=MEASURE, day=first.day, amount=2.0, at=now(), corrects_id=first.id)
        )


@pytest.mark.both_databases
@pytest.mark.usefixtures("context")
def test_what_comes_from_the_community_is_drawn_once_a_week(cast: Cast) -> None:
    """G1: each room counts its own, and this one knows none of them by name."""
    names = [one.name for one in all_figures()]
    assert names == ["departments", "deputies", "answered", "first answer", "stories used"]
    measures = tuple(Measure(key=f"k{number}", words=name, source=name) for number, name in enumerate(names))
    strategy = factories.make_strategy(
        cast.champions, by=cast.champion, content=replace(strategy_content(), measures=measures)
    )
    draw_all(at=now())
    assert latest_values(strategy) == {}, "nothing that can be told yet"
    for number in range(12):
        answer_after(cast, hours=2 + number if number < 6 else None, in_time=number < 5)
    for number in range(10):
        factories.make_duty(
            cast.champions, by=cast.organiser, holder=cast.champion, deputy=cast.colleague if number < 5 else None
        )
    for _number in range(5):
        factories.make_use(
            factories.make_story(cast.champions, author=cast.champion), cast.libraries, by=cast.colleague, saves=True
        )
    values = {one.name: one.value(cast.champions, now() + timedelta(minutes=1)) for one in all_figures()}
    assert values == {
        "departments": None,
        "deputies": Drawn(50, "5 of 10"),
        "answered": Drawn(42, "5 of 12"),
        "first answer": Drawn(4, "of 5"),
        "stories used": Drawn(5),
    }
    assert all(one.value(cast.night_desk, now()) is None for one in all_figures()), "A2"
    at = now() + timedelta(days=7)
    draw_all(at=at)
    draw_all(at=at)
    drawn = db.session.scalars(db.select(Value).order_by(Value.measure)).all()
    assert {one.measure for one in drawn} >= {"k1", "k4"}
    assert len(drawn) == len({one.measure for one in drawn}), "twice is once"
    assert drawn[0].note == "5 of 10", "with both numbers (G2)"
    with time_machine.travel(now() + timedelta(days=120)):
        assert next(one for one in all_figures() if one.name == "answered").value(cast.champions, now()) is None


def answer_after(cast: Cast, *, hours: float | None, in_time: bool = True) -> None:
    """Ask in the last four weeks that are over; answer after some hours, accepted; not in time: after those weeks."""
    edges = blocks_of(cast.champions.zone, now()).edges
    at = edges[-2] + timedelta(days=1)
    question = factories.make_thread(cast.champions, author=cast.champion, title="Where?", is_question=True, at=at)
    if hours is None:
        return
    post = factories.make_post(question, author=cast.colleague)
    factories.make_accepted(question, number=2, by=cast.champion)
    when = at + timedelta(hours=hours) if in_time else edges[-1] + timedelta(minutes=1)
    with transaction():
        db.session.execute(update(Post).where(Post.id == post.id).values(created_at=when))
        db.session.execute(update(Thread).where(Thread.id == question.id).values(accepted_at=when))


def test_a_small_number_of_people_is_told_on_no_page_of_measures(app: Flask, cast: Cast, as_person: AsPerson) -> None:
    """G2: as on the page of the community's health; nothing is reckoned while somebody looks, so looking twice tells nothing."""
    with app.test_request_context("/"):
        measure = Measure(key="k", words="First answers", source="first answer")
        strategy = factories.make_strategy(
            cast.champions, by=cast.champion, content=replace(strategy_content(), measures=(measure,))
        )
        answer_after(cast, hours=26.3)
        draw_all(at=now())
    page = as_person(cast.outsider).get(f"{HOME}measures").get_data(as_text=True)
    assert "26.3" not in page
    assert "Just now" not in page
    with app.test_request_context("/"):
        for _number in range(4):
            answer_after(cast, hours=26.3)
        draw_all(at=now())
        assert latest_values(strategy)["k"].amount == 26
    page = as_person(cast.outsider).get(f"{HOME}measures").get_data(as_text=True)
    assert "26 hours" in page or ">26<" in page


@pytest.mark.both_databases
def test_many_values_of_one_measure_hide_none_of_another(app: Flask, cast: Cast, as_person: AsPerson) -> None:
    """G2: on the page so many of each, in the table all."""
    with app.test_request_context("/"):
        content = strategy_content()
        other = replace(content.measures[0], key="other", words="Other")
        content = replace(content, measures=(*content.measures, other))
        strategy = factories.make_strategy(cast.champions, by=cast.champion, content=content)
        with transaction():
            rows = [(MEASURE, date(2026, 2, 1), float(number)) for number in range(405)]
            for measure, day, amount in [("other", date(2026, 1, 2), 77.0), *rows]:
                db.session.add(Value(strategy_id=strategy.id, measure=measure, day=day, amount=amount, at=now()))
        assert {key: value.amount for key, value in latest_values(strategy).items()} == {MEASURE: 404.0, "other": 77.0}
    rita = as_person(cast.reader)
    page = rita.get(f"{HOME}measures").get_data(as_text=True)
    assert "77%" in page
    assert "No value yet" not in page
    assert "400 values" in page
    assert len(rita.get(f"{HOME}measures.csv").get_data(as_text=True).split()) > 406


@pytest.mark.both_databases
def test_a_value_is_a_number_that_something_can_be(app: Flask, cast: Cast, as_person: AsPerson) -> None:
    """G2: what is none, or has four hundred digits, is refused with what was typed; by the rule itself, too."""
    with app.test_request_context("/"):
        factories.make_strategy(cast.champions, by=cast.champion)
        for amount in (math.nan, math.inf, 1e300):
            with pytest.raises(Invalid), transaction():
                note(standing(cast.champion), MEASURE, amount=amount)
    carla = as_person(cast.champion)
    for typed in ("nan", "inf", "1e300", "3,5"):
        answer = carla.send(f"{HOME}measures/{MEASURE}", amount=typed)
        assert (answer.status_code, f'value="{typed}"' in answer.get_data(as_text=True)) == (422, True)
        assert "Write a number in digits" in answer.get_data(as_text=True)
    page = carla.send(f"{HOME}measures/{MEASURE}", amount="9" * 30).get_data(as_text=True)
    assert "Write a number in digits" not in page, "it is in digits; seen to fail with one reason for both"
    assert "larger than any number that is kept here" in page


@pytest.mark.usefixtures("context")
def test_what_has_changed_since_is_told_to_who_may_know_it(cast: Cast) -> None:
    """A3: an account for organisers is none of a reader's; what was so when it was signed hasn't changed since."""
    vacant = factories.make_duty(cast.champions, by=cast.organiser, title="Never held")
    content = replace(strategy_content(), activities=(Activity(what="Tips", duty_id=vacant.id, duty="Never held"),))
    strategy = factories.make_strategy(cast.champions, by=cast.champion, content=content)
    factories.make_signoff(strategy, by=cast.organiser, name="Ruth Abernethy", at=now() - timedelta(days=2))
    few = factories.make_duty(
        cast.champions, by=cast.organiser, kind=DutyKind.ACCOUNT, audience=Audience.ORGANISERS, title="Secret"
    )
    earlier = factories.make_duty(cast.champions, by=cast.organiser, kind=DutyKind.ACCOUNT)
    with transaction():
        for duty, back in ((few, 0), (earlier, 2)):
            ended = {"ended_on": today(cast.champions.zone) - timedelta(days=back), "ended_by_id": cast.organiser.id}
            db.session.execute(update(Duty).where(Duty.id == duty.id).values(**ended))
    db.session.expire_all()
    assert age_of(standing(cast.reader), sheet_of(standing(cast.reader))) == []
    assert age_of(standing(cast.organiser), sheet_of(standing(cast.organiser))) == ["1 account was closed."]


@pytest.mark.usefixtures("context")
def test_a_deputy_counts_from_the_day_on_which_they_begin(cast: Cast) -> None:
    """D1: by the one rule of who does what when."""
    duties = [factories.make_duty(cast.champions, by=cast.organiser, holder=cast.champion) for _number in range(10)]
    begins = today(cast.champions.zone) + timedelta(days=100)
    for duty in duties[:6]:
        factories.make_holding(duty, cast.colleague, place=Place.DEPUTY, from_day=begins)
    deputies = next(one for one in all_figures() if one.name == "deputies")
    assert deputies.value(cast.champions, now()) is None
    later = deputies.value(cast.champions, now() + timedelta(days=101))
    assert later == Drawn(60, "at least 6 of 10")


@pytest.mark.usefixtures("context")
def test_a_review_is_kept_by_the_day_that_was_shown_and_by_who_may_answer_it(cast: Cast) -> None:
    """G1: a draft's cycle is no promise yet; nobody is asked to see to what they can't do."""
    strategy = factories.make_strategy(cast.champions, by=cast.champion)
    factories.make_signoff(strategy, by=cast.organiser, name="Ruth Abernethy")
    factories.make_version(strategy, by=cast.champion, content=replace(strategy_content(), cycle=12))
    sheet = sheet_of(standing(cast.organiser))
    shown_day = due_on(sheet.strategy, sheet.content, zone=cast.champions.zone)
    with transaction():
        answer(standing(cast.champion), {1: "A little."})
    with transaction():
        close(standing(cast.organiser), conclusion="On.", base=2)
    assert db.session.scalars(db.select(Review.due_on)).one() == shown_day
    with pytest.raises(Invalid), transaction():
        keep(standing(cast.organiser), cast.reader)


@pytest.mark.both_databases
@pytest.mark.usefixtures("context")
def test_a_review_is_answered_together_and_closed_into_a_new_draft(cast: Cast) -> None:
    """G1: overdue is computed from the last review; a second close, and one of a page that was changed, does nothing."""
    at = now() - timedelta(days=100)
    strategy = factories.make_strategy(cast.champions, by=cast.champion, at=at)
    factories.make_signoff(strategy, by=cast.organiser, name="Ruth Abernethy", at=at)
    held = db.session.get_one(Strategy, strategy.id, populate_existing=True)
    zone = cast.champions.zone
    assert due_on(held, strategy_content(), zone=zone) < today(zone)
    with pytest.raises(RuleBroken, match="Nobody has answered"), transaction():
        close(standing(cast.organiser), conclusion="Go on.", base=1)
    with transaction():
        answer(standing(cast.champion), {1: "A little.", 4: "The second step."})
        answer(standing(cast.colleague), {1: "Not yet."})
        answer(standing(cast.champion), {1: "A lot.", 4: ""})
    with pytest.raises(Denied), transaction():
        answer(standing(cast.reader), {1: "No."})
    with pytest.raises(Invalid), transaction():
        answer(standing(cast.champion), {1: "x" * 1_001})
    assert sorted(db.session.scalars(db.select(Answer.words))) == ["A lot.", "Not yet."]
    with pytest.raises(Denied), transaction():
        close(standing(cast.champion), conclusion="Go on.", base=1)
    with transaction():
        assert close(standing(cast.organiser), conclusion="Drop the second step.", base=1).version == 2
    with pytest.raises(RuleBroken, match="closed already"), transaction():
        close(standing(cast.organiser), conclusion="Again.", base=1)
    review = db.session.scalars(db.select(Review)).one()
    assert (review.number, review.made) == (1, 2)
    assert db.session.scalars(db.select(Answer.review_id)).all() == [review.id, review.id]
    assert sheet_of(standing(cast.reader)).version.number == 1, "what was signed stays shown"
    assert due_on(held, strategy_content(), zone=zone) > today(zone)
    with transaction():
        answer(standing(cast.champion), {1: "For the next one."})


@pytest.mark.both_databases
@pytest.mark.usefixtures("context")
def test_how_old_a_signature_is_in_facts(cast: Cast) -> None:
    """G1: a duty that nobody holds, an account that was closed, a target that was missed; nothing of it is stored."""
    held = factories.make_duty(cast.champions, by=cast.organiser, holder=cast.champion, title="Newsletter")
    account = factories.make_duty(cast.champions, by=cast.organiser, kind=DutyKind.ACCOUNT)
    content = strategy_content()
    missed = replace(content.measures[0], target_on=today("UTC") - timedelta(days=3))
    content = replace(
        content,
        activities=(Activity(what="Tips", duty_id=held.id, duty="Newsletter"),),
        measures=(replace(missed, baseline_on=date(2020, 1, 1)),),
    )
    strategy = factories.make_strategy(cast.champions, by=cast.champion, content=content)
    factories.make_signoff(strategy, by=cast.organiser, name="Ruth Abernethy", at=now() - timedelta(days=30))
    assert age_of(standing(cast.champion), sheet_of(standing(cast.champion))) == []
    factories.make_value(strategy, by=cast.champion)
    with transaction():
        db.session.execute(
            update(Holding).where(Holding.duty_id == held.id).values(until_day=today(cast.champions.zone))
        )
        ended = {"ended_on": today(cast.champions.zone), "ended_by_id": cast.organiser.id}
        db.session.execute(update(Duty).where(Duty.id == account.id).values(**ended))
    db.session.expire_all()
    assert age_of(standing(cast.champion), sheet_of(standing(cast.champion))) == [
        "Nobody holds “Newsletter” any more.",
        "1 account was closed.",
        "“Questions answered in a day” missed its target.",
    ]
    assert age_of(standing(cast.outsider), sheet_of(standing(cast.outsider))) == [], "for members"


@pytest.mark.both_databases
@pytest.mark.usefixtures("context")
def test_today_says_what_waits_and_who_keeps_it_is_asked_when_they_leave(cast: Cast) -> None:
    """G1, D7: a lapsed review stands on Today until one has answered; the strategy is an obligation, passed on or vacant."""
    at = now() - timedelta(days=100)
    strategy = factories.make_strategy(cast.champions, by=cast.champion, at=at)
    (line,) = parts(standing(cast.champion))
    assert (line.waits, "was due on" in line.sentence) == (1, True)
    assert parts(standing(cast.reader)) == []
    factories.make_answers(strategy, by=cast.champion)
    (line,) = parts(standing(cast.champion))
    assert (line.waits, line.sentence) == (0, "")
    (one,) = obligations_of(cast.champion, None)
    assert one.title == "Helping Fenbridge online"
    with transaction():
        pass_to(one.key, cast.champion, cast.colleague)
    assert obligations_of(cast.champion, None) == []
    with pytest.raises(Invalid), transaction():
        keep(standing(cast.organiser), cast.outsider)
    with transaction():
        let_go(cast.champions, cast.colleague, now())
    db.session.expire_all()
    assert settled([one.key]) == set()
    with transaction():
        keep(standing(cast.organiser), cast.colleague)
    assert settled([one.key]) == {one.key}


def test_the_pages_note_correct_answer_and_close(app: Flask, cast: Cast, as_person: AsPerson) -> None:
    """G1: without script; what was refused comes back with what was typed."""
    with app.app_context():
        strategy = factories.make_strategy(cast.champions, by=cast.champion)
        factories.make_signoff(strategy, by=cast.organiser, name="Ruth Abernethy")
    carla, oscar = as_person(cast.champion), as_person(cast.organiser)
    refused = carla.send(f"{HOME}measures/{MEASURE}", amount="lots", note="From the log")
    assert refused.status_code == 422
    assert 'value="lots"' in refused.get_data(as_text=True)
    assert "From the log" in refused.get_data(as_text=True)
    assert carla.send(f"{HOME}measures/nothing", amount="1").status_code == 404
    assert carla.send(f"{HOME}measures/{MEASURE}", amount="54 %", note="=From the log").status_code == 303
    with app.app_context():
        value_id = db.session.scalars(db.select(Value.id)).one()
    assert carla.send(f"{HOME}measures/{MEASURE}/{value_id}/correct", amount="45").status_code == 303
    assert carla.send(f"{HOME}measures/{MEASURE}/{value_id}/correct", amount="46").status_code == 409
    page = carla.get(f"{HOME}measures").get_data(as_text=True)
    assert "<del>54%</del>" in page
    assert page.split("<tbody>")[1].count("Carla Champion") == 2, "who noted it, and who corrected it"
    assert "<svg" in page
    assert "'=From the log" in carla.get(f"{HOME}measures.csv").get_data(as_text=True)
    assert carla.send(f"{HOME}review", q1="A little.", q4="x" * 1_200).status_code == 422
    assert carla.send(f"{HOME}review", q1="A little.").status_code == 303
    assert "A little." in oscar.get(f"{HOME}review").get_data(as_text=True)
    assert "What others answered to question 1" in oscar.get(f"{HOME}review").get_data(as_text=True)
    assert 'class="said"' not in carla.get(f"{HOME}review").get_data(as_text=True), "no empty list, with hers alone"
    assert oscar.send(f"{HOME}review/close", conclusion="", base="1").status_code == 422
    closed = oscar.send(f"{HOME}review/close", conclusion="Shorter steps.", base="1")
    assert closed.status_code == 303
    page = oscar.get(closed.location).get_data(as_text=True)
    assert "Shorter steps." in page
    assert "A little." in oscar.get(f"{HOME}review").get_data(as_text=True)
    assert "in time: it was due on" in oscar.get(f"{HOME}review").get_data(as_text=True), "earlier is no delay"
    late = carla.send(f"{HOME}review", q1="For the one that was closed.", since="0")
    assert late.status_code == 409
    assert "For the one that was closed." in late.get_data(as_text=True)
    assert "was closed while you wrote" in late.get_data(as_text=True)
    assert oscar.send(f"{HOME}keeper", holder="otto.outsider").status_code == 422
    assert oscar.send(f"{HOME}keeper", holder="carla.champion").status_code == 303
    assert "Put it on an agenda" in carla.get(HOME).get_data(as_text=True)
    with app.app_context():
        ref = sheet_ref(strategy.id)
    assert carla.get(f"{HOME}at/{ref}").location.endswith(HOME)
    assert carla.get(f"{HOME}large").status_code == 200


def sheet_ref(strategy_id: int) -> str:
    """Return the ref of a strategy's item."""
    return str(db.session.scalar(db.text("SELECT ref FROM item WHERE id = :id"), {"id": strategy_id}))
