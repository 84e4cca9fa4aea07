"""What a digest reads: as much for a hundred conversations as for one, and of what was stopped nothing."""

from collections.abc import Iterator

import pytest
from flask import Flask
from sqlalchemy import event, select

from forum.content import letters
from forum.content.digest import MOST_POSTS, MOST_SHOWN, _rows, tell_digest
from forum.content.events import PostWritten
from forum.content.models import Post, WatchLevel
from forum.core.db import db, transaction
from forum.core.events import Recipient
from forum.core.mail import Mail
from forum.core.markup import BEGINNING
from forum.core.notices import Reason
from forum.core.time import now
from forum.notify.events import DigestDue
from forum.notify.models import MailRhythm, Notification
from forum.notify.rhythm import choose
from forum.people.models import Person
from forum.threads.actions import watching
from forum.threads.models import Section, Thread
from tests import factories
from tests.cast import Cast
from tests.content.steps import queries, standing
from tests.support.server import make_app

LONG = "<p>" + "word " * 2000 + "</p>"


@pytest.fixture
def app(settings: object) -> Iterator[Flask]:
    """Give the app as it is."""
    yield from make_app(settings)  # type: ignore[arg-type]


def told(cast: Cast, *, posts: int = 5, title: str | None = None) -> Thread:
    """Tell Carla of each post of a new conversation of long texts."""
    thread = factories.make_thread(
        cast.champions, author=cast.colleague, posts=posts, texts=[LONG] * posts, title=title
    )
    with transaction():
        for post_id in db.session.scalars(select(Post.id).where(Post.item_id == thread.id)):
            db.session.add(Notification(person_id=cast.champion.id, post_id=post_id, reason=Reason.REPLY, at=now()))
    return thread


def choose_daily(cast: Cast) -> None:
    """Let Carla have a digest."""
    with transaction():
        choose(db.session.get_one(Person, cast.champion.id), rhythm=MailRhythm.DAILY, hour=8, weekday=0)


@pytest.mark.both_databases
def test_a_digest_of_many_conversations_costs_the_statements_of_one(app: Flask, cast: Cast) -> None:
    """And reads of each conversation the beginnings of what it shows.

    Seen to fail with the whole of `Post.html`, and with the beginnings of all posts.
    """
    with app.test_request_context("/"):
        choose_daily(cast)
    fact, to, costs = DigestDue(person_id=cast.champion.id, moment=""), Recipient(person_id=cast.champion.id), []
    mail: Mail | None = None
    for more in (1, 1, 30):  # the first one makes the links that stop it
        with app.test_request_context("/"):
            for _each in range(more):
                told(cast)
        with app.test_request_context("/"), queries(app) as sent:
            mail = tell_digest(fact, to)
        costs.append(len(sent))
    assert costs[1] == costs[2]
    assert mail is not None
    assert len(mail.tells) == 32 * 5 < MOST_POSTS
    assert mail.text.count("And 2 more.") == 32
    with app.test_request_context("/"):
        read = [row for row in db.session.execute(_rows(cast.champion)) if row[5] is not None]
    assert (len(read), max(len(row[5]) for row in read)) == (32 * MOST_SHOWN, BEGINNING)


@pytest.mark.both_databases
def test_what_stands_in_a_section_that_one_turned_off_is_in_no_digest_and_no_message(app: Flask, cast: Cast) -> None:
    """A level chosen for the conversation itself comes before its section's. Seen to fail without `places` in `hears_of`."""
    with app.test_request_context("/"):
        choose_daily(cast)
        off, heard = told(cast, title="Lid texts"), told(cast, title="Bin texts")
        section = db.session.scalars(select(Section).where(Section.id == off.section_id)).one()
        with transaction():
            watching.watch_section(standing(cast.champion), section, WatchLevel.OFF)
            watching.watch(standing(cast.champion), heard, WatchLevel.MINE)
    with app.test_request_context("/"):
        fact, to = DigestDue(person_id=cast.champion.id, moment=""), Recipient(person_id=cast.champion.id)
        mail = tell_digest(fact, to)
        assert mail is not None
        assert ("Bin texts" in mail.text, "Lid texts" in mail.text) == (True, False)


@pytest.mark.both_databases
def test_a_message_reads_the_texts_that_stand_in_it_and_no_others(app: Flask, cast: Cast) -> None:
    """Of a long absence's worth it tells with their number. Seen to fail with all posts read to show twenty."""
    with app.test_request_context("/"):
        thread = told(cast, posts=60)
        first = db.session.scalars(select(Post.id).where(Post.item_id == thread.id, Post.number == 1)).one()
        fact = PostWritten(item_id=thread.id, post_id=first, number=1, quoted=())
    read: list[Post] = []

    def note(one: Post, _context: object) -> None:
        read.append(one)

    event.listen(Post, "load", note)
    try:
        with app.test_request_context("/"):
            mail = letters.tell_posts(fact, Recipient(person_id=cast.champion.id))
    finally:
        event.remove(Post, "load", note)
    assert mail is not None
    assert (len(mail.tells), len(read)) == (60, letters.MOST_POSTS)
    assert "And 40 more." in mail.text
