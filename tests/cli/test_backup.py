"""Backups are whole, are checked, and come back as a working site (H3)."""

import io
import shutil
import sqlite3
import tarfile
import threading
import time
from collections.abc import Iterator
from contextlib import closing
from datetime import timedelta
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import select

from forum.cli.backup import stamp
from forum.config import Settings
from forum.core.db import db, transaction
from forum.core.files import Store
from forum.core.outbox import Heartbeat
from forum.core.time import now
from forum.people.models import Department, SecretLink, WebSession
from tests import factories
from tests.cli.backups import Command, names
from tests.cli.process import baton, environment
from tests.support.server import make_app


@pytest.mark.both_databases
def test_what_was_backed_up_comes_back_and_what_was_there_is_kept(
    inhabited: Flask, command: Command, file: Path, tmp_path: Path
) -> None:
    """H3."""
    written = command("backup", file)
    assert written.returncode == 0, written.stderr
    assert file.stat().st_mode & 0o777 == 0o600
    with inhabited.app_context():
        factories.make_person(name="Late Comer")
        db.engine.dispose()
    refused = command("restore", file)
    assert refused.returncode == 2
    assert "say --replace" in refused.stderr
    assert names(inhabited) == {"Priya Nair", "Late Comer"}
    with inhabited.app_context():
        db.engine.dispose()

    restored = command("restore", file, "--replace")
    assert restored.returncode == 0, restored.stderr
    assert names(inhabited) == {"Priya Nair"}
    with inhabited.app_context():
        factories.make_person(name="New Comer")
        db.engine.dispose()

    kept = Path(restored.stdout.split("What was there is ")[1].split(". Everybody")[0])
    back = command("restore", kept, "--replace")
    assert back.returncode == 0, back.stderr
    assert names(inhabited) == {"Priya Nair", "Late Comer"}


@pytest.mark.both_databases
def test_attached_files_are_kept_beside_the_database_and_come_back(
    inhabited: Flask, command: Command, file: Path, tmp_path: Path
) -> None:
    """H3, A13: and one that is damaged, or has a name of its own, is not put anywhere."""
    kept = Store(tmp_path / "var" / "attachments")
    assert "Nobody has attached a file yet" in command("backup", file).stdout
    with kept.held(), kept.arriving() as folder:
        (folder / "file").write_bytes(b"Words.")
        sha256 = kept.keep(folder / "file")
    written = command("backup", file, "--replace")
    archive = tmp_path / "backup.attachments.tar"
    assert f"Attached files, 1 of them, are in {archive}" in written.stdout
    assert archive.stat().st_mode & 0o777 == 0o600
    kept.path_of(sha256).unlink()
    assert "1 attached files are back" in command("restore", file, "--replace").stdout
    assert kept.path_of(sha256).read_bytes() == b"Words."

    for name, data in ((sha256, b"Other words."), ("../evil", b"Words.")):
        with tarfile.open(archive, "w") as made:
            member = tarfile.TarInfo(name)
            member.size = len(data)
            made.addfile(member, io.BytesIO(data))
        kept.path_of(sha256).unlink(missing_ok=True)
        assert command("restore", file, "--replace").returncode == 1
        assert list(kept.kept()) == []
        assert not (tmp_path / "var" / "evil").exists()
    archive.unlink()
    assert "There is no backup.attachments.tar beside it" in command("restore", file, "--replace").stdout


def test_two_restores_in_one_second_keep_two_files() -> None:
    """H3: with one name for both, the second wrote over what the first had kept, and put that back."""
    first = now()
    assert stamp(first) != stamp(first + timedelta(microseconds=1))


@pytest.mark.both_databases
def test_after_a_restore_no_old_session_or_link_opens_a_door(inhabited: Flask, command: Command, file: Path) -> None:
    """A7, A8: some were ended after the backup was made."""
    command("backup", file)
    assert command("restore", file, "--replace").returncode == 0
    with inhabited.app_context():
        assert db.session.scalar(select(WebSession.ended_at)) is not None
        assert db.session.scalar(select(SecretLink.voided_at)) is not None
        assert db.session.scalar(select(Heartbeat.worker)) is None


