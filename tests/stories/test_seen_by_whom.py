"""Words that wait for an organiser, work for who can't see what it is about, and names on shared pages (A3, A5)."""

from collections.abc import Callable

import pytest
from flask import Flask
from sqlalchemy import select

from forum.content import actions as content
from forum.content.feeds.entries import newest
from forum.content.models import Post
from forum.content.order import deciding
from forum.core.db import db, transaction
from forum.core.errors import Invalid, RuleBroken
from forum.core.time import now
from forum.people.models import Person
from forum.playbooks.actions import running
from forum.playbooks.models import Outcome
from forum.playbooks.queries.one import stories_to_cite, what_differed
from forum.spaces.models import Audience, Item, Space
from forum.stories.actions import follow_up, keeping, together, using
from forum.stories.models import Result
from forum.stories.queries.one import use_of
from tests import factories
from tests.cast import Browserless, Cast
from tests.content.steps import said, standing
from tests.factories.playbooks import key_of
from tests.help.test_mails import mails
from tests.stories.test_sharing import in_private, put

pytestmark = pytest.mark.both_databases

AsPerson = Callable[[Person], Browserless]
SPAM = "Buy pills at evil.example"


@pytest.mark.usefixtures("context")
def test_whoever_waits_for_an_organiser_counts_and_ticks_but_puts_no_words_where_nobody_looks_first(cast: Cast) -> None:
    """A5: what a team tried, the same in a team, notes and results of a shared run. Without words each of them goes."""
    story = factories.make_story(cast.champions, author=cast.organiser)
    run = factories.make_run(
        factories.make_playbook(cast.champions, author=cast.organiser), by=cast.organiser, is_shared=True
    )
    team = factories.make_department()
    with transaction():
        db.session.get_one(Space, cast.champions.id).holds_newcomers = True
        db.session.get_one(Person, cast.colleague.id).department_id = team.id
    here = standing(cast.colleague)
    with pytest.raises(Invalid), transaction():
        using.say_tried(here, story.id, result=Result.FAILED, because=SPAM)
    with pytest.raises(Invalid), transaction():
        using.say_same(here, story.id, variant=SPAM)
    with pytest.raises(Invalid), transaction():
        running.note(here, run.id, key=key_of(0), words=SPAM)
    with pytest.raises(Invalid), transaction():
        running.finish(here, run.id, outcome=Outcome.WORKED, result=SPAM)
    with transaction():
        using.say_tried(here, story.id, result=Result.WORKED)
        using.say_same(here, story.id)
        running.tick(here, run.id, key=key_of(0), is_done=True)
        running.finish(here, run.id, outcome=Outcome.WORKED)
    use = use_of(standing(cast.reader), story)
    assert [one.words for one in (*use.tried, *use.same)] == ["", ""]
    assert list(what_differed(standing(cast.reader), run.playbook_id, is_keeper=False)) == []


@pytest.mark.usefixtures("context")
def test_nobody_is_asked_to_do_or_keep_what_they_can_not_see(cast: Cast) -> None:
    """A3: an action of a story for organisers, and the story itself."""
    story = factories.make_story(cast.champions, author=cast.organiser, audience=Audience.ORGANISERS)
    here = standing(cast.organiser)
    with pytest.raises(Invalid, match="can’t see"), transaction():
        follow_up.note(here, story.id, words="Buy a lock", holder_id=cast.champion.id)
    with pytest.raises(Invalid, match="can’t see"), transaction():
        keeping.hold_by(here, story.id, person_id=cast.champion.id)
    with transaction():
        action = follow_up.note(here, story.id, words="Buy a lock", holder_id=cast.organiser.id)
    with pytest.raises(Invalid, match="can’t see"), transaction():
        follow_up.hand_on(here, action, holder_id=cast.champion.id, due_on=None)


def test_a_shared_page_names_teams_and_nobody_of_the_space_that_it_comes_from(
    app: Flask, cast: Cast, as_person: AsPerson
) -> None:
    """A3: who tried it is read at home only."""
    with app.app_context():
        story = in_private(cast)
        put(cast, story, everywhere=True)
        night = factories.make_membership(cast.night_desk, cast.colleague)
        team = factories.make_department()
        with transaction():
            db.session.get_one(Person, cast.colleague.id).department_id = team.id
        there = standing(cast.colleague, cast.night_desk.slug)
        with transaction():
            using.say_tried(there, story.id, result=Result.WORKED)
            using.say_same(there, story.id)
        name, team_name, ref = cast.colleague.name, team.name, db.session.get_one(Item, story.id).ref
        assert night.space_id == cast.night_desk.id
    page = as_person(cast.reader).get(f"/s/{cast.champions.slug}/stories/{ref}/").text
    assert team_name in page
    assert name not in page
    assert name in as_person(cast.insider).get(f"/s/{cast.night_desk.slug}/stories/{ref}/").text


@pytest.mark.usefixtures("context")
def test_a_story_whose_text_an_organiser_removes_is_nowhere_and_put_back_only_with_it(app: Flask, cast: Cast) -> None:
    """A5: not by its title either, in a feed or where a playbook cites it; its author hears why.

    Seen to fail while its item stayed published.
    """
    with transaction():
        story = factories.make_story(cast.champions, author=cast.champion, title="Numbat at the door")
    with transaction():
        content.reply(standing(cast.colleague), story.id, text=said("So did ours."))
    post_id = db.session.scalars(select(Post.id).where(Post.item_id == story.id, Post.number == 1)).one()
    assert newest(cast.reader, Item.space_id == cast.champions.id, at=now())
    assert stories_to_cite(standing(cast.reader))
    for decide in (deciding.hide, deciding.remove):
        with transaction():
            decide(standing(cast.organiser), post_id, reason="Names a resident.")
        assert newest(cast.reader, Item.space_id == cast.champions.id, at=now()) == []
        assert stories_to_cite(standing(cast.reader)) == []
    assert [mail.to for mail in mails(app, "post removed")] == [cast.champion.email]
    with pytest.raises(RuleBroken), transaction():
        together.put_back(standing(cast.organiser), story.id)
