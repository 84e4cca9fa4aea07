"""What a steward leaves out of a copy, though its part comes along: nobody outside reads of it, nobody gets it (F4)."""

import io
import zipfile
from collections.abc import Callable

import pytest
from flask import Flask
from sqlalchemy import select, update

from forum.clone.upstream.offers import offers_for
from forum.core.db import db, transaction
from forum.core.time import now
from forum.people.models import Person
from forum.spaces.guard import here_for
from forum.spaces.models import Item
from tests import factories
from tests.cast import Browserless, Cast
from tests.clone.steps import copy, every_part, show

AsPerson = Callable[[Person], Browserless]
EDIT = "/s/champions/showcase/edit"
LOOK = "/s/champions/showcase"
SAVED = {"how": "", "shows_numbers": "y", "offers_copy": "y", "is_open": "y"}
DUTIES = {"welcome": "Welcome newcomers", "talk": "Talk to the works council"}


def made(cast: Cast, name: str) -> str:
    """Make a duty; return its address."""
    duty = factories.make_duty(cast.champions, by=cast.organiser, holder=cast.colleague, title=DUTIES[name])
    return db.session.get_one(Item, duty.id).ref


def titles(space_id: int) -> set[str]:
    return set(db.session.scalars(select(Item.title).where(Item.space_id == space_id, Item.kind == "duty")))


@pytest.mark.both_databases
def test_what_is_left_out_shows_nowhere_and_comes_along_nowhere(app: Flask, cast: Cast, as_person: AsPerson) -> None:
    """F4: the rest of its part does, and so does what is made later, until it is left out, too; what wasn't seen stays as it is."""
    with app.app_context():
        refs = {name: made(cast, name) for name in DUTIES}
    stella, otto = as_person(cast.steward), as_person(cast.outsider)
    page = stella.get(EDIT).text
    assert all(f'name="was_along" value="{ref}"' in page for ref in refs.values())
    sent = {"was_along": [*refs.values()], "along": [refs["welcome"]], "parts": ["duties", "welcome"]}
    assert stella.send(EDIT, **SAVED, **sent).status_code == 303
    assert "2 now, 1 left out." in stella.get(EDIT).text
    shown = otto.get(LOOK).text
    assert (DUTIES["welcome"] in shown, DUTIES["talk"] in shown) == (True, False)
    with zipfile.ZipFile(io.BytesIO(stella.get("/s/champions/showcase/template").data)) as file:
        words = b"".join(file.read(name) for name in file.namelist())
    assert (DUTIES["welcome"].encode() in words, DUTIES["talk"].encode() in words) == (True, False)
    with app.app_context():
        assert titles(copy(cast.outsider, cast.champions).id) == {DUTIES["welcome"]}
    # Saved again by somebody who saw neither, or looked before it was left out: it stays out. Ticked, it comes along.
    for late in ({}, {"was_along": [*refs.values()], "along": [*refs.values()]}):
        assert stella.send(EDIT, **SAVED, **late, parts=["duties"]).status_code == 303
        assert DUTIES["talk"] not in otto.get(LOOK).text
    both = {"was_along": [refs["welcome"]], "along": [*refs.values()], "parts": ["duties"]}
    assert stella.send(EDIT, **SAVED, **both).status_code == 303
    assert DUTIES["talk"] in otto.get(LOOK).text


@pytest.mark.both_databases
def test_a_copy_is_offered_nothing_new_that_is_left_out(app: Flask, cast: Cast, as_person: AsPerson) -> None:
    """F6, F4: what came after the copy was made is offered, but for what a steward of the original left out meanwhile."""
    with app.app_context():
        show(cast.steward, cast.champions, parts=every_part())
        space = copy(cast.outsider, cast.champions)
        slug = space.slug
        refs = {name: made(cast, name) for name in DUTIES}
        with transaction():
            db.session.execute(update(Item).where(Item.ref.in_(refs.values())).values(created_at=now()))
        sent = {"was_along": [*refs.values()], "along": [refs["welcome"]], "parts": every_part()}
    assert as_person(cast.steward).send(EDIT, **SAVED, **sent).status_code == 303
    with app.app_context():
        offers = offers_for(here_for(db.session.get_one(Person, cast.outsider.id), slug))
        assert [one.title for one in offers] == [DUTIES["welcome"]]
