"""What would come along from a space, as its rows are now: only columns that a policy names, of what the person may read (F1, F4)."""

import hashlib
import json
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import Column, ColumnElement, Table, select

from forum.clone.models import Showcase
from forum.clone.queries import offered_items
from forum.clone.rooms import ITEM, SPACE, House, house, is_items, which_of
from forum.clone.texts import rendered_of, texts_of, uncalled
from forum.core.db import Base, db
from forum.core.lineage import Copy, Posts
from forum.spaces.copied import KEY, Part, Row, Rows, Start
from forum.spaces.models import Audience, Item, ItemState, Space
from forum.web.words import _

AT_ONCE = 5_000
REF, UUID, VERSION, PART = "_ref", "_uuid", "_version", "_part"
"""What an item's row says besides its columns: its address, its name for good, its version, and the part with which it comes."""


@dataclass(frozen=True)
class Bundle:
    """What comes along: the space's own row, and rows by table. Keys are the source's, and mean nothing elsewhere."""

    space: Row
    rows: dict[str, list[Row]]
    parts: Sequence[str]
    """The parts that were asked for, by name."""
    slug: str
    site: str
    uuid: str | None
    name: str = ""
    """What it is called where it isn't a space: a starter, a file."""

    def only(self, parts: Collection[str]) -> "Bundle":
        """Return what comes along of it with only some parts."""
        rooms = house()
        taken = [part for part in rooms.parts if part.name in parts and part.name in self.parts]
        ways = {part.name for part in taken}
        rows = {ITEM: [dict(row) for row in self.rows.get(ITEM, ()) if row[PART] in ways]}
        keys = {ITEM: {row[KEY] for row in rows[ITEM]}}
        for table in rooms.tables:
            if table.name == ITEM or (
                rooms.part_of[table.name] and not ways & {p.name for p in rooms.part_of[table.name]}
            ):
                continue
            found = [row for one in self.rows.get(table.name, ()) if _is_whole(rooms, table, row := dict(one), keys)]
            rows[table.name] = found
            keys[table.name] = {row[KEY] for row in found if KEY in row}
        rooms.mend(rows)
        space = self.space if any(SPACE in part.tables for part in taken) else _plain(self.space)
        kept = {name: found for name, found in rows.items() if found}
        return replace(self, space=space, rows=kept, parts=[part.name for part in taken])

    @property
    def digest(self) -> str:
        """A mark of all of it: the same as long as exactly the same would come along."""
        return hashlib.sha256(json.dumps([self.space, self.rows], default=str, sort_keys=True).encode()).hexdigest()

    def count(self, part: Part) -> int:
        """Return how many of a part there are."""
        if part.name not in self.parts:
            return 0
        items = {row[KEY] for row in self.rows.get(ITEM, ()) if row[PART] == part.name}
        found = 0
        for name in part.tables:
            if name == SPACE:
                found += bool(self.space["about_source"])
            elif is_items(Base.metadata.tables[name]):
                found += sum(row[KEY] in items for row in self.rows.get(name, ()))
            else:
                found += len(self.rows.get(name, ()))
        return found

    def arrivals(self, part: Part, start: Start) -> list[tuple[str, str]]:
        """Return titles as `titles` does, each with what it will be in a copy that begins so, where its room says that."""
        words = {
            row[KEY]: told(row, start)
            for room in house().rooms
            for table, told in room.cloner.arrives.items()
            for row in self.rows.get(table, ())
            if table in part.tables
        }
        if not words:
            return [(title, "") for title in self.titles(part)]
        return [(row["title"], words.get(row[KEY], "")) for row in self.rows.get(ITEM, ()) if row[PART] == part.name]

    def single(self) -> dict[str, list[tuple[str, str]]]:
        """Return the addresses and titles of what comes along unless it is left out, by the names of their parts."""
        found: dict[str, list[tuple[str, str]]] = {}
        by_choice = {part.name for part in house().parts if part.by_choice}
        for row in self.rows.get(ITEM, ()):
            if row[PART] not in by_choice:
                found.setdefault(row[PART], []).append((row[REF], row["title"]))
        return found

    def titles(self, part: Part) -> list[str]:
        """Return what the things of a part are called, where they have names."""
        if any(is_items(Base.metadata.tables[name]) for name in part.tables):
            return [row["title"] for row in self.rows.get(ITEM, ()) if row[PART] == part.name]
        return [row["name"] for name in part.tables for row in self.rows.get(name, ()) if "name" in row]


def gather(
    source: Space,
    parts: Collection[str],
    *,
    site: str,
    only: Collection[int] | None = None,
    with_left_out: bool = False,
) -> Bundle:
    """Return what comes along of these parts: published, for every member to see, and offered by the showcase (F4).

    Whoever asks has been let in by the showcase, which is what lets them read this. With `only`, of items just those with these keys.
    `with_left_out` is for the stewards of the source themselves: with what they left out of the showcase.
    """
    rooms = house()
    taken = [part for part in rooms.parts if part.name in parts]
    showcase = None if with_left_out else db.session.get(Showcase, source.id)
    left_out = showcase.left_out if showcase else []
    items = [row for part in taken for row in _items(source, part, only) if row[REF] not in left_out]
    rows: dict[str, list[Row]] = {ITEM: items}
    keys = {ITEM: {row[KEY] for row in items}}
    for table in rooms.tables:
        if table.name == ITEM:
            continue
        found = [row for row in _rows(rooms, table, source, taken, keys, rows) if _is_whole(rooms, table, row, keys)]
        rows[table.name] = found
        if KEY in next(iter(found), ()):
            keys[table.name] = {row[KEY] for row in found}
    _first_posts_only(taken, rows)
    rooms.mend(rows)
    kept = {name: found for name, found in rows.items() if found}
    return Bundle(_space(rooms, source, parts), kept, [part.name for part in taken], source.slug, site, source.uuid)


