"""The demo's stories, playbooks and calls for help: enough of every sort to see what they are for."""

from collections import Counter

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select

from forum.content.models import Post
from forum.core.db import db
from forum.core.time import today
from forum.help.models import Case, CaseState
from forum.home.demo.telling import SPACE
from forum.playbooks.models import Playbook
from forum.spaces.models import Item, ItemState, Space
from forum.stories.models import Story, StoryKind, Try
from forum.stories.parts import FIXED, read
from tests.cast import csrf_token

pytestmark = [pytest.mark.demo, pytest.mark.both_databases]


def test_there_are_25_stories_worth_reading_and_some_of_every_sort(app: Flask) -> None:
    """E2, E3, E6: near misses, one that lapsed, one without a name, one with the results of six teams."""
    with app.test_request_context("/"):
        rows = db.session.execute(
            select(Item, Story, Post.source, Space.zone)
            .join(Story, Story.id == Item.id)
            .join(Post, (Post.item_id == Item.id) & (Post.number == 1))
            .join(Space, Space.id == Item.space_id)
            .where(Item.state == ItemState.PUBLISHED, Space.slug == SPACE)
        ).all()
        assert len(rows) >= 25
        assert len({row.Item.title for row in rows}) == len(rows)
        for item, _story, source, _zone in rows:
            answers = read(source)
            assert len(item.title.split()) >= 5, item.title
            assert len(source.split()) >= 40, item.title
            assert {"saw", FIXED} <= set(answers), item.title
        assert sum(row.Story.kind is StoryKind.NEAR_MISS for row in rows) >= 3
        assert sum(row.Story.due_on is not None and row.Story.due_on < today(row.zone) for row in rows) == 1
        assert [row.Item.author_id for row in rows if row.Story.is_unnamed] == [None]
        teams = Counter(db.session.scalars(select(Try.story_id)))
        assert max(teams.values()) == 6
        here = (
            select(func.count())
            .select_from(Playbook)
            .join(Item, Item.id == Playbook.id)
            .join(Space, Space.id == Item.space_id)
        )
        assert db.session.scalar(here.where(Space.slug == SPACE)) == 3


def test_a_closed_call_for_help_became_a_story(app: Flask) -> None:
    with app.test_request_context("/"):
        told = db.session.execute(
            select(Item.title, Case.state, Case.is_drill, Case.helped_number)
            .join(Story, Story.id == Item.id)
            .join(Case, Case.id == Story.source_id)
        ).all()
        assert [(row.state, row.is_drill) for row in told] == [(CaseState.CLOSED, False)]
        assert told[0].helped_number is not None


def test_they_stand_in_their_lists(app: Flask, client: FlaskClient) -> None:
    """As somebody of the demo sees them."""
    home = "/s/digital-champions/stories/"
    assert (
        client.post("/demo/sign-in", data={"csrf_token": csrf_token(client), "handle": "priya.nair"}).status_code == 303
    )
    for show, words in {
        "near+misses": "The bin day text was about to go",
        "lapsed": "Two-factor codes went to the phone",
        "worked": "Worked in 4 of 6 teams",
    }.items():
        assert words in client.get(f"{home}?show={show}").text, show
    assert "I sent the list to the wrong group" in client.get(home).text + client.get(f"{home}?page=2").text
    helped = client.get("/s/digital-champions/help/?show=closed").text
    assert "The gritting page says" in helped
