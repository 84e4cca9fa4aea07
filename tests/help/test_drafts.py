"""What is begun of a call for help is kept until it is sent or thrown away: by script, and by a press without it (I5, B5)."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest
from flask import Flask

from forum.content.models import Draft
from forum.core.db import db
from forum.core.time import now
from forum.people.models import Person
from tests.cast import Browserless, Cast
from tests.help.test_pages import HOME, asking, text

pytestmark = pytest.mark.both_databases
DAY = (now() + timedelta(days=40)).date().isoformat()
AsPerson = Callable[[Person], Browserless]
BEGUN = {
    "title": "The home page is blank",
    "body": "# Whom it affects\nAll white.",
    "affects": "40 parents",
    "tried": "A restart",
    "until_day": DAY,
    "until_time": "17:30",
    "audience": "on duty",
}


def shown(page: str) -> bool:
    """Say whether all that was typed stands in the form again."""
    return all(
        words in page
        for words in (
            'value="The home page is blank"',
            "# Whom it affects\nAll white.</textarea>",
            'value="40 parents"',
            "A restart</textarea>",
            f'value="{DAY}"',
            'value="17:30"',
            'checked data-draft-with="" id="audience-1"',
        )
    )


def test_a_script_keeps_every_field_and_an_older_tab_writes_over_nothing(
    app: Flask, cast: Cast, as_person: AsPerson
) -> None:
    """Seen to fail without the version in `drafts.save`, and without `joined` in `as_draft`."""
    carla = as_person(cast.champion)
    kept = carla.send(f"{HOME}new/draft", version="0", **BEGUN)
    assert (kept.status_code, kept.json["version"]) == (200, 1)  # type: ignore[index]
    page = text(as_person(cast.champion).get(f"{HOME}new"))  # on another device
    assert shown(page)
    assert "Nobody has been asked yet." in page
    older = carla.send(f"{HOME}new/draft", version="0", body="Something else")
    assert (older.status_code, older.json["body"]) == (409, BEGUN["body"])  # type: ignore[index]
    long = carla.send(f"{HOME}new/draft", version="1", body="y" * 200_000)
    assert long.status_code == 422
    assert "Shorten it" in long.json["error"]  # type: ignore[index]
    assert shown(text(carla.get(f"{HOME}new")))
    assert not shown(text(as_person(cast.colleague).get(f"{HOME}new")))
    assert as_person(cast.reader).send(f"{HOME}new/draft", version="0", **BEGUN).status_code == 403
    with app.app_context():
        assert db.session.scalar(db.select(db.func.count()).select_from(Draft)) == 1


def test_without_script_it_is_kept_by_a_press_thrown_away_by_another_and_gone_when_it_was_sent(
    app: Flask, cast: Cast, as_person: AsPerson
) -> None:
    carla = as_person(cast.champion)
    assert '<button class="btn" name="keep" value="1">Save draft</button>' in text(carla.get(f"{HOME}new"))
    form = {**asking(), **BEGUN}
    assert carla.send(f"{HOME}new", **form, draft_version="0", keep="1").status_code == 303
    with app.app_context():
        assert db.session.scalars(db.select(Draft.place)).one().startswith("help-ask:")
    page = text(carla.get(f"{HOME}new"))
    assert shown(page)
    assert "Your draft is saved." in page
    other = carla.send(f"{HOME}new", **{**form, "title": "Older"}, draft_version="0", keep="1")
    assert other.status_code == 409
    assert "The newer draft" in text(other)
    assert carla.send(f"{HOME}new/draft/discard", draft_version="1").status_code == 303
    assert not shown(text(carla.get(f"{HOME}new")))
    assert carla.send(f"{HOME}new", **form, draft_version="2", keep="1").status_code == 303
    assert carla.send(f"{HOME}new", **form, draft_version="3").status_code == 303
    page = text(carla.get(f"{HOME}new"))
    assert not shown(page)
    assert "Nobody has been asked yet." not in page


def test_a_drill_has_a_draft_of_its_own_and_what_is_held_up_is_kept(
    app: Flask, cast: Cast, as_person: AsPerson
) -> None:
    """A6: who asks too often finds what they typed. What was begun as a drill is never in the form that is meant."""
    baton = app.extensions["baton"]
    app.extensions["baton"] = replace(baton, settings=replace(baton.settings, calls_per_person=1))
    oscar = as_person(cast.organiser)
    assert oscar.send(f"{HOME}new/draft?drill=1", version="0", **BEGUN).status_code == 200
    assert not shown(text(oscar.get(f"{HOME}new")))
    assert shown(text(oscar.get(f"{HOME}new?drill=1")))
    assert as_person(cast.champion).send(f"{HOME}new/draft?drill=1", version="0", **BEGUN).status_code == 403
    assert oscar.send(f"{HOME}new", **asking()).status_code == 303
    held = oscar.send(f"{HOME}new", **{**asking(once="2" * 32), **BEGUN}, draft_version="0")
    assert held.status_code == 429
    assert shown(text(held))
    assert shown(text(oscar.get(f"{HOME}new")))
