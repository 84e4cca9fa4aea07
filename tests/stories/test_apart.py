"""What the worker does for stories: one that fails keeps no other waiting, and is tried again."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from sqlalchemy import select

from forum.core.db import db, transaction
from forum.core.time import now, today
from forum.spaces.models import Audience, Item, ItemState, Membership
from forum.stories.actions import follow_up, unnamed, waiting
from forum.stories.models import StoryAction, StoryKind, Unnamed, Waiting
from tests import factories
from tests.cast import Cast
from tests.content.steps import standing
from tests.stories.steps import text_of

pytestmark = [pytest.mark.both_databases, pytest.mark.usefixtures("context")]


def poisoned(real: Callable[..., Any], which: Callable[..., bool]) -> Callable[..., Any]:
    """Return what does as the real one does, and fails for one."""

    def does(*args: object, **values: object) -> object:
        if which(*args):
            raise ValueError("poisoned")
        return real(*args, **values)

    return does


def test_of_stories_that_are_due_each_is_published_by_itself(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    ids = [factories.make_story(cast.champions, author=who, waits=True).id for who in (cast.champion, cast.colleague)]
    with transaction():
        for number, story_id in enumerate(ids):
            db.session.get_one(Waiting, story_id).publish_at = now() - timedelta(hours=2 - number)
    with monkeypatch.context() as patch:
        patch.setattr(waiting, "_publish", poisoned(waiting._publish, lambda _author, item, _post: item.id == ids[0]))
        waiting.publish_due()
    assert [db.session.get_one(Item, one).state for one in ids] == [ItemState.DRAFT, ItemState.PUBLISHED]
    waiting.publish_due()
    assert db.session.get_one(Item, ids[0]).state is ItemState.PUBLISHED


def test_of_stories_without_a_name_each_comes_out_by_itself(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    text = text_of({})
    with transaction():
        for number in range(3):
            values = {"title": f"Story {number}", "source": text.source, "html": text.html, "renderer": text.renderer}
            told = {
                "kind": StoryKind.NEAR_MISS,
                "audience": Audience.SPACE,
                "told_on": today("Europe/London"),
                "key_hash": str(number) * 64,
            }
            db.session.add(Unnamed(space_id=cast.champions.id, **values, **told))
    bad = db.session.scalars(select(Unnamed.ref).where(Unnamed.title == "Story 1")).one()
    with time_machine.travel(now() + timedelta(days=2)):
        with monkeypatch.context() as patch:
            patch.setattr(unnamed, "_publish", poisoned(unnamed._publish, lambda ref: ref == bad))
            unnamed.publish_unnamed()
        assert list(db.session.scalars(select(Unnamed.ref))) == [bad]
        unnamed.publish_unnamed()
    assert list(db.session.scalars(select(Unnamed.ref))) == []


def test_of_actions_each_is_reminded_of_and_let_go_by_itself(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    story = factories.make_story(cast.champions, author=cast.champion)
    with transaction():
        here = standing(cast.champion)
        day = today("Europe/London") + timedelta(days=2)
        ids = [
            follow_up.note(here, story.id, words=f"Act {number}", holder_id=cast.colleague.id, due_on=day).id
            for number in range(2)
        ]
    with time_machine.travel(now() + timedelta(days=3)), monkeypatch.context() as patch:
        patch.setattr(follow_up, "_remind", poisoned(follow_up._remind, lambda action_id: action_id == ids[0]))
        follow_up.remind_of_actions()
        reminded = [db.session.get_one(StoryAction, one) for one in ids]
        assert [one.reminded == one.version for one in reminded] == [False, True]
    with transaction():
        theirs = select(Membership).where(Membership.person_id == cast.colleague.id, Membership.ended_at.is_(None))
        db.session.scalars(theirs).one().ended_at = now()
    with monkeypatch.context() as patch:
        patch.setattr(follow_up, "_vacate", poisoned(follow_up._vacate, lambda action: action.id == ids[0]))
        follow_up.let_go_of_actions()
    assert [db.session.get_one(StoryAction, one).holder_id for one in ids] == [cast.colleague.id, None]
