"""The PostgreSQL server of a test run: one that is given (TEST_DATABASE_URL), or one that the run starts for itself."""

import json
import os
from dataclasses import asdict, dataclass, field
from typing import LiteralString
from urllib.parse import urlsplit, urlunsplit

import psycopg
from psycopg import sql

from tests.support import home, postgres_start

VARIABLE = "TEST_DATABASE_URL"
FILE_COPY_SINCE = 150_000


class NoServerError(Exception):
    """There is no PostgreSQL to be had; says what was tried."""


@dataclass(frozen=True)
class Server:
    """A running server: the address of its maintenance database."""

    url: str = field(repr=False)

    def database(self, name: str) -> str:
        """Return the address of a database, as SQLAlchemy writes it."""
        return urlunsplit(urlsplit(self.url)._replace(scheme="postgresql+psycopg", path=f"/{name}"))

    def plain(self, name: str) -> str:
        """Return the address of a database, as PostgreSQL's own library takes it."""
        return urlunsplit(urlsplit(self.url)._replace(path=f"/{name}"))

    def copy(self, template: str, name: str) -> None:
        """Make a database as another is: by its files where the server can (15 and later), which is twice as quick."""
        with psycopg.connect(self.url, autocommit=True) as connection:
            how = "STRATEGY FILE_COPY" if connection.info.server_version >= FILE_COPY_SINCE else ""
            names = sql.Identifier(name), sql.Identifier(template)
            connection.execute(sql.SQL("CREATE DATABASE {} TEMPLATE {} " + how).format(*names))

    def execute(self, statement: LiteralString, *names: str) -> None:
        """Run a statement about databases; each `{}` in it is one of the names."""
        identifiers = [sql.Identifier(name) for name in names]
        with psycopg.connect(self.url, autocommit=True) as connection:
            connection.execute(sql.SQL(statement).format(*identifiers))


def server() -> Server:
    """Return this run's server; whichever process asks first starts it. Raises NoServerError."""
    note = home.current() / "postgres.json"
    with home.lock("postgres"):
        if not note.exists():
            note.write_text(json.dumps(_find()))
    known = json.loads(note.read_text())
    if "error" in known:
        raise NoServerError(known["error"])
    return Server(**known)


def _find() -> dict[str, str]:
    """Look for a server, and say what was found, or what went wrong, in a form that can be stored."""
    try:
        return asdict(_given() or Server(postgres_start.start(home.current() / "postgres")))
    except psycopg.OperationalError as error:
        return {"error": f"{VARIABLE} names a server that does not answer: {error}"}
    except postgres_start.CannotStartError as error:
        return {"error": str(error)}


def _given() -> Server | None:
    given = os.environ.get(VARIABLE, "")
    if not given:
        return None
    url = urlunsplit(urlsplit(given)._replace(scheme="postgresql"))
    psycopg.connect(url, connect_timeout=5).close()
    return Server(url)
