"""Tests of what the tests stand on: databases."""

import json
import os
from pathlib import Path

import pytest
import sqlalchemy

from tests.support import postgres_start
from tests.support.databases import copy_of

TABLES: list[str] = []


def fill_with_a_table(url: str) -> None:
    engine = sqlalchemy.create_engine(url)
    with engine.begin() as connection:
        connection.execute(sqlalchemy.text("CREATE TABLE filled (number integer)"))
    engine.dispose()
    TABLES.append(url)


def tables_of(url: str) -> list[str]:
    engine = sqlalchemy.create_engine(url)
    try:
        return sqlalchemy.inspect(engine).get_table_names()
    finally:
        engine.dispose()


def test_a_test_gets_sqlite_unless_it_says_otherwise(database_url: str) -> None:
    assert database_url.startswith("sqlite:")
    assert "space" in tables_of(database_url)


@pytest.mark.both_databases
@pytest.mark.parametrize("turn", [1, 2])
def test_a_database_is_migrated_and_each_test_has_its_own(database_url: str, turn: int) -> None:
    assert "person" in tables_of(database_url)
    assert "filled" not in tables_of(database_url)
    fill_with_a_table(database_url)
    assert "filled" in tables_of(database_url)


@pytest.mark.postgres
def test_a_test_that_needs_postgresql_gets_it(database_url: str) -> None:
    assert database_url.startswith("postgresql+psycopg://")


@pytest.mark.both_databases
def test_what_takes_long_is_filled_in_once_and_copied(database_url: str) -> None:
    kind = "sqlite" if database_url.startswith("sqlite") else "postgres"
    TABLES.clear()
    copies = [copy_of(kind, fill=fill_with_a_table) for _ in range(2)]
    for copy in copies:
        assert "filled" in tables_of(next(copy))
        assert next(copy, None) is None
    assert len(TABLES) <= 1


@pytest.mark.demo
@pytest.mark.both_databases
def test_a_test_may_start_from_the_demo(database_url: str) -> None:
    engine = sqlalchemy.create_engine(database_url)
    with engine.connect() as connection:
        assert connection.scalar(sqlalchemy.text("SELECT count(*) FROM thread")) >= 60
    engine.dispose()


@pytest.mark.parametrize("left", ["", "no number", "4194305", "this test's own"])
def test_a_server_that_was_killed_is_not_stopped_again(tmp_path: Path, left: str) -> None:
    """Its number is left behind: nobody's now, or another program's, which must not be ended in its place."""
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "postmaster.pid").write_text(left.replace("this test's own", str(os.getpid())))
    (tmp_path / "where.json").write_text(json.dumps({"binaries": str(tmp_path), "user": None, "group": None}))
    assert not postgres_start.is_running(tmp_path / "data")
    postgres_start.stop(tmp_path)
