"""People in an archive: each has a number in the file. In texts that number stands for them; names only where that was chosen."""

import re
from collections.abc import Iterator
from html import unescape
from typing import Any

from sqlalchemy import Connection, RowMapping, Table, select

from forum.clone.archive import DEPARTMENT, PERSON, in_batches
from forum.clone.archive.rooms import Keeping, home
from forum.clone.texts import MENTION
from forum.core.archiving import Kept
from forum.core.db import Base
from forum.core.markup.source import HANDLE, handle_in
from forum.core.redaction import NO_ADDRESS, NO_HANDLE, Phrases, addresses_in, names_in
from forum.people.models import PersonState

CALLED, SOMEBODY = "member", "somebody"
NUMBER = re.compile(rf"@{CALLED}-([1-9][0-9]{{0,8}})(?![\w-])")
"""How texts of an archive call somebody. Handles hold no hyphen, so it is nobody's."""
PROFILE = re.compile(r"/people/([A-Za-z0-9][A-Za-z0-9.-]{0,63})")


def placeholder(number: int) -> str:
    """Return what somebody is called who isn't named."""
    return f"Member {number}"


class People:
    """Whoever is named by what comes along, numbered as they come, each by what they are called now."""

    def __init__(self, connection: Connection, *, with_names: bool) -> None:
        self.connection, self.with_names = connection, with_names
        self.keys: dict[int, int] = {}
        self.departments: dict[int, int] = {}
        self.by_handle: dict[str, int] = {}
        self.others: frozenset[str] = frozenset()
        """Handles of those who aren't in the file, and aren't named either where names stay."""

    def know(self, keeping: Keeping, space_id: int, asker: int) -> None:
        """Number everybody who is named by some row."""
        for table in keeping.tables:
            for column in keeping.columns(table, Kept.KEEP, Kept.HELD):
                if home(column) == PERSON:
                    named = select(column).where(keeping.inside(table, space_id, asker), column.is_not(None)).distinct()
                    found: list[Any] = list(self.connection.execute(named).scalars())
                    for person in sorted(found):
                        self.keys.setdefault(person, len(self.keys) + 1)
        names: dict[str, str] = {}
        addresses: dict[str, str] = {}
        for row in self._rows():
            key = self.keys[row["id"]]
            self.by_handle[row["handle"]] = key
            if row["state"] is not PersonState.CLOSED:
                addresses[row["email"] or ""] = NO_ADDRESS
                if " " in row["name"]:
                    names[row["name"]] = placeholder(key)
        addresses.pop("", None)
        self.names, self.addresses = Phrases(names, names_in), Phrases(addresses, addresses_in)
        if not self.with_names:
            handles = self.connection.execute(select(Base.metadata.tables[PERSON].c.handle)).scalars()
            self.others = frozenset(handles) - self.by_handle.keys()

    def key(self, person_id: int) -> int:
        """Return somebody's number in the file."""
        return self.keys.setdefault(person_id, len(self.keys) + 1)

    def department(self, department_id: int) -> int:
        """Return a department's number in the file."""
        return self.departments.setdefault(department_id, len(self.departments) + 1)

    def lines(self) -> Iterator[dict[str, Any]]:
        """Give a line for everybody."""
        for row in self._rows():
            line: dict[str, Any] = {"key": self.keys[row["id"]]}
            if self.with_names and row["state"] is not PersonState.CLOSED:
                line |= {"name": row["name"], "address": row["email"] or ""}
                if row["department_id"] is not None:
                    line["department_id"] = self.department(row["department_id"])
            yield line

    def department_lines(self) -> Iterator[dict[str, Any]]:
        """Give a line for every department that is named."""
        table = Base.metadata.tables[DEPARTMENT]
        found = dict(
            self.connection.execute(select(table.c.id, table.c.name).where(table.c.id.in_(self.departments))).all()
        )
        for department, key in self.departments.items():
            yield {"key": key, "name": found[department]}

    def _rows(self) -> Iterator[RowMapping]:
        table: Table = Base.metadata.tables[PERSON]
        columns = [table.c[name] for name in ("id", "handle", "name", "email", "department_id", "state")]
        for some in in_batches(self.keys.copy()):
            rows = {
                row["id"]: row
                for row in self.connection.execute(select(*columns).where(table.c.id.in_(some))).mappings()
            }
            yield from (rows[one] for one in some)

    def without(self, text: str, html: str = "") -> str:
        """Return a text that calls people by their numbers, and names nobody unless names come along."""
        if "@" in text:
            text = self._uncalled(text, html)
            text = HANDLE.sub(self._called, text)
        if "/people/" in text:
            text = PROFILE.sub(self._profile, text)
        if self.with_names:
            return text
        return self.names.replaced(self.addresses.replaced(text) if "@" in text else text)

    def _uncalled(self, text: str, html: str) -> str:
        """Return a text that calls by number whom its HTML calls by name."""
        called = {unescape(name): self._word(unescape(handle)) for handle, name in MENTION.findall(html)}
        words = {f"@{name}": word for name, word in called.items() if word is not None}
        return Phrases(words, names_in).replaced(text) if words else text

    def _word(self, handle: str) -> str | None:
        if handle in self.by_handle:
            return f"@{CALLED}-{self.by_handle[handle]}"
        return SOMEBODY if handle in self.others else None

    def _called(self, match: re.Match[str]) -> str:
        handle = handle_in(match)
        word = self._word(handle)
        return match[0] if word is None else f"{word}{match[1][len(handle) :]}"

    def _profile(self, match: re.Match[str]) -> str:
        handle = match[1].rstrip(".-").lower()
        rest = match[1][len(handle) :]
        if handle in self.by_handle:
            return f"/people/{CALLED}-{self.by_handle[handle]}{rest}"
        return f"/people/{NO_HANDLE}{rest}" if handle in self.others else match[0]
