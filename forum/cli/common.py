"""What several commands need."""

import argparse
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, TypeAlias

from flask import Flask
from sqlalchemy.engine import make_url

from forum.app import create_app
from forum.cli.logs import init_logs
from forum.config import Settings, with_dotenv
from forum.core.db import db
from forum.notify.health import database_revision, demo_in_production, newest_revision

if TYPE_CHECKING:
    Commands: TypeAlias = "argparse._SubParsersAction[argparse.ArgumentParser]"  # noqa: SLF001  # it has no other name

Arguments = argparse.Namespace


class CommandError(Exception):
    """A command can't do what it was asked; the message says why and what to do."""

    def __init__(self, why: str, *, code: int = 1) -> None:
        """`code` is the exit code: 2 when it was asked or set up wrongly."""
        super().__init__(why)
        self.code = code


def say(line: str = "") -> None:
    """Print a line at once."""
    print(line, flush=True)


def warn(line: str) -> None:
    """Print a line about something that needs a look."""
    print(line, file=sys.stderr, flush=True)


def settings_from(**others: object) -> Settings:
    """Read the settings, from `.env` too; `others` go before the environment when they aren't None. Raises SettingsError."""
    given = {f"BATON_{name.upper()}": str(value) for name, value in others.items() if value is not None}
    return Settings.from_environ({**with_dotenv(os.environ), **given})


@contextmanager
def app_from(settings: Settings) -> Iterator[Flask]:
    """Give the app for a command, with logs on the terminal and a folder for the database; close the database in the end."""
    init_logs(settings)
    path = sqlite_path(settings)
    if path is not None:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    app = create_app(settings)
    try:
        yield app
    finally:
        with app.app_context():
            db.engine.dispose()


def sqlite_path(settings: Settings) -> Path | None:
    """Return where the SQLite database is; None for PostgreSQL."""
    url = make_url(settings.database_url)
    return Path(url.database) if url.get_backend_name() == "sqlite" and url.database else None


def check_database(app: Flask) -> None:
    """Refuse a database that the code doesn't fit, and demo people in production (A14). Use inside an app context."""
    found, wanted = database_revision(), newest_revision(app.extensions["migrate"].directory)
    db.session.rollback()
    if found != wanted:
        state = "is empty" if found is None else f"is at migration {found}, and this Baton needs {wanted}"
        raise CommandError(f"The database {state}. Run: baton migrate", code=2)
    if demo_in_production():
        raise CommandError(
            "This database holds the demo organisation, and demo people may not exist in production. "
            "Use another database, or BATON_ENV=development.",
            code=2,
        )
    db.session.rollback()
