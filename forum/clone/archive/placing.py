"""Where a row of an archive goes: its keys turned into those of here, its texts into those of the new space, what is made anew made."""

import hashlib
import hmac
import secrets
import uuid
from collections import defaultdict
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property
from typing import Any

from sqlalchemy import Column, Enum, Integer, String, Table

from forum.clone.archive import FILE, ITEM, MEMBERSHIP, PERSON, SPACE
from forum.clone.archive.keys import Keys
from forum.clone.archive.opening import Archive
from forum.clone.archive.people import NUMBER, placeholder
from forum.clone.archive.rooms import Keeping, has_own_key, home, keeping, made_of
from forum.clone.archive.taking import KEY, NAMED, REF
from forum.clone.template.reading import Refused
from forum.clone.texts import Places, relinked, texts_of
from forum.core.archiving import Arrival, Kept, Row
from forum.core.db import Base
from forum.core.text import REF_ALPHABET, REF_LENGTH
from forum.core.time import local
from forum.web.words import _


@dataclass(frozen=True)
class Account:
    """Somebody of the file who has an account here."""

    id: int
    handle: str
    name: str


@dataclass
class Placing:
    """One archive on its way into a space. `keys` turn keys of the file into those of here, by table."""

    secret: str
    """With it, addresses and names for good are made of those in the file: the same whenever it is done again."""
    space_id: int
    slug: str
    at: datetime
    zone: str
    site: str = ""
    old_slug: str = ""
    keys: defaultdict[str, Keys] = field(default_factory=lambda: defaultdict(Keys))
    accounts: dict[int, Account] = field(default_factory=dict)
    names: dict[int, str] = field(default_factory=dict)
    refs: dict[str, dict[str, str]] = field(default_factory=lambda: {name: {} for name in NAMED})
    is_only_tried: bool = False

    @cached_property
    def rooms(self) -> Keeping:
        """What the rooms declare."""
        return keeping()

    @cached_property
    def places(self) -> Places:
        """Where things stood, and where they stand here."""
        words = _("in the original")
        return Places(self.site, self.old_slug, self.slug, words, items=self.refs[ITEM], files=self.refs[FILE])

    @cached_property
    def arrival(self) -> Arrival:
        """What rooms may ask."""
        today = local(self.at, self.zone).date()
        return Arrival(
            has_account=lambda person: person in self.accounts,
            key=self._key_of,
            uuid=self.uuid_of,
            in_text=self.in_text,
            today=today,
        )

    def learn_refs(self, archive: Archive) -> None:
        """Give everything that texts can lead to its address here."""
        for name in NAMED:
            table = Base.metadata.tables[name]
            for row in archive.rows(table):
                self.refs[name][row[REF]] = self.ref_of(row[REF])

    def ref_of(self, ref: str) -> str:
        """Return the address here of what had one in the file."""
        number = int.from_bytes(hmac.new(self.secret.encode(), ref.encode(), hashlib.sha256).digest())
        return "".join(REF_ALPHABET[number >> 5 * place & 31] for place in range(REF_LENGTH))

    def uuid_of(self, item: int) -> str:
        """Return the name for good of an item of the file."""
        made = hmac.new(self.secret.encode(), f"{ITEM} {item}".encode(), hashlib.sha256).digest()
        return str(uuid.UUID(bytes=made[:16], version=4))

    def _key_of(self, table: str, key: int) -> int | None:
        return self.keys[table].get(key)

    def note(self, table: str, key: int, here: int) -> None:
        """Remember what became of a row."""
        self.keys[table][key] = here

    def called(self, person: int) -> str:
        """Return what somebody of the file is called here."""
        if person in self.accounts:
            return self.accounts[person].name
        return self.names.get(person) or placeholder(person)

    def in_text(self, text: str) -> str:
        """Return a text as it is here: it calls those who have an account, names the others, and its links lead into the space."""
        if "@" in text:
            text = NUMBER.sub(self._spoken, text)
        return relinked(text, self.places)

    def _spoken(self, match: Any) -> str:  # noqa: ANN401  # a match
        person = int(match[1])
        if person in self.accounts:
            return f"@{self.accounts[person].handle}"
        return self.called(person) if person in self.keys[PERSON] else match[0]

    def place(self, table: Table, row: Row) -> Row | None:
        """Return what is stored of a row; None when it stays out. Raises Refused for what can't be.

        Every row of a table names the same columns: a statement for many is made of its first one.
        """
        row = dict(row)
        try:
            for room in self.rooms.taken:
                if table.name in room.read and not room.read[table.name](row, self.arrival):
                    return None
        except (ValueError, LookupError, TypeError, AttributeError, ArithmeticError, RecursionError) as error:
            raise Refused(_("“%(name)s” in it can’t be what it says.", name=table.name)) from error
        values = self._carried(table, row)
        for column in self.rooms.columns(table, Kept.MADE, Kept.LEFT, Kept.KEEP):
            if home(column) == SPACE:
                values[column.name] = self.space_id
            elif column.name not in values:
                made = self._made(table, column, row)
                if made is not None or column.nullable:
                    values[column.name] = made
        if table.name == MEMBERSHIP and row["person_id"] not in self.accounts:
            values["ended_at"] = values["ended_at"] or self.at
        return values

    def _carried(self, table: Table, row: Row) -> Row:
        refers, within = self.rooms.refers(table), self.rooms.within(table)
        policy = self.rooms.policy[table.name]
        values: Row = {}
        words = {column.name for column in texts_of(table)} - self.rooms.turns(table)
        for name, value in row.items():
            if name in {KEY, REF} and name not in table.c:
                continue
            if name in refers and value is not None:
                values[name] = self._turned(table, name, refers[name], value, is_within=name in within)
                if policy[name] is Kept.HELD and value not in self.accounts:
                    values[name] = None
            elif name in words and isinstance(value, str) and not isinstance(table.c[name].type, Enum):
                length = getattr(table.c[name].type, "length", None)
                values[name] = self.in_text(value)[:length]
            else:
                values[name] = value
        values.pop(REF, None)
        return values

    def _turned(self, table: Table, name: str, target: str, value: int, *, is_within: bool) -> int | None:
        here = self._key_of(target, value)
        if is_within and (here is None or not has_own_key(table)) and not self.is_only_tried:
            return None  # it is pointed there when all of the table are in
        if here is None and not is_within:
            raise Refused(_("“%(name)s” in it names something that isn’t in it.", name=f"{table.name}.{name}"))
        return value if here is None else here

    def _made(self, table: Table, column: Column[Any], row: Row) -> object:
        """Return what is made anew of a column; None for what is empty, or makes itself."""
        source = next((source for source, pair in made_of(table).items() if column.name in pair), None)
        if source is not None:  # it is laid out before it is written
            empty = "" if isinstance(column.type, String) else 0
            return empty if row[source] is not None else None
        given = {"ref": lambda: self.ref_of(row[REF]), "uuid": lambda: self.uuid_of(row[KEY])}
        if table.name in NAMED and column.name in given and (table.name == ITEM or column.name == REF):
            return given[column.name]()
        if column.nullable or column.default is not None or (column.primary_key and isinstance(column.type, Integer)):
            return None
        if column.name == "uid":
            return f"{uuid.uuid4()}@baton"
        return secrets.token_hex(32)[: getattr(column.type, "length", None)]
