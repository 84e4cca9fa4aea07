"""The furnished installation at work: the browsers of the cast, every row of it, and how it is put back."""

import re
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cached_property
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
Dump = dict[str, list[sqlalchemy.Row[Any]]]
TABLES = Base.metadata.sorted_tables

# Rows are put back in whatever order; what they refer to is there in the end.
KEYS_LATER = {
    "sqlite": "PRAGMA defer_foreign_keys = ON",
    "postgresql": "SET LOCAL session_replication_role = replica",
}
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


def settings_of(url: str) -> Settings:
    """Return the settings of the installation: whoever has an address at its own domain may join."""
    # Attached files lie in a folder of its own: tests of cleaning up sweep the one that the others share.
    return settings_for(url, join_domains="example.org", var=home.folder("world"))


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
    rows: dict[str, list[Row]] = field(default_factory=dict)
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
            with db.engine.connect() as connection:
                self.rows = {table.name: _rows(connection, table) for table in TABLES}
            event.listen(db.engine, "before_cursor_execute", self._note)
        self.before = self.dump()

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
        if not looking_at_all and not self.written:
            return set()
        after = self.dump(ALL_ROWS if looking_at_all else ALL_ROWS.keys() & (self.written | BY_TRIGGERS))
        return {table for table, rows in after.items() if rows != self.before[table]}

    def restore(self) -> set[str]:
        """Make everything as it was in the beginning: only what changed is written. Gives the names of the tables that had changed."""
        changed = self.changed_tables()
        if not changed:
            self.written.clear()
            return changed
        tables = [table for table in TABLES if table.name in changed]
        with self.app.app_context(), db.engine.connect() as bare:
            connection = bare.execution_options(**{WRITES: True})
            with connection.begin():
                connection.exec_driver_sql(KEYS_LATER[connection.dialect.name])
                after = {table.name: _rows(connection, table) for table in tables}
                for table in reversed(tables):
                    _delete(connection, table, after[table.name], keep=self.rows[table.name])
                for table in tables:
                    _put_back(connection, table, self.rows[table.name], over=after[table.name])
                connection.exec_driver_sql("DELETE FROM search_due")  # what triggers noted of putting back
        self.written.clear()
        return changed

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


def _rows(connection: Connection, table: sqlalchemy.Table) -> list[Row]:
    return [dict(row._mapping) for row in connection.execute(select(table))]


def _is_row(table: sqlalchemy.Table, row: Row) -> sqlalchemy.ColumnElement[bool]:
    return sqlalchemy.and_(*(column == row[column.name] for column in table.primary_key.columns))


def _keyed(table: sqlalchemy.Table, rows: list[Row]) -> dict[tuple[Any, ...], Row]:
    return {tuple(row[column.name] for column in table.primary_key.columns): row for row in rows}


def _delete(connection: Connection, table: sqlalchemy.Table, rows: list[Row], *, keep: list[Row]) -> None:
    for key in _keyed(table, rows).keys() - _keyed(table, keep).keys():
        connection.execute(table.delete().where(_is_row(table, _keyed(table, rows)[key])))


def _put_back(connection: Connection, table: sqlalchemy.Table, rows: list[Row], *, over: list[Row]) -> None:
    there = _keyed(table, over)
    for key, row in _keyed(table, rows).items():
        if key not in there:
            connection.execute(table.insert(), row)
        elif there[key] != row:
            connection.execute(table.update().where(_is_row(table, row)).values(**row))
