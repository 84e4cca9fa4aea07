"""Pages of stories, as those who tell, find and use them see them, without script."""

from collections.abc import Callable

import pytest
from flask import Flask

from forum.core.db import db
from forum.people.models import Person
from forum.spaces.models import Item
from forum.stories.models import Story
from tests import factories
from tests.cast import Browserless, Cast

AsPerson = Callable[[Person], Browserless]
HOME = "/s/champions/stories/"


def telling(**others: str) -> dict[str, str]:
    """Return a form that goes through."""
    return {
        "kind": "went wrong", "title": "The planning map went blank on older iPads", "saw": "A grey box.",
        "fixed": "1. Open the settings\n2. Set version 3.4", "audience": "space", "draft_version": "0",
        "once": "1" * 32, **others,
    }  # fmt: skip


@pytest.mark.both_databases
def test_three_things_are_enough_and_then_the_page_asks_one_question_at_a_time(
    app: Flask, cast: Cast, as_person: AsPerson
) -> None:
    """E1: what happened, what fixed it, who may see it. A second press tells it once."""
    carla = as_person(cast.champion)
    assert "No story has been told here yet." in carla.get(HOME).get_data(as_text=True)
    answers = [carla.send(f"{HOME}new", **telling(saw="")) for _time in range(2)]
    assert [one.status_code for one in answers] == [303, 303]
    where = answers[0].location.partition("#")[0]
    assert answers[1].location == answers[0].location
    with app.app_context():
        assert db.session.scalar(db.select(db.func.count()).select_from(Story)) == 1
    page = carla.get(where).get_data(as_text=True)
    assert "What did you see?" in page
    assert carla.send(f"{where}answer", question="saw", later="1").status_code == 303
    page = carla.get(where).get_data(as_text=True)
    assert "What were the exact words of the error?" in page
    said = carla.send(f"{where}answer", question="error", answer="<b>E42</b>\n## What fixed it\n{{7*7}}")
    assert said.status_code == 303
    page = carla.get(where).get_data(as_text=True)
    assert "&lt;b&gt;E42&lt;/b&gt;\n## What fixed it\n{{7*7}}" in page
    assert "Who was affected, and for how long?" in page
    assert "The planning map" in carla.get(HOME).get_data(as_text=True)


def test_stories_at_a_meeting_go_one_after_another_and_print_one_on_a_page(
    app: Flask, cast: Cast, as_person: AsPerson
) -> None:
    """A list or what is ticked, in that order; without a name it has none; what isn't published isn't shown. No script is needed."""
    with app.app_context():
        refs = [
            db.session.get_one(Item, factories.make_story(cast.champions, title=title, **kept).id).ref
            for title, kept in (
                ("The first", {"author": cast.champion}),
                ("The second", {"author": None, "key": "k" * 48}),
                ("Not yet", {"author": cast.reader, "waits": True}),
            )
        ]
    rita, picked = as_person(cast.reader), f"{HOME}meeting?pick={refs[1]}&pick={refs[0]}&pick={refs[2]}"
    page = rita.get(picked).get_data(as_text=True)
    assert "<h1>The second</h1>" in page
    assert "Told without a name" in page
    assert 'data-arrow="ArrowRight PageDown"' in page
    assert "1 of 2" in page
    assert 'rel="prev"' not in page
    assert "<h1>The first</h1>" in rita.get(f"{picked}&at=2").get_data(as_text=True)
    assert "<h1>The first</h1>" in rita.get(f"{picked}&at=99").get_data(as_text=True)
    handout = rita.get(f"{picked}&handout=1").get_data(as_text=True)
    assert handout.count('<article class="slide">') == 2
    assert "No story to show" in rita.get(f"{HOME}meeting?show=verified").get_data(as_text=True)
    assert rita.get(f"{HOME}meeting?pick=nosuch0000").status_code == 404
    assert "The first" in rita.get(f"{HOME}meeting/choose").get_data(as_text=True)
