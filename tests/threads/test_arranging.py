"""The order of sections, removing one, and merging two."""

import re
from collections.abc import Callable
from threading import Event

import pytest
from flask import Flask
from sqlalchemy import select

from forum.content.models import WatchLevel
from forum.core.db import db, transaction
from forum.core.errors import Denied, Invalid, Missing, RuleBroken
from forum.people.models import Person
from forum.spaces.models import LogEntry
from forum.threads import actions
from forum.threads.actions import arranging, changing, watching
from forum.threads.models import Section, SectionAlias, Thread, WatchSection
from tests import factories
from tests.cast import Browserless, Cast
from tests.content.steps import at_once, said, standing

AsPerson = Callable[[Person], Browserless]
LIST = "/s/champions/threads/"
SECTIONS = f"{LIST}sections"


@pytest.fixture
def sections(app: Flask, cast: Cast) -> list[Section]:
    """Give Questions, with a thread in it, and two that are empty."""
    with app.app_context():
        for name in ("Channels", "Housekeeping"):
            factories.make_section(cast.champions, name=name)
        factories.make_thread(cast.champions, author=cast.champion, title="Who empties it?")
        query = select(Section).where(Section.space_id == cast.champions.id).order_by(Section.id)
        return list(db.session.scalars(query))


def order(client: Browserless) -> list[str]:
    """Return the sections as the list of threads shows them."""
    html = client.get(LIST).get_data(as_text=True).split('aria-label="Sections"')[1].split("</nav>")[0]
    return re.findall(r"section=([a-z-]+)", html)


@pytest.mark.both_databases
def test_a_steward_orders_the_sections(cast: Cast, as_person: AsPerson, sections: list[Section]) -> None:
    """One place at a press, and not beyond the ends; others are offered none of it (A1)."""
    stella = as_person(cast.steward)
    for address, way, expected in (
        ("housekeeping", "up", ["questions", "housekeeping", "channels"]),
        ("questions", "up", ["questions", "housekeeping", "channels"]),
        ("questions", "down", ["housekeeping", "questions", "channels"]),
        ("channels", "down", ["housekeeping", "questions", "channels"]),
    ):
        assert stella.send(f"{SECTIONS}/{address}/{way}").status_code == 303
        assert order(stella) == expected
    assert stella.send(f"{SECTIONS}/channels/sideways").status_code == 404
    assert as_person(cast.organiser).send(f"{SECTIONS}/channels/up").status_code == 403


@pytest.mark.both_databases
def test_an_empty_section_is_removed(app: Flask, cast: Cast, as_person: AsPerson, sections: list[Section]) -> None:
    """One with threads isn't, though nobody sees them, nor the last one. The log tells."""
    stella = as_person(cast.steward)
    assert stella.send(f"{SECTIONS}/channels/remove").status_code == 303
    assert stella.send(f"{SECTIONS}/channels/remove").status_code == 404
    assert stella.send(f"{SECTIONS}/housekeeping/remove").status_code == 303
    answer = stella.send(f"{SECTIONS}/questions/remove")
    assert answer.status_code == 409
    assert "A space needs a section" in answer.get_data(as_text=True)
    with app.test_request_context("/"):
        factories.make_section(cast.champions, name="Another")
        with pytest.raises(RuleBroken, match="There are threads"), transaction():
            arranging.remove_section(standing(cast.steward), sections[0])
        told = db.session.execute(select(LogEntry.verb, LogEntry.details).order_by(LogEntry.id)).all()
    assert [tuple(row) for row in told] == [
        ("removed section", {"name": name}) for name in ("Channels", "Housekeeping")
    ]


