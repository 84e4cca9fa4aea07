"""What is hard to swallow, typed into the pages of stories: a clear message, nothing lost, nothing leaked."""

from collections.abc import Callable

import pytest
from flask import Flask

from forum.core.db import db
from forum.people.models import Person
from forum.spaces.models import Item
from forum.stories.models import Story
from tests import factories
from tests.cast import Browserless, Cast
from tests.stories.test_pages import HOME, telling

pytestmark = pytest.mark.both_databases
AsPerson = Callable[[Person], Browserless]


def count(app: Flask) -> int:
    with app.app_context():
        return db.session.scalar(db.select(db.func.count()).select_from(Story)) or 0


def test_a_pasted_log_of_200_kb_comes_back_whole_with_what_to_do(app: Flask, cast: Cast, as_person: AsPerson) -> None:
    """All problems at once; the page has all of it again, as text. A draft of it is refused, never cut."""
    carla = as_person(cast.champion)
    log = "<script>alert(1)</script>" + "y" * 200_000
    answer = carla.send(f"{HOME}new", **telling(saw=log, title=" "))
    page = answer.get_data(as_text=True)
    assert answer.status_code == 422
    for words in ("Say in one sentence what happened.", "&lt;script&gt;", "y" * 200_000, "Set version 3.4</textarea>"):
        assert words in page, words[:60]
    assert "<script>alert" not in page
    assert count(app) == 0
    for answer in (
        carla.send(f"{HOME}new", **telling(saw=log, keep="1")),
        carla.send(f"{HOME}new/draft", saw=log, body="x", version="0"),
    ):
        assert answer.status_code == 422
        assert "too long to be saved" in answer.get_data(as_text=True)
    answer = carla.send(f"{HOME}new/unnamed", **telling(saw=log))
    assert answer.status_code == 422
    assert "y" * 200_000 in answer.get_data(as_text=True)


def test_who_is_named_as_the_cause_reads_nothing_of_it_until_its_author_has_said_so(
    app: Flask, cast: Cast, as_person: AsPerson
) -> None:
    """E4: asked on the page with all that was typed, which is a draft meanwhile; the tick is for these names and no others."""
    carla, form = as_person(cast.champion), telling(saw="Colin Colleague forgot to renew it.")
    asked = carla.send(f"{HOME}new", **form)
    page = asked.get_data(as_text=True)
    assert asked.status_code == 422
    for words in ("Is that how it should stand?", "Colin Colleague forgot to renew it.", "Set version 3.4"):
        assert words in page, words
    assert count(app) == 0
    colin = as_person(cast.colleague)
    for address in (HOME, "/s/champions/", "/me/notifications", "/search?q=renew"):
        assert "forgot to renew" not in colin.get(address).get_data(as_text=True), address
    assert "forgot to renew it." in as_person(cast.champion).get(f"{HOME}new").get_data(as_text=True)
    said = {"names": "Colin Colleague", "as_it_stands": "y"}
    other = carla.send(f"{HOME}new", **{**form, **said, "saw": "Oscar Organiser forgot to renew it."})
    assert other.status_code == 422
    told = carla.send(f"{HOME}new", **{**form, **said})
    assert told.status_code == 303
    assert count(app) == 1


def test_an_error_with_markup_and_control_characters_is_text_wherever_it_stands(
    app: Flask, cast: Cast, as_person: AsPerson
) -> None:
    """A12: NUL, bells and colours of a terminal go, all else stays as it was, on the page, at a meeting and in its history."""
    with app.app_context():
        story = factories.make_story(cast.champions, author=cast.champion, title="It beeps")
        ref = db.session.get_one(Item, story.id).ref
    carla, where = as_person(cast.champion), f"{HOME}{ref}/"
    error = 'E42\x00\x07 \x1b[31m<img src=x onerror="alert(1)">\x1b[0m\r\n## What fixed it\r\n```\r\n{{7*7}} \u202eevil'
    assert carla.send(f"{where}answer", question="error", answer=error).status_code == 303
    for address in (where, f"{HOME}meeting?pick={ref}&handout=1", f"{where}posts/1/history"):
        page = carla.get(address).get_data(as_text=True)
        assert "<img src=x" not in page, address
        assert not any(char in page for char in "\x00\x07\x1b"), address
    page = carla.get(where).get_data(as_text=True)
    for words in ("&lt;img src=x", "## What fixed it\n```\n{{7*7}}", "E42"):
        assert words in page, words
    assert page.count("data-fix") == 1, "its heading begins no part of ours"
