"""A backup takes the place of a damaged database, and of none that is in use (H3)."""

from collections.abc import Callable, Mapping
from datetime import timedelta
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import update

from forum.config import Settings
from forum.core.db import db, transaction
from forum.core.outbox import Heartbeat
from forum.core.time import now
from forum.notify.heartbeat import beat
from tests.cli.backups import Command, names
from tests.cli.process import started


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
