"""Who one can sign in as when the demo organisation is loaded."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import select

from forum.core.db import db
from forum.people.models import Person, PersonState
from forum.spaces.models import Membership, Role, Space
from forum.web.words import _, _l

WHAT = {
    Role.STEWARD: _l("steward: owns the space, its settings and roles"),
    Role.ORGANISER: _l("organiser: invites, welcomes, keeps order"),
    Role.CHAMPION: _l("champion: asks and answers"),
    Role.READER: _l("reader: a boss who reads along"),
}


@dataclass(frozen=True)
class Player:
    """Somebody of the demo, and what they are there."""

    person: Person
    what: str


@dataclass(frozen=True)
class Group:
    """The people of one space, or those who are in none."""

    title: str
    people: Sequence[Player]


def demo_person(handle: str) -> Person | None:
    """Return the person of the demo with this handle, if one can be them."""
    return db.session.scalar(
        select(Person).where(Person.handle == handle, Person.is_demo, Person.state == PersonState.ACTIVE)
    )


def cast_by_space() -> list[Group]:
    """Return everybody, each once: under the first space they belong to, the highest role first."""
    rows = db.session.execute(
        select(Person, Membership.role, Space.name)
        .outerjoin(Membership, (Membership.person_id == Person.id) & Membership.ended_at.is_(None))
        .outerjoin(Space, Space.id == Membership.space_id)
        .where(Person.is_demo, Person.state == PersonState.ACTIVE)
        .order_by(Space.id, Person.name)
    ).all()
    seen: set[int] = set()
    groups: dict[str, list[tuple[int, Player]]] = {}
    for person, role, space in sorted(rows, key=lambda row: row[2] is None):
        if person.id in seen:
            continue
        seen.add(person.id)
        what = str(WHAT[role]) if role else _("in no space yet: somebody new")
        if person.is_admin:
            what = _("%(what)s; looks after the installation", what=what)
        rank = list(Role).index(role) if role else 0
        groups.setdefault(space or _("In no space"), []).append((-rank, Player(person, what)))
    return [
        Group(title, [player for _rank, player in sorted(players, key=lambda pair: (pair[0], pair[1].person.name))])
        for title, players in groups.items()
    ]
