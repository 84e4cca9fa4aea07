"""Writing what was gathered into a new space. Texts are laid out before the transaction; in it there are only inserts."""

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Column, Date, Integer, Table, update

from forum.clone.gathering import REF, UUID, VERSION, Bundle
from forum.clone.models import LineageItem
from forum.clone.rooms import ITEM, SPACE, House, house, target_of
from forum.clone.texts import Places, relinked, rendered_of, texts_of
from forum.core.db import Base, UtcDateTime, db
from forum.core.files import address_name
from forum.core.lineage import Copy
from forum.core.markup import Names, Picture, render
from forum.core.text import new_ref
from forum.people.models import Person
from forum.spaces.actions import make
from forum.spaces.copied import KEY, Row, Rows, Start
from forum.spaces.feature import item_kinds
from forum.spaces.models import Cloth, Space, Visibility
from forum.web.words import _

FILE = "attachment"


@dataclass(frozen=True)
class Ready:
    """A bundle whose texts are those of the copy, laid out, with the addresses of the copy."""

    bundle: Bundle
    slug: str
    space: Row
    rows: dict[str, list[Row]]


def make_ready(bundle: Bundle, *, slug: str, known: Mapping[str, str] | None = None) -> Ready:
    """Give everything its new address, and lay out its texts with it. Takes time: call it before the transaction.

    `known` says where items stand in the copy already, by their refs in the original.
    """
    refs = {name: {row[KEY]: new_ref() for row in bundle.rows.get(name, ())} for name in (ITEM, FILE)}
    before = {name: {row[REF]: refs[name][row[KEY]] for row in bundle.rows.get(name, ()) if row[REF]} for name in refs}
    words = _("in the original")
    places = Places(bundle.site, bundle.slug, slug, words, items={**(known or {}), **before[ITEM]}, files=before[FILE])
    names = _Names(bundle, slug, refs)
    rows: dict[str, list[Row]] = {}
    for name, found in bundle.rows.items():
        table = Base.metadata.tables[name]
        new = [moved(table, row, places) for row in found]
        for row in new if name in refs else ():
            row["ref"] = refs[name][row[KEY]]
        rows[name] = [names.laid_out(table, row) for row in new]
    space = moved(Base.metadata.tables[SPACE], bundle.space, places)
    return Ready(bundle, slug, names.laid_out(Base.metadata.tables[SPACE], space), rows)


def moved(table: Table, row: Row, places: Places) -> Row:
    """Return a row whose links lead into the copy."""
    new = dict(row)
    for column in texts_of(table):
        if isinstance(text := row.get(column.name), str):
            length = getattr(column.type, "length", None)
            new[column.name] = relinked(text, places)[:length]
    return new


class _Names:
    """What texts of the copy name: nobody, posts by nobody's name, and the pictures that came along."""

    def __init__(self, bundle: Bundle, slug: str, refs: Mapping[str, Mapping[int, str]]) -> None:
        self.slug, self.refs = slug, refs
        self.kinds = {kind.name: kind for kind in item_kinds()}
        self.items = {row[KEY]: row for row in bundle.rows.get(ITEM, ())}
        self.numbers: dict[int, dict[int, str]] = {}
        for row in bundle.rows.get("post", ()):
            self.numbers.setdefault(row["item_id"], {})[row["number"]] = _("Somebody")
        self.pictures: dict[int, dict[str, Picture]] = {}
        for row in bundle.rows.get(FILE, ()):
            if row["width"] is not None:
                url = f"/attachments/{refs[FILE][row[KEY]]}/{address_name(row['name'])}"
                shown = Picture(row["width"], row["height"], "" if row["is_decorative"] else row["alt"])
                self.pictures.setdefault(row["post_id"], {})[url] = shown

    def laid_out(self, table: Table, row: Row) -> Row:
        """Return a row with its HTML made anew. Every row names the same columns: a statement for many is made of its first one."""
        for source, html, renderer in rendered_of(table):
            if row[source]:
                made = render(row[source], names=self._of(row), field=source)
                row[source], row[html], row[renderer] = made.source, made.html, made.renderer
            else:
                row[html], row[renderer] = "", None if table.c[renderer].nullable else 0
        return row

    def _of(self, row: Row) -> Names:
        item = self.items.get(row.get("item_id", 0))
        if item is None:
            return Names()
        kind = self.kinds.get(item["kind"])
        url = kind.posts_url(self.slug, self.refs[ITEM][item[KEY]]) if kind else ""
        return Names(
            posts=self.numbers.get(item[KEY], {}), posts_url=url, pictures=self.pictures.get(row.get(KEY, 0), {})
        )


def new_space(actor: Person, bundle: Bundle, *, name: str, slug: str, cloth: Cloth = Cloth.TEAL) -> Space:
    """Make the space that it is written into: private, its maker the only steward (F3). Use inside `transaction()`."""
    brought = [
        room.feature.name
        for room in house().rooms
        if any(part.from_start and part.name in bundle.parts for part in room.cloner.parts)
    ]
    zone = bundle.space["zone"]
    space = make(actor, name=name, slug=slug, visibility=Visibility.PRIVATE, cloth=cloth, zone=zone, brought=brought)
    space.origin_uuid = bundle.uuid
    return space


