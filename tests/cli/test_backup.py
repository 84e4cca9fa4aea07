"""Backups are whole, are checked, and come back as a working site (H3)."""

import os
import shutil
import sqlite3
import subprocess
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing
from datetime import timedelta
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import select, update
from sqlalchemy.engine import make_url

from forum.cli.backup import stamp
from forum.cli.postgres_files import PostgresFiles, reaching
from forum.config import Settings
from forum.core.db import db, transaction
from forum.core.outbox import Heartbeat
from forum.core.time import now
from forum.notify.heartbeat import beat
from forum.people.models import Department, LinkPurpose, Person, SecretLink, WebSession
from tests import factories
from tests.cli.process import Done, baton, baton_process, environment, started
from tests.support.server import make_app

Command = Callable[..., Done]


@pytest.fixture
def env(tmp_path: Path, database_url: str) -> Mapping[str, str]:
    """The environment of commands on this test's database."""
    return environment(tmp_path / "var", database_url=database_url)


@pytest.fixture
def command(env: Mapping[str, str]) -> Command:
    """Give a way to run a command on this test's database."""
    return lambda *words: baton(*map(str, words), env=env)


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """Where the backup goes."""
    return tmp_path / "backup"


def names(app: Flask) -> set[str]:
    with app.app_context():
        return set(db.session.scalars(select(Person.name)))


@pytest.fixture
def inhabited(app: Flask) -> Flask:
    """An app with somebody in it, signed in, and with a link in their mail."""
    with app.app_context():
        person = factories.make_person(name="Priya Nair")
        with transaction():
            at = now()
            later = at + timedelta(hours=1)
            session = {"token_hash": "a" * 64, "created_at": at, "last_seen_at": at, "expires_at": later}
            db.session.add(WebSession(person_id=person.id, **session))
            link = {"nonce": "n", "token_hash": "b" * 64, "created_at": at, "expires_at": later}
            db.session.add(SecretLink(purpose=LinkPurpose.RESET, person_id=person.id, address="p@example.org", **link))
        db.engine.dispose()
    return app


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


def rubbish(length: int) -> bytes:
    return (b"\x9c\x03rubbish" * length)[:length]


def spoil_the_whole(path: Path) -> None:
    path.write_bytes(rubbish(200_000))


def spoil_the_list_of_tables(path: Path) -> None:
    content = bytearray(path.read_bytes())
    content[100:4096] = rubbish(3996)
    path.write_bytes(content)


def spoil_every_page_but_the_first(path: Path) -> None:
    content = bytearray(path.read_bytes())
    content[4096:] = rubbish(len(content) - 4096)
    path.write_bytes(content)


def cut_off(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:10_000])


@pytest.mark.parametrize("spoil", [spoil_the_whole, spoil_the_list_of_tables, spoil_every_page_but_the_first, cut_off])
def test_a_damaged_database_is_replaced_by_a_good_backup_and_kept(
    inhabited: Flask, command: Command, file: Path, settings: Settings, spoil: Callable[[Path], None]
) -> None:
    """H3: this is what backups are for. Failed with a traceback while a damaged database was asked what it holds."""
    command("backup", file)
    path = Path(settings.database_url.removeprefix("sqlite:///"))
    spoil(path)
    damaged = path.read_bytes()
    refused = command("restore", file)
    assert (refused.returncode, refused.stderr.count("\n")) == (2, 1)
    assert "say --replace" in refused.stderr
    restored = command("restore", file, "--replace")
    assert restored.returncode == 0, restored.stderr
    assert names(inhabited) == {"Priya Nair"}
    kept = Path(restored.stdout.split("What was there is ")[1].split(". Everybody")[0])
    assert kept.read_bytes() == damaged


@pytest.mark.parametrize(
    "words", [["serve", "--port", "0"], ["migrate"], ["check"], ["worker"], ["backup", "elsewhere"]]
)
def test_a_damaged_database_is_said_in_one_line(
    inhabited: Flask, command: Command, settings: Settings, words: list[str]
) -> None:
    """H2."""
    spoil_the_whole(Path(settings.database_url.removeprefix("sqlite:///")))
    done = command(*words)
    assert done.returncode == 1
    assert "file is not a database" in done.stderr or "BAD   database    The database can’t be used." in done.stdout
    assert done.stderr.count("\n") <= 1


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
def test_while_baton_runs_nothing_is_put_in_the_place_of_its_database(
    inhabited: Flask, command: Command, file: Path
) -> None:
    command("backup", file)
    with inhabited.app_context():
        beat("somebody")
    refused = command("restore", file, "--replace")
    assert refused.returncode == 2
    assert "Baton is running on this database. Stop it first" in refused.stderr
    with inhabited.app_context():
        with transaction():
            db.session.execute(update(Heartbeat).values(beat_at=now() - timedelta(minutes=2)))
        db.engine.dispose()
    assert command("restore", file, "--replace").returncode == 0


