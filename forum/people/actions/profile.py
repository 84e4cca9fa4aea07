"""What somebody says of themselves."""

from collections.abc import Iterable

from forum.core.db import db
from forum.core.errors import Invalid
from forum.core.text import one_line
from forum.core.time import is_zone
from forum.people.models import NAME_LENGTH, Department, Person
from forum.web.words import _


def describe(
    person: Person,
    *,
    name: str,
    department_id: int | None,
    about: str,
    zone: str,
    working_days: Iterable[int],
    language: str,
) -> None:
    """Store a person's profile. The handle stays, because mentions name it. Use inside `transaction()`. Raises Invalid."""
    department = db.session.get(Department, department_id) if department_id else None
    if department is None and department_id:
        raise Invalid({"department": [_("That department isn’t in the list any more. Choose another one.")]})
    if department is not None and department.closed_at is not None and department.id != person.department_id:
        raise Invalid({"department": [_("That department was closed. Choose another one.")]})
    if not is_zone(zone):
        raise Invalid({"zone": [_("Choose a time zone of the list.")]})
    person = db.session.get_one(Person, person.id)
    person.name = one_line(name)[:NAME_LENGTH]
    person.department_id = department.id if department else None
    person.about = about
    person.zone = zone
    person.working_days = sum({1 << day for day in working_days if 0 <= day <= 6})  # noqa: PLR2004  # Monday to Sunday
    person.language = language
