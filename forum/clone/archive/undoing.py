"""Taking back what was made so far of an archive: nobody has seen it, and afterwards it is as if it hadn't been.

Some rows at a time, as they were made: nobody waits for long, and a worker that is killed is relieved by another.
"""

from collections.abc import Callable, Sequence

from sqlalchemy import ColumnElement, Executable, Table, delete, or_, select, true, tuple_, update

from forum.clone.archive import AT_ONCE, DEPARTMENT, PERSON
from forum.clone.archive.models import Restore, RestoredRow
from forum.clone.archive.rooms import keeping
from forum.core.db import Base, db, transaction
from forum.core.leased import Claim, longer
from forum.spaces.models import Space


def undo(job: Restore, held: Claim) -> None:
    """Delete the space that isn't complete, and all in it, those who were named among them. Raises NotWantedError."""
    if job.space_id is not None:
        _undo_space(job, held, job.space_id)
    mine = RestoredRow.restore_id == job.id
    for kind in (PERSON, DEPARTMENT):
        named = _Named(Base.metadata.tables[kind])
        _in_pieces(held, named.noted, mine & (RestoredRow.kind == kind), named.deleted)
    rows = Base.metadata.tables[RestoredRow.__tablename__]
    _in_pieces(held, rows, mine, lambda some: [delete(rows).where(some)])


def _undo_space(job: Restore, held: Claim, space_id: int) -> None:
    rooms = keeping()
    for table in reversed(rooms.tables):
        inside = rooms.inside(table, space_id)
        if within := list(rooms.within(table)):
            refers = or_(*(table.c[name].is_not(None) for name in within))
            loose = update(table).values(dict.fromkeys(within))
            _in_pieces(held, table, inside & refers, lambda some, loose=loose: [loose.where(some)])  # type: ignore[misc]  # its default
        gone = delete(table)
        _in_pieces(held, table, inside, lambda some, gone=gone: [gone.where(some)])  # type: ignore[misc]  # its default
    with transaction():
        db.session.get_one(Restore, job.id, populate_existing=True).space_id = None
        db.session.flush()
        db.session.execute(delete(Space).where(Space.id == space_id))
        longer(Restore, held)


class _Named:
    """People or departments that were made since a file names them. A department that is of use to somebody by now stays."""

    def __init__(self, table: Table) -> None:
        self.table, self.noted = table, Base.metadata.tables[RestoredRow.__tablename__]
        self.is_unused = _is_unused(table) if table.name == DEPARTMENT else true()

    def deleted(self, some: ColumnElement[bool]) -> Sequence[Executable]:
        """Return what deletes some of them, and what was noted of these."""
        made = select(self.noted.c.new_id).where(some, self.noted.c.is_new)
        return [
            delete(self.table).where(self.table.c.id.in_(made), self.is_unused),
            delete(self.noted).where(some),
        ]


def _is_unused(table: Table) -> ColumnElement[bool]:
    """Return the condition that nothing refers to a row."""
    found: ColumnElement[bool] = true()
    for other in Base.metadata.sorted_tables:
        for key in other.foreign_keys:
            if key.column.table is table:
                found &= table.c.id.not_in(select(key.parent).where(key.parent.is_not(None)))
    return found


def _in_pieces(
    held: Claim,
    table: Table,
    which: ColumnElement[bool],
    change: Callable[[ColumnElement[bool]], Sequence[Executable]],
) -> None:
    """Change rows of a table until there are no such ones, each time some of them."""
    keys = list(table.primary_key.columns)
    while True:
        with transaction():
            some = db.session.execute(select(*keys).where(which).limit(AT_ONCE)).all()
            if not some:
                return
            of = (
                keys[0].in_([key for (key,) in some])
                if len(keys) == 1
                else tuple_(*keys).in_([tuple(row) for row in some])
            )
            for statement in change(of):
                db.session.execute(statement, execution_options={"synchronize_session": False})
            longer(Restore, held)
