"""What is approved is what an organiser read, a hold holds changes too, and nothing that waits comes out another way (A5)."""

from dataclasses import replace

import pytest
from sqlalchemy import select

from forum.content import actions as posts
from forum.content.access import post_for
from forum.content.actions import Overtaken
from forum.content.events import PostWritten
from forum.content.models import Post, PostState
from forum.content.order import approving, deciding
from forum.content.order.models import PostWait, WaitOutcome
from forum.content.order.queries import cases
from forum.content.telling import ids_of_quoted
from forum.core.db import db, transaction
from forum.core.errors import Denied, RuleBroken
from forum.core.outbox import FactRow
from forum.mydata.erasing import erase
from forum.people.models import Person
from forum.spaces.feature import kind_of
from forum.spaces.models import Item, ItemState, LogEntry
from forum.spaces.queries.logbook import log_page
from forum.threads import actions
from forum.threads.actions import changing, closing, summing_up
from forum.threads.models import Section, Thread
from forum.threads.polls import actions as polls
from forum.threads.polls.actions import PollWords
from tests import factories
from tests.cast import Cast
from tests.content.steps import item_of, said, standing

pytestmark = pytest.mark.both_databases
WORDS = PollWords(question="Which pills?", options=("Red", "Blue"))


@pytest.fixture
def held(context: None, cast: Cast) -> Post:
    """The first post of a thread of Carla's; what she writes is held."""
    factories.make_member_hold(cast.champions, cast.champion, by=cast.organiser)
    here = standing(cast.champion)
    section = db.session.scalars(select(Section).where(Section.space_id == here.space.id)).first()
    assert section is not None
    with transaction():
        made = actions.start(here, title="Harmless", section=section, text=said("Hello."), is_question=True)
    return db.session.scalars(select(Post).where(Post.item_id == made.id)).one()


def thread_of(post: Post) -> Thread:
    return db.session.get_one(Thread, post.item_id)


def retitle(person: Person, thread: Thread, title: str, *, reason: str = "") -> None:
    here = standing(person)
    with transaction():
        changing.change(here, thread, title=title, is_question=True, reason=reason)


def put_poll(person: Person, thread: Thread) -> None:
    here = standing(person)
    with transaction():
        polls.save(here, thread, WORDS)


def approve(person: Person, post: Post, *, item_version: int = 1) -> None:
    here, kind = standing(person), kind_of(db.session.get_one(Item, post.item_id))
    with transaction():
        approving.approve(here, post.id, version=1, item_version=item_version, kind=kind)


def state_of(post: Post) -> PostState:
    return db.session.get_one(Post, post.id, populate_existing=True).state


def test_a_title_that_was_changed_since_is_read_once_more(held: Post, cast: Cast) -> None:
    """A5. Seen to fail without the item's version in `approve`."""
    retitle(cast.champion, thread_of(held), "Cheap pills")
    with pytest.raises(Overtaken):
        approve(cast.organiser, held)
    assert state_of(held) is PostState.HELD
    approve(cast.organiser, held, item_version=2)
    assert item_of(thread_of(held)).title == "Cheap pills"


def test_a_poll_that_came_since_is_read_once_more(held: Post, cast: Cast) -> None:
    """A5. Seen to fail when a poll left the item's version as it was."""
    put_poll(cast.champion, thread_of(held))
    with pytest.raises(Overtaken):
        approve(cast.organiser, held)
    here = standing(cast.champion)
    with transaction():
        polls.remove(here, thread_of(held))
    with pytest.raises(Overtaken):
        approve(cast.organiser, held, item_version=2)
    approve(cast.organiser, held, item_version=3)


def test_a_title_that_was_never_approved_is_in_no_log_that_members_read(held: Post, cast: Cast) -> None:
    """A5: nor after approval; organisers read it. Seen to fail without the look at the item in `record`."""
    retitle(cast.champion, thread_of(held), "Fine")
    approve(cast.organiser, held, item_version=2)
    page = log_page(cast.champions, cast.reader, keeps=False)
    assert "changed title" not in [line.entry.verb for line in page.lines]
    kept = log_page(cast.champions, cast.organiser, keeps=True)
    assert "changed title" in [line.entry.verb for line in kept.lines]


def test_a_held_thread_is_not_closed_with_words_that_nobody_has_read(held: Post, cast: Cast) -> None:
    """Seen to fail without the look at the item's state in `close`."""
    here = standing(cast.champion)
    with pytest.raises(RuleBroken, match="Take it back instead"), transaction():
        closing.close(here, thread_of(held), reason="Cheap pills.")


