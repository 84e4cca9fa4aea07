"""Who is named in an archive, as they are here: somebody with an account if an admin chose that, else a placeholder without rights."""

from collections.abc import Iterator, Mapping, Sequence

from sqlalchemy import insert, select, update

from forum.clone.archive import DEPARTMENT, PERSON, in_batches
from forum.clone.archive.models import Restore, RestoredRow
from forum.clone.archive.opening import Archive
from forum.clone.archive.people import placeholder
from forum.clone.archive.placing import Account, Placing
from forum.clone.archive.taking import KEY
from forum.core.archiving import Row
from forum.core.db import Base, db
from forum.core.redaction import NO_HANDLE
from forum.core.text import address_key, new_ref
from forum.people.models import Department, Identity, Person, PersonState
from forum.people.queries import EMAIL

Named = tuple[str, Row]


def accounts_of(rows: Sequence[Row]) -> dict[int, Account]:
    """Return who of some people of a file has an account here with their address, and may use it."""
    by_subject = {address_key(row["address"]): row[KEY] for row in rows if row["address"]}
    query = select(Identity.subject, Person).join(Person, Person.id == Identity.person_id)
    here = query.where(Identity.provider == EMAIL, Identity.subject.in_(by_subject), Person.state == PersonState.ACTIVE)
    return {
        by_subject[subject]: Account(person.id, person.handle, person.name)
        for subject, person in db.session.execute(here)
    }


def accounts_in(archive: Archive) -> dict[int, Account]:
    """Return who of a file has an account here with their address."""
    found: dict[int, Account] = {}
    for some in in_batches(archive.people()):
        found |= accounts_of(some)
    db.session.rollback()
    return found


def known_departments(rows: Sequence[Row]) -> dict[str, int]:
    """Return which of some departments of a file are here, by their names without the difference of capitals."""
    names = {row["name"].casefold() for row in rows}
    query = select(Department.name_key, Department.id).where(Department.name_key.in_(names))
    return dict(db.session.execute(query).all())


def everybody(archive: Archive) -> Iterator[Named]:
    """Give what is named, departments first."""
    yield from ((DEPARTMENT, row) for row in archive.departments())
    yield from ((PERSON, row) for row in archive.people())


def bring(some: Sequence[Named], job: Restore, placing: Placing, accounts: Mapping[int, Account]) -> None:
    """Find or make some of those who are named. Use inside `transaction()`."""
    departments = [row for kind, row in some if kind == DEPARTMENT]
    known = known_departments(departments)
    there = {row[KEY]: known[key] for row in departments if (key := row["name"].casefold()) in known}
    _settle(job, placing, DEPARTMENT, departments, there)
    people = [row for kind, row in some if kind == PERSON]
    _settle(job, placing, PERSON, people, {key: one.id for key, one in accounts.items()})


def _settle(job: Restore, placing: Placing, kind: str, rows: Sequence[Row], there: Mapping[int, int]) -> None:
    """Note what became of some rows: those that aren't there are made."""
    table = Base.metadata.tables[kind]
    new = [row for row in rows if row[KEY] not in there]
    made = {}
    if new:
        values = [_person(row, placing) if kind == PERSON else _department(row, placing) for row in new]
        ids = db.session.execute(insert(table).returning(table.c.id, sort_by_parameter_order=True), values).scalars()
        made = {row[KEY]: new_id for row, new_id in zip(new, ids, strict=True)}
    noted = []
    for row in rows:
        is_new = row[KEY] in made
        here = made[row[KEY]] if is_new else there[row[KEY]]
        placing.note(kind, row[KEY], here)
        noted.append({"restore_id": job.id, "kind": kind, "key": row[KEY], "new_id": here, "is_new": is_new})
    if noted:
        db.session.execute(insert(RestoredRow), noted)


def _person(row: Row, placing: Placing) -> Row:
    return {
        "handle": f"{NO_HANDLE}-{new_ref()}",
        "name": row["name"] or placeholder(row[KEY]),
        "email": None,
        "zone": placing.zone,
        "state": PersonState.CLOSED,
        "created_at": placing.at,
    }


def _department(row: Row, placing: Placing) -> Row:
    """Return a department that nobody can choose before the space is complete."""
    return {"name": row["name"], "name_key": row["name"].casefold(), "closed_at": placing.at}


def open_departments(job: Restore) -> None:
    """Let the departments be chosen that were made. Use inside `transaction()`."""
    made = select(RestoredRow.new_id).where(
        RestoredRow.restore_id == job.id, RestoredRow.kind == DEPARTMENT, RestoredRow.is_new
    )
    there = update(Department).where(Department.id.in_(made)).values(closed_at=None)
    db.session.execute(there.execution_options(synchronize_session=False))
