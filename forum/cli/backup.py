"""`baton backup` and `baton restore`."""

from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from flask import Flask
from sqlalchemy import delete, func, inspect, select, update
from sqlalchemy.exc import DatabaseError, OperationalError

from forum.cli import attached_files
from forum.cli.common import Arguments, CommandError, app_from, say, settings_from
from forum.cli.database import migrate
from forum.cli.postgres_files import PostgresFiles
from forum.cli.sqlite_files import SqliteFiles
from forum.core.db import db, transaction
from forum.core.outbox import Heartbeat
from forum.core.time import now
from forum.notify.heartbeat import FRESH
from forum.people.models import SecretLink, WebSession

if TYPE_CHECKING:
    from forum.cli.common import Commands


class Files(Protocol):
    """How a kind of database becomes a file and comes back."""

    def backup(self, target: Path) -> None:
        """Write everything that is committed now to `target`, whole or not at all."""

    def check(self, source: Path) -> None:
        """Raise CommandError when `source` isn't a backup that can be restored."""

    def is_open_elsewhere(self) -> bool:
        """Say whether another process of Baton's uses the database. Ask when this one has it closed."""

    def restore(self, source: Path, *, aside: str | None) -> str:
        """Put `source` in place of the database; keep what was there under a name with `aside` in it, and say where."""


def add_to(commands: "Commands") -> None:
    """Add the commands."""
    backup = commands.add_parser(
        "backup",
        help="write the whole database to a file, and attached files beside it; people may go on writing meanwhile",
    )
    backup.add_argument("file", type=Path)
    backup.add_argument("--replace", action="store_true", help="write over a file that is there")
    backup.set_defaults(run=run_backup)
    restore = commands.add_parser("restore", help="put a backup in the place of the database, while Baton is stopped")
    restore.add_argument("file", type=Path)
    restore.add_argument(
        "--replace", action="store_true", help="although the database holds something; that is kept aside"
    )
    restore.set_defaults(run=run_restore)


def files_of(app: Flask) -> Files:
    """Return the way that fits the app's database. Use inside an app context."""
    url = db.engine.url
    if url.get_backend_name() == "sqlite":
        return SqliteFiles(Path(url.database or ""))
    return PostgresFiles(url, var=app.extensions["baton"].settings.var)


def run_backup(given: Arguments) -> int:
    """Write a backup."""
    target = given.file.absolute()
    beside = attached_files.beside(target)
    for file in (given.file, beside):
        if file.exists() and not given.replace:
            raise CommandError(f"{file} is there already. Choose another name, or say --replace.", code=2)
    if not target.parent.is_dir():
        raise CommandError(f"There is no folder {target.parent}.", code=2)
    settings = settings_from()
    store = attached_files.store_of(settings)
    with app_from(settings) as app, app.app_context(), store.held():  # no file is cleaned between the two
        files_of(app).backup(target)
        attached = attached_files.backup(store, beside)
    size = given.file.stat().st_size / 1024 / 1024
    say(
        f"Written and checked: {given.file} ({size:.1f} MB). It holds everything people wrote: keep it as safe as Baton."
    )
    if attached:
        say(f"Attached files, {attached} of them, are in {beside}. Keep the two together: restoring reads both.")
    else:
        say("Nobody has attached a file yet, so there is no archive of attached files beside it.")
    return 0


def run_restore(given: Arguments) -> int:
    """Put a backup in place, bring it up to date, and have everybody sign in again."""
    if not given.file.is_file():
        raise CommandError(f"There is no file {given.file}.", code=2)
    settings, beside = settings_from(), attached_files.beside(given.file.absolute())
    with app_from(settings) as app, app.app_context():
        files = files_of(app)
        files.check(given.file.absolute())
        if beside.is_file():
            attached_files.check(beside)
        is_used = holds_something()
        if is_used:
            refuse_while_running(files)
            if not given.replace:
                raise CommandError(
                    "The database holds something. To put the backup in its place, say --replace.", code=2
                )
        db.session.remove()
        db.engine.dispose()
        kept = files.restore(given.file.absolute(), aside=f"before-restore-{stamp(now())}" if is_used else None)
        migrate(app)
        close_doors()
        attached = attached_files.restore(attached_files.store_of(settings), beside) if beside.is_file() else None
    say(f"Restored from {given.file}. {kept} Everybody has to sign in again, and links mailed earlier no longer work.")
    if attached is None:
        say(
            f"There is no {beside.name} beside it, so attached files stay as they are; those that are missing are not found."
        )
    else:
        say(f"{attached} attached files are back as well.")
    return 0


def stamp(moment: datetime) -> str:
    """Return a moment as part of a file's name: fine enough that two restores in one second keep two files."""
    return moment.strftime("%Y%m%d-%H%M%S-%f")


def holds_something() -> bool:
    """Say whether there is anything in the database. A damaged one was used, and is what a restore is for (H3)."""
    try:
        return bool(inspect(db.engine).get_table_names())
    except OperationalError:  # locked, or out of reach: not damaged
        raise
    except DatabaseError:
        return True


def refuse_while_running(files: Files) -> None:
    """Raise CommandError while Baton uses the database: it would go on with what is no longer there.

    A worker is known by its sign of life, wherever it runs; a server without one, by having the database open.
    """
    beat = last_beat()
    if beat is not None and beat > now() - FRESH:
        raise CommandError(
            f"Baton is running on this database. Stop it first; if it was killed, wait {FRESH.seconds} seconds.", code=2
        )
    db.session.remove()
    db.engine.dispose()
    if files.is_open_elsewhere():
        raise CommandError(
            "Another process has this database open: a server or a command of Baton’s. Stop it first.", code=2
        )


def last_beat() -> datetime | None:
    """Return when a worker was last alive; None when there was none, or when the database is too damaged to say."""
    try:
        if "heartbeat" not in inspect(db.engine).get_table_names():
            return None
        return db.session.scalar(select(func.max(Heartbeat.beat_at)))
    except OperationalError:
        raise
    except DatabaseError:
        return None
    finally:
        db.session.rollback()


def close_doors() -> None:
    """End every session and link of the backup: some were ended since it was made, and would come back to life (A7, A8)."""
    at = now()
    with transaction():
        db.session.execute(update(WebSession).where(WebSession.ended_at.is_(None)).values(ended_at=at))
        db.session.execute(
            update(SecretLink).where(SecretLink.used_at.is_(None), SecretLink.voided_at.is_(None)).values(voided_at=at)
        )
        db.session.execute(delete(Heartbeat))
