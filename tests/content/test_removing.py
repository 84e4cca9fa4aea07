"""Removing posts: the gap, who may, and what is told."""

from functools import partial

import pytest
from flask import Flask
from sqlalchemy import select

from forum.content import actions, removing
from forum.content.access import post_for
from forum.content.events import PostRemoved
from forum.content.models import Post, PostState
from forum.content.queries import posts_between, source_of
from forum.content.tellers import author_of, tell_removed
from forum.core.db import db, transaction
from forum.core.errors import Denied, Invalid, Missing, RuleBroken
from forum.core.events import Recipient
from forum.core.outbox import FactRow
from forum.core.time import now
from forum.people.models import Person
from forum.spaces.models import LogEntry, Membership
from forum.spaces.policy import Can
from forum.threads.models import Thread
from tests import factories
from tests.cast import Cast
from tests.content.steps import at_once, item_of, said, standing


@pytest.fixture
def thread(context: None, cast: Cast) -> Thread:
    """A question of Carla's with replies by Colin and Stella."""
    made = factories.make_thread(cast.champions, author=cast.champion)
    factories.make_post(made, author=cast.colleague, text="The depot.")
    factories.make_post(made, author=cast.steward, text="On Fridays.")
    return made


def any_post(thread: Thread, number: int) -> Post:
    """Return a post, whatever became of it."""
    return db.session.scalars(select(Post).where(Post.item_id == thread.id, Post.number == number)).one()


def remove(person: Person, thread: Thread, *, number: int, reason: str = "") -> Post:
    """Remove a post in a transaction of its own."""
    here = standing(person)
    with transaction():
        return removing.remove(here, any_post(thread, number), reason=reason)


def put_back(person: Person, thread: Thread, *, number: int) -> Post:
    """Put a post back in a transaction of its own."""
    here = standing(person)
    with transaction():
        return removing.put_back(here, any_post(thread, number))


@pytest.mark.both_databases
def test_a_removed_post_leaves_a_gap_and_no_word(thread: Thread, cast: Cast) -> None:
    """B2: its number stays, and so do those of the others. A5: what it said is nowhere."""
    remove(cast.colleague, thread, number=2)
    shown = posts_between(thread.id, after=0, size=20)
    assert [one.number for one in shown] == [1, 2, 3]
    gone = shown[1].gone
    assert gone is not None
    assert (gone.by, gone.because, shown[1].html) == ("", "", "")
    assert source_of(thread.id, 2) is None
    with pytest.raises(Missing):
        post_for(item_of(thread), 2)
    put_back(cast.colleague, thread, number=2)
    assert "The depot." in posts_between(thread.id, after=0, size=20)[1].html


@pytest.mark.both_databases
def test_who_wrote_last_is_read_from_what_can_be_seen(thread: Thread, cast: Cast) -> None:
    remove(cast.steward, thread, number=3)
    item = item_of(thread)
    assert (item.last_by_id, item.last_number) == (cast.colleague.id, 3)
    assert item.last_at == any_post(thread, 2).created_at
    put_back(cast.steward, thread, number=3)
    assert item_of(thread).last_by_id == cast.steward.id


def test_who_may_remove_what(thread: Thread, cast: Cast) -> None:
    """Planted defect: without `_require` inside the action, anybody removed anything."""
    for person in (cast.champion, cast.reader, cast.outsider):
        with pytest.raises(Denied):
            remove(person, thread, number=2, reason="I don't like it.")
    with pytest.raises(Invalid):
        remove(cast.organiser, thread, number=2)
    with pytest.raises(RuleBroken, match="Others have written"):
        remove(cast.champion, thread, number=1)
    remove(cast.organiser, thread, number=2, reason="A phone number stood in it.")
    with pytest.raises(Denied, match="An organiser removed"):
        put_back(cast.colleague, thread, number=2)
    put_back(cast.steward, thread, number=2)


def test_the_log_and_a_mail_say_who_removed_it_and_why(thread: Thread, cast: Cast) -> None:
    remove(cast.organiser, thread, number=2, reason="A phone number stood in it.")
    [entry] = db.session.scalars(select(LogEntry)).all()
    assert (entry.verb, entry.reason, entry.person_id) == (
        "removed post", "A phone number stood in it.", cast.colleague.id,
    )  # fmt: skip
    fact = PostRemoved(actor_id=cast.organiser.id, item_id=thread.id, post_id=any_post(thread, 2).id, number=2)
    assert list(author_of(fact)) == [Recipient(person_id=cast.colleague.id)]
    mail = tell_removed(fact, Recipient(person_id=cast.colleague.id))
    assert mail is not None
    assert "Oscar Organiser removed your post 2" in mail.text
    assert "A phone number stood in it." in mail.text
    assert "The depot." in mail.text


def test_nobody_is_told_of_what_was_put_back_or_of_a_space_that_they_left(thread: Thread, cast: Cast) -> None:
    """A3: asked again when the mail is sent."""
    remove(cast.organiser, thread, number=2, reason="Why.")
    fact = PostRemoved(actor_id=cast.organiser.id, item_id=thread.id, post_id=any_post(thread, 2).id, number=2)
    with transaction():
        cast.champions.visibility = "private"  # type: ignore[assignment]
        db.session.merge(cast.champions)
        left = select(Membership).where(Membership.person_id == cast.colleague.id)
        db.session.scalars(left).one().ended_at = now()
    assert tell_removed(fact, Recipient(person_id=cast.colleague.id)) is None


def test_removing_ones_own_is_nobody_elses_business(thread: Thread, cast: Cast) -> None:
    remove(cast.colleague, thread, number=2)
    assert not db.session.scalars(select(LogEntry)).all()
    assert not db.session.scalars(select(FactRow)).all()


def test_a_lent_right_removes_and_the_log_names_both(thread: Thread, cast: Cast) -> None:
    """D5."""
    factories.make_grant(cast.champions, to=cast.champion, by=cast.organiser, power=Can.REMOVE_ANY_POST)
    remove(cast.champion, thread, number=2, reason="Asked to.")
    [entry] = db.session.scalars(select(LogEntry)).all()
    assert (entry.actor_id, entry.on_behalf_of_id) == (cast.champion.id, cast.organiser.id)


@pytest.mark.both_databases
def test_removed_at_once_is_removed_once_and_an_edit_finds_it_gone(app: Flask, cast: Cast) -> None:
    """Planted defect: without the lock on the post an edit brought words back into the gap's row while it was removed."""
    with app.app_context():
        thread = factories.make_thread(cast.champions, author=cast.champion)
        factories.make_post(thread, author=cast.colleague)

    def edit() -> Post:
        here = standing(cast.colleague)
        with transaction():
            return actions.edit(here, any_post(thread, 2), text=said("Later."), version=1)

    presses = [partial(remove, cast.organiser, thread, number=2, reason="Why.")] * 9
    answers = at_once(app, [*presses, edit])
    assert all(isinstance(answer, Post) for answer in answers[:9])
    with app.app_context():
        assert any_post(thread, 2).state is PostState.REMOVED
        assert len(db.session.scalars(select(LogEntry)).all()) == 1
        assert len([row for row in db.session.scalars(select(FactRow)) if row.kind == PostRemoved.kind()]) == 1
