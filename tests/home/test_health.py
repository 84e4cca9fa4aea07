"""How a community is doing: over weeks that are over, with nothing told from which a small number follows (G2)."""

import re
from collections.abc import Callable
from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import update

from forum.content.models import Post, PostState
from forum.core.db import db, transaction
from forum.core.halves import Span, half_of
from forum.core.time import now
from forum.home.health import health_of
from forum.people.models import Person
from forum.roster.models import CoverRequest
from forum.spaces.health import FEWEST, WEEKS, Point, blocks_of, counted, shared, weeks_of
from forum.spaces.models import Audience, Item
from tests import factories
from tests.cast import Browserless, Cast
from tests.content.steps import standing
from tests.spaces.conftest import Counting, counting  # noqa: F401  # a fixture

AsPerson = Callable[[Person], Browserless]
HEALTH = "/s/champions/health"
LONDON = "Europe/London"
DAY = timedelta(days=1)


def words_of(cast: Cast) -> dict[str, list[str]]:
    return {
        str(chart.measure.title): [bar.words for bar in chart.bars] for chart in health_of(standing(cast.organiser))
    }


def fits(number: int, point: Point, whole: int | None = None) -> bool:
    """Say whether what is told of `whole` would be told of `number`, too."""
    return point == (counted(number) if whole is None else shared(number, whole))


def test_no_small_number_follows_from_what_is_told() -> None:
    """G2: by subtraction too. Whatever is said fits at least five numbers, or one that neither itself nor the rest is small."""
    for whole in range(60):
        assert whole >= FEWEST or {fits(other, counted(whole)) for other in range(FEWEST)} == {True}
        for part in range(whole + 1):
            said = shared(part, whole)
            possible = [(other, all_) for all_ in range(60) for other in range(all_ + 1) if fits(other, said, all_)]
            told = {other for other, all_ in possible}
            rests = {all_ - other for other, all_ in possible}
            if part < FEWEST:
                assert told >= set(range(min(FEWEST, whole + 1)))
            if whole - part < FEWEST and part >= FEWEST:
                assert rests == set(range(min(FEWEST, whole - FEWEST + 1)))
            if whole < FEWEST:
                assert {all_ for _other, all_ in possible} == set(range(FEWEST))


def test_what_is_shown_changes_only_when_a_whole_period_is_over() -> None:
    """G2: looking again a day later tells nobody what one day held; periods of one kind never overlap."""
    at = now()
    for periods_of, length in ((weeks_of, 7), (blocks_of, 28)):
        seen = [tuple(periods_of(LONDON, at + day * DAY).days) for day in range(60)]
        edges = {day for days in seen for day in days}
        assert len({(edge - min(edges)).days % length for edge in edges}) == 1
        assert all(days[-1] <= (at + number * DAY + DAY).date() for number, days in enumerate(seen))


def test_a_late_answer_changes_nothing_that_was_told_of_weeks_that_are_over(app: Flask, cast: Cast) -> None:
    """G2: else what it took follows from looking before and after. Seen to fail while answers of any time counted."""
    with app.test_request_context("/"):
        at = blocks_of(LONDON, now()).edges[-2] + DAY
        questions = [factories.make_thread(cast.champions, author=cast.champion, at=at) for _number in range(5)]
        for hours, question in enumerate(questions[:4], start=1):
            post = factories.make_post(question, author=cast.colleague)
            with transaction():
                db.session.get_one(Post, post.id).created_at = at + timedelta(hours=hours)
        before = words_of(cast)["Time to a first answer"]
        factories.make_post(questions[4], author=cast.colleague)
        assert words_of(cast)["Time to a first answer"] == before
        with transaction():
            db.session.execute(update(Post).where(Post.created_at > at + 5 * DAY).values(created_at=at + 9 * DAY))
        assert words_of(cast)["Time to a first answer"] != before, "in time it would have counted"


@pytest.mark.both_databases
def test_each_person_counts_once_a_week_and_only_what_all_may_read(app: Flask, cast: Cast) -> None:
    """A5: held, hidden and removed posts, and what is for few, aren't counted; nor is this week."""
    with app.test_request_context("/"):
        week = weeks_of(LONDON, now()).edges[-2] + DAY
        people = [factories.make_person() for _ in range(7)]
        thread = factories.make_thread(cast.champions, author=people[0], at=week)
        quiet = factories.make_thread(cast.champions, author=people[0], at=week, audience=Audience.ORGANISERS)
        posts = [factories.make_post(thread, author=person) for person in people[:5] for _twice in range(2)]
        unseen = [
            factories.make_post(thread, author=people[5], state=state)
            for state in (PostState.HELD, PostState.HIDDEN, PostState.REMOVED)
        ]
        unseen.append(factories.make_post(quiet, author=people[6]))
        factories.make_post(thread, author=people[6])
        with transaction():
            for post in (*posts, *unseen):
                db.session.get_one(Post, post.id).created_at = week
        assert words_of(cast)["Who took part"] == ["fewer than 5"] * 11 + ["5"]
        meetup = factories.make_meetup(cast.champions, by=cast.organiser)
        (one,) = factories.dates_of(meetup)
        factories.make_rsvp(one, people[5])
        factories.make_rsvp(one, people[0], number=2)
        with transaction():
            row = db.session.get_one(type(one), one.id)
            row.starts_at, row.ends_at = week, week + timedelta(hours=1)
        assert words_of(cast)["Who took part"][-1] == "6"


