"""Backups of PostgreSQL, by its own tools. Restoring is one transaction: all of the backup, or all of what was there."""

import os
import shutil
import subprocess
from pathlib import Path
from tempfile import TemporaryDirectory

from sqlalchemy.engine import URL

from forum.cli.common import CommandError

# Only Baton's own tables: whoever may write to the database owns this schema.
FRESH_SCHEMA = "DROP SCHEMA public CASCADE;\nCREATE SCHEMA public;\n"


class PostgresFiles:
    """The database at `url`."""

    def __init__(self, url: URL, *, var: Path) -> None:
        self._url = url
        self._var = var

    def backup(self, target: Path) -> None:
        """Dump to a file beside `target`, read its list of contents, and give it its name last."""
        part = target.with_name(f"{target.name}.part")
        part.unlink(missing_ok=True)
        try:
            self._run("pg_dump", "--format=custom", "--no-owner", "--no-privileges", f"--file={part}")
            part.chmod(0o600)
            self.check(part)
            part.replace(target)
        finally:
            part.unlink(missing_ok=True)

    def check(self, source: Path) -> None:
        """See that `source` is a dump that holds Baton's tables."""
        listed = self._run("pg_restore", "--list", str(source))
        if " alembic_version " not in listed:
            raise CommandError(f"{source} is not a backup of Baton’s.")

    def restore(self, source: Path, *, aside: str | None) -> str:
        """Dump what is there, then replace it in one transaction."""
        kept = "The database was empty before."
        if aside is not None:
            self._var.mkdir(parents=True, exist_ok=True)
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
            self._run("psql", "--quiet", "--single-transaction", "--set=ON_ERROR_STOP=1", f"--file={whole}")
        return kept

    def _run(self, tool: str, *words: str) -> str:
        """Run one of PostgreSQL's tools on the database, its password out of everybody's sight, and return what it says."""
        program = shutil.which(tool)
        if program is None:
            raise CommandError(
                f"Backups of PostgreSQL need its own tools, and {tool} isn’t on this machine. On Debian and Ubuntu: "
                "apt install postgresql-client",
                code=2,
            )
        url = self._url
        known = {
            "PGHOST": url.host,
            "PGPORT": url.port,
            "PGUSER": url.username,
            "PGPASSWORD": url.password,
            "PGDATABASE": url.database,
        }
        environ = os.environ | {name: str(value) for name, value in known.items() if value is not None}
        done = subprocess.run(  # noqa: S603  # PostgreSQL's own tools, with words of ours
            [program, *words], env=environ, capture_output=True, text=True, check=False
        )
        if done.returncode:
            raise CommandError(f"{tool} failed: {' '.join(done.stderr.split())}")
        return done.stdout
