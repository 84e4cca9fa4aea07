"""A disk that is full while an archive is looked through or restored (H2): it is said so, and the work goes on afterwards."""

import errno
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import Connection, event, func, select

from forum.clone.archive.jobs import begin, do_one
from forum.clone.archive.making import shelf, sweep
from forum.clone.archive.models import NO_ROOM, Restore, Stage
from forum.core.db import Base, db, transaction
from forum.core.leased import WorkState
from forum.people.models import Person
from forum.spaces.models import Space
from tests import factories
from tests.cast import Browserless, Cast
from tests.clone.archive.carried import looked, lying, packed, worked
from tests.clone.archive.test_pages import given
from tests.clone.archive.test_sweeping import aged


@contextmanager
def no_room() -> Iterator[None]:
    """Let a database that is made for trying have room for its tables, and for next to nothing else."""

    def fill(_made: object, connection: Connection, **_more: object) -> None:
        connection.exec_driver_sql("PRAGMA max_page_count = 1")  # no less than there is

    event.listen(Base.metadata, "after_create", fill)
    try:
        yield
    finally:
        event.remove(Base.metadata, "after_create", fill)


def anew(key: str) -> Restore:
    return db.session.scalars(
        select(Restore).where(Restore.uuid == key).execution_options(populate_existing=True)
    ).one()


def test_a_full_disk_is_no_fault_of_the_file(
    app: Flask, cast: Cast, tmp_path: Path, as_person: Callable[[Person], Browserless]
) -> None:
    """H2: while it is looked through. The page says what to do, the file stays for it, and a press looks again.

    Seen to fail with every error of the database taken for a fault of the rows: the file was refused and deleted.
    """
    with app.test_request_context("/"):
        factories.make_thread(cast.champions, author=cast.colleague, title="Which forms?", texts=["These. " * 3000])
        path = packed(cast.champions, cast.steward, tmp_path)
        with no_room():
            job = looked(cast.admin, path)
        assert (job.stage, job.state, job.error) == (Stage.LOOK, WorkState.FAILED, NO_ROOM)
        key = job.uuid
        aged(shelf().path_of(key))
        sweep()
        assert shelf().path_of(key).is_file()
    admin, page = as_person(cast.admin), f"/admin/restores/{key}"
    text = admin.get(page).text
    assert "disk is full" in text
    assert "can’t be restored" not in text
    assert admin.send(page).status_code == 303
    with app.test_request_context("/"):
        assert (anew(key).stage, anew(key).state) == (Stage.LOOK, WorkState.WAITING)
        assert worked(anew(key)).state is WorkState.READY


def test_what_stopped_on_a_full_disk_goes_on(
    app: Flask, cast: Cast, tmp_path: Path, as_person: Callable[[Person], Browserless]
) -> None:
    """H2: while it is restored. It isn't tried again and again, nobody says that it was a mistake, and a press goes on.

    Seen to fail without knowing a full disk from a mistake.
    """
    with app.test_request_context("/"):
        factories.make_thread(cast.champions, author=cast.colleague, title="Which forms?", texts=["These."])
        job = looked(cast.admin, packed(cast.champions, cast.steward, tmp_path))
        with transaction():
            key = begin(cast.admin, job.uuid, name="Again", slug="again", by_address=True).uuid
        times = iter(range(3))

        def full() -> None:
            if next(times) == 2:
                raise OSError(errno.ENOSPC, "No space left on device")

        do_one(pause=full)
        assert (anew(key).stage, anew(key).state, anew(key).error) == (Stage.RESTORE, WorkState.FAILED, NO_ROOM)
        assert not do_one()
    admin, page = as_person(cast.admin), f"/admin/restores/{key}"
    text = admin.get(page).text
    assert "disk is full" in text
    assert "our mistake" not in text
    assert "Stopped" in admin.get("/admin/restores").text
    assert admin.send(page).status_code == 303
    with app.test_request_context("/"):
        assert worked(anew(key)).done_at is not None
        assert db.session.get_one(Space, anew(key).space_id).slug == "again"


def test_a_file_for_which_there_is_no_room_is_not_kept(
    cast: Cast, monkeypatch: pytest.MonkeyPatch, as_person: Callable[[Person], Browserless], app: Flask
) -> None:
    """H2: the page says so, in place of an error; what was written of it is removed.

    Seen to fail with the first half of the file left there.
    """

    def half(_source: Path, target: Path) -> None:
        target.write_bytes(b"half of it")
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr("shutil.copyfile", half)
    with app.app_context():
        before = lying()
    answer = given(as_person(cast.admin), b"PK")
    assert answer.status_code == 422
    assert "disk is full" in answer.text
    with app.app_context():
        assert lying() == before
        assert db.session.scalar(select(func.count()).select_from(Restore)) == 0
