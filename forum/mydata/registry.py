"""What is about a person, in all rooms: their declarations put together, and whose a row is."""

from collections.abc import Mapping, Sequence

from sqlalchemy import ColumnElement, Table, false, or_, select

from forum.core.db import Base
from forum.core.kept import RETENTION as CORE_RETENTION
from forum.core.ownership import Column, Ref, Through, Tie, Words
from forum.core.personal import PERSONAL as CORE
from forum.core.retention import Kept
from forum.people.kept import RETENTION as PEOPLE_RETENTION
from forum.people.personal import PERSONAL as PEOPLE
from forum.spaces.feature import features


def declared() -> dict[str, Mapping[str, Column]]:
    """Return what every room declared, by table."""
    found: dict[str, Mapping[str, Column]] = {**CORE, **PEOPLE}
    for feature in features():
        found |= feature.personal
    return found


def retention() -> Sequence[Kept]:
    """Return how long every room keeps what, in the order in which it goes."""
    return [*(kept for feature in features() for kept in feature.retention), *CORE_RETENTION, *PEOPLE_RETENTION]


def table_of(name: str) -> Table:
    """Return a table by its name."""
    return Base.metadata.tables[name]


def refs_in(columns: Mapping[str, Column], *ties: Tie) -> list[str]:
    """Return the columns that name a person to whom the row stands so."""
    return [name for name, column in columns.items() if isinstance(column, Ref) and column.tie in ties]


def words_in(columns: Mapping[str, Column]) -> dict[str, Words]:
    """Return the columns with text."""
    return {name: column for name, column in columns.items() if isinstance(column, Words)}


def belongs(name: str, person_id: int, *, everything: Mapping[str, Mapping[str, Column]]) -> ColumnElement[bool]:
    """Return the condition that a row of the table is the person's own, by itself or through the row it belongs to."""
    table, columns = table_of(name), everything[name]
    ways = [table.c[column] == person_id for column in refs_in(columns, Tie.MINE)]
    for column, what in columns.items():
        if isinstance(what, Through):
            parent = next(iter(table.c[column].foreign_keys)).column
            owned = select(parent).where(belongs(parent.table.name, person_id, everything=everything))
            ways.append(table.c[column].in_(owned))
    return or_(*ways) if ways else false()


def concerns(name: str, person_id: int, *, everything: Mapping[str, Mapping[str, Column]]) -> ColumnElement[bool]:
    """Return the condition that a row of the table is theirs or tells something about them."""
    told = [table_of(name).c[column] == person_id for column in refs_in(everything[name], Tie.ABOUT)]
    return or_(belongs(name, person_id, everything=everything), *told)
