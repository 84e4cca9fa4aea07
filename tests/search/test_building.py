"""Indexing what was written before: piece by piece, while people go on writing."""

import pytest
from flask import Flask
from sqlalchemy import delete, select, text, update

from forum.core.db import db, transaction
from forum.people.models import Person
from forum.search import building
from forum.search.models import SearchBuild, SearchEntry
from forum.spaces.models import Item
from tests import factories
from tests.cast import Cast
from tests.search.steps import as_made_anew, found_by, indexed

pytestmark = pytest.mark.both_databases


def test_everything_is_found_again_after_a_rebuild_that_was_stopped(app: Flask, cast: Cast) -> None:
    """Stopped, it goes on where it was; what is written meanwhile is found at once, and what stood there in error goes."""
    with app.test_request_context("/"):
        threads = [
            factories.make_thread(cast.champions, author=cast.champion, texts=["Wombats.", "Quolls."])
            for _n in range(4)
        ]
        with transaction():
            db.session.execute(delete(SearchEntry).where(SearchEntry.item_id != threads[0].id))
            db.session.execute(update(SearchEntry).values(body="wrong", title="wrong"))
            db.session.add(
                SearchEntry(
                    item_id=threads[1].id,
                    number=77,
                    at=threads[0].item.created_at,
                    scope="",
                    title="",
                    tags="",
                    body="ghost",
                )
            )
        assert building.progress() is None
        building.begin()
        assert building.build_piece(size=3)
        told = building.progress()
        assert told is not None
        assert 0 < told.done < told.total
        factories.make_thread(cast.champions, author=cast.champion, texts=["Numbats."])
        assert found_by(cast.reader, "numbats").total == 1
        for _told in building.build():
            pass
        assert building.progress() is None
        assert indexed() == as_made_anew()
        assert found_by(cast.reader, "wombats").total == 4


def test_what_was_written_before_the_migration_waits_for_a_worker(app: Flask, cast: Cast) -> None:
    """The migration says so in `search_build`, and any piece of a worker's goes on with it."""
    with app.test_request_context("/"):
        factories.make_thread(cast.champions, author=cast.champion, texts=["Wombats."])
        with transaction():
            db.session.execute(delete(SearchEntry))
            db.session.execute(text("INSERT INTO search_build (kind, last_key) SELECT DISTINCT kind, 0 FROM item"))
        assert found_by(cast.reader, "wombats").total == 0
        while building.build_piece():
            pass
        assert found_by(cast.reader, "wombats").total == 1
        assert db.session.scalar(select(SearchBuild.kind)) is None
        assert db.session.scalar(select(Item.id)) is not None
        assert db.session.scalar(select(Person.id)) is not None
