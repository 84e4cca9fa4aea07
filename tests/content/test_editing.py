"""Editing posts: history, versions, who may, and what the log says."""

from datetime import timedelta
from functools import partial

import pytest
from flask import Flask
from sqlalchemy import select

from forum.content import actions
from forum.content.access import EDIT_WINDOW, post_for, why_not_edit
from forum.content.actions import Overtaken
from forum.content.events import PostEdited
from forum.content.models import Post, PostMention, PostRevision, PostState
from forum.content.queries import versions_of
from forum.core.db import db, transaction
from forum.core.errors import Denied, Invalid, Missing
from forum.core.outbox import FactRow
from forum.core.time import now
from forum.people.models import Person
from forum.spaces.models import LogEntry, Space
from forum.spaces.policy import Can
from forum.threads.models import Thread
from tests import factories
from tests.cast import Cast
from tests.content.steps import at_once, item_of, said, standing


def edit(person: Person, thread: Thread, *, text: str, version: int = 1, number: int = 1, reason: str = "") -> Post:
    """Edit a post in a transaction of its own."""
    here = standing(person)
    post = post_for(item_of(thread), number)
    with transaction():
        return actions.edit(here, post, text=said(text), version=version, reason=reason)


@pytest.mark.both_databases
def test_an_edit_keeps_what_was_said_before(context: None, cast: Cast) -> None:
    """The history holds every version with its writer and time, the newest first."""
    thread = factories.make_thread(cast.champions, author=cast.champion, texts=["One."])
    edit(cast.champion, thread, text="Two.")
    edit(cast.organiser, thread, text="Three.", version=2, reason="A name was in it.")
    post = post_for(item_of(thread), 1)
    assert (post.source, post.html, post.version) == ("Three.", "<p>Three.</p>", 3)
    told = [(one.version, one.source, one.writer) for one in versions_of(post, newest=3, size=9)]
    assert told == [(3, "Three.", "Oscar Organiser"), (2, "Two.", "Carla Champion"), (1, "One.", "Carla Champion")]
    assert [one.version for one in versions_of(post, newest=2, size=1)] == [2]
    assert versions_of(post, newest=1, size=5)[0].written_at == post.created_at


@pytest.mark.both_databases
def test_an_edit_is_announced_with_whom_it_names_for_the_first_time(context: None, cast: Cast) -> None:
    """B4: who was named before isn't told again."""
    thread = factories.make_thread(cast.champions, author=cast.champion)
    post = post_for(item_of(thread), 1)
    factories.make_mention(post, cast.colleague)
    factories.make_mention(post, cast.reader)
    here = standing(cast.champion)
    with transaction():
        text = said("New.", naming=("colin.colleague", "oscar.organiser", "carla.champion"))
        actions.edit(here, post, text=text, version=1)
    [fact] = db.session.scalars(select(FactRow)).all()
    assert (fact.kind, fact.payload["newly_named"]) == (PostEdited.kind(), [cast.organiser.id])
    named = set(db.session.scalars(select(PostMention.person_id)))
    assert named == {cast.colleague.id, cast.organiser.id}


def test_saving_the_same_text_changes_nothing(context: None, cast: Cast) -> None:
    """No revision, no fact, no "edited"."""
    thread = factories.make_thread(cast.champions, author=cast.champion, texts=["One."])
    assert edit(cast.champion, thread, text="One.").edited_at is None
    assert not db.session.scalars(select(PostRevision)).all()
    assert not db.session.scalars(select(FactRow)).all()


@pytest.mark.both_databases
def test_of_two_tabs_that_edit_at_once_the_later_is_told(app: Flask, cast: Cast) -> None:
    """Ten tabs that saw version 1: one saves. Planted defect: without the look at the version the last one wins in silence."""
    with app.app_context():
        thread = factories.make_thread(cast.champions, author=cast.champion)
    works = [partial(edit, cast.champion, thread, text=f"Tab {tab}") for tab in range(10)]
    answers = at_once(app, works)
    assert sum(isinstance(answer, Post) for answer in answers) == 1
    assert sum(isinstance(answer, Overtaken) for answer in answers) == 9
    with app.app_context():
        assert [row.version for row in db.session.scalars(select(PostRevision))] == [1]


def test_who_may_edit_which_post(context: None, cast: Cast) -> None:
    """Authors for a week, organisers always, nobody else; the sentence says why."""
    thread = factories.make_thread(cast.champions, author=cast.champion)
    item = item_of(thread)

    def why(person: Person, *, age: timedelta = timedelta(), is_held: bool = False) -> str:
        return why_not_edit(standing(person), item, author_id=cast.champion.id, created_at=now() - age, is_held=is_held)

    assert why(cast.champion) == why(cast.organiser, age=timedelta(days=400)) == ""
    assert "waits for an organiser" in why(cast.champion, is_held=True)
    assert "7 days" in why(cast.champion, age=EDIT_WINDOW + timedelta(minutes=1))
    assert "Only its author" in why(cast.colleague)
    assert "read along" in why(cast.reader)
    assert "Join the space" in why(cast.outsider)
    with transaction():
        db.session.get_one(Space, cast.champions.id).archived_at = now()
    assert "space is closed" in why(cast.organiser)


def test_the_rule_holds_inside_the_write_too(context: None, cast: Cast) -> None:
    """Planted defect: without `require_edit` inside the action, anybody edits."""
    thread = factories.make_thread(cast.champions, author=cast.champion)
    for person in (cast.colleague, cast.reader, cast.outsider):
        with pytest.raises(Denied):
            edit(person, thread, text="Mine now.", reason="Because.")
    old = factories.make_thread(cast.champions, author=cast.champion, at=now() - timedelta(days=8))
    with pytest.raises(Denied):
        edit(cast.champion, old, text="Late.")


def test_an_organiser_says_why_and_the_log_says_it_to_members(context: None, cast: Cast) -> None:
    """Whoever edits somebody else's words says why."""
    thread = factories.make_thread(cast.champions, author=cast.champion)
    with pytest.raises(Invalid) as refused:
        edit(cast.organiser, thread, text="Tidied.")
    assert "reason" in refused.value.errors
    edit(cast.organiser, thread, text="Tidied.", reason="A phone number was in it.")
    [entry] = db.session.scalars(select(LogEntry)).all()
    assert (entry.verb, entry.reason, entry.details) == ("edited post", "A phone number was in it.", {"number": "1"})
    assert (entry.actor_id, entry.person_id, entry.item_id) == (cast.organiser.id, cast.champion.id, thread.id)


def test_with_a_lent_right_both_names_are_in_the_log(context: None, cast: Cast) -> None:
    """D5: the right to edit is the organiser's, used by the colleague."""
    factories.make_grant(cast.champions, to=cast.colleague, by=cast.organiser, power=Can.EDIT_ANY_POST)
    thread = factories.make_thread(cast.champions, author=cast.champion)
    edit(cast.colleague, thread, text="Tidied.", reason="Asked to.")
    [entry] = db.session.scalars(select(LogEntry)).all()
    assert (entry.actor_id, entry.on_behalf_of_id) == (cast.colleague.id, cast.organiser.id)


@pytest.mark.parametrize("state", [PostState.HELD, PostState.HIDDEN, PostState.REMOVED])
def test_what_cannot_be_seen_cannot_be_edited(context: None, cast: Cast, state: PostState) -> None:
    """A5."""
    thread = factories.make_thread(cast.champions, author=cast.champion)
    factories.make_post(thread, author=cast.champion, state=state)
    with pytest.raises(Missing):
        edit(cast.champion, thread, text="Back.", number=2)
