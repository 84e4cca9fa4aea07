"""Every table says what in it is about a person: what of it is theirs to take along, and what becomes of it when they are erased."""

from collections.abc import Mapping

import pytest
from flask import Flask
from sqlalchemy import Table

from forum.core.db import Base
from forum.core.ownership import Column, Fate, Ref, Through, Tie, Words
from forum.mydata.collecting import is_text
from forum.mydata.registry import declared


def lacks(table: Table, columns: Mapping[str, Column]) -> list[str]:
    """Return what of a table is not declared, or not as what it is."""
    wrong = []
    for column in table.columns:
        names_person = any(key.column.table.name == "person" for key in column.foreign_keys)
        what = columns.get(column.name)
        if names_person and not isinstance(what, Ref):
            wrong.append(f"{table.name}.{column.name} names a person: mine(), about() or by()")
        if is_text(column) and not column.foreign_keys and not isinstance(what, Words):
            wrong.append(f"{table.name}.{column.name} holds text: OWN, HTML, SAID, OTHERS, PLAIN or SECRET")
        if isinstance(what, Ref) and what.fate is Fate.UNNAME and not column.nullable:
            wrong.append(f"{table.name}.{column.name} can't be emptied: DELETE or KEEP")
    return [*wrong, *(f"{table.name}.{name} is no column" for name in columns if name not in table.c)]


def test_every_column_about_a_person_is_declared(app: Flask) -> None:
    """A15: a new table is thought about before it lands."""
    with app.test_request_context("/"):
        everything = declared()
    wrong = [line for table in Base.metadata.sorted_tables for line in lacks(table, everything.get(table.name, {}))]
    assert not wrong, "Declare it in the room's personal.py:\n" + "\n".join(wrong)
    assert not set(everything) - set(Base.metadata.tables)


@pytest.mark.parametrize(
    "table, column",
    [("post", "author_id"), ("post", "source"), ("bookmark", "note"), ("log_entry", "details"), ("watch", "person_id")],
)
def test_a_column_that_is_left_out_fails(app: Flask, table: str, column: str) -> None:
    """A15: the check itself was seen to find each kind of column."""
    with app.test_request_context("/"):
        columns = dict(declared()[table])
    del columns[column]
    assert [line.split(" ")[0] for line in lacks(Base.metadata.tables[table], columns)] == [f"{table}.{column}"]


def test_what_somebody_owns_through_another_row_can_be_found(app: Flask) -> None:
    """A15: THROUGH leads to a declared table in which something is somebody's."""
    with app.test_request_context("/"):
        everything = declared()
    for name, columns in everything.items():
        for column, what in columns.items():
            if isinstance(what, Through):
                parent = next(iter(Base.metadata.tables[name].c[column].foreign_keys)).column.table.name
                ties = [one.tie for one in everything[parent].values() if isinstance(one, Ref)]
                assert Tie.MINE in ties, f"{name}.{column}"