@pytest.mark.both_databases
def test_a_backup_under_writes_is_one_moment(
    inhabited: Flask, command: Command, file: Path, settings: Settings
) -> None:
    """H3: people go on writing meanwhile, and each of their transactions is in it whole or not at all."""
    stop = threading.Event()
    written = []

    def write() -> None:
        number = 0
        while not stop.is_set():
            number += 1
            with inhabited.app_context(), transaction():
                for half in ("left", "right"):
                    department = Department(name=f"{half} {number}")
                    db.session.add(department)
                    db.session.flush()
            written.append(number)

    writer = threading.Thread(target=write)
    writer.start()
    try:
        while len(written) < 20:
            time.sleep(0.01)
        done = command("backup", file)
        after = len(written)
        while len(written) < after + 5:
            time.sleep(0.01)
    finally:
        stop.set()
        writer.join()
    assert done.returncode == 0, done.stderr
    with inhabited.app_context():
        db.engine.dispose()
    assert command("restore", file, "--replace").returncode == 0
    with inhabited.app_context():
        halves = list(db.session.scalars(select(Department.name)))
    numbers = sorted(int(half.split()[1]) for half in halves if half.startswith("left"))
    assert sorted(halves) == sorted(f"{half} {number}" for number in numbers for half in ("left", "right"))
    assert numbers == list(range(1, len(numbers) + 1))
    assert 20 <= len(numbers) <= after + 1


def test_a_restored_site_works(inhabited: Flask, command: Command, file: Path, tmp_path: Path) -> None:
    """H3: on another machine, where there was nothing."""
    command("backup", file)
    elsewhere = environment(tmp_path / "elsewhere")
    done = baton("restore", str(file), env=elsewhere)
    assert done.returncode == 0, done.stderr
    assert "The database was empty before." in done.stdout
    assert sorted(path.name for path in (tmp_path / "elsewhere").iterdir() if "sqlite3" in path.name) == [
        "baton.sqlite3"
    ]
    for app in make_app(Settings.from_environ(elsewhere)):
        assert app.test_client().get("/sign-in").status_code == 200
        assert names(app) == {"Priya Nair"}


def test_a_file_that_is_there_is_not_written_over(inhabited: Flask, command: Command, file: Path) -> None:
    file.write_text("precious")
    refused = command("backup", file)
    assert refused.returncode == 2
    assert "is there already" in refused.stderr
    assert file.read_text() == "precious"
    assert command("backup", file, "--replace").returncode == 0
    assert file.read_bytes().startswith(b"SQLite format 3")


def test_a_backup_that_fails_leaves_nothing_that_looks_like_one(
    inhabited: Flask, command: Command, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """H2: a disk that is full, say."""

    def fails(_path: Path) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("forum.cli.part_file.to_disk", fails)
    failed = command("backup", tmp_path / "backup")
    assert failed.returncode == 1
    assert "No space left on device" in failed.stderr
    assert not list(tmp_path.glob("backup*"))


def test_no_folder_and_no_database_are_said_plainly(command: Command, tmp_path: Path) -> None:
    assert "There is no folder" in command("backup", tmp_path / "nowhere" / "backup").stderr
    assert "There is no file" in command("restore", tmp_path / "nothing").stderr
    fresh = baton("backup", str(tmp_path / "backup"), env=environment(tmp_path / "fresh"))
    assert "There is no database yet" in fresh.stderr


@pytest.fixture
def good(inhabited: Flask, command: Command, file: Path) -> Iterator[Path]:
    """A good backup, which a test spoils; the site is as it was in the end."""
    command("backup", file)
    yield file
    refused = command("restore", file, "--replace")
    assert refused.returncode == 1, refused
    assert names(inhabited) == {"Priya Nair"}


def test_what_is_no_database_is_not_restored(good: Path) -> None:
    """H3."""
    good.write_text("a letter to my aunt\n" * 1000)


def test_half_a_backup_is_not_restored(good: Path) -> None:
    """H3."""
    good.write_bytes(good.read_bytes()[: good.stat().st_size // 2])


def test_a_damaged_backup_is_not_restored(good: Path) -> None:
    """H3."""
    content = bytearray(good.read_bytes())
    content[8192:20480] = b"\x5a" * 12288
    good.write_bytes(content)


def test_somebody_else_s_database_is_not_restored(good: Path) -> None:
    """H3."""
    good.unlink()
    with closing(sqlite3.connect(good)) as connection:
        connection.execute("CREATE TABLE recipe (cake TEXT)")


def test_a_backup_of_a_newer_baton_is_not_restored(good: Path) -> None:
    """H3."""
    with closing(sqlite3.connect(good)) as connection, connection:
        connection.execute("UPDATE alembic_version SET version_num = '9999'")


@pytest.mark.postgres
def test_without_postgresql_s_tools_it_says_what_to_install(
    inhabited: Flask, command: Command, file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(shutil, "which", lambda _tool: None)
    refused = command("backup", file)
    assert refused.returncode == 2
    assert "apt install postgresql-client" in refused.stderr


@pytest.mark.postgres
def test_what_is_no_dump_is_not_restored_to_postgresql(inhabited: Flask, command: Command, file: Path) -> None:
    """H3."""
    file.write_text("a letter to my aunt\n" * 1000)
    refused = command("restore", file, "--replace")
    assert refused.returncode == 1
    assert refused.stderr.startswith("pg_restore failed: ")
    assert names(inhabited) == {"Priya Nair"}
