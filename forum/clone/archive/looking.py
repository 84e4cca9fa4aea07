"""Looking an archive through before anything is made of it (F5): every line, every file, every rule of the database.

The rows are tried out in a database of their own that is thrown away, so what doesn't hold together is known before the first row
stands in the real one, and nobody has to wait meanwhile.
"""

from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from sqlalchemy import Connection, Table, create_engine, func, select
from sqlalchemy.exc import DataError, DBAPIError, IntegrityError, StatementError

from forum.clone.archive import AT_ONCE, DEPARTMENT, FILE, FILES, ITEM, PERSON, SPACE, in_batches
from forum.clone.archive.files import Unwanted, examined
from forum.clone.archive.measure import half_of
from forum.clone.archive.newcomers import accounts_of, known_departments
from forum.clone.archive.opening import Archive
from forum.clone.archive.packing import Step
from forum.clone.archive.placing import Account, Placing
from forum.clone.archive.rooms import has_own_key
from forum.clone.archive.taking import KEY
from forum.clone.template.reading import Refused
from forum.content.attachments.taking import store
from forum.core.archiving import Row
from forum.core.db import Base, db
from forum.core.text import address_key
from forum.core.time import now
from forum.spaces.models import Space
from forum.web.words import _

POST = "post"
SHOWN = 50
"""How many names a report keeps of files that stay out, and of departments that are made."""


def look_through(archive: Archive, *, secret: str, step: Step) -> dict[str, Any]:
    """Return what would be made of an archive, to the row. Raises Refused for one that can't be restored.

    If somebody has an account here it is tried out with these, too: who can hold something gets it back then. Where that doesn't hold
    together the report says why, and people can stay without accounts.
    """
    looking = _Looking(archive, secret, step)
    looking.try_out()
    looking.files()
    report = looking.report()
    if looking.found:
        try:
            counts = try_out(archive, secret=secret, step=half_of(step, 1), accounts=looking.found)
        except Refused as why:
            report["unmatched"] = str(why)
        else:
            report["more"] = sum(counts.values()) - sum(looking.counts.values())
    return report


def try_out(archive: Archive, *, secret: str, step: Step, accounts: Mapping[int, Account]) -> Mapping[str, int]:
    """Try every row out as it is written when some of the file have accounts here. Return how many there are. Raises Refused."""
    archive.again()
    again = _Looking(archive, secret, step, accounts=accounts)
    again.try_out()
    archive.again()
    return again.counts


@contextmanager
def scratch(placing: Placing) -> Iterator[Connection]:
    """Give a database of the tables that come along, with all that they demand of their rows, for a while."""
    with store().arriving() as folder:
        engine = create_engine(f"sqlite:///{folder}/tried.sqlite3")
        try:
            with engine.begin() as connection:
                connection.exec_driver_sql("PRAGMA synchronous = OFF")
                tables = [*placing.rooms.tables, Base.metadata.tables[SPACE]]
                Base.metadata.create_all(connection, tables=tables, checkfirst=False)
                yield connection
                connection.rollback()
        finally:
            engine.dispose()


def _tried(connection: Connection, table: Table, rows: list[Row]) -> None:
    """Write rows, as far as their table allows it. Raises Refused; a disk that is full says nothing of the rows."""
    try:
        connection.execute(table.insert(), rows)
    except (StatementError, OverflowError) as error:
        if isinstance(error, DBAPIError) and not isinstance(error, IntegrityError | DataError):
            raise
        raise _untrue(table.name) from error


