"""The furnished installation at work: the browsers of the cast, every row of it, and how it is put back."""

import re
import shutil
from collections.abc import Collection, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

import sqlalchemy
from flask import Flask
from flask.sessions import SecureCookieSessionInterface
from sqlalchemy import event, select
from sqlalchemy.engine import Connection
from werkzeug.routing import Rule

from forum import create_app
from forum.config import Settings
from forum.core.db import WRITES, Base, db
from forum.core.secrets import hashed
from forum.people.models import Department, Person, WebSession
from forum.spaces.installation import organisation_name
from forum.spaces.models import Item, Space
from forum.threads.models import Thread
from tests.cast import CSRF, Browserless, form_token
from tests.contracts.furniture import PEOPLE, Furniture, furniture_of, make_world, token_of
from tests.support import home
from tests.support.databases import settings_for

Row = dict[str, Any]
Key = tuple[Any, ...]
Dump = dict[str, list[sqlalchemy.Row[Any]]]
BEGINNING, NEXT = ".beginning", ".next"
"""What the copy of SQLite's file is called besides."""
TABLES = Base.metadata.sorted_tables

ALL_ROWS = {
    table.name: str(select(sqlalchemy.text("*")).select_from(table).order_by(*table.primary_key.columns))
    for table in TABLES
}
# A statement that writes, whatever stands before it, and the table that it writes to.
WRITING = re.compile(r'\b(INSERT\s+(?:OR\s+\w+\s+)?INTO|DELETE\s+FROM|UPDATE)\s+"?(\w+)', re.IGNORECASE)
# What goes with a row when it is deleted, by the table of the row.
GOES_ALONG = {
    table.name: {
        other.name for other in TABLES for key in other.foreign_keys if key.ondelete and key.column.table is table
    }
    for table in TABLES
}
BY_TRIGGERS = {"search_due"}


FOLDER = "world"
"""Attached files lie in a folder of its own: tests of cleaning up sweep the one that the others share."""


def settings_of(url: str, *, folder: str = FOLDER) -> Settings:
    """Return the settings of the installation: whoever has an address at its own domain may join."""
    return settings_for(url, join_domains="example.org", var=home.folder(folder))


def fill(url: str) -> None:
    """Fill a migrated database. Made once for a run, and copied."""
    app = create_app(settings_of(url))
    with app.test_request_context("/"):
        make_world()
        db.session.remove()
        db.engine.dispose()


