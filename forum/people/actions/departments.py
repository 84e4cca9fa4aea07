"""The departments of the installation. None is ever deleted: people and counts refer to it."""

from collections.abc import Iterable

from sqlalchemy import func, select
from sqlalchemy.exc import IntegrityError

from forum.core.db import db, lock
from forum.core.errors import Invalid, Missing
from forum.core.text import one_line
from forum.core.time import now
from forum.people import neighbours
from forum.people.actions.standing import hold_admins
from forum.people.models import NAME_LENGTH, Department, Person
from forum.web.words import _


def add_departments(actor: Person, *, names: Iterable[str]) -> list[Department]:
    """Add departments at the end, but for those that are there already, capitals aside. Use inside `transaction()`.

    Raises Missing when `actor` is no admin any more.
    """
    hold_admins(acting=actor)
    known = {name.casefold() for name in db.session.scalars(select(Department.name))}
    added = []
    for name in (one_line(name)[:NAME_LENGTH] for name in names):
        if name and name.casefold() not in known:
            known.add(name.casefold())
            added.append(Department(name=name, position=_last_position() + 1))
            db.session.add(added[-1])
            db.session.flush()
            neighbours.ask().record("added department", actor=actor, name=name)
    return added


def rename_department(actor: Person, *, department: Department, name: str) -> None:
    """Give a department another name, everywhere at once. Use inside `transaction()`. Raises Invalid when the name is taken."""
    hold_admins(acting=actor)
    department = _held(department)
    old = department.name
    _name(department, name=name)
    if old != department.name:
        neighbours.ask().record("renamed department", actor=actor, old=old, name=department.name)


def close_department(actor: Person, *, department: Department) -> None:
    """Take a department from the choices; who is in it stays in it. Use inside `transaction()`."""
    department = _held(department)
    if department.closed_at is None:
        department.closed_at = now()
        neighbours.ask().record("closed department", actor=actor, name=department.name)


def open_department(actor: Person, *, department: Department) -> None:
    """Put a closed department back among the choices, at the end. Use inside `transaction()`."""
    department = _held(department)
    if department.closed_at is not None:
        department.closed_at = None
        department.position = _last_position() + 1
        neighbours.ask().record("opened department", actor=actor, name=department.name)


def move_department(*, department: Department, by: int) -> None:
    """Move a department one place up (`by` -1) or down (1) among the open ones. Use inside `transaction()`."""
    rows = list(
        db.session.scalars(
            select(Department)
            .where(Department.closed_at.is_(None))
            .order_by(Department.position, Department.name)
            .with_for_update(key_share=True)
        )
    )
    place = next((place for place, row in enumerate(rows) if row.id == department.id), None)
    if place is None:
        return
    rows.insert(min(max(0, place + by), len(rows) - 1), rows.pop(place))
    for position, row in enumerate(rows):
        row.position = position


def _held(department: Department) -> Department:
    held = lock(Department, department.id)
    if held is None:
        raise Missing
    return held


def _last_position() -> int:
    return db.session.scalar(select(func.max(Department.position))) or 0


def _name(department: Department, *, name: str) -> None:
    wanted = one_line(name)[:NAME_LENGTH]
    taken = Invalid({"name": [_("There is already a department of that name.")]})
    other = db.session.scalar(select(Department.id).where(Department.name_key == wanted.casefold()))
    if other not in {None, department.id}:
        raise taken
    try:
        with db.session.begin_nested():
            department.name = wanted
            db.session.add(department)
    except IntegrityError:
        raise taken from None