def write(ready: Ready, space: Space, start: Start) -> dict[str, dict[int, int]]:
    """Put all of it into a new space, and return what became of the keys, by table. Use inside `transaction()`."""
    for name, value in ready.space.items():
        setattr(space, name, value)
    db.session.flush()
    return write_rows(ready, space, start)


def write_rows(ready: Ready, space: Space, start: Start) -> dict[str, dict[int, int]]:
    """Put what came along into a space, and return what became of the keys, by table. Use inside `transaction()`."""
    rooms = house()
    keys: dict[str, dict[int, int]] = {}
    hashes = content_hashes(rooms, ready.rows)
    for table in rooms.tables:
        found = ready.rows.get(table.name, [])
        new = [_values(rooms, table, row, keys, space, start) for row in found]
        if table.name == ITEM:
            for row, values in zip(found, new, strict=True):
                values |= {
                    "origin_uuid": row[UUID],
                    "base_hash": hashes[row[KEY]],
                    "inherited": row["last_number"] or None,
                }
        keys[table.name] = _insert(table, found, new)
        _point_within(rooms, table, found, keys[table.name])
    _note_items(ready, keys.get(ITEM, {}), rooms)
    for room in rooms.rooms:
        for name, follow in room.cloner.after.items():
            follow(list(keys.get(name, {}).values()), start)
    return keys


def _values(
    rooms: House, table: Table, row: Row, keys: Mapping[str, Mapping[int, int]], space: Space, start: Start
) -> Row:
    """Return what is stored of a row in the copy."""
    new = {name: value for name, value in row.items() if not name.startswith("_")}
    for column in rooms.columns(table, Copy.REPOINT):
        target = target_of(column)
        if target == SPACE:
            new[column.name] = space.id
        elif target == table.name:
            new[column.name] = None
        else:
            new[column.name] = keys[target][row[column.name]] if row[column.name] is not None else None
    for column in rooms.columns(table, Copy.BLANK):
        if column.name not in new and not column.nullable and column.default is None and not _is_own_key(column):
            new[column.name] = _beginning(column, start)
    rooms.adapt(table.name, new, start)
    return {name: value for name, value in new.items() if value is not _LEFT}


_LEFT = object()


def _beginning(column: Column[Any], start: Start) -> object:
    """Return what a date or a moment that must be known begins with; the rest is for the room to adapt."""
    if isinstance(column.type, UtcDateTime):
        return start.at
    return start.today if isinstance(column.type, Date) else _LEFT


def _is_own_key(column: Column[Any]) -> bool:
    return column.primary_key and isinstance(column.type, Integer)


def _insert(table: Table, found: Sequence[Row], new: Sequence[Row]) -> dict[int, int]:
    """Write rows, and return what became of their keys."""
    if not new:
        return {}
    own = list(table.primary_key.columns)
    if len(own) > 1:
        db.session.execute(table.insert(), list(new))
        return {}
    made = db.session.execute(table.insert().returning(own[0], sort_by_parameter_order=True), list(new)).scalars()
    return dict(zip((row[KEY] for row in found), made, strict=True))


def _point_within(rooms: House, table: Table, found: Sequence[Row], keys: Mapping[int, int]) -> None:
    """Let rows refer to others of their table, now that those are there."""
    for name, target in rooms.parents(table).items():
        if target == table.name:
            for row in found:
                if row[name] in keys:
                    own = next(iter(table.primary_key.columns))
                    db.session.execute(update(table).where(own == keys[row[KEY]]).values({name: keys[row[name]]}))


def _note_items(ready: Ready, keys: Mapping[int, int], rooms: House) -> None:
    """Keep what each item was in the original when it was copied: what later improvements are told by (F6)."""
    before = content_hashes(rooms, ready.bundle.rows)
    db.session.add_all(
        LineageItem(item_id=keys[row[KEY]], version=row[VERSION], content_hash=before[row[KEY]])
        for row in ready.bundle.rows.get(ITEM, ())
    )


def content_hashes(rooms: House, rows: Rows) -> dict[int, str]:
    """Return a mark of the words of each item, by its key: of its title, its room's row and all that follows it."""
    said: dict[int, list[object]] = {row[KEY]: [row["title"]] for row in rows.get(ITEM, ())}
    leads: dict[str, dict[int, int]] = {ITEM: {key: key for key in said}}
    for table in rooms.tables:
        parents = rooms.parents(table)
        owner = next((name for name, target in parents.items() if target == ITEM), rooms.owner(table))
        if owner is None:
            continue
        target = parents[owner]
        words = [column.name for column in texts_of(table) if rooms.policy[table.name][column.name] is Copy.COPY]
        for row in rows.get(table.name, ()):
            item = leads.get(target, {}).get(row[owner])
            if item is not None:
                said[item].append([table.name, *(row.get(name) for name in words)])
                if KEY in row:
                    leads.setdefault(table.name, {})[row[KEY]] = item
    return {key: hashlib.sha256(json.dumps(words).encode()).hexdigest() for key, words in said.items()}
