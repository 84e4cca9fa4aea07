"""Reads the command line, runs the command, and turns what goes wrong into one clear line."""

import argparse
import os
import sys
from collections.abc import Sequence

from sqlalchemy.exc import DatabaseError

from forum.cli import (
    archives,
    backup,
    check,
    code,
    copies,
    database,
    demo,
    mail,
    mail_in,
    people,
    retention,
    search,
    secret,
    serve,
    strategy,
    work,
)
from forum.cli.common import CommandError
from forum.config import SettingsError

GROUPS = (
    serve, work, database, demo, backup, check, mail, mail_in, code, people, retention, search, strategy, secret, copies, archives,
)  # fmt: skip


def parser() -> argparse.ArgumentParser:
    """Return the parser of all commands."""
    made = argparse.ArgumentParser(
        prog="baton", description="Run and look after Baton. Settings come from the environment: see docs/settings.md."
    )
    commands = made.add_subparsers(metavar="COMMAND", required=True)
    for group in GROUPS:
        group.add_to(commands)
    return made


def run(words: Sequence[str] | None = None) -> int:
    """Run a command line and return the exit code: 0 done, 1 went wrong, 2 asked or set up wrongly."""
    given = parser().parse_args(words)
    try:
        done: int = given.run(given)
    except SettingsError as error:
        return _said(error, code=2)
    except CommandError as error:
        return _said(error, code=error.code)
    except DatabaseError as error:
        return _said(f"The database can’t be used: {str(error.orig).strip()}", code=1)
    except OSError as error:
        return _said(f"{error.filename or 'This machine'}: {error.strerror or error}", code=1)
    except KeyboardInterrupt:
        return 130
    return done


def _said(what: object, *, code: int) -> int:
    print(what, file=sys.stderr, flush=True)
    return code


def main() -> None:
    """Run what the command line says, and exit. What it writes (the database, backups) is for its owner's eyes only."""
    os.umask(0o077)
    sys.exit(run())
