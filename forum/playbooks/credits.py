"""How whoever had the idea of a change is named: a person, the space that sent it, or both, as they wished."""

from sqlalchemy import ColumnElement, case

from forum.people.models import Person
from forum.playbooks.models import Edition, Proposal


def by_whom(person: type[Person], row: type[Edition] | type[Proposal]) -> ColumnElement[str | None]:
    """Return the column that names whose idea `row` was: "Ana Silva", "Ward clerks online", or "Ana Silva, Ward clerks online"."""
    both = person.name + ", " + row.credit
    return case((row.credit == "", person.name), (person.name.is_(None), row.credit), else_=both)


def named(name: str | None, credit: str) -> str | None:
    """Return the same of a name and a space's, where both are known."""
    return ", ".join(one for one in (name, credit) if one) or None
