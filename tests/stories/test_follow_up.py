"""What is to change because of a story: offered until accepted, reminded of once, by the cover; and files that a story has."""

from collections.abc import Callable
from datetime import timedelta
from io import BytesIO

import pytest
import time_machine
from flask import Flask
from sqlalchemy import func, select

from forum.content.models import Attachment
from forum.core.db import db, transaction
from forum.core.errors import Denied, Invalid, RuleBroken
from forum.core.events import Recipient
from forum.core.outbox import FactRow
from forum.core.time import now, today
from forum.people.models import Person
from forum.spaces.models import Item
from forum.stories.action_tellers import tell_due, tell_offered
from forum.stories.actions import follow_up
from forum.stories.events import StoryActionDue, StoryActionOffered
from forum.stories.models import StoryAction
from forum.stories.obligations import ACTION, obligations_of
from forum.stories.queries.follow_up import mine_here
from tests import factories
from tests.cast import Browserless, Cast, csrf_token
from tests.content.steps import standing
from tests.stories.test_pages import HOME, telling

pytestmark = pytest.mark.both_databases

AsPerson = Callable[[Person], Browserless]


def note(cast: Cast, by: Person, *, holder: Person | None = None, days: int | None = None) -> StoryAction:
    """Have somebody note what is to change because of the champion's story."""
    found = db.session.scalar(select(Item.id).where(Item.kind == "story"))
    story_id = found or factories.make_story(cast.champions, author=cast.champion).id
    due = today("Europe/London") + timedelta(days=days) if days is not None else None
    with transaction():
        return follow_up.note(
            standing(by), story_id, words="Ask to be warned", holder_id=holder.id if holder else None, due_on=due
        )


def kinds() -> list[str]:
    return [one for one in db.session.scalars(select(FactRow.kind).order_by(FactRow.id)) if "story action" in one]


@pytest.mark.usefixtures("context")
def test_it_is_offered_until_they_say_yes_and_free_again_when_they_say_no(cast: Cast) -> None:
    """Only what somebody said yes to counts on them: what breaks, and the leaving kit. Who noted it hears the answer."""
    with pytest.raises(Denied):
        note(cast, cast.colleague)
    action = note(cast, cast.champion, holder=cast.colleague, days=3)
    assert action.is_offered
    fact = StoryActionOffered(actor_id=cast.champion.id, item_id=action.story_id, action_id=action.id, version=1)
    mail = tell_offered(fact, Recipient(person_id=cast.colleague.id))
    assert mail is not None
    assert [one.action.id for one in mine_here(standing(cast.colleague))] == [action.id]
    assert [one.kind for one in obligations_of(cast.colleague, None)] == []
    with pytest.raises(RuleBroken), transaction():
        follow_up.accept(standing(cast.organiser), action)
    with transaction():
        follow_up.accept(standing(cast.colleague), action)
        follow_up.accept(standing(cast.colleague), action)
    assert [(one.kind, one.key) for one in obligations_of(cast.colleague, None)] == [(ACTION, str(action.id))]
    assert tell_offered(fact, Recipient(person_id=cast.colleague.id)) is None
    with transaction():
        follow_up.decline(standing(cast.colleague), action)
        follow_up.take(standing(cast.organiser), action)
    with pytest.raises(RuleBroken), transaction():
        follow_up.take(standing(cast.colleague), action)
    assert kinds() == ["story action offered", "story action answered", "story action answered"]
    with transaction():
        follow_up.pass_action(str(action.id), cast.organiser, cast.colleague)
    assert follow_up.taken_again([str(action.id)]) == {str(action.id)}
    with transaction():
        follow_up.vacate_in(cast.champions, cast.colleague)
    assert follow_up.taken_again([str(action.id)]) == set()