def test_a_held_member_rewrites_nothing_that_stands(context: None, cast: Cast) -> None:
    """A5: no post, title, poll, summary or reason; organisers still may.

    Seen to fail without `is_held` in `why_not_edit`, and without `why_not_reword`.
    """
    thread = factories.make_thread(cast.champions, author=cast.champion, posts=21)
    factories.make_member_hold(cast.champions, cast.champion, by=cast.organiser)
    post, here = post_for(item_of(thread), 1), standing(cast.champion)
    with pytest.raises(Denied, match="waits for an organiser"), transaction():
        posts.edit(here, post, text=said("Cheap pills."), version=1)
    with pytest.raises(Denied, match="waits for an organiser"):
        retitle(cast.champion, thread, "Cheap pills")
    with pytest.raises(Denied, match="waits for an organiser"):
        put_poll(cast.champion, thread)
    with pytest.raises(Denied, match="waits for an organiser"), transaction():
        summing_up.write_summary(here, thread, text=said("Cheap pills."), version=0)
    with pytest.raises(Denied, match="waits for an organiser"), transaction():
        closing.close(here, thread, reason="Cheap pills.")
    oscar = standing(cast.organiser)
    with transaction():
        posts.edit(oscar, post, text=said("Kinder."), version=1, reason="Kinder.")
    retitle(cast.organiser, thread, "Kinder", reason="Kinder.")
    put_poll(cast.organiser, thread)


def test_who_is_suspended_takes_a_held_post_back_and_changes_nothing_of_it(held: Post, cast: Cast) -> None:
    """Seen to fail when `change` asked only for seeing threads."""
    factories.make_suspension(cast.champions, cast.champion, by=cast.organiser)
    here = standing(cast.champion)
    with pytest.raises(Denied, match="suspended"), transaction():
        approving.change(here, held.id, text=said("Worse."), version=1)
    with transaction():
        approving.withdraw(here, held.id, kind=kind_of(db.session.get_one(Item, held.item_id)))
    assert state_of(held) is PostState.REMOVED


def test_who_is_quoted_is_told_when_the_reply_is_approved(held: Post, cast: Cast) -> None:
    """The numbers are read from the text. Seen to fail without `numbers_in`."""
    thread = factories.make_thread(cast.champions, author=cast.colleague)
    html = f'<figure><figcaption><a href="/s/champions/threads/{item_of(thread).ref}/posts/1">Colin in post 1</a></figcaption></figure>'
    here = standing(cast.champion)
    with transaction():
        text = replace(said("> [post 1]\n> Hello.\n\nYes."), html=html, quoted=frozenset({1}))
        reply = posts.reply(here, thread.id, text=text)
    approve(cast.organiser, reply)
    [row] = db.session.scalars(select(FactRow).where(FactRow.kind == PostWritten.kind()))
    assert row.payload["quoted"] == list(ids_of_quoted(item_of(thread), {1}))
    assert row.payload["quoted"] != []


def test_a_reply_in_a_hidden_thread_waits_until_that_is_put_back(held: Post, cast: Cast) -> None:
    """Nobody would hear of it. Seen to fail without the look at the item's state in `approve`."""
    thread = factories.make_thread(cast.champions, author=cast.colleague)
    reply, first = factories.make_held(thread, author=cast.champion), post_for(item_of(thread), 1).id
    here = standing(cast.organiser)
    with transaction():
        deciding.hide(here, first, reason="Why.")
    with pytest.raises(RuleBroken, match="Put the thread back first"):
        approve(cast.organiser, reply)
    with transaction():
        deciding.put_back(here, first)
    approve(cast.organiser, reply)


def test_what_waits_of_an_erased_account_is_taken_back(held: Post, cast: Cast) -> None:
    """A15: neither its reply nor its thread can be published. Seen to fail without `take_back_held`."""
    thread = factories.make_thread(cast.champions, author=cast.colleague)
    reply = factories.make_held(thread, author=cast.champion)
    factories.make_held(thread, author=cast.reader)
    with transaction():
        erase(db.session.get_one(Person, cast.champion.id))
    for post in (held, reply):
        now = db.session.get_one(Post, post.id, populate_existing=True)
        assert (now.state, now.source, now.html, now.author_id) == (PostState.REMOVED, "", "", None)
        wait = db.session.scalars(select(PostWait).where(PostWait.post_id == post.id)).one()
        assert wait.outcome is WaitOutcome.WITHDRAWN
    assert item_of(thread_of(held)).state is ItemState.WITHDRAWN
    assert item_of(thread).state is ItemState.PUBLISHED
    assert [case.author.name for case in cases(standing(cast.organiser)) if case.author] == ["Rita Reader"]
    assert not db.session.scalars(select(LogEntry).where(LogEntry.verb == "declined post")).all()