def _items(source: Space, part: Part, only: Collection[int] | None) -> Iterator[Row]:
    table = Base.metadata.tables[ITEM]
    columns = [column.name for column in house().columns(table, Copy.COPY)]
    for own in _item_tables(part):
        query = select(Item).join(own, own.c.id == Item.id).order_by(Item.id)
        query = query.where(
            Item.space_id == source.id,
            Item.state == ItemState.PUBLISHED,
            Item.audience == Audience.SPACE,
            *which_of(part),
        )
        if only is not None:
            query = query.where(Item.id.in_(only))
        if part.by_choice:
            query = query.where(Item.id.in_(offered_items(source.id, part.posts)))
        for item in db.session.scalars(query):
            row = {name: getattr(item, name) for name in columns}
            yield row | {KEY: item.id, REF: item.ref, UUID: item.uuid, VERSION: item.version, PART: part.name}


def _rows(
    rooms: House, table: Table, source: Space, taken: Sequence[Part], keys: Mapping[str, set[int]], rows: Rows
) -> Iterator[Row]:
    """Give the rows of a table that come along: by its part, or with what they belong to."""
    owner = rooms.owner(table)
    if is_items(table):
        ways = {part.name for part in rooms.part_of[table.name]}
        mine = [row[KEY] for row in rows[ITEM] if row[PART] in ways]
        yield from _carried(rooms, table, table.c.id, mine)
    elif owner is not None:
        which = [room.cloner.which[table.name]() for room in rooms.rooms if table.name in room.cloner.which]
        yield from _carried(rooms, table, table.c[owner], sorted(keys.get(rooms.parents(table)[owner], ())), *which)
    elif part := next((part for part in rooms.part_of[table.name] if part in taken), None):
        yield from _carried(rooms, table, table.c.space_id, [source.id], *which_of(part))


def _carried(
    rooms: House, table: Table, column: Column[Any], values: Sequence[int], *which: ColumnElement[bool]
) -> Iterator[Row]:
    """Give the rows in which a column has one of some values, with the columns that come along and no other."""
    rendered = rendered_of(table)
    made = {name for _source, html, renderer in rendered for name in (html, renderer)}
    carried = [one for one in rooms.columns(table, Copy.COPY, Copy.REPOINT) if one.name not in made]
    carried = [one for one in carried if SPACE not in {key.column.table.name for key in one.foreign_keys}]
    own = list(table.primary_key.columns)
    key = [own[0].label(KEY)] if len(own) == 1 else []
    key += [table.c.ref.label(REF)] if "ref" in table.c else []
    shown = [table.c[html].label(f"{KEY}{html}") for _source, html, _renderer in rendered]
    for some in (values[first : first + AT_ONCE] for first in range(0, len(values), AT_ONCE)):
        query = select(*carried, *key, *shown).where(column.in_(some), *which).order_by(*own)
        for found in db.session.execute(query).mappings():
            row = dict(found)
            for source, html, _renderer in rendered:
                row[source] = uncalled(row[source], row.pop(f"{KEY}{html}"), somebody())
            yield row


def _is_whole(rooms: House, table: Table, row: Row, keys: Mapping[str, set[int]]) -> bool:
    """Let a row name only what comes along too: what needn't be named is left out, and without what must be it stays behind."""
    for name, target in rooms.parents(table).items():
        if target == table.name or row[name] in keys.get(target, ()):
            continue
        if not table.c[name].nullable:
            return False
        row[name] = None
    return True


def _first_posts_only(taken: Sequence[Part], rows: dict[str, list[Row]]) -> None:
    """Leave behind what was said below items of which only the first post comes along, and the files of that."""
    posts = {part.name: part.posts for part in taken}
    most = {row[KEY]: posts[row[PART]] for row in rows[ITEM]}
    first = {Posts.NONE: 0, Posts.FIRST: 1}
    rows["post"] = [
        row
        for row in rows.get("post", ())
        if row["number"] and row["number"] <= first.get(most[row["item_id"]], row["number"])
    ]
    there = {row[KEY] for row in rows["post"]}
    rows["attachment"] = [row for row in rows.get("attachment", ()) if row["post_id"] in there]


def _space(rooms: House, source: Space, parts: Collection[str]) -> Row:
    table = Base.metadata.tables[SPACE]
    row = {column.name: getattr(source, column.name) for column in rooms.columns(table, Copy.COPY)}
    taken = any(part.name in parts and SPACE in part.tables for part in rooms.parts)
    for text, html, renderer in rendered_of(table):
        row[text] = uncalled(row[text], row.pop(html), somebody())
        row.pop(renderer)
    return row if taken else _plain(row)


def _plain(space: Row) -> Row:
    """Return a space's row without what its welcome says."""
    texts = {column.name for column in texts_of(Base.metadata.tables[SPACE])} - {"zone"}
    return {name: "" if name in texts else value for name, value in space.items()}


def _item_tables(part: Part) -> Iterator[Table]:
    return (table for name in part.tables if is_items(table := Base.metadata.tables[name]))


def somebody() -> str:
    """Return what stands in place of a name in copied texts."""
    return _("a colleague")