@pytest.mark.usefixtures("context")
def test_on_its_day_it_is_told_of_once_to_who_has_it_and_ends_with_a_reason(cast: Cast) -> None:
    """Three rounds of the worker remind once; another holder or day is reminded of anew."""
    action = note(cast, cast.champion, holder=cast.colleague, days=2)
    with pytest.raises(Invalid):
        note(cast, cast.champion, days=-1)
    with time_machine.travel(now() + timedelta(days=3)):
        for _hour in range(3):
            follow_up.remind_of_actions()
        assert kinds().count("story action due") == 1
        version = db.session.get_one(StoryAction, action.id).version
        due = StoryActionDue(item_id=action.story_id, action_id=action.id, version=version, person_id=cast.colleague.id)
        assert tell_due(due, Recipient(person_id=cast.colleague.id)) is not None
        assert tell_due(due, Recipient(person_id=cast.organiser.id)) is None
        with pytest.raises(Invalid), transaction():
            follow_up.drop(standing(cast.champion), action, reason=" ")
        with transaction():
            follow_up.drop(standing(cast.champion), action, reason="The supplier has gone.")
            follow_up.finish(standing(cast.champion), action)
        row = db.session.get_one(StoryAction, action.id)
        assert (row.state, row.reason) == ("dropped", "The supplier has gone.")
        assert tell_due(due, Recipient(person_id=cast.colleague.id)) is None
        with transaction():
            follow_up.reopen(standing(cast.colleague), action)
        follow_up.remind_of_actions()
        assert kinds().count("story action due") == 2


def test_the_pages_of_what_is_to_change(app: Flask, cast: Cast, as_person: AsPerson) -> None:
    with app.test_request_context("/"):
        story = factories.make_story(cast.champions, author=cast.champion)
        where = f"{HOME}{db.session.get_one(Item, story.id).ref}/"
    carla, colin = as_person(cast.champion), as_person(cast.colleague)
    assert "Nothing is to change yet." in carla.get(f"{where}actions/").get_data(as_text=True)
    form = {"todo": "Ask to be warned", "holder": str(cast.colleague.id), "due_on": "", "once": "4" * 32}
    assert carla.send(f"{where}actions/", **{**form, "todo": ""}).status_code == 422
    assert carla.send(f"{where}actions/", **{**form, "holder": str(cast.outsider.id)}).status_code == 422
    assert [carla.send(f"{where}actions/", **form).status_code for _press in range(2)] == [303, 303]
    with app.app_context():
        ref = db.session.scalars(select(StoryAction.ref)).one()
    assert "Asked, no answer yet" in carla.get(where).get_data(as_text=True)
    assert "Ask to be warned" in colin.get("/s/champions/").get_data(as_text=True)
    assert "Yes, I do it" in colin.get(f"{where}actions/{ref}").get_data(as_text=True)
    assert colin.send(f"{where}actions/{ref}/accept").status_code == 303
    assert colin.send(f"{where}actions/{ref}/done").status_code == 303
    assert carla.get(f"{where}actions/nosuch0000").status_code == 404


def test_a_story_has_files_and_one_without_a_name_has_none(app: Flask, cast: Cast, as_person: AsPerson) -> None:
    """A13, E3: attached while it is told and while it is changed; whoever reads it gets them. Without a name nothing is taken in."""
    carla = as_person(cast.champion)

    def attach(path: str, **fields: str) -> int:
        data = {"csrf_token": csrf_token(carla), "files": (BytesIO(b"The log."), "log.txt"), **fields}
        return carla.post(path, data=data, content_type="multipart/form-data").status_code

    assert attach(f"{HOME}new/attach", **telling()) == 200
    where = carla.send(f"{HOME}new", **telling()).location.partition("#")[0]
    with app.app_context():
        file = db.session.scalars(select(Attachment)).one()
        assert file.post_id is not None
        url = file.url
    page = as_person(cast.reader).get(where).get_data(as_text=True)
    assert "log.txt" in page
    assert as_person(cast.reader).get(url).status_code == 200
    assert attach(f"{where}change/attach", kind="went wrong", title="x", fixed="1. y", version="1") == 200
    saved = carla.send(f"{where}change", kind="went wrong", title="Newer", fixed="1. y", version="1")
    assert saved.status_code == 303
    with app.app_context():
        assert db.session.scalar(select(func.count()).select_from(Attachment).where(Attachment.post_id.is_(None))) == 0
        before = db.session.scalar(select(func.count()).select_from(Attachment))
    assert attach(f"{HOME}new/unnamed", **telling(once="3" * 32)) in {303, 400, 413, 415}
    with app.app_context():
        assert db.session.scalar(select(func.count()).select_from(Attachment)) == before
