"""Taking a template file in: nothing of it is believed (F5). What it unpacks to is counted while it is read."""

import hashlib
import io
import json
import stat
import struct
import zipfile
import zlib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import IO, Any

from sqlalchemy import Table

from forum.clone.gathering import PART, REF, UUID, VERSION, Bundle
from forum.clone.rooms import ITEM, SPACE, House, house, is_items
from forum.clone.template import ENDING, FORMAT, MAJOR, MANIFEST, MOST_BYTES, MOST_ITEMS, MOST_ROWS, SPACE_FILE
from forum.clone.template.values import Unfit, read
from forum.clone.texts import rendered_of
from forum.core.db import Base
from forum.core.errors import Invalid
from forum.core.lineage import Copy
from forum.core.markup.links import is_external
from forum.core.text import one_line
from forum.spaces.copied import KEY, Part, Row
from forum.spaces.models import SPACE_NAME_LENGTH, Audience, ItemState
from forum.web.words import _

PIECE = 64 * 1024
BOUNDED = frozenset({zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED})
UUID_LENGTH = 36
OF_PEOPLE = frozenset({f"person{ENDING}", f"membership{ENDING}"})
"""Files that an archive has, and a template never."""


class Refused(Exception):
    """A file that can't be used; the sentence says why."""


@dataclass(frozen=True)
class Template:
    """What a template file holds."""

    name: str
    made_at: str
    bundle: Bundle


def read_template(data: bytes) -> Template:
    """Return what a template file holds. Raises Invalid for `file`, with a sentence that says what is the matter."""
    try:
        return _template(data)
    except Refused as why:
        raise Invalid({"file": [_("%(why)s Nothing was made.", why=str(why))]}) from why
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, OSError) as error:
        raise Invalid(
            {"file": [_("This is no template file, or it was damaged on its way. Nothing was made.")]}
        ) from error


def zip_in(file: IO[bytes]) -> zipfile.ZipFile:
    """Return the zip in a file. Raises BadZipFile for whatever its own list of contents says that can't be."""
    try:
        return zipfile.ZipFile(file)
    except (ValueError, IndexError, struct.error) as error:
        raise zipfile.BadZipFile from error


def member(packed: zipfile.ZipFile, name: str) -> IO[bytes]:
    """Return a file of a zip, open. Raises BadZipFile for whatever stands before the file that can't be."""
    try:
        return packed.open(name)
    except ValueError as error:
        raise zipfile.BadZipFile from error


def _template(data: bytes) -> Template:
    with zip_in(io.BytesIO(data)) as packed:
        files = _Files(packed)
        manifest = files.manifest()
        _check_version(manifest)
        rooms = house()
        parts = [part for part in rooms.parts if part.name in _list(manifest.get("parts"))]
        space = _space(rooms, next(files.rows(SPACE_FILE, manifest), {}))
        rows = {
            table.name: _rows(rooms, table, files, manifest) for table in rooms.tables if table.name != "attachment"
        }
    _check_items(rows, parts)
    bundle = Bundle(
        space,
        {name: found for name, found in rows.items() if found},
        [part.name for part in parts],
        slug=short(manifest.get("slug")),
        site=site_of(manifest.get("site")),
        uuid=short(manifest.get("uuid"))[:UUID_LENGTH] or None,
        name=short(manifest.get("name")) or _("A template file"),
    )
    return Template(bundle.name, short(manifest.get("made_at")), bundle.only(bundle.parts))


