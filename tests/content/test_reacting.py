"""Saying something about a post with one press."""

from functools import partial

import pytest
from flask import Flask
from sqlalchemy import func, select

from forum.content.access import post_for
from forum.content.models import Post, PostState, Reaction, ReactionKind
from forum.content.reacting import Said, react, said_of, take_back, who_said
from forum.core.db import db, transaction
from forum.core.errors import Denied, Missing, RuleBroken
from forum.people.models import Person
from forum.threads.models import Thread
from tests import factories
from tests.cast import Cast
from tests.content.steps import at_once, item_of, standing

THANKS, SAME, WORKED, FAILED = ReactionKind


@pytest.fixture
def thread(context: None, cast: Cast) -> Thread:
    """A question of Carla's with a reply by Colin."""
    made = factories.make_thread(cast.champions, author=cast.champion)
    factories.make_post(made, author=cast.colleague)
    return made


def say(person: Person, thread: Thread, kind: ReactionKind, *, number: int = 2) -> None:
    """Say something about a post in a transaction of its own."""
    here = standing(person)
    post = post_for(item_of(thread), number)
    with transaction():
        react(here, post, kind)


def kinds(thread: Thread, viewer: Person, *, number: int = 2) -> dict[ReactionKind, Said]:
    """Return what was said of a post."""
    return said_of(item_of(thread), viewer, after=0, size=20).get(number, {})


@pytest.mark.both_databases
def test_what_is_said_twice_counts_once_and_can_be_taken_back(thread: Thread, cast: Cast) -> None:
    say(cast.champion, thread, THANKS)
    say(cast.champion, thread, THANKS)
    say(cast.steward, thread, THANKS)
    assert kinds(thread, cast.champion) == {THANKS: Said(people=2, by_me=True)}
    assert kinds(thread, cast.reader) == {THANKS: Said(people=2, by_me=False)}
    with transaction():
        take_back(standing(cast.champion), post_for(item_of(thread), 2), THANKS)
        take_back(standing(cast.champion), post_for(item_of(thread), 2), WORKED)
    assert who_said(item_of(thread), 2, most=9) == {THANKS: ["Stella Steward"]}


@pytest.mark.both_databases
def test_it_worked_or_it_did_not(thread: Thread, cast: Cast) -> None:
    """The later of the two stands; other things that one said stay."""
    for kind in (SAME, WORKED, FAILED):
        say(cast.champion, thread, kind)
    assert set(kinds(thread, cast.champion)) == {SAME, FAILED}


@pytest.mark.both_databases
def test_many_presses_at_once_leave_one_verdict(app: Flask, cast: Cast) -> None:
    """Planted defect: without the hold on the item, and without the partial index behind it, both verdicts stood side by side."""
    with app.app_context():
        thread = factories.make_thread(cast.champions, author=cast.champion, posts=2)
    answers = at_once(app, [partial(say, cast.colleague, thread, kind) for kind in (WORKED, FAILED) * 10])
    assert answers == [None] * 20
    with app.app_context():
        assert db.session.scalar(select(func.count()).select_from(Reaction)) == 1


def test_nobody_says_something_about_their_own_post(thread: Thread, cast: Cast) -> None:
    with pytest.raises(RuleBroken):
        say(cast.colleague, thread, THANKS)


def test_a_reader_says_same_here_and_nothing_else(thread: Thread, cast: Cast) -> None:
    """Planted defect: without the look at the power inside the action, readers and passers-by said everything."""
    say(cast.reader, thread, SAME)
    for kind in (THANKS, WORKED, FAILED):
        with pytest.raises(Denied):
            say(cast.reader, thread, kind)
    for kind in ReactionKind:
        with pytest.raises(Denied):
            say(cast.outsider, thread, kind)
    assert set(kinds(thread, cast.reader)) == {SAME}


@pytest.mark.parametrize("state", [PostState.HELD, PostState.HIDDEN, PostState.REMOVED])
def test_of_what_cannot_be_seen_nothing_is_said_or_counted(thread: Thread, cast: Cast, state: PostState) -> None:
    """A5: although it was seen when the page was made."""
    say(cast.champion, thread, THANKS)
    here, post = standing(cast.steward), post_for(item_of(thread), 2)
    with transaction():
        changed = db.session.get_one(Post, post.id)
        changed.state, changed.gone_at = state, changed.created_at
    with pytest.raises(Missing), transaction():
        react(here, post, THANKS)
    assert kinds(thread, cast.champion) == {}
