"""`baton migrate`: bring the database to what the code expects."""

from typing import TYPE_CHECKING

from alembic import command
from alembic.util import CommandError as AlembicError
from flask import Flask

from forum.cli.common import Arguments, CommandError, app_from, say, settings_from
from forum.core.db import db
from forum.notify.health import database_revision

if TYPE_CHECKING:
    from forum.cli.common import Commands


def add_to(commands: "Commands") -> None:
    """Add the command."""
    added = commands.add_parser("migrate", help="make the database, or bring it to what this Baton needs")
    added.set_defaults(run=run)


def run(_given: Arguments) -> int:
    """Migrate, and say what changed."""
    with app_from(settings_from()) as app, app.app_context():
        before, after = migrate(app)
    say("The database was up to date." if before == after else f"The database is at migration {after} now.")
    return 0


def migrate(app: Flask) -> tuple[str | None, str | None]:
    """Bring the database to the newest revision; return the one before and the one after. Use inside an app context."""
    before = database_revision()
    db.session.rollback()
    config = app.extensions["migrate"].migrate.get_config()
    try:
        command.upgrade(config, "head")
    except AlembicError as error:
        raise CommandError(
            f"The database is at migration {before}, which this Baton doesn’t know: it was made by a newer one. {error}"
        ) from error
    after = database_revision()
    db.session.rollback()
    return before, after
