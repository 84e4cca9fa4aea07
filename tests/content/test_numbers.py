"""Post numbers are given inside the write (B1), and a post is written once however often its form is sent."""

from datetime import timedelta
from functools import partial

import pytest
from flask import Flask
from sqlalchemy import func, select

from forum.content.events import PostWritten
from forum.content.models import Post, PostMention, PostState
from forum.core.db import db, transaction
from forum.core.errors import Denied, Invalid, Missing
from forum.core.outbox import FactRow
from forum.core.time import now
from forum.people.models import PersonState
from forum.spaces.models import ItemState, Membership, Space
from forum.threads import actions
from forum.threads.models import Thread
from tests import factories
from tests.cast import Cast
from tests.content.steps import at_once, item_of, said, standing

REPLIES = 50


def write(thread_id: int, cast: Cast, *, text: str, once: str | None = None) -> int:
    """Reply to a thread as Colin, in a transaction of its own; return the post's number."""
    here = standing(cast.colleague)
    thread = db.session.get_one(Thread, thread_id)
    with transaction():
        return actions.reply(here, thread, text=said(text), once=once).number


@pytest.mark.both_databases
def test_fifty_replies_at_once_get_fifty_numbers_in_a_row(app: Flask, cast: Cast) -> None:
    """B1.

    Planted: with the number counted up in Python and no lock PostgreSQL fails here, and with a deferred BEGIN SQLite does.
    """
    with app.app_context():
        thread_id = factories.make_thread(cast.champions, author=cast.champion).id
    works = [partial(write, thread_id, cast, text=f"Reply {number}") for number in range(REPLIES)]
    numbers = at_once(app, works)
    assert sorted(numbers, key=str) == sorted(range(2, REPLIES + 2), key=str)
    with app.app_context():
        stored = db.session.scalars(select(Post.number).where(Post.item_id == thread_id).order_by(Post.number)).all()
        assert stored == list(range(1, REPLIES + 2))
        item = item_of(db.session.get_one(Thread, thread_id))
        assert (item.last_number, item.last_by_id) == (REPLIES + 1, cast.colleague.id)
        facts = db.session.scalars(select(FactRow).where(FactRow.kind == PostWritten.kind())).all()
        assert sorted(fact.payload["number"] for fact in facts) == list(range(2, REPLIES + 2))


@pytest.mark.both_databases
def test_a_double_press_makes_one_post(app: Flask, cast: Cast) -> None:
    """Ten presses of one form, at once: one post, and everyone is led to it."""
    with app.app_context():
        thread_id = factories.make_thread(cast.champions, author=cast.champion).id
    numbers = at_once(app, [partial(write, thread_id, cast, text="Once.", once="a" * 32)] * 10)
    assert numbers == [2] * 10
    with app.app_context():
        assert db.session.scalar(select(func.count()).select_from(Post).where(Post.item_id == thread_id)) == 2
        assert db.session.scalar(select(func.count()).select_from(FactRow)) == 1


def test_going_back_and_writing_something_else_is_a_new_post(context: None, cast: Cast) -> None:
    """The browser's Back button brings the old form with its old key: what is typed then must not be dropped."""
    thread_id = factories.make_thread(cast.champions, author=cast.champion).id
    assert write(thread_id, cast, text="First.", once="k") == 2
    assert write(thread_id, cast, text="Second.", once="k") == 3
    assert write(thread_id, cast, text="First.", once="k") == 2


@pytest.mark.both_databases
def test_a_double_press_starts_one_thread(app: Flask, cast: Cast) -> None:
    """As with replies: the section is held while it is looked whether the thread stands already."""
    with app.app_context():
        section = factories.make_section(cast.champions, name="Channels")

    def start() -> int:
        here = standing(cast.champion)
        with transaction():
            return actions.start(
                here, title="Which channels?", section=section, text=said("Tell me."), is_question=True, once="b" * 32
            ).id

    ids = at_once(app, [start] * 10)
    assert len(set(ids)) == 1, ids
    with app.app_context():
        item = item_of(db.session.get_one(Thread, ids[0]))
        assert (item.title, item.last_number, item.author_id) == ("Which channels?", 1, cast.champion.id)
        assert db.session.scalars(select(FactRow.kind)).all() == ["thread started"]


