"""Backups of PostgreSQL, by its own tools. Restoring is one transaction: all of the backup, or all of what was there."""

import os
import shutil
import subprocess
from pathlib import Path
from tempfile import TemporaryDirectory

from sqlalchemy import text
from sqlalchemy.engine import URL

from forum.app import APPLICATION
from forum.cli.common import CommandError
from forum.cli.part_file import part_of
from forum.core.db import db

# Only Baton's own tables: whoever may write to the database owns this schema.
FRESH_SCHEMA = "DROP SCHEMA public CASCADE;\nCREATE SCHEMA public;\n"


class PostgresFiles:
    """The database at `url`."""

    def __init__(self, url: URL, *, var: Path) -> None:
        self._url = url
        self._var = var

    def backup(self, target: Path) -> None:
        """Dump to a file beside `target`, read its list of contents, and give it its name last."""
        with part_of(target) as part:
            self._run("pg_dump", "--format=custom", "--no-owner", "--no-privileges", f"--file={part}", on_database=True)
            self.check(part)

    def check(self, source: Path) -> None:
        """See that `source` is a dump that holds Baton's tables."""
        listed = self._run("pg_restore", "--list", str(source))
        if " alembic_version " not in listed:
            raise CommandError(f"{source} is not a backup of Baton’s.")

    def is_open_elsewhere(self) -> bool:
        """Say whether another process of Baton's is connected. Whoever else looks into the database is not asked about."""
        others = text(
            "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid() "
            "AND application_name = :name"
        )
        with db.engine.connect() as connection:
            return bool(connection.scalar(others, {"name": APPLICATION}))

    def restore(self, source: Path, *, aside: str | None) -> str:
        """Dump what is there, then replace it in one transaction."""
        kept = "The database was empty before."
        if aside is not None:
            self._var.mkdir(mode=0o700, parents=True, exist_ok=True)
            dump = self._var / f"{aside}.dump"
            self.backup(dump)
            kept = f"What was there is {dump}."
        with TemporaryDirectory() as folder:
            script = Path(folder) / "restore.sql"
            self._run("pg_restore", "--no-owner", "--no-privileges", f"--file={script}", str(source))
            whole = Path(folder) / "whole.sql"
            with whole.open("wb") as joined, script.open("rb") as restored:
                joined.write(FRESH_SCHEMA.encode())
                shutil.copyfileobj(restored, joined)
            words = ("--quiet", "--single-transaction", "--set=ON_ERROR_STOP=1", f"--file={whole}")
            self._run("psql", *words, on_database=True)
        return kept

    def _run(self, tool: str, *words: str, on_database: bool = False) -> str:
        """Run one of PostgreSQL's tools, if asked on the database, and return what it says."""
        program = shutil.which(tool)
        if program is None:
            raise CommandError(
                f"Backups of PostgreSQL need its own tools, and {tool} isn’t on this machine. On Debian and Ubuntu: "
                "apt install postgresql-client",
                code=2,
            )
        reached, secret = reaching(self._url) if on_database else ((), {})
        done = subprocess.run(  # noqa: S603  # PostgreSQL's own tools, with words of ours
            [program, *reached, *words], env=os.environ | secret, capture_output=True, text=True, check=False
        )
        if done.returncode:
            raise CommandError(f"{tool} failed: {' '.join(done.stderr.split())}")
        return done.stdout


def reaching(url: URL) -> tuple[tuple[str], dict[str, str]]:
    """Return the option and the environment with which PostgreSQL's tools reach the database as Baton does.

    All that the URL says counts: without its `sslmode` a backup would travel in the open. The password stays out of the option,
    because whoever is on the machine can read that.
    """
    from psycopg.conninfo import make_conninfo  # noqa: PLC0415  # only who uses PostgreSQL has it

    _nothing, known = url.get_dialect()().create_connect_args(url)
    secret = known.pop("password", None)
    return (f"--dbname={make_conninfo('', **known)}",), {"PGPASSWORD": str(secret)} if secret else {}
