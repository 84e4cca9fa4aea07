"""Migrations make the tables that the models describe, on both databases, and can take them away again."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import alembic.autogenerate
import alembic.migration
import flask_migrate
import pytest
import sqlalchemy
from flask import Flask
from sqlalchemy.engine import Connection

from forum.core.db import Base, db

pytestmark = pytest.mark.both_databases
CONVENTION = {
    "ix": re.compile(r"^ix_[a-z_]+$"),
    "uq": re.compile(r"^uq_[a-z_]+$"),
    "ck": re.compile(r"^ck_[a-z_]+$"),
    "fk": re.compile(r"^fk_[a-z_]+$"),
    "pk": re.compile(r"^pk_[a-z_]+$"),
}


@contextmanager
def connected(app: Flask) -> Iterator[Connection]:
    with app.app_context(), db.engine.connect() as connection:
        yield connection


def differences(connection: Connection) -> list[Any]:
    """Return what a migration made now would hold."""
    context = alembic.migration.MigrationContext.configure(
        connection, opts={"compare_type": True, "compare_server_default": True}
    )
    return list(alembic.autogenerate.compare_metadata(context, Base.metadata))


def names_in(connection: Connection) -> Iterator[tuple[str, str]]:
    """Yield the kind and the name of every index and constraint that stands in the database."""
    looking = sqlalchemy.inspect(connection)
    for table in looking.get_table_names():
        if table == "alembic_version":
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


def test_there_is_one_newest_migration(app: Flask) -> None:
    """Two heads would leave it open which schema an installation has."""
    with app.app_context():
        config = app.extensions["migrate"].migrate.get_config()
        assert len(alembic.script.ScriptDirectory.from_config(config).get_heads()) == 1
