"""What a complete archive of a space carries: every table declares it, column by column. A test fails for one that isn't declared.

A room's `archived.py` holds ARCHIVED and, where not every row is for a space's stewards to have, WHICH. What stewards may not see
never comes along: drafts, bookmarks, read marks, settings, secret votes, tokens (A3).
"""

import enum
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, Connection


class Kept(enum.StrEnum):
    """What becomes of a column when its space is archived."""

    KEEP = "keep"
    """The value comes along. What is the key of another row is that row's key in the file; of a row that stays behind it is empty."""
    WITH = "with"
    """The key of another row, without which this one stays behind."""
    NAME = "name"
    """It names somebody: it comes along only if names do, else a word stands in its place."""
    HELD = "held"
    """Who holds it. Somebody without an account where it is restored lets go of it."""
    MADE = "made"
    """It isn't in the file, and is made anew: keys, addresses, tokens, HTML."""
    LEFT = "left"
    """It isn't in the file, and is empty afterwards."""
    NEVER = "never"
    """No row of this table is ever archived."""


Archived = Mapping[str, Mapping[str, Kept]]
"""Table, column, what becomes of it."""
Which = Mapping[str, Callable[[int], ColumnElement[bool]]]
"""By table, which of its rows come along, from the key of whoever asked for the archive; without it all of them."""
Row = dict[str, Any]


Telling = Callable[[Row], Iterable[tuple[str, object]]]
"""Says something of a row in other words: names, each with a value."""


@dataclass(frozen=True, kw_only=True)
class Shown:
    """What pages to read say of a table. They are given away, so it is an allow-list: what isn't named here is in none of them (F7)."""

    rows: Callable[[], ColumnElement[bool]]
    """Which of the rows that come along all members may read: `true` for all. Without its row, what belongs to one isn't either."""
    title: object = ""
    """What its rows are called."""
    columns: Mapping[str, object] = field(default_factory=dict)
    """The columns of which they say something, in this order, each with what it is called. Without one its rows only lead to others."""
    words: Mapping[str, Mapping[Any, object]] = field(default_factory=dict)
    """By column, what each of its values is called: for all that are of a fixed list."""
    told: Mapping[str, Callable[[Connection], Telling]] = field(default_factory=dict)
    """By column, who tells what it says in other words. It may ask the database of the pages."""
    on: Callable[[], ColumnElement[int]] | None = None
    """On the page of which item its rows stand, where that is another than the one to which they belong."""


@dataclass(frozen=True, kw_only=True)
class Taken:
    """What a room says of its rows besides: how one is written, and how it is read."""

    kinds: Mapping[str, str] = field(default_factory=dict)
    """The kinds of the room's items, with the table that has a row for each."""
    which: Which = field(default_factory=dict)
    shown: Mapping[str, Shown] = field(default_factory=dict)
    """By table, what pages to read say of it, in the order in which a page has them. Of a table that isn't there they say nothing."""
    written: Mapping[str, Callable[[Row, Callable[[str, int], int | None]], None]] = field(default_factory=dict)
    """By table, what is changed of a row before it is written; it turns a table's key into the one in the file, None for what stays."""
    read: Mapping[str, Callable[[Row, "Arrival"], bool]] = field(default_factory=dict)
    """By table, what is changed of a row that arrives; False when it stays out. Raises ValueError for what can't be."""
    settle: Callable[[int], None] | None = None
    """Brings a space, by its key, in line with who belongs to it, in the transaction that lets them in."""
    turns: Mapping[str, frozenset[str]] = field(default_factory=dict)
    """By table, the columns of which `read` turns the words itself (`Arrival.in_text`): what they hold is more than a text."""


@dataclass(frozen=True, kw_only=True)
class Arrival:
    """Where a row arrives."""

    has_account: Callable[[int], bool]
    """Whether somebody of the file, by their key in it, has an account here."""
    key: Callable[[str, int], int | None]
    """From a table and a key in the file, the key here."""
    uuid: Callable[[int], str]
    """From the key of an item in the file, its name for good here."""
    in_text: Callable[[str], str]
    """From a text of the file, the text here: its links lead into the space, and it calls people as they are called here."""
    today: date


def kept(
    *keep: str,
    made: Sequence[str] = (),
    left: Sequence[str] = (),
    name: Sequence[str] = (),
    held: Sequence[str] = (),
    only_with: Sequence[str] = (),
) -> dict[str, Kept]:
    """Return what becomes of a table's columns: those that are named first come along."""
    ways = {
        Kept.KEEP: keep,
        Kept.MADE: made,
        Kept.LEFT: left,
        Kept.NAME: name,
        Kept.HELD: held,
        Kept.WITH: only_with,
    }
    return {column: way for way, columns in ways.items() for column in columns}


def stay(known: Mapping[str, Mapping[str, object]], *tables: str) -> dict[str, dict[str, Kept]]:
    """Return the declarations of tables of which no row is archived. Their columns are those `known` to the room's `clone.py`."""
    return {table: dict.fromkeys(known[table], Kept.NEVER) for table in tables}
