"""What becomes of an archive that came in when nobody answers, or it is thrown away, or whoever gave it has no account any more."""

import json
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import func, select, update

from forum.clone.archive.ending import let_go
from forum.clone.archive.jobs import begin, do_one, give_up
from forum.clone.archive.making import shelf
from forum.clone.archive.models import Restore, RestoredRow, SpaceArchive, Stage
from forum.core.db import db, transaction
from forum.core.leased import LEASE, WorkState
from forum.core.time import now
from forum.mydata import erasing, keeping, making
from forum.mydata.erasing import erase
from forum.people.models import Department, Person
from forum.people.queries import open_departments
from forum.spaces.models import Space
from tests import factories
from tests.cast import Browserless, Cast
from tests.clone.archive.carried import looked, packed, pressed, worked, written
from tests.clone.archive.test_hostile import furnished
from tests.clone.test_template import again, of

inside = pytest.mark.usefixtures("context")


class Killed(BaseException):
    """The end of a process."""


def killed_after(pieces: int) -> Callable[[], None]:
    left = iter(range(pieces))

    def pause() -> None:
        if next(left, None) is None:
            raise Killed

    return pause


def half_way(cast: Cast, path: Path, *, by: Person, pieces: int = 40, by_address: bool = False) -> Restore:
    """Restore an archive as far as a worker came that was killed."""
    job = looked(by, path)
    with transaction():
        begin(by, job.uuid, name="Again", slug="again", by_address=by_address)
    with pytest.raises(Killed):
        do_one(pause=killed_after(pieces))
    db.session.rollback()
    with transaction():
        db.session.execute(update(Restore).values(claimed_until=now() - LEASE, attempts=0))
    return db.session.get_one(Restore, job.id, populate_existing=True)


def with_department(cast: Cast, folder: Path) -> Path:
    """Return an archive that names a department nobody knows here."""
    files = of(packed(furnished(cast), cast.steward, folder).read_bytes())
    people = [json.loads(line) for line in files["person.jsonl"].splitlines()]
    for one in people:
        one.pop("department_id", None)
    path = folder / "departments.zip"
    named = written(written(files, "person.jsonl", people), "department.jsonl", [{"key": 1, "name": "Harbour office"}])
    path.write_bytes(again(named))
    return path


def test_what_nobody_restores_is_over_after_some_days(
    app: Flask, cast: Cast, tmp_path: Path, as_person: Callable[[Person], Browserless]
) -> None:
    """A15: people are named in it, so it doesn't lie there for good; what was begun stays.

    Seen to fail without an end for what was looked through.
    """
    with app.test_request_context("/"):
        path = packed(furnished(cast), cast.steward, tmp_path)
        begun = half_way(cast, path, by=cast.admin).id
        key = looked(cast.admin, packed(cast.night_desk, cast.admin, tmp_path, name="b.zip")).uuid
        with transaction():
            waits = db.session.scalars(select(Restore).where(Restore.uuid == key)).one()
            waits.asked_at = now() - timedelta(days=6)
        let_go()
        assert shelf().path_of(key).is_file()
        with transaction():
            db.session.execute(update(Restore).values(asked_at=now() - timedelta(days=8)))
        let_go()
        states = dict(db.session.execute(select(Restore.id, Restore.state)).all())
        assert [state for one, state in states.items() if one != begun] == [WorkState.OVER]
        assert states[begun] is not WorkState.OVER
        assert not shelf().path_of(key).exists()
    admin, page = as_person(cast.admin), f"/admin/restores/{key}"
    assert "The file is gone" in admin.get(page).text
    assert "Gone" in admin.get("/admin/restores").text
    assert admin.send(page, name="Again", slug="other").status_code == 303
    with app.test_request_context("/"):
        assert db.session.scalar(select(Restore.state).where(Restore.uuid == key)) is WorkState.OVER


@inside
def test_departments_can_be_chosen_when_the_space_is_complete(cast: Cast, tmp_path: Path) -> None:
    """F5: nobody sees anything of it before. Seen to fail with departments made as ones that are open."""
    job = half_way(cast, with_department(cast, tmp_path), by=cast.admin)
    assert "Harbour office" not in {one.name for one in open_departments()}
    assert worked(job).done_at is not None
    assert "Harbour office" in {one.name for one in open_departments()}


@inside
def test_a_department_that_is_of_use_stays_when_the_rest_is_taken_back(cast: Cast, tmp_path: Path) -> None:
    """F5: an admin opened it, and somebody is in it. Seen to fail with all departments deleted that were made: it never ended."""
    path = with_department(cast, tmp_path)
    job = half_way(cast, path, by=cast.admin)
    with transaction():
        made = db.session.scalars(select(Department).where(Department.name == "Harbour office")).one()
        made.closed_at = None
        db.session.get_one(Person, cast.colleague.id).department_id = made.id
    with transaction():
        give_up(cast.admin, job.uuid)
    job = worked(job)
    assert (job.stage, job.state, job.space_id) == (Stage.UNDO, WorkState.CANCELLED, None)
    assert db.session.get(Department, made.id) is not None
    assert db.session.scalar(select(func.count()).select_from(RestoredRow)) == 0


