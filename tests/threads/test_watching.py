"""Watching: by itself when one writes or is named, at a level one chose, and for all of a section or a space."""

import itertools
from collections.abc import Callable, Sequence
from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import select

from forum.content import actions as posts
from forum.content.models import Post, Watch, WatchLevel, WatchReason
from forum.content.watching import effective_level
from forum.core.db import db, transaction
from forum.core.errors import Denied, Missing
from forum.core.time import now
from forum.people.models import Person
from forum.spaces.models import Item
from forum.spaces.queries.visible import VIEWER
from forum.threads import actions, queries
from forum.threads.actions import watching
from forum.threads.models import Section, Thread
from forum.threads.queries.conditions import seen_by, thread_level
from tests import factories
from tests.cast import Browserless, Cast
from tests.content.steps import address, at_once, item_of, said, standing

AsPerson = Callable[[Person], Browserless]
LIST = "/s/champions/threads/"
EVERYTHING, MINE, OFF = WatchLevel.EVERYTHING, WatchLevel.MINE, WatchLevel.OFF


@pytest.fixture
def thread(app: Flask, cast: Cast) -> Thread:
    """Give a question by Carla, which she started as people do."""
    with app.test_request_context("/"):
        section = db.session.scalars(select(Section).where(Section.space_id == cast.champions.id)).one()
        with transaction():
            return actions.start(
                standing(cast.champion),
                title="Who empties it?",
                section=section,
                text=said("Who?"),
                is_question=True,
                at=now() - timedelta(minutes=1),
            )


def rows(thread: Thread) -> dict[str, tuple[WatchLevel, WatchReason | None, bool]]:
    """Return who watches a thread, and how."""
    query = select(Person.name, Watch.level, Watch.reason, Watch.is_chosen).join(Person, Person.id == Watch.person_id)
    found = db.session.execute(query.where(Watch.item_id == thread.id))
    return {name.split()[0]: (level, reason, is_chosen) for name, level, reason, is_chosen in found}


def level(thread: Thread, person: Person) -> WatchLevel:
    """Return the effective level, as a list asks for it."""
    query = (
        select(thread_level(VIEWER)).select_from(Item).join(Thread, Thread.id == Item.id).where(Item.id == thread.id)
    )
    return db.session.execute(query, seen_by(standing(person))).scalar_one()


def reply(thread: Thread, person: Person, *naming: Person) -> Post:
    with transaction():
        return actions.reply(standing(person), thread, text=said("Hm.", naming=tuple(one.handle for one in naming)))


@pytest.mark.both_databases
def test_who_starts_replies_or_is_mentioned_watches(context: None, cast: Cast, thread: Thread) -> None:
    """B4: with the reason; a stronger one takes the place of a weaker one, and not the other way round."""
    reply(thread, cast.colleague, cast.organiser, cast.champion)
    assert rows(thread) == {
        "Carla": (EVERYTHING, WatchReason.STARTED, False),
        "Colin": (EVERYTHING, WatchReason.REPLIED, False),
        "Oscar": (MINE, WatchReason.MENTIONED, False),
    }
    reply(thread, cast.organiser, cast.colleague)
    reply(thread, cast.champion)
    assert rows(thread) == {
        "Carla": (EVERYTHING, WatchReason.STARTED, False),
        "Colin": (EVERYTHING, WatchReason.REPLIED, False),
        "Oscar": (EVERYTHING, WatchReason.REPLIED, False),
    }


@pytest.mark.both_databases
def test_an_edit_lets_those_watch_whom_it_names(context: None, cast: Cast, thread: Thread) -> None:
    """B4: nobody else."""
    post = reply(thread, cast.colleague)
    with transaction():
        posts.edit(standing(cast.colleague), post, text=said("Ask Rita.", naming=("rita.reader",)), version=1)
    assert rows(thread)["Rita"] == (MINE, WatchReason.MENTIONED, False)