@pytest.mark.both_databases
def test_a_server_without_a_worker_is_seen_too(
    inhabited: Flask, command: Command, env: Mapping[str, str], file: Path
) -> None:
    """H3: it leaves no sign of life, and went on with what had been moved aside, losing what people wrote."""
    command("backup", file)
    with started("serve", "--port", "0", "--no-worker", env=env) as running:
        running.line_with("running at")
        refused = command("restore", file, "--replace")
        assert refused.returncode == 2
        assert "Another process has this database open" in refused.stderr
        assert names(inhabited) == {"Priya Nair"}
        with inhabited.app_context():
            db.engine.dispose()
        assert running.stop() == 0
    assert command("restore", file, "--replace").returncode == 0


def test_a_server_on_a_damaged_database_is_seen_too(
    inhabited: Flask, command: Command, env: Mapping[str, str], file: Path, settings: Settings
) -> None:
    """H3: its worker can leave no sign of life there."""
    command("backup", file)
    with started("serve", "--port", "0", env=env) as running:
        running.line_with("worker .* started")
        path = Path(settings.database_url.removeprefix("sqlite:///"))
        with path.open("r+b") as database:
            database.write(rubbish(path.stat().st_size))
        Path(f"{path}-wal").write_bytes(b"")
        refused = command("restore", file, "--replace")
        assert refused.returncode == 2, refused.stderr
        assert "Another process has this database open" in refused.stderr


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
def test_a_dump_is_its_owner_s_from_the_first_byte_on(
    inhabited: Flask, command: Command, file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It holds everything people wrote; made first and closed to others afterwards, it could be read meanwhile."""
    modes = []
    real = PostgresFiles._run

    def run(self: PostgresFiles, tool: str, *words: str, **others: bool) -> str:
        if tool == "pg_dump":
            modes.append(file.with_name("backup.part").stat().st_mode & 0o777)
        return real(self, tool, *words, **others)

    monkeypatch.setattr(PostgresFiles, "_run", run)
    assert command("backup", file).returncode == 0
    assert modes == [0o600]
    assert file.stat().st_mode & 0o777 == 0o600


@pytest.mark.postgres
def test_a_backup_reaches_the_database_with_all_that_its_address_says(
    inhabited: Flask, env: Mapping[str, str], file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A server that must be reached with TLS was reached without."""
    seen = []
    real = subprocess.run

    def run(words: list[str], **others: object) -> object:
        seen.append(words)
        return real(words, **others)  # type: ignore[call-overload]  # as given

    monkeypatch.setattr(subprocess, "run", run)
    address = env["BATON_DATABASE_URL"]
    given = {
        **env,
        "BATON_DATABASE_URL": f"{address}{'&' if '?' in address else '?'}sslmode=prefer&options=-cgeqo%3Doff",
    }
    assert baton("backup", str(file), env=given).returncode == 0
    assert baton("restore", str(file), "--replace", env=given).returncode == 0
    on_database = [words for words in seen if Path(words[0]).name in {"pg_dump", "psql"}]
    assert len(on_database) == 3
    assert all("sslmode=prefer" in words[1] and "options=-cgeqo=off" in words[1] for words in on_database)


def test_the_password_of_the_database_stands_in_no_list_of_programs() -> None:
    """A14."""
    (option,), secret = reaching(make_url("postgresql+psycopg://baton:hu%20sh@db/baton?sslmode=verify-full&host=other"))
    assert "hu sh" not in option
    assert "sslmode=verify-full" in option
    assert secret == {"PGPASSWORD": "hu sh"}


def test_what_commands_write_is_for_its_owner_s_eyes_only(tmp_path: Path) -> None:
    """The database, its log of writes, the key and what a restore keeps aside were readable by everybody on the machine."""
    env = environment(tmp_path / "var")
    outside = os.umask(0o022)
    try:
        assert baton_process("migrate", env=env).returncode == 0
        assert baton_process("backup", str(tmp_path / "backup"), env=env).returncode == 0
        assert baton_process("restore", str(tmp_path / "backup"), "--replace", env=env).returncode == 0
        with started("serve", "--port", "0", env=env) as running:
            running.line_with("running at")
            found = {path.name: path.stat().st_mode & 0o777 for path in (tmp_path / "var").iterdir()}
    finally:
        os.umask(outside)
    assert (tmp_path / "var").stat().st_mode & 0o777 == 0o700
    assert {"baton.sqlite3", "baton.sqlite3-wal"} < set(found)
    assert any("before-restore" in name for name in found)
    assert set(found.values()) == {0o600}


@pytest.mark.postgres
def test_what_is_no_dump_is_not_restored_to_postgresql(inhabited: Flask, command: Command, file: Path) -> None:
    """H3."""
    file.write_text("a letter to my aunt\n" * 1000)
    refused = command("restore", file, "--replace")
    assert refused.returncode == 1
    assert refused.stderr.startswith("pg_restore failed: ")
    assert names(inhabited) == {"Priya Nair"}
