"""Reading an archive: nothing of it is believed (F5). It is read line by line, and what it unpacks to is counted meanwhile."""

import errno
import hashlib
import re
import zipfile
import zlib
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import IO, Any

from sqlalchemy import Table

from forum.clone.archive import (
    DEPARTMENT,
    ENDING,
    FILE,
    FILES,
    FORMAT,
    ITEM,
    LONGEST_LINE,
    MAJOR,
    MANIFEST,
    MOST_BYTES,
    MOST_MEMBERS,
    MOST_NAMED,
    MOST_ROWS,
    MOST_TIMES,
    PERSON,
    ROOM,
    SPACE,
    SPACE_FILE,
)
from forum.clone.archive.rooms import Keeping, has_own_key, keeping, space_columns
from forum.clone.archive.taking import KEY, NAMED, REF
from forum.clone.template.reading import Refused, an_object, check_kind, check_members, member, short, site_of, zip_in
from forum.clone.template.values import Unfit, read
from forum.core.archiving import Row
from forum.core.db import Base
from forum.core.errors import Invalid
from forum.core.markup.links import is_external
from forum.core.text import A_REF, one_line
from forum.people.addresses import normal
from forum.people.models import ADDRESS_LENGTH, NAME_LENGTH
from forum.web.words import _

PIECE = 64 * 1024
ATTACHED = re.compile(rf"{FILES}[1-9][0-9]{{0,8}}")
LINKS = frozenset({"url", "link"})
COUNTS = frozenset({"number", "last_number", "version", "sequence", "first_number", "to_number", "moves"})
"""Columns from which is counted on: they leave room for that."""
SIZE_OF_CONTENTS, ENTRIES = 5, 4


@dataclass(frozen=True)
class Manifest:
    """What an archive says of itself."""

    name: str
    slug: str
    site: str
    made_at: str
    with_names: bool
    files: Mapping[str, Any]

    def rows(self, path: str) -> int:
        """Return how many lines a file is said to have."""
        said = self.files.get(path)
        number = said.get("rows") if isinstance(said, dict) else None
        return number if isinstance(number, int) and not isinstance(number, bool) else 0

    @cached_property
    def total(self) -> int:
        """How many lines and files it is said to hold."""
        return sum(self.rows(path) or 1 for path in self.files)

    def check(self) -> None:
        """Refuse what is too much to be kept in mind, before a line of it is read. No file holds more lines than it says here."""
        lines = [self.rows(path) for path in self.files]
        named = [self.rows(kind + ENDING) for kind in (ITEM, PERSON, DEPARTMENT, FILE)]
        if min(lines, default=0) < 0:
            raise Refused(_("Its list of contents can’t be read."))
        if sum(lines) > MOST_ROWS or max(named) > MOST_NAMED:
            raise Refused(_("It holds too much."))


@contextmanager
def opened(path: Path, *, is_begun: bool = False) -> Iterator["Archive"]:
    """Open an archive, maybe of a space half made. Raises Invalid for `file`, with a sentence, also for what is found on the way."""
    damaged = _("This is no archive, or it was damaged on its way.")

    def refused(why: str) -> Invalid:
        return Invalid({"file": [why if is_begun else _("%(why)s Nothing was made.", why=why)]})

    try:
        with path.open("rb") as file:
            _check_contents(file)
            with zip_in(file) as packed:
                yield Archive(packed, path.stat().st_size)
    except Refused as why:
        raise refused(str(why)) from why
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError) as error:
        raise refused(damaged) from error
    except OSError as error:
        if error.errno != errno.EINVAL:  # it is the disk that fails, and not the file
            raise
        raise refused(damaged) from error


def _check_contents(file: IO[bytes]) -> None:
    """Refuse a zip whose own list of contents would fill the memory, before it is read."""
    found = zipfile._EndRecData(file)  # type: ignore[attr-defined]  # noqa: SLF001  # nothing else tells before all is read
    if found is None:
        raise zipfile.BadZipFile
    if found[ENTRIES] > MOST_MEMBERS or found[SIZE_OF_CONTENTS] > MOST_MEMBERS * 200:
        raise Refused(_("It holds too many files."))
    file.seek(0)


