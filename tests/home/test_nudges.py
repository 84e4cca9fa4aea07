"""Nudges for organisers: three a week at the most, by rules that are shown, dismissed in one press."""

import re
from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy.exc import IntegrityError

from forum.content.reading import read_up_to
from forum.core.db import db, transaction
from forum.core.errors import Denied, Missing
from forum.core.halves import monday_of
from forum.core.time import now, today
from forum.home.feature import choose_nudges
from forum.home.models import MOST_A_WEEK, Nudge
from forum.home.nudging.choosing import bring_back, dismiss, fill
from forum.home.nudging.queries import nudges_for
from forum.meetups.models import Occurrence, OccurrenceState
from forum.people.models import Person
from forum.spaces.models import Audience, Item, ItemState, Role, Space
from forum.stories.models import Story
from forum.threads.models import Thread
from tests import factories
from tests.cast import Browserless, Cast
from tests.content.steps import standing
from tests.spaces.conftest import AtOnce, Counting, at_once, counting  # noqa: F401  # fixtures

AsPerson = Callable[[Person], Browserless]
DAY = timedelta(days=1)


def titles(cast: Cast, who: Person | None = None) -> list[str]:
    return [one.line.title for one in nudges_for(standing(who or cast.organiser))]


def question(cast: Cast, title: str, *, days: float = 3, author: Person | None = None, **more: Any) -> Thread:  # noqa: ANN401  # handed on
    thread = factories.make_thread(cast.champions, author=author or cast.champion, title=title, **more)
    with transaction():
        db.session.get_one(Item, thread.id).created_at = now() - days * DAY
    return thread


def newcomer(cast: Cast, name: str, *, days: float = 5, reads: bool = True, role: Role = Role.CHAMPION) -> Person:
    person = factories.make_person(name=name)
    factories.make_membership(cast.champions, person, role=role, joined_at=now() - days * DAY)
    if reads:
        item = db.session.scalars(db.select(Item).where(Item.space_id == cast.champions.id)).first()
        with transaction():
            assert item is not None
            read_up_to(person, item, 1, at=now())
    return person


@pytest.fixture
def met(cast: Cast, app: Flask) -> None:
    """A meetup is planned, so that nothing is said of that; and a conversation stands there to be read."""
    with app.test_request_context("/"):
        factories.make_meetup(cast.champions, by=cast.organiser)
        factories.make_thread(cast.champions, author=cast.organiser, title="Talk", is_question=False)


@pytest.mark.both_databases
def test_each_rule_finds_what_it_says_and_nothing_else(app: Flask, cast: Cast) -> None:
    """A5: what is held or for few is nowhere; who wrote, only just came, reads along by role or never read isn't greeted."""
    with app.test_request_context("/"):
        with transaction():
            db.session.get_one(Space, cast.champions.id).created_at = now() - 60 * DAY
        question(cast, "Too young", days=1)
        question(cast, "Too old", days=40)
        question(cast, "For organisers", audience=Audience.ORGANISERS)
        question(cast, "Held", state=ItemState.HELD)
        factories.make_post(question(cast, "Answered"), author=cast.colleague)
        factories.make_held(question(cast, "Answer is held"), author=cast.colleague)
        newcomer(cast, "Just Came", days=1)
        newcomer(cast, "Long Here", days=40)
        newcomer(cast, "Never Read", reads=False)
        newcomer(cast, "Reads Along", role=Role.READER)
        wrote = newcomer(cast, "Did Write")
        factories.make_thread(cast.champions, author=wrote, title="Hello", is_question=False)
        newcomer(cast, "Ola Organiser", role=Role.ORGANISER)
        newcomer(cast, "Nell Newcomer")
        for title, due in (("Lapsed", 20), ("Due of late", 5)):
            story = factories.make_story(cast.champions, author=cast.colleague, title=title)
            with transaction():
                row = db.session.get_one(Story, story.id)
                row.verified_on, row.due_on = today("Europe/London") - 100 * DAY, today("Europe/London") - due * DAY
        with transaction():
            fill(cast.champions.id)
        first = titles(cast)
        assert first == ["Say hello to Nell Newcomer", "“Answer is held”", "Meet: there was no meetup in six weeks"]
        with transaction():
            for nudge in db.session.scalars(db.select(Nudge)):
                nudge.week -= 7 * DAY
                nudge.dismissed_at = now()
        with transaction():
            fill(cast.champions.id)
        assert titles(cast) == ["“Lapsed”"]


