"""A restore that is killed goes on where it stopped; until it is complete nobody sees anything; called off, nothing is left."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import func, select, update

from forum.clone.archive import restoring
from forum.clone.archive.jobs import begin, do_one, give_up
from forum.clone.archive.models import Restore, RestoredRow
from forum.core.db import db, transaction
from forum.core.leased import LEASE
from forum.core.time import now
from forum.people.models import Person
from forum.spaces.models import Item, Space
from forum.spaces.queries.visible import visible_items
from tests import factories
from tests.clone.archive.carried import content, differences, lines_in, looked, packed
from tests.clone.test_copy import rows_everywhere
from tests.mydata.furnished import Two, furnish

pytestmark = pytest.mark.both_databases


class Killed(BaseException):
    """The end of a process."""


@pytest.fixture
def two(app: Flask, context: None) -> Two:
    """Give two people with something in every table."""
    factories.make_person(name="Ada Admin", is_admin=True)
    return furnish()


def begun(two: Two, path: Path) -> Restore:
    job = looked(two.theirs, path)
    with transaction():
        begin(two.theirs, job.uuid, name="Again", slug="again", by_address=True)
    return job


def lose_the_worker() -> None:
    """Let the time be over for which the killed worker had the work."""
    with transaction():
        db.session.execute(update(Restore).values(claimed_until=now() - LEASE - timedelta(seconds=1), attempts=0))


def test_it_goes_on_where_it_was_killed(two: Two, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """H1: killed again and again. Nobody sees it before; afterwards it is as if it had never been killed.

    Seen to fail with `at_row` noted in a transaction of its own, before the rows.
    """
    monkeypatch.setattr(restoring, "AT_ONCE", 2)
    path = packed(two.space, two.theirs, tmp_path)
    job = begun(two, path)
    killed = 0
    while db.session.get_one(Restore, job.id, populate_existing=True).done_at is None:
        pieces: Iterator[type[BaseException] | None] = iter([*[None] * 8, Killed])

        def pause(pieces: Iterator[type[BaseException] | None] = pieces) -> None:
            if (end := next(pieces, None)) is not None:
                raise end

        try:
            do_one(pause=pause)
        except Killed:
            killed += 1
            db.session.rollback()
            assert not seen_by(two.theirs)
            lose_the_worker()
        assert db.session.get_one(Restore, job.id, populate_existing=True).error is None
    assert killed > 10
    made = db.session.scalars(select(Space).where(Space.slug == "again")).one()
    again = lines_in(packed(made, two.theirs, tmp_path, name="b.zip"))
    assert not differences(content(lines_in(path)), content(again))
    assert db.session.scalar(select(func.count()).select_from(RestoredRow)) == 0
    assert seen_by(two.theirs)


def seen_by(person: Person) -> int:
    """Return how many items of the restored space somebody sees."""
    inside = select(func.count()).select_from(Item).join(Space, Space.id == Item.space_id)
    return db.session.scalar(inside.where(Space.slug == "again", visible_items(person, now()))) or 0


def test_called_off_half_way_nothing_is_left(two: Two, tmp_path: Path) -> None:
    """F5: all or nothing, also for who stops it."""
    path = packed(two.space, two.theirs, tmp_path)
    looked(two.theirs, path)
    before = rows_everywhere()
    job = begun(two, path)
    pieces: Iterator[type[BaseException] | None] = iter([*[None] * 60, Killed])

    def pause() -> None:
        if (end := next(pieces, None)) is not None:
            raise end

    with pytest.raises(Killed):
        do_one(pause=pause)
    db.session.rollback()
    assert rows_everywhere() != before
    lose_the_worker()
    with transaction():
        give_up(two.theirs, job.uuid)
    while do_one():
        pass
    assert rows_everywhere() == before
