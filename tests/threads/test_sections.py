"""Sections: what a new space begins with, and what its stewards make of them."""

from collections.abc import Callable

import pytest
from flask import Flask
from sqlalchemy import select

from forum.core.db import db, transaction
from forum.core.errors import Invalid, Missing
from forum.people.models import Person
from forum.spaces.models import LogEntry
from forum.threads import actions
from forum.threads.models import Section
from tests import factories
from tests.cast import Browserless, Cast
from tests.content.steps import standing

AsPerson = Callable[[Person], Browserless]
SECTIONS = "/s/champions/threads/sections"


def names(app: Flask, cast: Cast) -> dict[str, str]:
    """Return the names of the champions' sections by their address, in order."""
    with app.app_context():
        query = select(Section).where(Section.space_id == cast.champions.id)
        rows = db.session.scalars(query.order_by(Section.position, Section.id))
        return {row.slug: row.name for row in rows}


def test_a_new_space_begins_with_four(context: None, cast: Cast) -> None:
    """A list with one heap isn't sorted; ten names are a form to fill in."""
    space = factories.make_space(name="Fresh")
    with transaction():
        for section in db.session.scalars(select(Section).where(Section.space_id == space.id)):
            db.session.delete(section)
        db.session.flush()
        actions.open_sections(space)
    rows = db.session.scalars(select(Section).where(Section.space_id == space.id).order_by(Section.position)).all()
    assert [row.name for row in rows] == ["Questions", "Show and tell", "Channels", "Housekeeping"]
    assert all(row.description for row in rows)


@pytest.mark.both_databases
def test_a_steward_renames_and_adds(app: Flask, cast: Cast, as_person: AsPerson) -> None:
    """A new name keeps the address, so that old links work; the log says what it was called."""
    stella = as_person(cast.steward)
    assert stella.get(SECTIONS).status_code == 200
    fields = {"questions-name": "Ask away", "questions-description": "Anything."}
    assert stella.send(SECTIONS, **fields, **{"new-name": "Show & tell", "new-description": ""}).status_code == 303
    assert names(app, cast) == {"questions": "Ask away", "show-tell": "Show & tell"}
    html = stella.get("/s/champions/threads/?section=questions").get_data(as_text=True)
    assert "Ask away" in html
    assert "Anything." in html
    with app.app_context():
        told = db.session.execute(select(LogEntry.verb, LogEntry.details).order_by(LogEntry.id)).all()
        assert [tuple(row) for row in told] == [
            ("changed section", {"name": "Ask away", "before": "Questions"}),
            ("added section", {"name": "Show & tell"}),
        ]


@pytest.mark.parametrize(
    "name, problem",
    [
        ("", "Give the section a name"),
        ("x" * 41, "under 40"),
        ("!!!", "letters or digits"),
        ("questions", "of that name already"),
        ("QUESTIONS", "of that name already"),
    ],
)
def test_a_name_that_will_not_do_is_refused(
    app: Flask, cast: Cast, as_person: AsPerson, name: str, problem: str
) -> None:
    """422 with the reason and what was typed."""
    answer = as_person(cast.steward).send(SECTIONS, **{"new-name": name, "new-description": "My words"})
    assert answer.status_code == 422
    assert problem in answer.get_data(as_text=True)
    assert "My words" in answer.get_data(as_text=True)
    assert names(app, cast) == {"questions": "Questions"}


def test_a_rename_to_another_sections_name_is_refused(app: Flask, cast: Cast, as_person: AsPerson) -> None:
    """In any case of letters."""
    with app.app_context():
        factories.make_section(cast.champions, name="Channels")
    answer = as_person(cast.steward).send(SECTIONS, **{"channels-name": "questions"})
    assert answer.status_code == 422
    assert names(app, cast)["channels"] == "Channels"


@pytest.mark.both_databases
def test_two_sections_change_names_in_one_save(app: Flask, cast: Cast, as_person: AsPerson) -> None:
    """All rows are saved together, whichever press it was; with one of them wrong, none is, and all that was typed stays."""
    with app.app_context():
        factories.make_section(cast.champions, name="Channels")
    stella = as_person(cast.steward)
    typed = {"questions-name": "Channels", "channels-name": "Questions"}
    answer = stella.send(SECTIONS, **typed, **{"new-name": "Channels"})
    assert answer.status_code == 422
    assert answer.get_data(as_text=True).count('value="Channels"') == 2
    assert names(app, cast) == {"questions": "Questions", "channels": "Channels"}
    assert stella.send(SECTIONS, **typed).status_code == 303
    assert names(app, cast) == {"questions": "Channels", "channels": "Questions"}
    assert stella.send(f"{SECTIONS}/channels/up", **{"questions-name": "Asked"}).status_code == 303
    assert list(names(app, cast).items()) == [("channels", "Questions"), ("questions", "Asked")]


def test_what_another_steward_saved_meanwhile_stays(app: Flask, cast: Cast, as_person: AsPerson) -> None:
    """A row in which nothing was typed is not saved. Planted defect: without `shown` the older name came back."""
    with app.app_context():
        factories.make_section(cast.champions, name="Channels")
    stella = as_person(cast.steward)
    opened = {"questions-name": "Questions", "questions-description": "", "questions-shown": "Questions | "}
    assert f'value="{opened["questions-shown"]}"' in stella.get(SECTIONS).get_data(as_text=True)
    assert stella.send(SECTIONS, **{"questions-name": "Asked"}).status_code == 303
    assert stella.send(SECTIONS, **opened, **{"channels-name": "Ways"}).status_code == 303
    assert names(app, cast) == {"questions": "Asked", "channels": "Ways"}


def test_only_stewards_see_the_page(cast: Cast, as_person: AsPerson) -> None:
    """A1, A2: organisers get the sentence, and another space's section isn't found."""
    for person in (cast.organiser, cast.champion, cast.reader, cast.outsider):
        client = as_person(person)
        assert client.get(SECTIONS).status_code == 403
        assert client.send(SECTIONS, **{"new-name": "Mine"}).status_code == 403
        assert client.send(SECTIONS, **{"questions-name": "Mine"}).status_code == 403
    stella = as_person(cast.steward)
    assert stella.send(f"{SECTIONS}/nowhere/up", **{"nowhere-name": "Mine"}).status_code == 404
    assert stella.get("/s/night-desk/threads/sections").status_code == 404


def test_there_are_twenty_at_most(context: None, cast: Cast) -> None:
    """As many as people can tell apart."""
    here = standing(cast.steward)
    for number in range(actions.MOST_SECTIONS - 1):
        factories.make_section(cast.champions, name=f"Part {number}")
    with pytest.raises(Invalid, match="20"), transaction():
        actions.add_section(here, name="One more")


def test_a_section_of_another_space_is_not_changed(context: None, cast: Cast) -> None:
    """A2, inside the write."""
    there = factories.make_section(cast.night_desk, name="Theirs")
    with pytest.raises(Missing), transaction():
        actions.change_sections(standing(cast.steward), {there.id: ("Ours", "")})