class _Files:
    """The files of a zip, each read once, in pieces that are counted."""

    def __init__(self, packed: zipfile.ZipFile) -> None:
        self.packed = packed
        self.left, self.rows_left = MOST_BYTES, MOST_ROWS
        check_kind(packed, FORMAT)
        known = {MANIFEST, SPACE_FILE, *(table.name + ENDING for table in house().tables)}
        check_members(packed, known.__contains__)
        if MANIFEST not in packed.namelist():
            raise Refused(_("It has no list of contents, so it is no template file."))

    def data(self, name: str) -> bytes:
        """Return what a file holds. Raises Refused when all of them together hold too much."""
        pieces = []
        with member(self.packed, name) as file:
            while piece := file.read(PIECE):
                self.left -= len(piece)
                if self.left < 0:
                    raise Refused(_("It holds too much to be a template."))
                pieces.append(piece)
        return b"".join(pieces)

    def manifest(self) -> Mapping[str, Any]:
        """Return the list of contents. Raises Refused when it names other files than there are."""
        manifest = an_object(self.data(MANIFEST))
        listed = manifest.get("files")
        if not isinstance(listed, dict) or {MANIFEST, *listed} != set(self.packed.namelist()):
            raise Refused(_("Its list of contents names other files than it holds."))
        return manifest

    def rows(self, name: str, manifest: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
        """Give the rows of a file that is what the list of contents says. Raises Refused."""
        if name not in manifest["files"]:
            return
        data, said = self.data(name), manifest["files"][name]
        lines = data.splitlines()
        whole = isinstance(said, dict) and said.get("sha256") == hashlib.sha256(data).hexdigest()
        if not whole or said.get("rows") != len(lines):
            raise Refused(_("It isn’t what its list of contents says: it was changed, or damaged on its way."))
        self.rows_left -= len(lines)
        if self.rows_left < 0:
            raise Refused(_("It holds too much to be a template."))
        yield from (an_object(line) for line in lines)


def check_kind(packed: zipfile.ZipFile, wanted: str) -> None:
    """Refuse another file of Baton's own, by what is in it, and say where it goes. `wanted` is a format."""
    names = set(packed.namelist())
    if "index.html" in names and MANIFEST not in names:
        raise Refused(
            _("These are the pages of a space, to read: unpack them, and open “index.html”. No space is made of them.")
        )
    if not {MANIFEST, SPACE_FILE} <= names:
        return
    is_archive = bool(names & OF_PEOPLE)
    if is_archive and wanted == FORMAT:
        raise Refused(
            _(
                "This is the archive of a whole space. An admin restores it, with “Restore a space” under Administration."
            )
        )
    if not is_archive and wanted != FORMAT:
        raise Refused(
            _("This is a template file. It is taken under “Start from one that works”, with “Begin with a file”.")
        )


def check_members(packed: zipfile.ZipFile, belongs: Callable[[str], bool]) -> None:
    """Refuse a zip with a file that doesn't belong there, twice the same name, a link, a folder or a locked file.

    Only deflate is unpacked in bounded pieces: of the other ways to pack, a few bytes may be gigabytes before anybody counts.
    """
    names = [one.filename for one in packed.infolist()]
    if len(set(names)) != len(names):
        raise Refused(_("It holds two files of one name."))
    for one in packed.infolist():
        if not belongs(one.filename) or one.is_dir() or "\\" in one.orig_filename:
            raise Refused(_("It holds a file that doesn’t belong there."))
        if stat.S_ISLNK(one.external_attr >> 16) or one.flag_bits & 1:
            raise Refused(_("It holds a link, or a file that is locked."))
        if one.compress_type not in BOUNDED:
            raise Refused(_("It is packed in a way that no template and no archive is."))


def an_object(data: bytes) -> dict[str, Any]:
    """Return the object that a line of JSON is. Raises Refused."""
    try:
        found = json.loads(data)
    except (ValueError, RecursionError) as error:
        raise Refused(_("A line of it can’t be read.")) from error
    if not isinstance(found, dict):
        raise Refused(_("A line of it can’t be read."))
    return found


def _check_version(manifest: Mapping[str, Any]) -> None:
    major = str(manifest.get("version", "")).split(".")[0]
    if manifest.get("format") != FORMAT:
        raise Refused(_("It is no template file of Baton."))
    if major != str(MAJOR):
        raise Refused(_("It was written by a newer Baton. Ask for a file of version %(major)s.", major=str(MAJOR)))


def _space(rooms: House, said: Mapping[str, Any]) -> Row:
    table = Base.metadata.tables[SPACE]
    made = {name for _source, html, renderer in rendered_of(table) for name in (html, renderer)}
    names = [column.name for column in rooms.columns(table, Copy.COPY) if column.name not in made]
    _check_names(said, set(names))
    return {name: _value(table, name, said.get(name)) for name in names}


def _rows(rooms: House, table: Table, files: _Files, manifest: Mapping[str, Any]) -> list[Row]:
    """Return the rows of a table, each with the columns that its policy lets come along and no other."""
    made = {name for _source, html, renderer in rendered_of(table) for name in (html, renderer)}
    parents = rooms.parents(table)
    columns = [one.name for one in rooms.columns(table, Copy.COPY) if one.name not in made]
    only_here = {name for name in columns if table.c[name].foreign_keys}
    own = {"key", *(("ref", "uuid", "version", "part") if table.name == ITEM else ())}
    found = []
    for said in files.rows(table.name + ENDING, manifest):
        _check_names(said, {*columns, *parents, *own} - only_here)
        row: Row = {name: None if name in only_here else _value(table, name, said.get(name)) for name in columns}
        row |= {name: _key(said.get(name), nullable=bool(table.c[name].nullable)) for name in parents}
        if len(table.primary_key.columns) == 1:
            row[KEY] = _key(said.get("key"), nullable=False)
        if table.name == ITEM:
            row |= {REF: short(said.get("ref")), UUID: short(said.get("uuid"))[:UUID_LENGTH] or None}
            row |= {VERSION: _key(said.get("version"), nullable=False), PART: short(said.get("part"))}
        found.append(row)
    keys = [row[KEY] for row in found if KEY in row]
    if len(set(keys)) != len(keys) or (table.name == ITEM and len(found) > MOST_ITEMS):
        raise Refused(_("It holds the same thing twice, or too much to be a template."))
    return found


def _check_names(said: Mapping[str, Any], known: set[str]) -> None:
    if set(said) - known:
        raise Refused(_("It says something that no template may say: “%(name)s”.", name=short(min(set(said) - known))))


def _value(table: Table, name: str, value: object) -> object:
    try:
        return read(table.c[name], value)
    except Unfit as error:
        raise Refused(_("“%(name)s” in it can’t be what it says.", name=f"{table.name}.{name}")) from error


def _key(value: object, *, nullable: bool) -> int | None:
    if value is None and nullable:
        return None
    if isinstance(value, bool) or not isinstance(value, int) or not 0 < value <= MOST_ROWS:
        raise Refused(_("A line of it can’t be read."))
    return value


def _check_items(rows: dict[str, list[Row]], parts: list[Part]) -> None:
    """Let every item be of the kind that its own row says, published, and for every member. Raises Refused."""
    own: dict[int, list[str]] = {}
    for name, found in rows.items():
        if is_items(Base.metadata.tables[name]):
            for row in found:
                if row["id"] != row[KEY]:
                    raise Refused(_("A line of it can’t be read."))
                own.setdefault(row[KEY], []).append(name)
    by_name = {part.name: part for part in parts}
    for item in rows[ITEM]:
        part = by_name.get(item[PART])
        if part is None or own.get(item[KEY], []) != [name for name in part.tables if name in own.get(item[KEY], [])]:
            raise Refused(_("A line of it can’t be read."))
        if item["kind"] != part.kind or len(own.get(item[KEY], ())) != 1:
            raise Refused(_("A line of it can’t be read."))
        item["state"], item["audience"] = ItemState.PUBLISHED, Audience.SPACE
    for post in rows.get("post", ()):
        post["state"] = type(post["state"])("published")


def _list(value: object) -> list[str]:
    return [one for one in value if isinstance(one, str)] if isinstance(value, list) else []


def site_of(value: object) -> str:
    """Return the address of a site on the web, "" for anything else."""
    site = short(value)
    return site if is_external(site) else ""


def short(value: object) -> str:
    """Return a few words on one line, "" for anything else."""
    return one_line(value)[:SPACE_NAME_LENGTH] if isinstance(value, str) else ""
