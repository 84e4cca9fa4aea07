"""People whose name fits, or what they can be asked about: those whom one may see, in open spaces and those one shares (A3)."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import ColumnElement, and_, case, exists, false, func, literal, or_, select

from forum.core.db import db
from forum.people.models import Department, Person, PersonState
from forum.search.language import Asked
from forum.spaces.models import Membership, Space, Visibility

MOST_WORDS = 4
SHORTEST_TOPIC = 3
FEW = 3
MANY = 20


@dataclass(frozen=True, kw_only=True)
class PersonFound:
    """Somebody whose name fits, or what they wrote themselves of what they can be asked about."""

    person: Person
    department: str | None
    is_asked_about: bool = False
    """Whether it isn't their name that fits."""


def people_found(actor: Person, asked: Asked) -> Sequence[PersonFound]:
    """Return the first of those whose name or "ask me about" holds all the words, names first; more with "kind:person"."""
    others = [one for one in asked.filters if one.key != "kind"]
    words = [word.strip('"*') for word in asked.words.split() if not word.startswith("-")]
    words = [word for word in words if any(sign.isalnum() for sign in word)]
    kind = asked.value("kind")
    if not words or len(words) > MOST_WORDS or others or kind not in {"", "person"}:
        return ()
    by_name = case((and_(*(_is_called(word) for word in words)), 0), else_=1).label("by_name")
    fits = (or_(_is_called(word), _is_asked_about(word)) for word in words)
    query = (
        select(Person, Department.name, by_name)
        .outerjoin(Department, Department.id == Person.department_id)
        .where(Person.state == PersonState.ACTIVE, is_in_sight(actor), *fits)
        .order_by(by_name, func.lower(Person.name), Person.id)
        .limit(MANY if kind else FEW)
    )
    return [
        PersonFound(person=person, department=name, is_asked_about=bool(beside))
        for person, name, beside in db.session.execute(query)
    ]


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


def _is_asked_about(word: str) -> ColumnElement[bool]:
    """A word of "ask me about" begins with it. Shorter than three letters it is no topic."""
    if len(word) < SHORTEST_TOPIC:
        return false()
    words = literal(" ") + func.replace(func.replace(Person.about, "\n", " "), "(", " ")
    return words.icontains(f" {word}", autoescape=True)