@pytest.mark.both_databases
@pytest.mark.parametrize("chosen", list(WatchLevel))
def test_a_chosen_level_is_never_overridden(context: None, cast: Cast, thread: Thread, chosen: WatchLevel) -> None:
    """B4: whatever one writes later. Taken back, it is as if nothing had been chosen.

    Seen to fail without the `case` on `is_chosen` in `watching.begin`.
    """
    with transaction():
        watching.watch(standing(cast.colleague), thread, chosen)
    assert rows(thread)["Colin"] == (chosen, None, True)
    reply(thread, cast.colleague)
    reply(thread, cast.champion, cast.colleague)
    assert rows(thread)["Colin"] == (chosen, WatchReason.REPLIED, True)
    assert level(thread, cast.colleague) is chosen
    with transaction():
        watching.watch(standing(cast.colleague), thread, None)
    assert rows(thread)["Colin"] == (EVERYTHING, WatchReason.REPLIED, False)
    with transaction():
        watching.watch(standing(cast.reader), thread, chosen)
        watching.watch(standing(cast.reader), thread, None)
    assert "Rita" not in rows(thread)


@pytest.mark.both_databases
def test_one_function_says_which_level_counts(context: None, cast: Cast, thread: Thread) -> None:
    """The thread's own, else the section's, else the space's, else what came by itself, else mine and mentions.

    A choice for a section or a space comes before an automatic watch: else one reply would undo it (B4).
    """
    section = db.session.get_one(Section, thread.section_id)
    here = standing(cast.colleague)
    choices: Sequence[WatchLevel | None] = (None, EVERYTHING, OFF)
    for has_replied in (False, True):
        if has_replied:
            reply(thread, cast.colleague)
        for own, in_section, in_space in itertools.product(choices, repeat=3):
            with transaction():
                watching.watch(here, thread, own)
                watching.watch_section(here, section, in_section)
                watching.watch_space(here, in_space)
            meant = own or in_section or in_space or (EVERYTHING if has_replied else MINE)
            assert level(thread, cast.colleague) is meant, (has_replied, own, in_section, in_space)
            head = queries.head_of(here, item_of(thread).ref, place="nowhere")
            assert head.level is meant
    assert level(thread, cast.reader) is MINE


def test_the_level_of_an_item_without_sections_is_the_spaces(context: None, cast: Cast, thread: Thread) -> None:
    """For the rooms to come: the same function, with no place in between."""
    with transaction():
        watching.watch_space(standing(cast.reader), OFF)
    query = select(effective_level(VIEWER)).select_from(Item).where(Item.id == thread.id)
    assert db.session.execute(query, {"viewer_id": cast.reader.id}).scalar_one() is OFF


@pytest.mark.both_databases
def test_two_choices_at_once_leave_one(app: Flask, context: None, cast: Cast, thread: Thread) -> None:
    """Two tabs, or a reply in one and a choice in the other: one row, and the choice stands."""
    thread_id, colin = thread.id, cast.colleague

    def chooses() -> None:
        with transaction():
            watching.watch(standing(colin), db.session.get_one(Thread, thread_id), OFF)

    def replies() -> None:
        with transaction():
            actions.reply(standing(colin), db.session.get_one(Thread, thread_id), text=said("Hm."))

    assert at_once(app, [chooses, chooses, replies], workers=3) == [None, None, None]
    assert rows(thread)["Colin"] == (OFF, WatchReason.REPLIED, True)


def test_only_members_watch(context: None, cast: Cast, thread: Thread) -> None:
    """A1, A2: readers too; nobody watches what they can't see. Seen to fail without the powers in `actions.watching`."""
    section = db.session.get_one(Section, thread.section_id)
    there = factories.make_section(cast.night_desk, name="Theirs")
    with transaction():
        watching.watch(standing(cast.reader), thread, EVERYTHING)
    visitor = standing(cast.outsider)
    with pytest.raises(Denied), transaction():
        watching.watch(visitor, thread, EVERYTHING)
    with pytest.raises(Denied), transaction():
        watching.watch_section(visitor, section, EVERYTHING)
    with pytest.raises(Denied), transaction():
        watching.watch_space(visitor, EVERYTHING)
    with pytest.raises(Missing), transaction():
        watching.watch_section(standing(cast.reader), there, EVERYTHING)


