"""What a nameless author withdrew stays withdrawn, and what ends the sharing of a story ends what was meant (E3, E5)."""

from collections.abc import Callable

import pytest
from flask import Flask
from sqlalchemy import func, select

from forum.core.db import db, transaction
from forum.core.errors import RuleBroken
from forum.people.models import Person
from forum.spaces.models import Item, ItemShare, ItemState
from forum.stories.actions import together, unnamed
from tests import factories
from tests.cast import Browserless, Cast
from tests.content.steps import standing
from tests.stories.test_sharing import bridge, in_private, put

pytestmark = pytest.mark.both_databases

AsPerson = Callable[[Person], Browserless]
KEY = "K" * 20


@pytest.mark.usefixtures("context")
def test_what_was_withdrawn_with_a_key_or_never_published_is_put_back_by_nobody(cast: Cast) -> None:
    """E3, A5: a key leaves no entry in the log. What an organiser withdrew they put back."""
    waiting = factories.make_story(cast.champions, author=None, key="W" * 20, waits=True, title="Nobody saw this")
    story = factories.make_story(cast.champions, author=None, key=KEY)
    with transaction():
        unnamed.withdraw_unnamed(cast.champions, waiting.id, key="W" * 20)
        together.withdraw(standing(cast.organiser), story.id, reason="It names a customer.")
    with transaction():
        together.put_back(standing(cast.organiser), story.id)
    assert db.session.get_one(Item, story.id).state is ItemState.PUBLISHED
    with transaction():
        unnamed.withdraw_unnamed(cast.champions, story.id, key=KEY)
    for one in (waiting, story):
        with pytest.raises(RuleBroken), transaction():
            together.put_back(standing(cast.organiser), one.id)
        assert db.session.get_one(Item, one.id).state is ItemState.WITHDRAWN


def test_a_key_that_is_none_of_the_storys_ends_no_sharing(app: Flask, cast: Cast, as_person: AsPerson) -> None:
    """E5: without a key all of it ends; with one that is no share of this story none."""
    with app.app_context():
        story = in_private(cast)
        bridge(cast)
        put(cast, story, cast.champions, everywhere=True)
        ref, story_id = db.session.get_one(Item, story.id).ref, story.id
    member, path = as_person(cast.insider), f"/s/{cast.night_desk.slug}/stories/{ref}/share/end"
    count = select(func.count()).select_from(ItemShare).where(ItemShare.item_id == story_id)
    for key in ("12x", "-1", "²", "999999", "9" * 40):
        assert member.send(path, share=key).status_code == 404
    with app.app_context():
        assert db.session.scalar(count) == 2
    assert member.send(path).status_code == 303
    with app.app_context():
        assert db.session.scalar(count) == 0
