"""Alembic's environment. One transaction for all steps, on both databases; SQLite tables are rebuilt in batches.

Rebuilding drops the old table. With its foreign keys switched on SQLite would first delete what refers to it (a post's history,
say), and the switch can't be moved inside a transaction. So it is off while the steps run, and every key is checked at the end.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from alembic import context
from flask import current_app
from sqlalchemy.engine import Connection

from forum.core.db import WRITES, UtcDateTime, db, is_made_by_hand

metadata = db.Model.metadata


def render_item(kind: str, thing: object, _autogen: object) -> str | bool:
    """Write our own types as the plain ones they are stored as, so that a migration never changes with the code."""
    if kind == "type" and isinstance(thing, UtcDateTime):
        return "sa.DateTime(timezone=True)"
    return False


def include_object(_thing: object, name: str | None, kind: str, _reflected: object, _compared: object) -> bool:
    """Leave out what migrations make by hand, since no model can say it."""
    return not is_made_by_hand(kind, name or "")


@contextmanager
def without_foreign_keys(connection: Connection) -> Iterator[None]:
    """Switch SQLite's foreign keys off, outside of any transaction. Other databases change tables in place."""
    if connection.dialect.name != "sqlite":
        yield
        return
    plain: Any = connection.connection.dbapi_connection
    plain.execute("PRAGMA foreign_keys=OFF")
    try:
        yield
    finally:
        plain.execute("PRAGMA foreign_keys=ON")


def check_foreign_keys(connection: Connection) -> None:
    """Stop, and undo all steps, when a row lost what it refers to."""
    if connection.dialect.name == "sqlite":
        orphan = connection.exec_driver_sql("PRAGMA foreign_key_check").first()
        if orphan is not None:
            message = f"A row of {orphan[0]} would refer to nothing in {orphan[2]}. Nothing was changed."
            raise RuntimeError(message)


def run() -> None:
    """Bring the database to where the revision asks."""
    given: Any = context.config.attributes.get("connection")
    engine = current_app.extensions["migrate"].db.engine
    with engine.connect() if given is None else given as bare:
        connection = bare.execution_options(**{WRITES: True})
        context.configure(
            connection=connection,
            target_metadata=metadata,
            render_item=render_item,
            include_object=include_object,
            render_as_batch=True,
            compare_type=True,
            compare_server_default=True,
            transactional_ddl=True,  # Alembic takes SQLite for a database that can't, and would commit each step by itself
        )
        with without_foreign_keys(connection), context.begin_transaction():
            context.run_migrations()
            check_foreign_keys(connection)


run()