@pytest.mark.both_databases
def test_a_fourth_in_a_week_is_kept_out_by_the_database(app: Flask, cast: Cast, met: None) -> None:
    """And by the rule before: dismissed ones keep their places, and whatever is found waits until Monday."""
    with app.test_request_context("/"):
        asked = [question(cast, f"Question {number}") for number in range(6)]
        for _run in range(3):
            choose_nudges()
        assert len(titles(cast)) == MOST_A_WEEK
        with transaction():
            dismiss(standing(cast.organiser), nudges_for(standing(cast.organiser))[0].id)
        choose_nudges()
        assert len(titles(cast)) == MOST_A_WEEK - 1
        for place in (4, 0, 1):
            with pytest.raises(IntegrityError):
                factories.make_nudge(cast.champions, item=asked[-1], place=place)


@pytest.mark.both_databases
def test_workers_at_the_same_moment_choose_three(
    app: Flask,
    cast: Cast,
    met: None,
    at_once: AtOnce,  # noqa: F811  # a fixture
) -> None:
    """Under the space's lock; the key of a place keeps a second one out."""
    with app.test_request_context("/"):
        for number in range(6):
            question(cast, f"Question {number}")

    def choose() -> None:
        with transaction():
            fill(cast.champions.id)

    assert at_once(*(choose for _ in range(4))) == [None] * 4
    with app.test_request_context("/"):
        rows = db.session.scalars(db.select(Nudge)).all()
        assert sorted(row.place for row in rows) == [1, 2, 3]
        assert len({row.key for row in rows}) == 3


def test_what_has_been_done_meanwhile_stands_nowhere_at_once(app: Flask, cast: Cast, met: None) -> None:
    """A3, A5: an answer, a first post, leaving, and what a reader may not see any more."""
    with app.test_request_context("/"):
        asked = question(cast, "Who knows?")
        nell = newcomer(cast, "Nell Newcomer")
        choose_nudges()
        assert titles(cast) == ["Say hello to Nell Newcomer", "“Who knows?”"]
        with transaction():
            db.session.get_one(Item, asked.id).audience = Audience.NAMED
        assert titles(cast) == ["Say hello to Nell Newcomer"]
        with transaction():
            db.session.get_one(Item, asked.id).audience = Audience.SPACE
        factories.make_post(asked, author=nell)
        assert titles(cast) == []


def test_what_nobody_dismissed_moves_on_for_three_weeks(app: Flask, cast: Cast, met: None) -> None:
    with app.test_request_context("/"):
        question(cast, "Who knows?")
        this = monday_of(today("Europe/London"))
        for week in range(5):
            with transaction():
                fill(cast.champions.id, at=now() + week * 7 * DAY)
            (nudge,) = db.session.scalars(db.select(Nudge).execution_options(populate_existing=True))
            assert (nudge.week, nudge.place) == (this + min(week, 2) * 7 * DAY, 1)


def test_one_press_dismisses_for_all_organisers_and_undo_brings_back(
    app: Flask, cast: Cast, met: None, as_person: AsPerson
) -> None:
    """Twice is once; another space's nudge doesn't exist (A2); members are refused."""
    with app.test_request_context("/"):
        question(cast, "Who knows?")
        choose_nudges()
        key = db.session.scalars(db.select(Nudge.id).where(Nudge.space_id == cast.champions.id)).one()
    organiser, steward = as_person(cast.organiser), as_person(cast.steward)
    assert "“Who knows?”" in organiser.get("/s/champions/").text
    for _press in range(2):
        answer = organiser.send(f"/s/champions/nudges/{key}/dismiss?to=today")
        assert (answer.status_code, answer.location) == (303, "/s/champions/")
    page = organiser.get("/s/champions/").text
    undo = re.search(r'action="([^"]*bring-back[^"]*)"', page)
    assert "You could, this week" not in page
    assert "You could, this week" not in steward.get("/s/champions/").text
    assert undo is not None
    organiser.send(undo[1].replace("&amp;", "&"))
    assert "“Who knows?”" in steward.get("/s/champions/nudges").text
    with app.test_request_context("/"):
        with pytest.raises(Missing), transaction():
            dismiss(standing(cast.insider, "night-desk"), key)
        for act in (dismiss, bring_back):
            with pytest.raises(Denied), transaction():
                act(standing(cast.champion), key)
    assert as_person(cast.insider).send(f"/s/night-desk/nudges/{key}/dismiss").status_code == 404
    assert "You could, this week" not in as_person(cast.champion).get("/s/champions/").text