@pytest.mark.both_databases
def test_time_to_an_answer_and_the_absence_factor(app: Flask, cast: Cast) -> None:
    """The median of what others wrote first; and how few gave half of the answers, called few below five."""
    with app.test_request_context("/"):
        at = blocks_of(LONDON, now()).edges[-2] + DAY
        people = [factories.make_person() for _ in range(10)]

        def asked(hours: float, by: Person) -> None:
            thread = factories.make_thread(cast.champions, author=cast.champion, at=at)
            own, answer = factories.make_post(thread, author=cast.champion), factories.make_post(thread, author=by)
            with transaction():
                db.session.get_one(Post, own.id).created_at = at + timedelta(minutes=5)
                db.session.get_one(Post, answer.id).created_at = at + timedelta(hours=hours)

        for number, hours in enumerate((1, 2, 3, 4)):
            asked(hours, people[number])
        assert words_of(cast)["Time to a first answer"][-1] == "too few to tell"
        asked(30, people[0])
        said = words_of(cast)
        assert said["Time to a first answer"] == ["too few to tell"] * 5 + ["3 hours"]
        assert said["Absence factor"][-1] == "too few to tell"
        asked(1, people[4])
        assert words_of(cast)["Absence factor"][-1] == "fewer than 5"
        (waits,) = (one for one in health_of(standing(cast.organiser)) if one.measure.order == 20)
        assert waits.bars[-1].height < waits.height / 4, "three hours are little of a day, though they are the most"
        for person in (*people[1:], *people[5:]):
            asked(1, person)
        assert words_of(cast)["Absence factor"][-1] == "5"


@pytest.mark.both_databases
def test_gaps_filled_in_time(app: Flask, cast: Cast) -> None:
    """Taken before the first half-day began; with its whole, or neither (G2)."""
    with app.test_request_context("/"):
        day = blocks_of(LONDON, now()).days[-2] + 3 * DAY
        duty = factories.make_duty(cast.champions, by=cast.organiser, holder=cast.champion, first_day=day - 30 * DAY)
        for number in range(12):
            first = half_of(day + number * DAY)
            taken = factories.make_cover_request(
                duty, away=cast.champion, span=Span(first, first), taken_by=cast.colleague if number < 8 else None
            )
            if number < 8:
                with transaction():
                    begins = blocks_of(LONDON, now()).edges[-2] + (3 + number) * DAY
                    late = timedelta(hours=2) if number < 2 else -DAY
                    db.session.get_one(CoverRequest, taken.id).accepted_at = begins + late
        assert words_of(cast)["Gaps filled in time"] == ["fewer than 5 in all"] * 5 + ["6 of 12"]


def test_organisers_see_charts_with_a_table_each_and_their_definitions(
    app: Flask, cast: Cast, as_person: AsPerson
) -> None:
    """G2: a hushed bar is drawn by its sign, whatever it stands for; members are refused (A1)."""
    with app.test_request_context("/"):
        week = weeks_of(LONDON, now()).edges[-2] + DAY
        for _number in range(5):
            factories.make_thread(cast.champions, author=factories.make_person(), at=week)
    page = as_person(cast.organiser).get(HEALTH).text
    assert page.count('<table class="table"') == 4
    assert page.count('<svg class="chart"') == 1
    assert page.count("In none of these periods were there 5 or more") == 3, "said once, instead of a row of signs"
    drawn = page.split('<svg class="chart"')[1].split("</svg>")[0]
    assert drawn.count("data-hushed") == WEEKS - 1
    assert len(set(re.findall(r'data-hushed><rect x="[\d.]+" y="([\d.]+)"', drawn))) == 1
    assert "Each counts once" in page
    assert "style=" not in drawn
    assert as_person(cast.steward).get(HEALTH).status_code == 200
    for who in (cast.champion, cast.reader, cast.outsider):
        assert as_person(who).get(HEALTH).status_code == 403
        assert ">Health<" not in as_person(who).get("/s/champions/members").text


def test_a_large_space_costs_what_a_small_one_costs(
    app: Flask,
    cast: Cast,
    as_person: AsPerson,
    counting: Counting,  # noqa: F811  # a fixture
) -> None:
    client = as_person(cast.organiser)
    client.get(HEALTH)
    with counting() as few:
        client.get(HEALTH)
    with app.test_request_context("/"):
        for days in range(1, 100, 4):
            thread = factories.make_thread(cast.champions, author=factories.make_person(), at=now() - days * DAY)
            factories.make_post(thread, author=factories.make_person())
        assert db.session.scalar(db.select(db.func.count(Item.id)))
    with counting() as many:
        client.get(HEALTH)
    assert len(few) == len(many) <= 12, "\n".join(many)
