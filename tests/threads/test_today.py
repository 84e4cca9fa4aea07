"""What threads say on Today: a sentence, what is new, what waits for this person."""

import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from flask import Flask

from forum.core.db import db, transaction
from forum.core.time import now
from forum.people.models import Person
from forum.spaces.models import ItemState
from tests import factories
from tests.cast import Browserless, Cast
from tests.content.steps import address, item_of

AsPerson = Callable[[Person], Browserless]
TODAY = "/s/champions/"
TUESDAY = datetime(2026, 11, 3, 9, 30, tzinfo=UTC)


def words_of(client: Browserless) -> str:
    """Return what Today says, in one line."""
    html = client.get(TODAY).get_data(as_text=True)
    return " ".join(re.sub(r"<[^>]+>", " ", html.split("<main")[1].split("</main>")[0]).split())


def test_with_nothing_new_nothing_is_drawn(cast: Cast, as_person: AsPerson) -> None:
    """Empty parts aren't drawn; the sentence says so."""
    said = words_of(as_person(cast.colleague))
    assert "You are up to date" in said
    assert "New since" not in said
    assert "Waiting for you" not in said


@pytest.mark.both_databases
def test_what_is_new_is_told_with_the_day_it_is_new_since(app: Flask, cast: Cast, as_person: AsPerson) -> None:
    """Since the last visit; when something unread is older than that, since then: the day is never a lie."""
    with time_machine.travel(TUESDAY - timedelta(days=4), tick=False):
        with app.app_context():
            read = factories.make_thread(
                cast.champions, author=cast.champion, title="Read", at=now() - timedelta(days=3)
            )
        as_person(cast.colleague).get(address(app, read))
    with time_machine.travel(TUESDAY, tick=False):
        with app.app_context():
            factories.make_post(read, author=cast.champion)
        said = words_of(as_person(cast.colleague))
        assert "1 thread has something new for you." in said
        assert "New since Friday" in said
        with app.app_context():
            factories.make_thread(cast.champions, author=cast.champion, title="Missed", at=now() - timedelta(days=5))
        said = words_of(as_person(cast.colleague))
        assert "2 threads have something new for you." in said
        assert "New since Thursday" in said
        assert "New since you joined" in words_of(as_person(cast.organiser))


@pytest.mark.both_databases
def test_questions_in_ones_patch_wait_for_somebody_who_can_answer(app: Flask, cast: Cast, as_person: AsPerson) -> None:
    """The same department, not one's own, nobody has answered; readers and visitors are asked nothing."""
    with app.app_context():
        mine = factories.make_thread(
            cast.champions, author=cast.champion, title="Shared login?", at=now() - timedelta(days=2)
        )
        factories.make_thread(cast.champions, author=cast.colleague, title="Elsewhere")
    said = words_of(as_person(cast.steward))
    assert "One thing waits for you." in said
    assert "“Shared login?” A question in Libraries, your patch. No answer for 2 days. Answer" in said
    assert "“Elsewhere”" not in said
    assert "waits for you" not in words_of(as_person(cast.champion))
    assert "Waiting for you" not in words_of(as_person(cast.reader))
    with app.app_context():
        factories.make_post(mine, author=cast.colleague)
    assert "waits for you" not in words_of(as_person(cast.steward))


@pytest.mark.both_databases
def test_answers_wait_until_one_is_accepted(app: Flask, cast: Cast, as_person: AsPerson) -> None:
    """Asked once, by the last reply of somebody else, while none is accepted."""
    with app.app_context():
        mine = factories.make_thread(cast.champions, author=cast.champion, title="Which bin?")
        factories.make_post(mine, author=cast.colleague)
    carla = as_person(cast.champion)
    assert "“Which bin?” Colin Colleague replied to your question. Did that solve it?" in words_of(carla)
    with app.app_context():
        factories.make_accepted(mine, number=2, by=cast.champion)
    assert "Which bin?” Colin" not in words_of(carla)


def test_what_cannot_be_seen_waits_for_nobody(app: Flask, cast: Cast, as_person: AsPerson) -> None:
    """A3, A5: neither counted nor named."""
    with app.app_context():
        hidden = factories.make_thread(cast.champions, author=cast.champion, title="Gone", posts=1)
        factories.make_thread(cast.night_desk, author=cast.insider, title="Night")
        with transaction():
            item_of(hidden).state = ItemState.HIDDEN
            db.session.flush()
    for person in (cast.steward, cast.colleague, cast.outsider):
        said = words_of(as_person(person))
        assert "Gone" not in said
        assert "Night" not in said
        assert "One thing waits" not in said
        assert "something new" not in said