@pytest.mark.both_databases
def test_a_section_is_merged_into_another(app: Flask, cast: Cast, as_person: AsPerson, sections: list[Section]) -> None:
    """Threads and watchers go along, a choice for the other one stays, and the old address leads there, also twice over."""
    with app.test_request_context("/"), transaction():
        for person, section, level in (
            (cast.champion, sections[0], WatchLevel.OFF),
            (cast.colleague, sections[0], WatchLevel.EVERYTHING),
            (cast.colleague, sections[1], WatchLevel.MINE),
        ):
            watching.watch_section(standing(person), section, level)
    stella = as_person(cast.steward)
    assert stella.send(f"{SECTIONS}/questions/merge", **{"questions-merge-into": "channels"}).status_code == 303
    assert stella.send(f"{SECTIONS}/channels/merge", **{"channels-merge-into": "housekeeping"}).status_code == 303
    for old in ("questions", "channels"):
        answer = stella.get(f"{LIST}?section={old}&show=mine")
        assert (answer.status_code, answer.location) == (303, f"{LIST}?section=housekeeping&show=mine")
    assert "Who empties it?" in stella.get(f"{LIST}?section=housekeeping").get_data(as_text=True)
    with app.app_context():
        watchers = db.session.execute(select(WatchSection.person_id, WatchSection.level))
        assert {(person_id, level) for person_id, level in watchers} == {
            (cast.champion.id, WatchLevel.OFF),
            (cast.colleague.id, WatchLevel.MINE),
        }
    # A new section may have the old name: its address means it from then on.
    assert stella.send(SECTIONS, **{"new-name": "Questions"}).status_code == 303
    assert stella.get(f"{LIST}?section=questions").status_code == 200


@pytest.mark.both_databases
def test_what_can_not_be_merged_is_refused(
    app: Flask, cast: Cast, as_person: AsPerson, sections: list[Section]
) -> None:
    """A1, A2: into itself, into another space's, by somebody else. Seen to fail without the power and without `space_id`."""
    stella = as_person(cast.steward)
    for into in ("questions", "nowhere", ""):
        answer = stella.send(f"{SECTIONS}/questions/merge", **{"questions-merge-into": into})
        assert answer.status_code == 422
        assert "Choose" in answer.get_data(as_text=True)
    with app.test_request_context("/"):
        there = factories.make_section(cast.night_desk, name="Theirs")
        here = standing(cast.steward)
        with pytest.raises(Invalid), transaction():
            arranging.merge_section(here, sections[0], into=sections[0])
        with pytest.raises(Invalid), transaction():
            arranging.merge_section(here, sections[0], into=there)
        with pytest.raises(Missing), transaction():
            arranging.merge_section(here, there, into=sections[0])
        with pytest.raises(Missing), transaction():
            arranging.shift_section(here, there, "up")
        for act in (arranging.remove_section, lambda here, one: arranging.shift_section(here, one, "up")):
            with pytest.raises(Denied), transaction():
                act(standing(cast.organiser), sections[1])
        with pytest.raises(Denied), transaction():
            arranging.merge_section(standing(cast.organiser), sections[1], into=sections[0])
        assert db.session.scalar(select(SectionAlias.slug)) is None


@pytest.mark.both_databases
@pytest.mark.parametrize("way", ["start", "move"])
def test_a_thread_that_comes_while_its_section_goes_is_told(
    app: Flask, cast: Cast, sections: list[Section], way: str
) -> None:
    """It waits, finds the section gone, and stays where it was. Seen to fail on PostgreSQL without the locks of sections."""
    removing = Event()
    with app.app_context():
        thread = db.session.scalars(select(Thread)).one()

    def removes() -> None:
        with transaction():
            arranging.remove_section(standing(cast.steward), sections[1])
            removing.set()
            Event().wait(0.5)

    def comes() -> None:
        removing.wait(5)
        with transaction():
            if way == "move":
                changing.move(standing(cast.champion), thread, sections[1])
            else:
                actions.start(
                    standing(cast.champion), title="New", section=sections[1], text=said("New."), is_question=True
                )

    done, refused = at_once(app, [removes, comes], workers=2)
    assert done is None
    assert isinstance(refused, Invalid), refused
