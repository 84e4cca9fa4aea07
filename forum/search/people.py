"""People whose name fits: those whom one may see, in open spaces and those one shares with them (A3)."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import ColumnElement, exists, func, or_, select

from forum.core.db import db
from forum.people.models import Department, Person, PersonState
from forum.search.language import Asked
from forum.spaces.models import Membership, Space, Visibility

MOST_WORDS = 4
FEW = 3
MANY = 20


@dataclass(frozen=True, kw_only=True)
class PersonFound:
    """Somebody whose name fits."""

    person: Person
    department: str | None


def people_found(actor: Person, asked: Asked) -> Sequence[PersonFound]:
    """Return the first of those whose name holds all the words, as a person would type them; more with "kind:person"."""
    others = [one for one in asked.filters if one.key != "kind"]
    words = [word.strip('"*') for word in asked.words.split() if not word.startswith("-")]
    words = [word for word in words if any(sign.isalnum() for sign in word)]
    kind = asked.value("kind")
    if not words or len(words) > MOST_WORDS or others or kind not in {"", "person"}:
        return ()
    query = (
        select(Person, Department.name)
        .outerjoin(Department, Department.id == Person.department_id)
        .where(Person.state == PersonState.ACTIVE, is_in_sight(actor), *(_is_called(word) for word in words))
        .order_by(func.lower(Person.name), Person.id)
        .limit(MANY if kind else FEW)
    )
    return [PersonFound(person=person, department=name) for person, name in db.session.execute(query)]


def is_in_sight(actor: Person) -> ColumnElement[bool]:
    """Return the condition on `Person` that `actor` may see them: as a member of an open space or of one they share."""
    mine = select(Membership.space_id).where(Membership.person_id == actor.id, Membership.ended_at.is_(None))
    return exists().where(
        Membership.person_id == Person.id,
        Membership.ended_at.is_(None),
        Space.id == Membership.space_id,
        or_(Space.visibility == Visibility.OPEN, Space.id.in_(mine)),
    )


def _is_called(word: str) -> ColumnElement[bool]:
    """A name begins with the word, or a later part of it does; as it is written, or as its handle spells it."""
    plain = word.lstrip("@").lower()
    return or_(
        Person.name.istartswith(word, autoescape=True),
        Person.name.icontains(f" {word}", autoescape=True),
        Person.handle.startswith(plain, autoescape=True),
        Person.handle.contains(f".{plain}", autoescape=True),
    )
