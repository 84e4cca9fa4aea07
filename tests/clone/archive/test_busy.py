"""A busy moment while an archive is looked through or restored (H2): it is waited for, for as long as it takes, and said so."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import select, update

from forum.cli import archives
from forum.cli.entry import run
from forum.clone.archive import files
from forum.clone.archive.jobs import begin, do_one
from forum.clone.archive.making import shelf, sweep
from forum.clone.archive.models import Restore, Stage
from forum.core.db import db, transaction
from forum.core.files import Examined, Refused, Why
from forum.core.leased import LAST_ATTEMPT, WorkState
from forum.core.time import now
from forum.people.models import Person
from tests import factories
from tests.cast import Browserless, Cast
from tests.clone.archive.carried import looked, packed, worked
from tests.clone.archive.test_full import anew, no_room
from tests.clone.archive.test_sweeping import aged


@contextmanager
def busy() -> Iterator[None]:
    """Let people's own files take every turn."""

    def taken(_came: Path, _made: Path) -> Examined:
        raise Refused(Why.BUSY)

    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(files, "examine", taken)
        patched.setattr(files, "PATIENCE", 0.0)
        yield


def with_file(cast: Cast, folder: Path) -> Path:
    thread = factories.make_thread(cast.champions, author=cast.colleague, title="Which forms?", texts=["These."])
    post = factories.make_post(thread, author=cast.colleague, text="Here.")
    factories.make_attachment(cast.champions, by=cast.colleague, to=post, name="a.txt", data=b"words")
    return packed(cast.champions, cast.steward, folder)


def tried(key: str) -> Restore:
    """Try once more and once more, each time when the minute is over."""
    for _time in range(LAST_ATTEMPT + 2):
        with transaction():
            db.session.execute(update(Restore).where(Restore.uuid == key).values(claimed_until=None))
        assert do_one()
    return anew(key)


@pytest.mark.both_databases
def test_a_busy_hour_refuses_no_file(
    app: Flask, cast: Cast, tmp_path: Path, as_person: Callable[[Person], Browserless]
) -> None:
    """H2: while it is looked through and while it is restored, however often. The file stays, and the page says what is waited for.

    Seen to fail with each busy moment counted as a try that failed: after three the file was refused, and removed.
    """
    with app.test_request_context("/"):
        path = with_file(cast, tmp_path)
        with busy():
            key = looked(cast.admin, path).uuid
            job = tried(key)
        assert (job.stage, job.state, job.attempts) == (Stage.LOOK, WorkState.WAITING, 0)
        assert job.claimed_until is not None
        assert job.claimed_until > now()
        assert not do_one()
        aged(shelf().path_of(key))
        sweep()
        assert shelf().path_of(key).is_file()
    admin, page = as_person(cast.admin), f"/admin/restores/{key}"
    text = admin.get(page).text
    assert "Baton is busy with other files and texts. It goes on by itself" in text
    assert "mistake" not in text
    with app.test_request_context("/"):
        with transaction():
            anew(key).claimed_until = None
        assert worked(anew(key)).state is WorkState.READY
        with transaction():
            begin(cast.admin, key, name="Again", slug="again", by_address=False)
        with busy():
            job = tried(key)
        assert (job.stage, job.state, job.attempts) == (Stage.RESTORE, WorkState.WAITING, 0)
        with transaction():
            anew(key).claimed_until = None
        assert worked(anew(key)).done_at is not None


def test_a_dry_run_says_that_baton_is_busy_or_its_disk_full(
    app: Flask, cast: Cast, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """H2: and what to do. Seen to fail with neither known to the command: the words were those of a page, or of the database."""
    monkeypatch.setattr(archives, "app_from", lambda _settings: nullcontext(app))
    monkeypatch.setattr(archives, "settings_from", lambda: None)
    with app.test_request_context("/"):
        factories.make_thread(cast.champions, author=cast.colleague, title="Long", texts=["These. " * 3000])
        path = with_file(cast, tmp_path)
    asked = ["restore-space", str(path), "--dry-run", "--for", str(cast.admin.email)]
    with busy():
        assert run(asked) == 1
    assert "busy with other files and texts. Run the command again" in capsys.readouterr().err
    with no_room():
        assert run(asked) == 1
    assert "Baton’s disk is full" in capsys.readouterr().err
    assert run(asked) == 0
    with app.app_context():
        assert db.session.scalar(select(Restore.id)) is None