def test_a_post_says_whom_it_names_but_never_outsiders_or_its_author(context: None, cast: Cast) -> None:
    """A3: naming somebody who isn't a member does nothing. B6 is the renderer's; here is what is kept of it."""
    thread = factories.make_thread(cast.champions, author=cast.champion)
    handles = ("carla.champion", "colin.colleague", "otto.outsider", "felix.former", "nobody.at.all")
    with transaction():
        post = actions.reply(standing(cast.colleague), thread, text=said("Hello.", naming=handles))
    named = db.session.scalars(select(PostMention.person_id).where(PostMention.post_id == post.id)).all()
    assert named == [cast.champion.id]


@pytest.mark.parametrize("number", [2, 9, 0, -1, 10**12])
def test_a_reply_to_a_post_that_is_not_there_is_refused(context: None, cast: Cast, number: int) -> None:
    """Bad input: a number that doesn't exist or is later."""
    thread = factories.make_thread(cast.champions, author=cast.champion)
    with pytest.raises(Invalid) as refused, transaction():
        actions.reply(standing(cast.colleague), thread, text=said("Yes."), in_reply_to=number)
    assert "reply_to" in refused.value.errors
    assert item_of(thread).last_number == 1


def test_a_reply_to_a_hidden_post_is_refused(context: None, cast: Cast) -> None:
    """A5: what is hidden can't be replied to."""
    thread = factories.make_thread(cast.champions, author=cast.champion)
    factories.make_post(thread, author=cast.champion, state=PostState.HIDDEN)
    with pytest.raises(Invalid), transaction():
        actions.reply(standing(cast.colleague), thread, text=said("Yes."), in_reply_to=2)


def test_rights_are_looked_at_again_inside_the_write(context: None, cast: Cast) -> None:
    """A3: between the page and the press a member was removed. Planted defect: without the second look both of these pass."""
    thread = factories.make_thread(cast.champions, author=cast.champion)
    here = standing(cast.colleague)
    with transaction():
        membership = db.session.scalars(select(Membership).where(Membership.person_id == cast.colleague.id)).one()
        membership.ended_at = now()
    with pytest.raises(Denied), transaction():
        actions.reply(here, thread, text=said("Still here?"))
    section = factories.make_section(cast.champions, name="Other")
    with pytest.raises(Denied), transaction():
        actions.start(here, title="Still?", section=section, text=said("Here?"), is_question=False)
    assert item_of(thread).last_number == 1


def test_nobody_writes_in_an_archived_space(context: None, cast: Cast) -> None:
    """The archive is read-only, also for a page that was opened before."""
    thread = factories.make_thread(cast.champions, author=cast.champion)
    here = standing(cast.steward)
    with transaction():
        db.session.get_one(Space, cast.champions.id).archived_at = now()
    with pytest.raises(Denied, match="closed"), transaction():
        actions.reply(here, thread, text=said("One more thing."))


def test_who_was_suspended_writes_nothing_more(context: None, cast: Cast) -> None:
    """A1: an account that is suspended while its page lies open."""
    thread = factories.make_thread(cast.champions, author=cast.champion)
    here = standing(cast.colleague)
    with transaction():
        here.actor.state = PersonState.SUSPENDED
    with pytest.raises(Missing), transaction():
        actions.reply(here, thread, text=said("Hello?"))


def test_a_hidden_thread_takes_no_replies(context: None, cast: Cast) -> None:
    """A5: what is hidden is nowhere, also not for who has its page open."""
    thread = factories.make_thread(cast.champions, author=cast.champion)
    here = standing(cast.colleague)
    with transaction():
        item_of(thread).state = ItemState.HIDDEN
    with pytest.raises(Missing), transaction():
        actions.reply(here, thread, text=said("Hello?"))


def test_the_time_of_a_post_can_be_given(context: None, cast: Cast) -> None:
    """The demo writes posts of other days."""
    thread = factories.make_thread(cast.champions, author=cast.champion)
    yesterday = now() - timedelta(days=1)
    with transaction():
        post = actions.reply(standing(cast.colleague), thread, text=said("Yesterday."), at=yesterday)
    assert post.created_at == item_of(thread).last_at == yesterday
