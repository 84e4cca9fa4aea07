"""Every table says what a copied space takes of it, column by column."""

import importlib

import forum.app  # noqa: F401  # loads every room's tables
from forum.core.db import Base
from forum.core.lineage import Copy

ROOMS = (
    "core",
    "people",
    "spaces",
    "notify",
    "search",
    "content",
    "roster",
    "threads",
    "help",
    "stories",
    "playbooks",
    "meetups",
    "strategy",
    "mailin",
    "mydata",
    "clone",
    "home",
)


def declared() -> dict[str, dict[str, Copy]]:
    found: dict[str, dict[str, Copy]] = {}
    for room in ROOMS:
        for table, columns in importlib.import_module(f"forum.{room}.clone").POLICY.items():
            assert table not in found, f"{table} is declared twice"
            found[table] = dict(columns)
    return found


def test_every_column_has_a_clone_policy() -> None:
    """F1: copying is by allow-list, so a new table or column is thought about before it lands."""
    tables = {table.name: {column.name for column in table.columns} for table in Base.metadata.sorted_tables}
    assert {table: set(columns) for table, columns in declared().items()} == tables


def test_what_names_a_person_or_a_token_is_never_copied() -> None:
    """F1: members, authors and tokens stay behind."""
    policy = declared()
    for table in Base.metadata.sorted_tables:
        for column in table.columns:
            points_at_a_person = any(key.column.table.name == "person" for key in column.foreign_keys)
            if points_at_a_person or "token" in column.name or "hash" in column.name:
                assert policy[table.name][column.name] in {Copy.NEVER, Copy.BLANK}, f"{table.name}.{column.name}"