class _Looking:
    def __init__(
        self, archive: Archive, secret: str, step: Step, *, accounts: Mapping[int, Account] | None = None
    ) -> None:
        self.archive, self.step, self.is_first = archive, step, accounts is None
        self.space = archive.space()
        self.placing = Placing(
            secret=secret,
            space_id=1,
            slug="tried",
            at=now(),
            zone=self.space["zone"],
            site=archive.manifest.site,
            old_slug=archive.manifest.slug,
            accounts=dict(accounts or {}),
            is_only_tried=True,
        )
        self.found: dict[int, Account] = {}
        self.counts: Counter[str] = Counter()
        self.kinds: dict[int, str] = {}
        self.last: dict[int, int] = {}
        self.seen: set[int] = set()
        self.attached: dict[int, Row] = {}
        self.unwanted: list[dict[str, str]] = []
        self.people = 0
        self.new_departments: list[str] = []
        self.done = 0

    def _went(self, number: int) -> None:
        self.done += number
        self.step(min(self.done, self.archive.manifest.total), self.archive.manifest.total)

    def try_out(self) -> None:
        """Try everything out but the attached files."""
        with scratch(self.placing) as connection:
            _tried(connection, Base.metadata.tables[SPACE], [{**self.space, "id": 1, "slug": self.placing.slug}])
            self._named()
            if self.is_first and self.found:  # all of it is tried out once more, with these
                self.step = half_of(self.step, 0)
            self._tables(connection)

    def _named(self) -> None:
        """See who is named, and who of them has an account here."""
        names: set[str] = set()
        for some in in_batches(self.archive.departments()):
            known = known_departments(some)
            for row in some:
                self._unique(DEPARTMENT, row[KEY])
                _once(names, row["name"].casefold())
                if row["name"].casefold() not in known:
                    self.new_departments.append(row["name"])
        addresses: set[str] = set()
        for some in in_batches(self.archive.people()):
            self.found |= accounts_of(some)
            self.people += len(some)
            for row in some:
                self._person(row, addresses)
        db.session.rollback()

    def _person(self, row: Row, addresses: set[str]) -> None:
        self._unique(PERSON, row[KEY])
        if row["department_id"] is not None and row["department_id"] not in self.placing.keys[DEPARTMENT]:
            raise Refused(_("“%(name)s” in it names something that isn’t in it.", name="person.department_id"))
        if row["address"]:
            _once(addresses, address_key(row["address"]))
        self.placing.names[row[KEY]] = row["name"]

    def _unique(self, table: str, key: int) -> None:
        if key in self.placing.keys[table]:
            raise Refused(_("It holds the same thing twice."))
        self.placing.note(table, key, key)

    def _tables(self, connection: Connection) -> None:
        self.placing.learn_refs(self.archive)
        self.archive.again()
        for table in self.placing.rooms.tables:
            for some in in_batches(self._placed(table), AT_ONCE):
                _tried(connection, table, some)
            self._check_within(table, connection)
        self._check_items()

    def _placed(self, table: Table) -> Iterator[Row]:
        for row in self.archive.rows(table):
            values = self.placing.place(table, row)
            self._went(1)
            if values is None:
                continue
            self._learn(table, row)
            if has_own_key(table):
                if table.name in self.placing.rooms.named:
                    self._unique(table.name, row[KEY])
                values["id"] = row[KEY]
            self.counts[table.name] += 1
            yield values

    def _learn(self, table: Table, row: Row) -> None:
        if table.name == ITEM:
            self.kinds[row[KEY]], self.last[row[KEY]] = row["kind"], row["last_number"]
        elif table.name == POST and (row["number"] or 0) > self.last.get(row["item_id"], 0):
            raise _untrue(table.name)
        elif table.name == FILE:
            self.attached[row[KEY]] = row
        for room in self.placing.rooms.taken:
            for kind, own in room.kinds.items():
                if own == table.name:
                    item = row[item_column(table)]
                    if self.kinds.get(item) != kind or item in self.seen:
                        raise _untrue(table.name)
                    self.seen.add(item)

    def _check_within(self, table: Table, connection: Connection) -> None:
        """Let rows that name another of their table name one that is there."""
        own = list(table.primary_key.columns)
        for name in self.placing.rooms.within(table):
            target = next(iter(table.c[name].foreign_keys)).column
            there = select(target).where(target.in_(select(own[0])))
            lost = select(func.count()).where(table.c[name].is_not(None), table.c[name].not_in(there))
            if connection.execute(lost.select_from(table)).scalar():
                raise Refused(_("“%(name)s” in it names something that isn’t in it.", name=f"{table.name}.{name}"))

    def _check_items(self) -> None:
        """Let every item be of a kind, with the row that says the rest of it."""
        if set(self.kinds) != self.seen:
            raise _untrue(ITEM)

    def files(self) -> None:
        """Examine every attached file as one that somebody uploads. What isn't let in stays out, and the report says so."""
        listed = {path for path in self.archive.manifest.files if path.startswith(FILES)}
        for key, row in self.attached.items():
            listed.discard(f"{FILES}{key}")
            try:
                with examined(self.archive, row):
                    pass
            except Unwanted as why:
                self.unwanted.append({"key": str(key), "name": row["name"], "why": str(why)})
            self._went(1)
        if listed:
            raise Refused(_("It holds a file that doesn’t belong there."))

    def report(self) -> dict[str, Any]:
        """Return what looking found."""
        manifest = self.archive.manifest
        unwanted = [one["key"] for one in self.unwanted]
        counts = dict(self.counts)
        if unwanted:
            counts[FILE] -= len(unwanted)
        return {
            "name": self.space["name"],
            "slug": manifest.slug,
            "made_at": manifest.made_at,
            "site": manifest.site,
            "with_names": manifest.with_names,
            "counts": {name: number for name, number in counts.items() if number},
            "kinds": dict(Counter(self.kinds.values())),
            "people": self.people,
            "known": len(self.found),
            "new_departments": self.new_departments[:SHOWN],
            "more_departments": max(0, len(self.new_departments) - SHOWN),
            "unwanted": self.unwanted[:SHOWN],
            "left_files": unwanted,
            "is_taken": is_taken(manifest.slug),
        }


def _untrue(name: str) -> Refused:
    return Refused(_("What it says of “%(name)s” doesn’t hold together.", name=name))


def _once(seen: set[str], one: str) -> None:
    """Refuse two of a file that would be the same here."""
    if one in seen:
        raise Refused(_("It holds the same thing twice."))
    seen.add(one)


def item_column(table: Table) -> str:
    """Return the column by which a row says the rest of an item."""
    own = list(table.primary_key.columns)
    leads = [one for one in own if any(key.column.table.name == ITEM for key in one.foreign_keys)]
    return leads[0].name if leads else "item_id"


def is_taken(slug: str) -> bool:
    """Say whether a space stands at an address already."""
    return db.session.scalar(select(Space.id).where(Space.slug == slug)) is not None