def test_a_hello_opens_prefilled_and_is_the_organisers_to_send(
    app: Flask, cast: Cast, met: None, as_person: AsPerson
) -> None:
    """A12: a name is text. Nothing is sent by opening it; a draft that lies there is kept."""
    with app.test_request_context("/"):
        newcomer(cast, "<b>Nell</b> Newcomer")
        choose_nudges()
    client = as_person(cast.organiser)
    page = client.get("/s/champions/nudges").text
    assert "Say hello to &lt;b&gt;Nell" in page
    link = re.search(r'href="(/s/champions/threads/new[^"]*)"', page)
    assert link is not None
    form = client.get(link[1].replace("&amp;", "&")).text
    assert "good to have you in Champions" in form
    assert "Welcome, &lt;b&gt;Nell" in form
    with app.test_request_context("/"):
        factories.make_draft(cast.organiser, place=f"start:{cast.champions.uuid}", body="My own words")
    form = client.get(link[1].replace("&amp;", "&")).text
    assert "My own words" in form
    assert "good to have you" not in form


def test_a_question_names_who_answered_similar_ones(app: Flask, cast: Cast, met: None, as_person: AsPerson) -> None:
    """A3: those of the same tag first; never who left or is away now, nor an answer that only few may read.

    Seen to fail without asking who is away.
    """
    with app.test_request_context("/"):
        asked = question(cast, "Which bin?")
        for number, (author, audience) in enumerate(
            [(cast.colleague, Audience.SPACE), (cast.former, Audience.SPACE), (cast.steward, Audience.NAMED)]
        ):
            old = question(cast, f"Old {number}", days=90, audience=audience)
            factories.make_post(old, author=author)
            factories.make_accepted(old, number=2, by=cast.champion)
        assert asked.id
        choose_nudges()
    page = as_person(cast.organiser).get("/s/champions/nudges").text
    assert "Colin Colleague" in page
    assert "Felix Former" not in page
    assert "Stella Steward" not in page.partition("<main")[2]
    assert "A question that nobody has answered for 48 hours" in page
    with app.test_request_context("/"):
        factories.make_absence(cast.colleague)
    assert "Colin Colleague" not in as_person(cast.organiser).get("/s/champions/nudges").text


def test_nudges_cost_the_same_for_ten_questions_and_for_a_hundred(
    app: Flask,
    cast: Cast,
    met: None,
    as_person: AsPerson,
    counting: Counting,  # noqa: F811  # a fixture
) -> None:
    client = as_person(cast.organiser)
    with app.test_request_context("/"):
        question(cast, "Who knows?")
        choose_nudges()
    for path, most in (("/s/champions/nudges", 9), ("/s/champions/", 99)):
        client.get(path)
        with counting() as few:
            client.get(path)
        with app.test_request_context("/"):
            for number in range(20):
                question(cast, f"Question {number} {path}")
            choose_nudges()
        with counting() as many:
            client.get(path)
        assert len(many) <= min(len(few), most), "\n".join(many)


def test_a_cancelled_meetup_is_none(app: Flask, cast: Cast) -> None:
    with app.test_request_context("/"):
        with transaction():
            db.session.get_one(Space, cast.champions.id).created_at = now() - 60 * DAY
        factories.make_meetup(cast.champions, by=cast.organiser)
        choose_nudges()
        assert titles(cast) == []
        with transaction():
            for one in db.session.scalars(db.select(Occurrence)):
                one.state = OccurrenceState.CANCELLED
        choose_nudges()
        assert titles(cast) == ["Meet: there was no meetup in six weeks"]
        assert isinstance(
            db.session.scalars(db.select(Nudge.week).where(Nudge.space_id == cast.champions.id)).one(), date
        )
