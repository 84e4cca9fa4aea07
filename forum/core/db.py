"""The database: one URL, SQLite or PostgreSQL, and the rules of its transactions.

SQLite's driver is told to leave transactions alone; the engine's begin event emits BEGIN IMMEDIATE for writes and BEGIN for
reads. With a deferred BEGIN a read that becomes a write fails with "locked" at once, whatever the busy timeout.
"""

import sqlite3
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from enum import StrEnum
from typing import TypeVar

from flask_sqlalchemy import SQLAlchemy
from sqlalchemy import DateTime, Dialect, Engine, Enum, MetaData, String, event
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.engine import Connection
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column, registry
from sqlalchemy.types import TypeDecorator

Row = TypeVar("Row", bound="Base")

BUSY_SECONDS = 5.0
WRITES = "baton_writes"
LATER = "baton_later"
FOUND_NOWHERE = "baton_found_nowhere"
"""On a session: what it writes changes nothing that can be found, so the index isn't looked after."""


class UtcDateTime(TypeDecorator[datetime]):
    """An instant. Refuses naive values; gives back aware UTC on both databases."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Store UTC; SQLite keeps no offset, so it is taken off there."""
        if value is None:
            return None
        if value.tzinfo is None:
            message = "a naive datetime was given where an instant is stored"
            raise ValueError(message)
        moment = value.astimezone(UTC)
        return moment.replace(tzinfo=None) if dialect.name == "sqlite" else moment

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Give back aware UTC."""
        del dialect
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


class WallTime(TypeDecorator[datetime]):
    """A time on the clock of a place, whose zone stands beside it: a plan, from which the instant is derived. Refuses aware values."""

    impl = DateTime(timezone=False)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Store it as it is."""
        del dialect
        if value is not None and value.tzinfo is not None:
            message = "an instant was given where a time on a clock is stored"
            raise ValueError(message)
        return value


def one_of(kind: type[StrEnum]) -> Enum:
    """Return the column type of a fixed list of words: stored as the word, given back as the member."""
    return Enum(
        kind, native_enum=False, length=20, values_callable=lambda members: [member.value for member in members]
    )


class Base(DeclarativeBase):
    """Base of every table. Constraints are named by one convention, so that migrations can name them."""

    registry = registry(
        type_annotation_map={datetime: UtcDateTime()},
        metadata=MetaData(
            naming_convention={
                "ix": "ix_%(table_name)s_%(column_0_N_name)s",
                "uq": "uq_%(table_name)s_%(column_0_N_name)s",
                "ck": "ck_%(table_name)s_%(constraint_name)s",
                "fk": "fk_%(table_name)s_%(column_0_N_name)s",
                "pk": "pk_%(table_name)s",
            }
        ),
    )


class Keyed:
    """Mixin: a number for the database and a uuid for everything that leaves it."""

    id: Mapped[int] = mapped_column(primary_key=True)
    uuid: Mapped[str] = mapped_column(String(36), unique=True, default=lambda: str(uuid.uuid4()))


db = SQLAlchemy(model_class=Base, session_options={"expire_on_commit": False})


def prepare(engine: Engine) -> None:
    """Give `engine` the transaction rules. Called once for each engine."""
    if engine.dialect.name != "sqlite":
        return
    event.listen(engine, "connect", _on_connect)
    event.listen(engine, "begin", _on_begin)


def _on_connect(connection: sqlite3.Connection, _record: object) -> None:
    connection.isolation_level = None
    for pragma in (
        "foreign_keys=ON",
        "journal_mode=WAL",
        f"busy_timeout={int(BUSY_SECONDS * 1000)}",
        "synchronous=FULL",
    ):
        connection.execute(f"PRAGMA {pragma}")


def _on_begin(connection: Connection) -> None:
    writes = connection.get_execution_options().get(WRITES, False)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")


def is_made_by_hand(kind: str, name: str) -> bool:
    """Say whether a table, column or index stands in the database and in no model: the search's index, as each database has it."""
    return (kind == "table" and name.startswith("search_match")) or (kind, name) in {
        ("column", "doc"),
        ("index", "ix_search_entry_doc"),
        ("index", "ix_search_entry_heads"),
    }


@contextmanager
def transaction_of_marks() -> Iterator[None]:
    """The same for marks of having looked, of which a page writes one: nothing that can be found changes by them.

    Inside another `transaction()` it joins that one, whose texts are found.
    """
    is_own = not db.session.info.get(WRITES)
    with transaction():
        if is_own:
            db.session.info[FOUND_NOWHERE] = True
        yield


@contextmanager
def transaction() -> Iterator[None]:
    """Write: all of it is committed together, or none of it.

    The read transaction of the request ends here. What the page had loaded may be old by now, so actions read anew what they decide
    on, beginning with `lock()`. Inside another `transaction()` this joins it.
    """
    session = db.session
    if session.info.get(WRITES):
        yield
        return
    session.rollback()
    later: list[Callable[[], None]] = []
    session.info[WRITES], session.info[LATER] = True, later
    try:
        session.connection(execution_options={WRITES: True})
        yield
        session.commit()
    except BaseException:
        session.rollback()
        raise
    finally:
        for name in (WRITES, LATER, FOUND_NOWHERE):
            session.info.pop(name, None)
    for do in later:
        do()


def when_committed(do: Callable[[], None]) -> None:
    """Do what can't be taken back when all is written, and never if it isn't. It may not fail. Use inside `transaction()`."""
    later: list[Callable[[], None]] = db.session.info[LATER]
    later.append(do)


def insert(model: type[Base]) -> sqlite.Insert | postgresql.Insert:
    """Return an INSERT of this database's dialect, which knows ON CONFLICT."""
    if db.session.get_bind().dialect.name == "postgresql":
        return postgresql.insert(model)
    return sqlite.insert(model)


def lock(model: type[Row], key: object) -> Row | None:
    """Load a row anew and hold it until the transaction ends (PostgreSQL; SQLite already holds the whole database).

    It is held against those who hold or change it, not against rows that only refer to it: "FOR UPDATE" would stop those too, and
    two transactions that each refer to what the other one holds would wait for each other (see `test_locks.py`).
    """
    return db.session.get(model, key, with_for_update={"key_share": True}, populate_existing=True)  # FOR NO KEY UPDATE
