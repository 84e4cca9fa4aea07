"""A PostgreSQL database that the tests of one process have one after the other, each as it was migrated.

Making one takes as long as many tests do, and a connection to a new one has to learn all tables anew. So what a test wrote is taken
out again. A test that changed more than rows, or holds on to it, gets its successor a new one.
"""

import itertools
import os
from collections.abc import Iterator
from dataclasses import dataclass, field

import psycopg
from psycopg import sql
from psycopg.rows import scalar_row

from tests.support.postgres import Server

MOST = 200
"""After so many tests it is made anew: what was taken out isn't gone from the files, and makes looking for something slower."""
PATIENCE = "5s"

SHAPE = """
SELECT concat_ws(' ',
  (SELECT concat(count(*), '-', max(oid::bigint)) FROM pg_class WHERE relkind <> 't' AND oid >= 16384),
  (SELECT concat(count(*), '-', sum(hashtext(attname)::bigint), '-', sum(attnotnull::int)) FROM pg_attribute
    WHERE attrelid >= 16384 AND attnum > 0),
  (SELECT concat(count(*), '-', max(oid::bigint)) FROM pg_constraint WHERE oid >= 16384),
  (SELECT concat(count(*), '-', max(oid::bigint), '-', sum(ascii(tgenabled))) FROM pg_trigger WHERE oid >= 16384),
  (SELECT concat(count(*), '-', max(oid::bigint)) FROM pg_proc WHERE oid >= 16384),
  (SELECT concat(count(*), '-', max(oid::bigint)) FROM pg_attrdef WHERE oid >= 16384))
"""
"""Of what the database is made, in a word."""
OTHERS = "FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid() AND state <> 'idle'"
_numbers = itertools.count(1)


@dataclass
class Reused:
    """The database: its name, and how it was when it was made."""

    server: Server
    name: str
    connection: psycopg.Connection = field(repr=False)
    shape: str
    tables: tuple[str, ...]
    seeds: dict[str, bytes] = field(repr=False)
    """The rows that there are when nobody has written any, by their table."""
    tests: int = 0

    def put_back(self) -> bool:
        """Take out what a test wrote. Return False where that can't be done, or would not be all."""
        self.tests += 1
        if self.tests >= MOST:
            return False
        try:
            return self._end_others() and self._shape() == self.shape and self._take_out()
        except psycopg.Error:
            return False

    def drop(self) -> None:
        """Let it go."""
        self.connection.close()
        self.server.execute("DROP DATABASE {} WITH (FORCE)", self.name)

    def _end_others(self) -> bool:
        """End whoever still holds something. Return whether they are gone."""
        ended = self.connection.execute(f"SELECT pg_terminate_backend(pid, 2000) {OTHERS}").fetchall()
        return all(is_gone for (is_gone,) in ended)

    def _shape(self) -> str:
        return str(self.connection.cursor(row_factory=scalar_row).execute(SHAPE).fetchone())

    def _take_out(self) -> bool:
        written = self._not_empty()
        orders = [sql.SQL("DELETE FROM {}").format(sql.Identifier(name)) for name in written]
        with self.connection.transaction():
            self.connection.execute("SET LOCAL session_replication_role = replica")  # no trigger, no order of tables
            self.connection.execute(sql.SQL("; ").join(orders))
            for name, rows in self.seeds.items():
                with self.connection.cursor().copy(sql.SQL("COPY {} FROM STDIN").format(sql.Identifier(name))) as into:
                    into.write(rows)
        self.connection.execute(
            "SELECT setval(format('%I.%I', schemaname, sequencename)::regclass, start_value, false) FROM pg_sequences "
            "WHERE schemaname = 'public' AND last_value IS NOT NULL"
        )
        return True

    def _not_empty(self) -> list[str]:
        each = [
            sql.SQL("SELECT {} WHERE EXISTS (SELECT FROM {})").format(sql.Literal(name), sql.Identifier(name))
            for name in self.tables
        ]
        rows = self.connection.execute(sql.SQL(" UNION ALL ").join(each))
        return [name for (name,) in rows]


_reused: dict[str, Reused] = {}


def lend(server: Server, template: str) -> Iterator[str]:
    """Yield the address of a database that is as `template`, and make it so again afterwards."""
    kept = _reused.pop(template, None) or _new(server, template)
    yield server.database(kept.name)
    if kept.put_back():
        _reused[template] = kept
    else:
        kept.drop()


def _new(server: Server, template: str) -> Reused:
    name = f"{template}_{os.getpid()}_{next(_numbers)}"
    server.copy(template, name)
    connection = psycopg.connect(server.plain(name), autocommit=True)
    connection.execute(f"SET lock_timeout = '{PATIENCE}'")
    rows = connection.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public' ORDER BY 1")
    made = Reused(server, name, connection, "", tuple(table for (table,) in rows), {})
    for table in made._not_empty():
        with connection.cursor().copy(sql.SQL("COPY {} TO STDOUT").format(sql.Identifier(table))) as out:
            made.seeds[table] = b"".join(bytes(piece) for piece in out)
    made.shape = made._shape()
    return made
