"""Moving a thread to another space."""

from collections.abc import Callable
from threading import Event

import pytest
from flask import Flask
from sqlalchemy import select

from forum.content.models import ReadMark, Watch, WatchLevel
from forum.content.reading import read_up_to
from forum.core.db import db, transaction
from forum.core.errors import Denied, Missing, RuleBroken
from forum.people.models import Person
from forum.spaces.models import Audience, Item, ItemPerson, LogEntry, Role, Space
from forum.threads import actions
from forum.threads.actions import pinning, relocating, tagging, watching
from forum.threads.models import Pin, Section, Tag, Thread, ThreadTag
from tests import factories
from tests.cast import Browserless, Cast
from tests.content.steps import address, at_once, item_of, said, standing

AsPerson = Callable[[Person], Browserless]
THERE = "/s/night-desk/threads/"


@pytest.fixture
def thread(app: Flask, cast: Cast) -> Thread:
    """Give a question by Carla. Oscar organises the night desk too, and Colin belongs to it."""
    with app.test_request_context("/"):
        factories.make_membership(cast.night_desk, cast.organiser, role=Role.ORGANISER)
        factories.make_membership(cast.night_desk, cast.colleague)
        thread = factories.make_thread(cast.champions, author=cast.champion, title="Who empties it?", posts=3)
        for space, name in ((cast.champions, "bins"), (cast.champions, "lids"), (cast.night_desk, "bins")):
            factories.make_tag(space, name=name)
        with transaction():
            for person in (cast.champion, cast.colleague):
                watching.watch(standing(person), thread, WatchLevel.EVERYTHING)
                read_up_to(person, item_of(thread), 2)
        with transaction():
            tagging.put_tags(standing(cast.champion), thread, ["lids", "bins"])
        with transaction():
            pinning.pin(standing(cast.organiser), thread)
        return thread


def desk(app: Flask, cast: Cast) -> Section:
    with app.app_context():
        return db.session.scalars(select(Section).where(Section.space_id == cast.night_desk.id)).one()


@pytest.mark.both_databases
def test_a_thread_goes_to_another_space_with_its_numbers(
    app: Flask, cast: Cast, as_person: AsPerson, thread: Thread
) -> None:
    """Who can't see it there loses it, their watch and their mark; pins stay behind, and tags that the other space hasn't."""
    oscar, old = as_person(cast.organiser), address(app, thread)
    section = desk(app, cast)
    answer = oscar.send(f"{old}relocate", **{"relocate-target": f"night-desk/{section.slug}"})
    new = f"{THERE}{old.rsplit('/', 2)[1]}/"
    assert (answer.status_code, answer.location) == (303, new)
    assert f'action="{new}relocate?relocate-target=champions/questions"' in oscar.get(new).get_data(as_text=True)
    assert 'id="p3"' in as_person(cast.colleague).get(new).get_data(as_text=True)
    assert as_person(cast.champion).get(new).status_code == 404
    with app.app_context():
        for table in (Watch, ReadMark):
            people = set(db.session.scalars(select(table.person_id).where(table.item_id == thread.id)))
            assert people - {cast.organiser.id} == {cast.colleague.id}
        assert db.session.scalar(select(Pin.place)) is None
        tags = select(Tag.space_id, Tag.slug).join(ThreadTag, ThreadTag.tag_id == Tag.id)
        assert [tuple(row) for row in db.session.execute(tags)] == [(cast.night_desk.id, "bins")]


@pytest.mark.both_databases
def test_the_old_address_leads_there_for_who_may_see_it(
    app: Flask, cast: Cast, as_person: AsPerson, thread: Thread
) -> None:
    """A3: also for somebody who never saw the old space; for everybody else it is as if it had never been.

    Seen to fail without `visible_items` in `moved_to`.
    """
    old, section = address(app, thread), desk(app, cast)
    as_person(cast.organiser).send(f"{old}relocate", **{"relocate-target": f"night-desk/{section.slug}"})
    new = old.replace("/champions/", "/night-desk/")
    for person in (cast.colleague, cast.organiser, cast.insider):
        client = as_person(person)
        for path in ("", "?page=2", "posts/2", "posts/2/history"):
            answer = client.get(old + path)
            assert (answer.status_code, answer.location) == (303, new + path), person.name
    for person in (cast.champion, cast.steward, cast.outsider, cast.admin):
        assert as_person(person).get(old).status_code == 404, person.name
    # What is sent to the old address goes along, so a reply that was under way isn't lost.
    answer = as_person(cast.colleague).send(old, body="On its way")
    assert (answer.status_code, answer.location) == (307, new)
    assert as_person(cast.colleague).send(new, body="On its way").status_code == 303
    assert as_person(cast.champion).send(old, body="Lost").status_code == 404