class Archive:
    """The files of an archive. Each can be read any number of times, a line at a time."""

    def __init__(self, packed: zipfile.ZipFile, size: int) -> None:
        self.packed = packed
        self.rooms: Keeping = keeping()
        self.most = min(MOST_BYTES, ROOM + MOST_TIMES * size)
        self.left = self.most
        known = {MANIFEST, SPACE_FILE, PERSON + ENDING, DEPARTMENT + ENDING}
        known |= {table.name + ENDING for table in self.rooms.tables}
        check_kind(packed, FORMAT)
        check_members(packed, lambda name: name in known or ATTACHED.fullmatch(name) is not None)
        if MANIFEST not in packed.namelist():
            raise Refused(_("It has no list of contents, so it is no archive."))
        self.manifest = self._manifest()

    def _manifest(self) -> Manifest:
        with member(self.packed, MANIFEST) as file:
            data = file.read(16 * LONGEST_LINE + 1)
        if len(data) > 16 * LONGEST_LINE:
            raise Refused(_("It holds too much."))
        said = an_object(data)
        if said.get("format") != FORMAT:
            raise Refused(_("It is no archive of Baton."))
        if str(said.get("version", "")).split(".")[0] != str(MAJOR):
            raise Refused(_("It was written by a newer Baton. Ask for a file of version %(major)s.", major=str(MAJOR)))
        listed = said.get("files")
        if not isinstance(listed, dict) or {MANIFEST, *listed} != set(self.packed.namelist()):
            raise Refused(_("Its list of contents names other files than it holds."))
        made_at, with_names = short(said.get("made_at")), said.get("with_names") is True
        manifest = Manifest(
            short(said.get("name")), short(said.get("slug")), site_of(said.get("site")), made_at, with_names, listed
        )
        manifest.check()
        return manifest

    def pieces(self, path: str) -> Iterator[bytes]:
        """Give what a file holds, piece by piece. Raises Refused when all of them together hold too much."""
        with member(self.packed, path) as file:
            while piece := file.read(PIECE):
                self._count(len(piece))
                yield piece

    def _count(self, number: int) -> None:
        self.left -= number
        if self.left < 0:
            raise Refused(_("It unpacks to too much."))

    def lines(self, path: str) -> Iterator[dict[str, Any]]:
        """Give the lines of a file, which is what the list of contents says. Raises Refused."""
        if path not in self.manifest.files:
            return
        digest, number, most = hashlib.sha256(), 0, self.manifest.rows(path)
        changed = _("It isn’t what its list of contents says: it was changed, or damaged on its way.")
        with member(self.packed, path) as file:
            while line := file.readline(LONGEST_LINE):
                self._count(len(line))
                digest.update(line)
                number += 1
                if number > most:
                    raise Refused(changed)
                if not line.endswith(b"\n"):
                    raise Refused(_("A line of it can’t be read."))
                yield an_object(line)
        said = self.manifest.files[path]
        if not isinstance(said, dict) or said.get("sha256") != digest.hexdigest() or number != most:
            raise Refused(changed)

    def again(self) -> None:
        """Begin to count anew: what was looked through once is read a second time."""
        self.left = self.most

    def space(self) -> Row:
        """Return what the space's own line says."""
        table = Base.metadata.tables[SPACE]
        said = next(self.lines(SPACE_FILE), {})
        columns = {column.name for column in space_columns()}
        _check_names(said, columns)
        return {name: _value(table, name, said.get(name)) for name in columns}

    def people(self) -> Iterator[Row]:
        """Give everybody who is named: their number and, where the file says so, name, address and department."""
        for said in self.lines(PERSON + ENDING):
            _check_names(said, {KEY, "name", "address", "department_id"})
            address = normal(short_of(said.get("address"))) or ""
            name = short_of(said.get("name"))[:NAME_LENGTH]
            yield {
                KEY: self._own_key(PERSON, said),
                "name": name,
                "address": address,
                "department_id": _key(said["department_id"]) if said.get("department_id") is not None else None,
            }

    def departments(self) -> Iterator[Row]:
        """Give the departments that are named."""
        table = Base.metadata.tables[DEPARTMENT]
        for said in self.lines(DEPARTMENT + ENDING):
            _check_names(said, {KEY, "name"})
            name = _value(table, "name", said.get("name"))
            if not name:
                raise Refused(_("A line of it can’t be read."))
            yield {KEY: self._own_key(DEPARTMENT, said), "name": name}

    def rows(self, table: Table) -> Iterator[Row]:
        """Give the rows of a table, each with the columns that an archive carries and no other; keys are those of the file."""
        refers = self.rooms.refers(table)
        columns = self.rooms.carried(table)
        own = {KEY} if has_own_key(table) else set()
        own |= {REF} if table.name in NAMED else set()
        wanted = {column.name for column in columns} | own
        for said in self.lines(table.name + ENDING):
            _check_names(said, wanted)
            row: Row = {}
            for column in columns:
                value = said.get(column.name)
                if column.name in refers:
                    row[column.name] = None if value is None and column.nullable else _key(value)
                else:
                    row[column.name] = _value(table, column.name, value)
            if KEY in own:
                row[KEY] = self._own_key(table.name, said)
            if REF in own:
                row[REF] = said.get(REF) if isinstance(said.get(REF), str) else ""
                if not A_REF.fullmatch(row[REF]):
                    raise Refused(_("A line of it can’t be read."))
            yield row

    def _own_key(self, kind: str, said: Mapping[str, Any]) -> int:
        """Return the number of a row within its file: none is larger than how many rows the file has."""
        key = _key(said.get(KEY))
        if key > self.manifest.rows(kind + ENDING):
            raise Refused(_("A line of it can’t be read."))
        return key


def short_of(value: object) -> str:
    """Return a text of a line, "" for anything else."""
    return one_line(value)[:ADDRESS_LENGTH] if isinstance(value, str) else ""


def _check_names(said: Mapping[str, Any], known: set[str]) -> None:
    if others := set(said) - known:
        raise Refused(_("It says something that no archive may say: “%(name)s”.", name=short(min(others))))


def _value(table: Table, name: str, value: object) -> object:
    try:
        found = read(table.c[name], value)
    except Unfit as error:
        raise Refused(_("“%(name)s” in it can’t be what it says.", name=f"{table.name}.{name}")) from error
    is_bad_link = name in LINKS and isinstance(found, str) and found and not is_external(found)
    is_too_much = name in COUNTS and isinstance(found, int) and found > MOST_ROWS
    if is_bad_link or is_too_much:
        raise Refused(_("“%(name)s” in it can’t be what it says.", name=f"{table.name}.{name}"))
    return found


def _key(value: object) -> int:
    if isinstance(value, bool) or not isinstance(value, int) or not 0 < value <= MOST_ROWS:
        raise Refused(_("A line of it can’t be read."))
    return value