@dataclass
class World:
    """The installation, and the browsers of those who look at it."""

    app: Flask
    kind: str
    furniture: dict[str, Furniture] = field(default_factory=dict)
    ids: dict[str, int] = field(default_factory=dict)
    """The people's ids, by their part in the cast."""
    spaces: dict[str, int] = field(default_factory=dict)
    """The spaces' ids, by their address."""
    sessions: dict[str, int] = field(default_factory=dict)
    """The ids of their browsers' sessions."""
    department: str = ""
    before: Dump = field(default_factory=dict)
    rows: dict[str, dict[Key, Row]] = field(default_factory=dict)
    written: set[str] = field(default_factory=set)
    """The tables that may not be as they were: those that a statement has written to since they were put back."""

    def learn(self) -> None:
        """Note what stands where, and remember all of it."""
        with self.app.app_context():
            organisation_name()
            for space in db.session.scalars(select(Space)):
                self.furniture[space.slug] = furniture_of(space)
                self.spaces[space.slug] = space.id
            for handle, person_id in db.session.execute(select(Person.handle, Person.id)):
                self.ids[handle.rpartition(".")[2]] = person_id
            for name in PEOPLE:
                row = select(WebSession.id).where(WebSession.token_hash == hashed(token_of(name)))
                self.sessions[name] = db.session.scalars(row).one()
            self.department = db.session.scalars(select(Department.uuid)).one()
            self._remember()
            event.listen(db.engine, "before_cursor_execute", self._note)

    def _remember(self) -> None:
        self.before = self.dump()
        if self.kind == "sqlite":
            db.session.remove()
            db.engine.dispose()  # all that was written stands in the one file then
            shutil.copyfile(str(db.engine.url.database), f"{db.engine.url.database}{BEGINNING}")
            return
        with db.engine.connect() as connection:
            for table in TABLES:
                rows = connection.execute(select(table).order_by(*table.primary_key.columns))
                self.rows[table.name] = dict(
                    zip(_keyed(table, self.before[table.name]), (dict(row._mapping) for row in rows), strict=True)
                )

    def _note(self, *args: Any) -> None:  # noqa: ANN401  # what SQLAlchemy hands over
        for verb, table in WRITING.findall(args[2]):
            self.written |= _with_what_goes(table) if verb[0] in "Dd" else {table}

    def person(self, name: str) -> Person:
        """Return somebody, inside an app context."""
        return db.session.get_one(Person, self.ids[name])

    def space(self, slug: str) -> Space:
        """Return a space, inside an app context."""
        return db.session.get_one(Space, self.spaces[slug])

    def thread(self, ref: str) -> Thread:
        """Return a thread, inside an app context."""
        return db.session.scalars(select(Thread).join(Item).where(Item.ref == ref)).one()

    def rule(self, endpoint: str) -> Rule:
        """Return an address as the app knows it; of several, the first."""
        return next(self.app.url_map.iter_rules(endpoint))

    def browser(self, name: str) -> Browserless:
        """Return a fresh browser of one of `PEOPLE`, or of "nobody"; it holds a token for forms already."""
        self.app.test_client_class = Browserless
        client = self.app.test_client()
        assert isinstance(client, Browserless)
        client.set_cookie(self.app.config["SESSION_COOKIE_NAME"], self.cookie(name))
        client.token = self.form_token
        return client

    def cookie(self, name: str, *, csrf: str = CSRF) -> str:
        """Return the cookie of somebody's browser."""
        held: dict[str, object] = {"csrf_token": csrf}
        if name != "nobody":
            held |= {"_user_id": token_of(name), "_fresh": True}
        signer = SecureCookieSessionInterface().get_signing_serializer(self.app)
        assert signer is not None
        return str(signer.dumps(held))

    @cached_property
    def form_token(self) -> str:
        """The token that forms carry."""
        return form_token(self.app)

    def dump(self, tables: Iterable[str] = ALL_ROWS) -> Dump:
        """Return every row of every table, or of some, as the database gives it."""
        with self.app.app_context(), db.engine.connect() as connection:
            return {name: list(connection.exec_driver_sql(ALL_ROWS[name])) for name in tables}

    def changed_tables(self, *, looking_at_all: bool = False) -> set[str]:
        """Name the tables that are not as they were in the beginning; looked at are those that were written to, or all."""
        return set(self._changed(looking_at_all=looking_at_all))

    def _changed(self, *, looking_at_all: bool = False) -> Dump:
        if not looking_at_all and not self.written:
            return {}
        after = self.dump(ALL_ROWS if looking_at_all else ALL_ROWS.keys() & (self.written | BY_TRIGGERS))
        return {table: rows for table, rows in after.items() if rows != self.before[table]}

    def restore(self) -> set[str]:
        """Make everything as it was in the beginning: only what changed is written. Gives the names of the tables that had changed."""
        changed = self._changed()
        if changed:
            self._put_back(changed)
        self.written.clear()
        return set(changed)

    def put_back(self) -> None:
        """Do the same for who does not ask what had changed."""
        if self.kind == "sqlite" and self.written:
            self._put_back({})
            self.written.clear()
        else:
            self.restore()

    def _put_back(self, changed: Dump) -> None:
        if self.kind == "sqlite":
            self._copy_back()
            return
        tables = [table for table in TABLES if table.name in changed]
        with self.app.app_context(), db.engine.connect() as bare:
            connection = bare.execution_options(**{WRITES: True})
            with connection.begin():
                connection.exec_driver_sql(
                    "SET LOCAL session_replication_role = replica"
                )  # rows go back in whatever order
                for table in reversed(tables):
                    _delete(connection, table, _keyed(table, changed[table.name]).keys() - self.rows[table.name].keys())
                for table in tables:
                    before, after = (_keyed(table, rows[table.name]) for rows in (self.before, changed))
                    _put_back(
                        connection,
                        table,
                        {key: self.rows[table.name][key] for key in before if after.get(key) != before[key]},
                        over=after,
                    )
                connection.exec_driver_sql("DELETE FROM search_due")  # what triggers noted of putting back

    def _copy_back(self) -> None:
        """Put the file back that was there in the beginning: quicker than any statement."""
        with self.app.app_context():
            db.engine.dispose()
            file = str(db.engine.url.database)
        for beside in ("-wal", "-shm"):
            Path(file + beside).unlink(missing_ok=True)
        shutil.copyfile(file + BEGINNING, file + NEXT)
        Path(file + NEXT).replace(file)  # whoever still has the old one open keeps it

    @contextmanager
    def counting(self) -> Iterator[list[str]]:
        """Collect the statements that the app sends to its database."""
        statements: list[str] = []

        def note(*args: Any) -> None:  # noqa: ANN401  # what SQLAlchemy hands over
            if not args[2].startswith(("BEGIN", "PRAGMA")):
                statements.append(args[2])

        with self.app.app_context():
            engine = db.engine
        event.listen(engine, "before_cursor_execute", note)
        try:
            yield statements
        finally:
            event.remove(engine, "before_cursor_execute", note)


def _with_what_goes(table: str) -> set[str]:
    found, new = set[str](), {table}
    while new:
        found |= new
        new = {other for name in new for other in GOES_ALONG.get(name, ())} - found
    return found


def _keyed(table: sqlalchemy.Table, rows: list[sqlalchemy.Row[Any]]) -> dict[Key, sqlalchemy.Row[Any]]:
    return {tuple(row._mapping[column.name] for column in table.primary_key.columns): row for row in rows}


def _is_row(table: sqlalchemy.Table) -> sqlalchemy.ColumnElement[bool]:
    return sqlalchemy.and_(
        *(column == sqlalchemy.bindparam(f"key_{column.name}") for column in table.primary_key.columns)
    )


def _named(table: sqlalchemy.Table, key: Key) -> Row:
    return {f"key_{column.name}": part for column, part in zip(table.primary_key.columns, key, strict=True)}


def _delete(connection: Connection, table: sqlalchemy.Table, keys: Iterable[Key]) -> None:
    if rows := [_named(table, key) for key in keys]:
        connection.execute(table.delete().where(_is_row(table)), rows)


def _put_back(
    connection: Connection, table: sqlalchemy.Table, rows: Mapping[Key, Row], *, over: Collection[Key]
) -> None:
    if lost := [row for key, row in rows.items() if key not in over]:
        connection.execute(table.insert(), lost)
    if other := [{**_named(table, key), **row} for key, row in rows.items() if key in over]:
        values: Row = {column.name: sqlalchemy.bindparam(column.name) for column in table.columns}
        connection.execute(table.update().where(_is_row(table)).values(values), other)
