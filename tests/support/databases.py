"""Databases for tests: migrated once for a run, then copied for each test."""

import itertools
import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import flask_migrate
import pytest

import forum
from forum.config import Settings
from forum.core.db import db
from tests.support import home, postgres, reused
from tests.support.missing import not_run

# A settings value, not a secret: sessions of tests are signed with it.
SECRET_KEY = "a-key-for-the-tests-of-which-everybody-may-know"
_numbers = itertools.count(1)


def settings_for(database_url: str, **others: object) -> Settings:
    """Return settings of a development set-up on a database; `others` are fields of Settings."""
    environ = {
        "BATON_DATABASE_URL": database_url,
        "BATON_SECRET_KEY": SECRET_KEY,
        "BATON_DEVELOPMENT_IN_PUBLIC": "yes",  # some are at an address as people have it, and answer nobody but the test
        "BATON_CHROMIUM": "no",  # a browser for each page of the strategy would take minutes
        "BATON_VAR": str(home.current() / "var"),
    }
    environ |= {f"BATON_{name.upper()}": str(value) for name, value in others.items()}
    return Settings.from_environ(environ)


def migrate(database_url: str) -> None:
    """Bring an empty database to the newest schema, as `baton serve --migrate` does."""
    app = forum.create_app(settings_for(database_url))
    with app.app_context():
        flask_migrate.upgrade()
        db.engine.dispose()


def copy_of(kind: str, *, fill: Callable[[str], None] | None = None) -> Iterator[str]:
    """Yield the address of a fresh database, and drop it afterwards.

    `kind` is "sqlite" or "postgres". It is a copy of one that was migrated once for the whole run, and then given to `fill`
    (by its address), once for the whole run too: what takes long to make, such as the demo, is made once.
    """
    copied = _copies_of_sqlite if kind == "sqlite" else _copies_of_postgres
    yield from copied(fill)


def _name(fill: Callable[[str], None] | None) -> str:
    return f"{fill.__module__}.{fill.__qualname__}".replace(".", "_").lower() if fill else "migrated"


def _make_once(name: str, kind: str, make: Callable[[], None]) -> None:
    """Make a template, whichever process of the run asks first. A failure is not repeated for every test."""
    made = home.current() / f"{kind}-{name}.made"
    with home.lock(f"{kind}-{name}"):
        if not made.exists():
            try:
                make()
            except Exception as error:
                made.write_text(f"{type(error).__name__}: {error}")
                raise
            made.write_text("")
    if made.read_text():
        pytest.fail(f"the database could not be made: {made.read_text()}", pytrace=False)


def _sqlite_template(fill: Callable[[str], None] | None) -> Path:
    path = home.current() / f"template-{_name(fill)}.sqlite3"

    def make() -> None:
        if fill is not None:
            shutil.copyfile(_sqlite_template(None), path)
            fill(f"sqlite:///{path}")
        else:
            migrate(f"sqlite:///{path}")

    _make_once(_name(fill), "sqlite", make)
    return path


def _copies_of_sqlite(fill: Callable[[str], None] | None) -> Iterator[str]:
    path = home.current() / f"{os.getpid()}-{next(_numbers)}.sqlite3"
    shutil.copyfile(_sqlite_template(fill), path)
    yield f"sqlite:///{path}"
    for file in path.parent.glob(f"{path.name}*"):
        file.unlink()


def _postgres_template(fill: Callable[[str], None] | None) -> str:
    # A server that was given may have other runs' databases, so every name has this run's own in it.
    name = f"baton_{home.current().name[-8:]}_{_name(fill)}".lower()
    server = postgres.server()

    def make() -> None:
        if fill is not None:
            server.copy(_postgres_template(None), name)
            fill(server.database(name))
        else:
            server.execute("CREATE DATABASE {}", name)
            migrate(server.database(name))

    _make_once(_name(fill), "postgres", make)
    return name


def _copies_of_postgres(fill: Callable[[str], None] | None) -> Iterator[str]:
    try:
        server = postgres.server()
    except postgres.NoServerError as error:
        not_run("PostgreSQL", because=str(error))
    template = _postgres_template(fill)
    if fill is None:
        yield from reused.lend(server, template)
        return
    name = f"baton_{home.current().name[-8:]}_{os.getpid()}_{next(_numbers)}"
    server.copy(template, name)
    yield server.database(name)
    server.execute("DROP DATABASE {} WITH (FORCE)", name)


def with_demo(database_url: str) -> None:
    """Fill a migrated database with the demo organisation."""
    from forum.home import demo  # noqa: PLC0415  # it brings the whole app; most tests need less

    app = forum.create_app(settings_for(database_url))
    with app.test_request_context():
        demo.load_demo()
        db.engine.dispose()


@pytest.fixture
def database_url(request: pytest.FixtureRequest) -> Iterator[str]:
    """Give the address of a fresh, migrated database: SQLite, unless the test is marked otherwise.

    `@pytest.mark.both_databases` runs the test on both, `@pytest.mark.postgres` on PostgreSQL only. With `@pytest.mark.demo` it
    holds the demo organisation, else nothing.
    """
    fill = with_demo if request.node.get_closest_marker("demo") else None
    yield from copy_of(getattr(request, "param", "sqlite"), fill=fill)
