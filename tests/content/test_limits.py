"""How much somebody writes in a time, and what they meet when it is enough."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest
import time_machine
from flask import Flask
from sqlalchemy import func, select

from forum.content.drafts import draft_at
from forum.content.limits import Kind, counting
from forum.content.models import Post
from forum.core.db import db, transaction
from forum.core.errors import RuleBroken, TooMany
from forum.core.time import now
from forum.people.models import Person
from forum.spaces.guard import here_for
from forum.spaces.models import Role
from forum.threads.addresses import reply_place
from forum.threads.models import Thread
from tests import factories
from tests.cast import Browserless, Cast
from tests.content.steps import address, at_once, item_of

AsPerson = Callable[[Person], Browserless]
Setting = Callable[..., None]
NEW = "/s/champions/threads/new"
TALK = {"kind": "talk", "section": "questions", "body": "All of\nthis.", "draft_version": "0"}


@pytest.fixture
def allow(app: Flask) -> Setting:
    """Give a way to set how much goes."""

    def setting(**values: int) -> None:
        baton = app.extensions["baton"]
        app.extensions["baton"] = replace(baton, settings=replace(baton.settings, **values))

    return setting


@pytest.fixture
def thread(app: Flask, cast: Cast) -> Thread:
    """Give a thread of Carla's."""
    with app.app_context():
        return factories.make_thread(cast.champions, author=cast.champion)


def test_who_has_written_twenty_posts_can_go_on_in_ten_minutes(
    app: Flask, cast: Cast, as_person: AsPerson, thread: Thread
) -> None:
    """429 with Retry-After; the page again, with the text, its place and when one can go on; then the same is sent."""
    with time_machine.travel("2040-11-26 14:22:10Z", tick=False) as clock:
        colin, url = as_person(cast.colleague), address(app, thread)
        for number in range(20):
            assert colin.send(url, body=f"Reply {number}", once=f"{number:032}").status_code == 303
        clock.shift(timedelta(minutes=4))
        held = colin.send(url, body="One\nmore.", once="f" * 32, draft_version="0")
        assert held.status_code == 429
        assert int(held.headers["Retry-After"]) == 6 * 60 + 1
        assert "You have written 20 posts in 10 minutes. You can go on at 14:33; your text is kept." in held.text
        assert "One\nmore.</textarea>" in held.text
        assert 'value="' + "f" * 32 in held.text
        with app.app_context():
            assert draft_at(cast.colleague, reply_place(item_of(thread).ref)).body == "One\nmore."
        clock.shift(timedelta(minutes=7))
        assert colin.send(url, body="One\nmore.", once="f" * 32, draft_version="1").status_code == 303
    with app.app_context():
        assert (
            db.session.scalar(select(func.count()).select_from(Post).where(Post.author_id == cast.colleague.id)) == 21
        )
        assert draft_at(cast.colleague, reply_place(item_of(thread).ref)).is_empty


def test_new_threads_and_edits_count_too(
    app: Flask, cast: Cast, as_person: AsPerson, allow: Setting, thread: Thread
) -> None:
    """Each with the page again and everything typed."""
    allow(threads_per_person=2, posts_per_person=3)
    carla, url = as_person(cast.champion), address(app, thread)
    for number in range(2):
        assert carla.send(NEW, **TALK, title=f"T{number}", once=f"{number:032}").status_code == 303
    held = carla.send(NEW, **TALK, title="A third", once="3" * 32)
    assert held.status_code == 429
    assert "You have started 2 threads in an hour. You can go on at" in held.text
    assert 'value="A third"' in held.text
    assert "All of\nthis.</textarea>" in held.text
    edit = f"{url}posts/1/edit"
    assert carla.send(edit, body="Better.", version="1").status_code == 303
    held = carla.send(edit, body="Even\nbetter.", version="2")
    assert held.status_code == 429
    assert "You have written 3 posts in 10 minutes." in held.text
    assert "Even\nbetter.</textarea>" in held.text


def test_what_is_refused_and_a_second_press_are_not_counted(
    app: Flask, cast: Cast, as_person: AsPerson, allow: Setting, thread: Thread
) -> None:
    """The sentence tells the truth: seen to fail without `give_back` in `counting`, and without `written`."""
    allow(posts_per_person=2)
    colin, url = as_person(cast.colleague), address(app, thread)
    for _press in range(4):
        assert colin.send(url, body="The same.", once="a" * 32).status_code == 303
        assert colin.send(url, body="To nobody.", reply_to="99").status_code == 422
        assert colin.send(url, body="").status_code == 422
    assert colin.send(url, body="Another.").status_code == 303
    assert colin.send(url, body="A third.").status_code == 429


