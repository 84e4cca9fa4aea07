"""From SQLite to PostgreSQL and back: the same content, for rows generated in every table."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import update

import forum
from forum.core.db import db, transaction
from forum.people.models import Person
from forum.playbooks.models import Run
from forum.spaces.models import Space
from tests import factories
from tests.clone.archive.carried import content, differences, lines_in, packed, restored
from tests.clone.archive.generated import fill
from tests.mydata.furnished import furnish
from tests.support.databases import copy_of, settings_for


@pytest.fixture
def other() -> Iterator[Flask]:
    """Give another app, on SQLite."""
    for url in copy_of("sqlite"):
        app = forum.create_app(settings_for(url))
        yield app
        with app.app_context():
            db.engine.dispose()


@pytest.mark.postgres
def test_sqlite_to_postgresql_and_back(app: Flask, other: Flask, tmp_path: Path) -> None:
    """F5, H3: whatever is in the file stays the same on its way through both databases."""
    with other.test_request_context("/"):
        two = furnish()
        fill(two.space)
        with transaction():
            db.session.execute(update(Run).values(is_shared=True, gives_notes=True))
        people = [(one.name, str(one.email)) for one in db.session.query(Person).order_by(Person.id) if one.email]
        first = packed(two.space, two.theirs, tmp_path)
        steward = two.theirs.email
    with app.test_request_context("/"):
        for name, address in people:
            factories.make_person(name=name, email=address)
        there = db.session.query(Person).filter_by(email=steward).one()
        second = packed(restored(there, first), there, tmp_path, name="b.zip")
    with other.test_request_context("/"):
        here = db.session.query(Person).filter_by(email=steward).one()
        back: Space = restored(here, second, name="Back", slug="back")
        third = packed(back, here, tmp_path, name="c.zip")
    assert not differences(content(lines_in(first)), content(lines_in(second)))
    assert not differences(content(lines_in(first)), content(lines_in(third)))