@pytest.mark.both_databases
def test_the_control_says_the_level_and_why(app: Flask, cast: Cast, as_person: AsPerson, thread: Thread) -> None:
    """In the thread's rail: as usual, because of something, or as one chose for it, its section or the space."""
    url, colin = address(app, thread), as_person(cast.colleague)

    def said_on_page() -> str:
        return " ".join(
            colin.get(url).get_data(as_text=True).split("Tell me about</h2>")[1].split("</form>")[0].split()
        )

    assert '<option selected value="as usual">As usual: mine and mentions</option>' in said_on_page()
    assert "Because" not in said_on_page()
    colin.send(url, body="I know.")
    assert '<option selected value="as usual">As usual: everything</option>' in said_on_page()
    assert "Because you replied." in said_on_page()
    assert colin.send(f"{LIST}watch", level="off").status_code == 303
    assert "As usual: off" in said_on_page()
    assert "As you chose for all of this space." in said_on_page()
    assert colin.send(f"{LIST}watch", level="mine and mentions", section="questions").status_code == 303
    assert "As you chose for all of Questions." in said_on_page()
    assert colin.send(f"{url}watch", level="everything").status_code == 303
    assert '<option selected value="everything">Everything</option>' in said_on_page()
    assert "You chose this." in said_on_page()
    assert colin.send(f"{url}watch", level="as usual").status_code == 303
    assert "As you chose for all of Questions." in said_on_page()
    for page, chosen in (("", "off"), ("?section=questions", "mine and mentions")):
        assert f'<option selected value="{chosen}">' in colin.get(LIST + page).get_data(as_text=True)
    for wrong in ("loud", ""):
        assert colin.send(f"{url}watch", level=wrong).status_code == 404
    assert "Tell me about" not in as_person(cast.outsider).get(url).get_data(as_text=True)


def test_the_list_of_watched_threads(app: Flask, cast: Cast, as_person: AsPerson, thread: Thread) -> None:
    """What is on Everything: one's own, what one replied to, and what one chose, in a section or in all."""
    with app.app_context():
        other = factories.make_thread(cast.champions, author=cast.steward, title="Another")
    colin = as_person(cast.colleague)
    assert "You watch no thread here" in colin.get(f"{LIST}?show=watched").get_data(as_text=True)
    with app.test_request_context("/"), transaction():
        watching.watch(standing(cast.colleague), other, EVERYTHING)
    for query in ("?show=watched", "?show=watched&section=questions"):
        html = colin.get(LIST + query).get_data(as_text=True)
        assert ">Another</a></h3>" in html
        assert ">Who empties it?</a></h3>" not in html
        assert 'aria-current="true">Watched <span>1</span>' in html
    assert ">Who empties it?</a></h3>" in as_person(cast.champion).get(f"{LIST}?show=watched").get_data(as_text=True)


@pytest.mark.both_databases
def test_a_section_is_marked_as_read(app: Flask, cast: Cast, as_person: AsPerson, thread: Thread) -> None:
    """B3: up to the moment of the list, for this person, and nothing of another section or that can't be seen."""
    with app.app_context():
        channels = factories.make_section(cast.champions, name="Channels")
        elsewhere = factories.make_thread(cast.champions, author=cast.champion, title="Elsewhere", posts=2)
        with transaction():
            db.session.get_one(Thread, elsewhere.id).section_id = channels.id
    colin = as_person(cast.colleague)
    html = colin.get(f"{LIST}?section=questions").get_data(as_text=True)
    assert "Mark this section as read" in html
    until = html.split('name="until" value="')[1].split('"')[0]
    with app.test_request_context("/"):
        reply(thread, cast.champion)
    assert colin.send(f"{LIST}read", until=until, section="questions").status_code == 303
    html = colin.get(LIST).get_data(as_text=True)
    assert "1 new</b>" in html.split("Who empties it?</a>")[1].split("</li>")[0]
    assert "New</b>" in html.split("Elsewhere</a>")[1].split("</li>")[0]
    assert colin.send(f"{LIST}read", section="questions").status_code == 303
    assert "1 new</b>" not in colin.get(LIST).get_data(as_text=True)
    assert colin.send(f"{LIST}read", section="questions", until="2001-01-01").status_code == 303
    assert "1 new</b>" not in colin.get(LIST).get_data(as_text=True)
    assert colin.send(f"{LIST}read", section="nowhere").status_code == 404
