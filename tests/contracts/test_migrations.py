"""Migrations make the tables that the models describe, on both databases, and can take them away again."""

import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any

import alembic.autogenerate
import alembic.migration
import flask_migrate
import pytest
import sqlalchemy
from flask import Flask
from sqlalchemy.engine import Connection

from forum.core.db import Base, UtcDateTime, db, is_made_by_hand

pytestmark = pytest.mark.both_databases
CONVENTION = {
    "ix": re.compile(r"^ix_[a-z_]+$"),
    "uq": re.compile(r"^uq_[a-z_]+$"),
    "ck": re.compile(r"^ck_[a-z_]+$"),
    "fk": re.compile(r"^fk_[a-z_]+$"),
    "pk": re.compile(r"^pk_[a-z_]+$"),
}

AT = datetime(2026, 11, 1, 10, tzinfo=UTC)
TEXT = {"source": "x", "html": "x", "renderer": 1}
OLD_ROWS: Sequence[tuple[str, dict[str, object]]] = (
    (
        "person",
        {
            "id": 1,
            "uuid": "p",
            "handle": "p",
            "name": "P",
            "about": "",
            "zone": "UTC",
            "working_days": 31,
            "language": "en",
        }
        | {"state": "active", "is_admin": False, "is_demo": False, "created_at": AT},
    ),
    (
        "space",
        {"id": 1, "uuid": "s", "slug": "s", "name": "S", "purpose": "", "about_source": "", "about_html": ""}
        | {"about_renderer": 1, "visibility": "open", "cloth": "teal", "zone": "UTC", "created_at": AT},
    ),
    (
        "item",
        {"id": 1, "uuid": "i", "ref": "i", "kind": "thread", "space_id": 1, "author_id": 1, "title": "T", "version": 1}
        | {"state": "published", "audience": "space", "created_at": AT, "last_number": 1, "last_at": AT},
    ),
    (
        "post",
        {"id": 1, "uuid": "o", "item_id": 1, "number": 1, "author_id": 1, "state": "published", "version": 2}
        | TEXT
        | {"created_at": AT},
    ),
    ("post_revision", {"post_id": 1, "version": 1, "written_at": AT, "editor_id": 1} | TEXT),
    ("post_mention", {"post_id": 1, "person_id": 1}),
    ("read_mark", {"person_id": 1, "item_id": 1, "last_number": 1, "read_at": AT}),
)
"""One of each thing that a rebuilt table could lose, as the first migration knew it."""


@contextmanager
def connected(app: Flask) -> Iterator[Connection]:
    with app.app_context(), db.engine.connect() as connection:
        yield connection


def differences(connection: Connection) -> list[Any]:
    """Return what a migration made now would hold."""
    context = alembic.migration.MigrationContext.configure(
        connection,
        opts={
            "compare_type": True,
            "compare_server_default": True,
            "include_object": lambda _thing, name, kind, *_rest: not is_made_by_hand(kind, name),
        },
    )
    return list(alembic.autogenerate.compare_metadata(context, Base.metadata))


def names_in(connection: Connection) -> Iterator[tuple[str, str]]:
    """Yield the kind and the name of every index and constraint that stands in the database."""
    looking = sqlalchemy.inspect(connection)
    for table in looking.get_table_names():
        if table == "alembic_version" or is_made_by_hand("table", table):
            continue
        yield "pk", str(looking.get_pk_constraint(table)["name"])
        for kind, found in (
            ("fk", looking.get_foreign_keys(table)),
            ("ck", looking.get_check_constraints(table)),
            ("uq", looking.get_unique_constraints(table)),
        ):
            yield from ((kind, str(one["name"])) for one in found)
        for index in looking.get_indexes(table):
            # PostgreSQL shows the index behind a unique constraint too.
            yield ("uq" if index["unique"] else "ix"), str(index["name"])


def test_the_migrations_make_the_tables_that_the_models_describe(app: Flask) -> None:
    with connected(app) as connection:
        assert differences(connection) == []


def test_every_check_of_the_models_stands_in_the_database(app: Flask) -> None:
    """Alembic does not compare checks, and they are the backstop of rules that must survive a race."""
    with connected(app) as connection:
        looking = sqlalchemy.inspect(connection)
        for table in Base.metadata.sorted_tables:
            meant = {c.name for c in table.constraints if isinstance(c, sqlalchemy.CheckConstraint) and c.name}
            found = {one["name"] for one in looking.get_check_constraints(table.name)}
            assert meant <= found, table.name


def test_names_follow_the_convention(app: Flask) -> None:
    """A constraint without a name of ours could not be changed by a later migration."""
    with connected(app) as connection:
        odd = [(kind, name) for kind, name in names_in(connection) if not CONVENTION[kind].match(name)]
    assert odd == []


def test_no_key_to_a_person_cascades(app: Flask) -> None:
    """People are deactivated, later anonymised; nothing goes away because they do."""
    with connected(app) as connection:
        looking = sqlalchemy.inspect(connection)
        for table in looking.get_table_names():
            for key in looking.get_foreign_keys(table):
                if key["referred_table"] == "person":
                    assert key["options"].get("ondelete") == "RESTRICT", (table, key["name"])


def test_the_migrations_go_back_to_nothing_and_forth_again(app: Flask) -> None:
    with app.app_context():
        db.session.remove()
        flask_migrate.downgrade(revision="base")
        assert set(sqlalchemy.inspect(db.engine).get_table_names()) <= {"alembic_version"}
        flask_migrate.upgrade()
    with connected(app) as connection:
        assert differences(connection) == []


def test_an_old_database_keeps_everything_when_it_is_brought_up_to_date(app: Flask) -> None:
    """H3: from the first migration on. SQLite rebuilds tables, and would take along what refers to the old ones."""
    with app.app_context():
        db.session.remove()
        flask_migrate.downgrade(revision="0001")
        with db.engine.begin() as connection:
            for name, row in OLD_ROWS:
                columns = [sqlalchemy.column(key, UtcDateTime() if value is AT else None) for key, value in row.items()]
                connection.execute(sqlalchemy.insert(sqlalchemy.table(name, *columns)).values(row))
        flask_migrate.upgrade()
    with connected(app) as connection:
        for table in ("post", "post_revision", "post_mention", "read_mark"):
            assert (
                connection.scalar(sqlalchemy.select(sqlalchemy.func.count()).select_from(sqlalchemy.table(table))) == 1
            )
        if connection.dialect.name == "sqlite":
            assert connection.exec_driver_sql("PRAGMA foreign_keys").scalar() == 1


def test_a_step_that_fails_leaves_everything_as_it_was(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    """H3: all steps are one transaction, on SQLite too."""

    def fails(*_given: object) -> None:
        raise OSError("No space left on device")

    with app.app_context():
        db.session.remove()
        flask_migrate.downgrade(revision="0001")
        before = set(sqlalchemy.inspect(db.engine).get_table_names())
        with monkeypatch.context() as broken:
            broken.setattr("alembic.operations.BatchOperations.add_column", fails)
            with pytest.raises(OSError, match="No space left"):
                flask_migrate.upgrade()
        assert set(sqlalchemy.inspect(db.engine).get_table_names()) == before
        flask_migrate.upgrade()
    with connected(app) as connection:
        assert differences(connection) == []


def test_there_is_one_newest_migration(app: Flask) -> None:
    """Two heads would leave it open which schema an installation has."""
    with app.app_context():
        config = app.extensions["migrate"].migrate.get_config()
        assert len(alembic.script.ScriptDirectory.from_config(config).get_heads()) == 1
