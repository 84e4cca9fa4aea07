"""Databases and backups are for their owner's eyes only, and their way is as closed as Baton's own."""

import os
import subprocess
from collections.abc import Mapping
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy.engine import make_url

from forum.cli.postgres_files import PostgresFiles, reaching
from tests.cli.backups import Command
from tests.cli.process import baton, baton_process, environment, started


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
            paths = list((tmp_path / "var").rglob("*"))
            found = {path.name: path.stat().st_mode & 0o777 for path in paths if not path.is_dir()}
            folders = {path.name: path.stat().st_mode & 0o777 for path in paths if path.is_dir()}
    finally:
        os.umask(outside)
    assert (tmp_path / "var").stat().st_mode & 0o777 == 0o700
    assert {"baton.sqlite3", "baton.sqlite3-wal"} < set(found)
    assert any("before-restore" in name for name in found)
    assert set(found.values()) == {0o600}
    assert "attachments" in folders
    assert set(folders.values()) == {0o700}
