"""Alembic's environment. One transaction for all steps, on both databases; SQLite tables are rebuilt in batches."""

from typing import Any

from alembic import context
from flask import current_app

from forum.core.db import WRITES, UtcDateTime, db

metadata = db.Model.metadata


def render_item(kind: str, thing: object, _autogen: object) -> str | bool:
    """Write our own types as the plain ones they are stored as, so that a migration never changes with the code."""
    if kind == "type" and isinstance(thing, UtcDateTime):
        return "sa.DateTime(timezone=True)"
    return False


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
            render_as_batch=True,
            compare_type=True,
            compare_server_default=True,
        )
        with context.begin_transaction():
            context.run_migrations()


run()