def test_a_newcomer_writes_less_on_the_first_day_but_not_in_a_space_they_keep(
    app: Flask, cast: Cast, as_person: AsPerson, thread: Thread
) -> None:
    with app.app_context():
        newcomer, keeper = factories.make_person(name="Nell Newcomer"), factories.make_person(name="Kim Keeper")
        factories.make_membership(cast.champions, newcomer)
        factories.make_membership(cast.champions, keeper, role=Role.ORGANISER)
        with transaction():
            for person in (newcomer, keeper):
                db.session.get_one(Person, person.id).created_at = now()
    nell, url = as_person(newcomer), address(app, thread)
    answers = [nell.send(url, body=f"Reply {number}") for number in range(7)]
    assert [answer.status_code for answer in answers] == [303] * 6 + [429]
    assert "You have written 6 posts in 10 minutes. On the first day that is as much as goes." in answers[-1].text
    kim = as_person(keeper)
    assert [kim.send(url, body=f"Reply {number}").status_code for number in range(7)] == [303] * 7


def test_reactions_have_a_limit_of_their_own(
    app: Flask, cast: Cast, as_person: AsPerson, allow: Setting, thread: Thread
) -> None:
    allow(presses_per_person=3)
    colin, url = as_person(cast.colleague), address(app, thread)
    for does in ("give", "take", "give"):
        assert colin.send(f"{url}react", **{does: "thanks 1"}).status_code == 303
    held = colin.send(f"{url}react", take="thanks 1")
    assert held.status_code == 429
    assert "You have pressed 3 times in 10 minutes. You can go on at" in held.text
    assert int(held.headers["Retry-After"]) > 0
    assert colin.send(url, body="I can still write.").status_code == 303


def test_organisers_keep_order_however_much_was_written(
    app: Flask, cast: Cast, as_person: AsPerson, allow: Setting, thread: Thread
) -> None:
    """A5: neither their own limit nor the author's stops it: closing, pinning, moving, editing, removing, putting back."""
    allow(posts_per_person=1, presses_per_person=1, threads_per_person=1, posts_per_network=2, presses_per_network=1)
    oscar, carla, url = as_person(cast.organiser), as_person(cast.champion), address(app, thread)
    for client in (oscar, carla):
        assert client.send(url, body="Mine.").status_code == 303
        assert client.send(url, body="Mine too.").status_code == 429
    for what, form in (
        ("posts/3/edit", {"body": "Theirs, without a number.", "version": "1", "reason": "A phone number."}),
        ("posts/3/remove", {"reason": "A phone number."}),
        ("posts/3/put-back", {}),
        ("pin", {"pin-until": ""}),
        ("change", {"change-title": "Another", "change-kind": "talk", "change-reason": "Clearer."}),
        ("close", {"close-reason": "Settled."}),
        ("reopen", {}),
    ):
        assert oscar.send(f"{url}{what}", **form).status_code == 303, what


def test_a_council_behind_one_address_writes_on_and_its_own_limit_stops_a_flood(
    app: Flask, cast: Cast, as_person: AsPerson, allow: Setting, thread: Thread
) -> None:
    """Many accounts share an address; one that goes too far from it waits, and elsewhere nobody notices."""
    people = [cast.colleague, cast.organiser, cast.steward]
    clients, url = [as_person(person) for person in people], address(app, thread)
    assert app.extensions["baton"].settings.posts_per_network >= 3000 * 20 // 30
    allow(posts_per_network=3)
    for client in clients:
        client.environ_base["REMOTE_ADDR"] = "192.0.2.7"
        assert client.send(url, body="From the town hall.").status_code == 303
    held = clients[0].send(url, body="One more.")
    assert held.status_code == 429
    assert "Very much is being sent from your network just now. You can go on at" in held.text
    clients[0].environ_base["REMOTE_ADDR"] = "192.0.2.8"
    assert clients[0].send(url, body="From home.").status_code == 303


@pytest.mark.both_databases
def test_the_count_stands_in_the_database_for_all_processes(app: Flask, cast: Cast, allow: Setting) -> None:
    """Of twelve at once, each in a connection of its own, as many go as may."""
    allow(posts_per_person=5)

    def work() -> None:
        person = db.session.get_one(Person, cast.colleague.id)
        with counting(here_for(person, "champions"), Kind.POST):
            db.session.rollback()

    results = at_once(app, [work] * 12, workers=6)
    assert sum(isinstance(one, TooMany) for one in results) == 7, results
    assert results.count(None) == 5


@pytest.mark.both_databases
@pytest.mark.usefixtures("context")
def test_what_is_counted_twice_is_given_back_twice(cast: Cast, allow: Setting) -> None:
    """A thread that can't be started for its post counts as none."""
    allow(posts_per_person=1, threads_per_person=1)
    here = here_for(cast.colleague, "champions")
    with pytest.raises(RuleBroken), counting(here, Kind.THREAD, Kind.POST):
        raise RuleBroken("No.")
    with counting(here, Kind.POST):
        pass
    for _try in range(2):
        with pytest.raises(TooMany, match="try again"), counting(here, Kind.THREAD, Kind.POST):
            pass
    with counting(here, Kind.THREAD):
        pass
