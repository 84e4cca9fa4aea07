"""Fifty people reply to a thread while it is merged into another, again and again: nothing is lost, and no number is given twice."""

from collections.abc import Callable
from functools import partial

import pytest
from flask import Flask
from sqlalchemy import func, select

from forum.content.models import Post
from forum.content.moving.models import MovedPost, PostMove
from forum.core.db import db, transaction
from forum.people.models import Person
from forum.threads import addresses
from forum.threads.actions import merging
from forum.threads.models import Thread
from tests import factories
from tests.cast import Browserless, Cast
from tests.content.steps import at_once, item_of, standing

pytestmark = pytest.mark.prove
REPLIES, ROUNDS, TRIES = 50, 5, 200
DONE, LED_ON, BUSY = 303, 308, "Baton is busy"
AsPerson = Callable[[Person], Browserless]


def send(client: Browserless, path: str, text: str) -> str:
    """Send a reply as a browser does, which follows to where the thread went; return where it stands.

    Whoever comes while too many texts are laid out is asked to send theirs again, and does.
    """
    for _try in range(TRIES):
        answer = client.send(path, body=text, draft_version="0")
        if answer.status_code == LED_ON:
            path = answer.location
        elif answer.status_code == DONE:
            return answer.location
        else:
            assert BUSY in answer.get_data(as_text=True), answer.status_code
    raise AssertionError(text)


def merge(cast: Cast, first: Thread, second: Thread) -> PostMove:
    """Merge the first thread into the second."""
    with transaction():
        return merging.merge(
            standing(cast.organiser),
            first,
            into=second,
            reason="Both ask the same.",
            posts_url=partial(addresses.posts_url, "champions"),
        )


@pytest.mark.both_databases
def test_no_reply_is_lost_while_its_thread_is_merged(app: Flask, cast: Cast, as_person: AsPerson) -> None:
    """B1, B2: each stands in the thread that stays, once, and the numbers there are consecutive."""
    with app.app_context():
        people = [factories.make_person() for _number in range(REPLIES)]
        for person in people:
            factories.make_membership(cast.champions, person)
    clients = [as_person(person) for person in people]
    for number in range(ROUNDS):
        with app.app_context():
            first = factories.make_thread(cast.champions, author=cast.champion, posts=3)
            second = factories.make_thread(cast.champions, author=cast.champion, posts=2)
            path = f"/s/champions/threads/{item_of(first).ref}/"
        works: list[Callable[[], object]] = [
            partial(send, client, path, f"Reply {number} {at}") for at, client in enumerate(clients)
        ]
        works.insert(5 + 9 * number, partial(merge, cast, first, second))
        results = at_once(app, works)
        assert all(isinstance(one, (str, PostMove)) for one in results), results
        with app.app_context():
            stored = select(Post.number, Post.source).where(Post.item_id == second.id).order_by(Post.number)
            rows: list[tuple[int, str]] = [(row[0], row[1]) for row in db.session.execute(stored)]
            assert [row[0] for row in rows] == list(range(1, 2 + 3 + REPLIES + 1))
            said = sorted(source for _number, source in rows if source.startswith("Reply"))
            assert said == sorted(f"Reply {number} {at}" for at in range(REPLIES))
            assert item_of(second).last_number == 2 + 3 + REPLIES
            assert db.session.scalar(select(func.count()).where(Post.item_id == first.id)) == 0
            moved = db.session.scalar(select(func.count()).where(MovedPost.item_id == first.id))
            assert moved == item_of(first).last_number