@pytest.mark.both_databases
def test_neither_log_names_the_other_space(app: Flask, cast: Cast, as_person: AsPerson, thread: Thread) -> None:
    """A3: Champions' members needn't know that there is a night desk."""
    old, section = address(app, thread), desk(app, cast)
    as_person(cast.organiser).send(f"{old}relocate", **{"relocate-target": f"night-desk/{section.slug}"})
    html = as_person(cast.champion).get("/s/champions/log").get_data(as_text=True)
    assert "moved the thread “Who empties it?” to another space" in html
    assert "night" not in html.lower()
    html = as_person(cast.insider).get("/s/night-desk/log").get_data(as_text=True)
    assert "from another space" in html
    assert "champions" not in html.lower()


@pytest.mark.both_databases
def test_one_has_to_organise_both_spaces(app: Flask, cast: Cast, as_person: AsPerson, thread: Thread) -> None:
    """A1, A2: not its author, not a champion there, not the steward of here only. Seen to fail without each power."""
    section, here_section = desk(app, cast), None
    with app.test_request_context("/"):
        here_section = db.session.scalars(select(Section).where(Section.space_id == cast.champions.id)).one()
        with pytest.raises(Denied), transaction():
            relocating.relocate(
                standing(cast.colleague), thread, there=standing(cast.colleague, "night-desk"), section=section
            )
        factories.make_membership(cast.night_desk, cast.steward)
        with pytest.raises(Denied), transaction():
            relocating.relocate(
                standing(cast.steward), thread, there=standing(cast.steward, "night-desk"), section=section
            )
        factories.make_membership(cast.champions, cast.insider)
        with pytest.raises(Denied), transaction():
            relocating.relocate(
                standing(cast.insider), thread, there=standing(cast.insider, "night-desk"), section=section
            )
        with pytest.raises(Missing), transaction():
            relocating.relocate(
                standing(cast.organiser), thread, there=standing(cast.organiser, "night-desk"), section=here_section
            )
        assert item_of(thread).space_id == cast.champions.id
    for target in ("champions/questions", "night-desk/nowhere", "nowhere/at-all", ""):
        answer = as_person(cast.organiser).send(f"{address(app, thread)}relocate", **{"relocate-target": target})
        assert answer.status_code == 422, target
    html = as_person(cast.steward).get(f"{address(app, thread)}organise").get_data(as_text=True)
    assert "Move it to another space" not in html


def test_a_thread_for_named_people_stays(app: Flask, cast: Cast, thread: Thread) -> None:
    """Nobody there would be named."""
    section = desk(app, cast)
    with app.test_request_context("/"):
        with transaction():
            db.session.get_one(Item, thread.id).audience = Audience.NAMED
            db.session.add(ItemPerson(item_id=thread.id, person_id=cast.organiser.id))
        with pytest.raises(RuleBroken, match="named"), transaction():
            relocating.relocate(
                standing(cast.organiser), thread, there=standing(cast.organiser, "night-desk"), section=section
            )


@pytest.mark.both_databases
def test_a_thread_comes_back(app: Flask, cast: Cast, as_person: AsPerson, thread: Thread) -> None:
    """The undo of the banner: each address leads to where it is, and no address leads in a circle."""
    oscar, old, section = as_person(cast.organiser), address(app, thread), desk(app, cast)
    new = old.replace("/champions/", "/night-desk/")
    oscar.send(f"{old}relocate", **{"relocate-target": f"night-desk/{section.slug}"})
    assert oscar.send(f"{new}relocate?relocate-target=champions/questions").location == old
    assert oscar.get(old).status_code == 200
    assert oscar.get(new).location == old
    assert oscar.get(f"{old}posts/9").status_code == 404


@pytest.mark.both_databases
def test_a_reply_and_a_move_at_once(app: Flask, cast: Cast, thread: Thread) -> None:
    """The reply comes before, or finds the thread gone from here. Seen to fail on PostgreSQL without the lock in `hold_item`."""
    section, moved = desk(app, cast), Event()

    def moves() -> None:
        with transaction():
            relocating.relocate(
                standing(cast.organiser), thread, there=standing(cast.organiser, "night-desk"), section=section
            )
            moved.set()
            Event().wait(0.5)

    def replies() -> None:
        moved.wait(5)
        with transaction():
            actions.reply(standing(cast.champion), thread, text=said("Too late"))

    done, refused = at_once(app, [moves, replies], workers=2)
    assert done is None
    assert isinstance(refused, Missing), refused
    with app.app_context():
        assert item_of(thread).last_number == 3
        assert db.session.scalars(select(LogEntry.verb).order_by(LogEntry.id)).all()[-1] == "moved thread here"
        assert db.session.get_one(Space, cast.night_desk.id).slug == "night-desk"