@inside
@pytest.mark.both_databases
def test_a_space_that_is_not_complete_goes_with_the_account_of_who_restores_it(cast: Cast, tmp_path: Path) -> None:
    """A15: their file at once, and the worker takes back what was made, so that no address stays taken for good.

    Seen to fail with their row deleted: nobody knew any more what there was to take back.
    """
    other = factories.make_person(name="Other Admin", is_admin=True)
    people = select(func.count()).select_from(Person)
    path, before = packed(furnished(cast), cast.steward, tmp_path), db.session.scalar(people)
    job = half_way(cast, path, by=other)
    waits = looked(other, packed(cast.night_desk, cast.admin, tmp_path, name="b.zip"))
    made = shelf().path_of(factories.make_archive(cast.champions, by=other).uuid)
    half, key, only_looked_at, second = job.id, job.uuid, waits.id, waits.uuid
    with transaction():
        erase(db.session.get_one(Person, other.id, populate_existing=True))
    assert not shelf().path_of(key).exists()
    assert not shelf().path_of(second).exists()
    assert not made.exists()
    assert db.session.get(Restore, only_looked_at, populate_existing=True) is None
    job = worked(db.session.get_one(Restore, half))
    assert (job.state, job.space_id, job.file_name, job.report) == (WorkState.CANCELLED, None, "", {})
    assert db.session.scalar(select(func.count()).select_from(Space).where(Space.slug == "again")) == 0
    assert db.session.scalar(people) == before
    keeping.run(at=now() + timedelta(days=400))
    assert db.session.get(Restore, half, populate_existing=True) is None


@inside
@pytest.mark.both_databases
def test_files_stay_when_an_account_could_not_be_erased(
    cast: Cast, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A15: their rows stand, so what these lead to is there until it is tried again. One that can't be removed stops nobody's end.

    Seen to fail with files removed before all was written.
    """
    other = factories.make_person(name="Other Admin", is_admin=True)
    waits = shelf().path_of(looked(other, packed(cast.night_desk, cast.admin, tmp_path)).uuid)
    made = shelf().path_of(factories.make_archive(cast.champions, by=other).uuid)
    own = making.shelf().path_of(factories.make_download(other).uuid)
    with monkeypatch.context() as patched:
        patched.setattr(erasing, "forget", failing)
        with pytest.raises(RuntimeError), transaction():
            erase(db.session.get_one(Person, other.id, populate_existing=True))
    assert [path.is_file() for path in (waits, made, own)] == [True, True, True]
    waits.unlink()
    waits.mkdir()  # nobody can remove it as a file
    with transaction():
        erase(db.session.get_one(Person, other.id, populate_existing=True))
    assert db.session.get_one(Person, other.id, populate_existing=True).email is None
    assert [path.exists() for path in (waits, made, own)] == [True, False, False]
    waits.rmdir()


def failing(_person: Person) -> None:
    raise RuntimeError


@inside
def test_rows_of_what_is_over_go(cast: Cast, tmp_path: Path) -> None:
    """A15: after the days of links, as downloads of one's own data; what can go on yet stays. Seen to fail without a declaration."""
    path = packed(furnished(cast), cast.steward, tmp_path)
    half = half_way(cast, packed(cast.night_desk, cast.admin, tmp_path, name="b.zip"), by=cast.admin, pieces=9).id
    with transaction():  # it couldn't be taken back
        stuck = db.session.get_one(Restore, half)
        stuck.stage, stuck.state, stuck.error, stuck.slug = Stage.UNDO, WorkState.FAILED, "KeyError", "other"
        db.session.get_one(Space, stuck.space_id).slug = "other"
    done, ready = pressed(cast.admin, looked(cast.admin, path)).id, looked(cast.admin, path).id
    over, fetched = (factories.make_archive(space, by=cast.steward).id for space in (cast.champions, cast.night_desk))
    with transaction():
        db.session.get_one(SpaceArchive, over).state = WorkState.OVER
    keeping.run(at=now() + timedelta(days=31))
    assert db.session.scalars(select(Restore.id).where(Restore.id.in_((half, done, ready)))).all() == [half, ready]
    assert db.session.scalars(select(SpaceArchive.id).where(SpaceArchive.id.in_((over, fetched)))).all() == [fetched]
    assert db.session.scalar(select(func.count()).select_from(Space).where(Space.slug == "again")) == 1
