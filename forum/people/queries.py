"""Reads of people, shaped for pages."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import func, or_, select
from sqlalchemy.orm import joinedload

from forum.core.db import db
from forum.core.paging import Page, page
from forum.core.text import address_key, handle
from forum.core.time import now
from forum.people.models import Department, Identity, Person, PersonState, WebSession

EMAIL = "email"
"""The provider of identities that are a mail address, with or without a password."""
PEOPLE_PER_PAGE = 50


@dataclass(frozen=True)
class DepartmentRow:
    """A department and how many active people name it as theirs."""

    department: Department
    people: int


@dataclass(frozen=True)
class PeoplePage:
    """One page of the installation's people."""

    people: Sequence[Person]
    total: int
    page: Page


def identity_at(address: str) -> Identity | None:
    """Find the identity of a mail address, with its person."""
    return db.session.scalar(
        select(Identity)
        .options(joinedload(Identity.person))
        .where(Identity.provider == EMAIL, Identity.subject == address_key(address))
    )


def identity_of(person: Person) -> Identity | None:
    """Find the identity by which `person` gets in with their address; it may hold a password."""
    return db.session.scalar(select(Identity).where(Identity.provider == EMAIL, Identity.person_id == person.id))


def person_at(person_handle: str) -> Person | None:
    """Find who has a handle, whatever the state of the account, with the department."""
    return db.session.scalar(
        select(Person).options(joinedload(Person.department)).where(Person.handle == person_handle)
    )


def open_departments() -> Sequence[Department]:
    """Return the departments that people can choose, in their order."""
    return db.session.scalars(
        select(Department).where(Department.closed_at.is_(None)).order_by(Department.position, Department.name)
    ).all()


def lacks_profile(person: Person) -> bool:
    """Say whether a profile lacks what colleagues look for: "ask me about", or the department where there are any."""
    return not person.about or (person.department_id is None and bool(open_departments()))


def department_rows() -> list[DepartmentRow]:
    """Return all departments in their order, closed ones last, each with how many active people it has."""
    counted = (
        select(Person.department_id, func.count().label("people"))
        .where(Person.state == PersonState.ACTIVE)
        .group_by(Person.department_id)
        .subquery()
    )
    rows = db.session.execute(
        select(Department, func.coalesce(counted.c.people, 0))
        .outerjoin(counted, counted.c.department_id == Department.id)
        .order_by(Department.closed_at.is_not(None), Department.position, Department.name)
    )
    return [DepartmentRow(department, people) for department, people in rows]


def sessions_of(person: Person) -> Sequence[WebSession]:
    """Return where `person` is signed in, last used first."""
    return db.session.scalars(
        select(WebSession)
        .where(WebSession.person_id == person.id, WebSession.ended_at.is_(None), WebSession.expires_at > now())
        .order_by(WebSession.last_seen_at.desc(), WebSession.id.desc())
    ).all()


def people_page(search: str, *, wish: str | None) -> PeoplePage:
    """Return a page of everybody with an account whose name (accents and capitals aside) or address holds `search`."""
    wanted = search.strip()
    found = select(Person).where(Person.state != PersonState.CLOSED)
    if wanted:
        words = handle(wanted) if any(char.isalnum() for char in wanted) else wanted
        found = found.where(
            or_(
                Person.name.icontains(wanted, autoescape=True),
                Person.handle.contains(words, autoescape=True),
                Person.email.icontains(wanted, autoescape=True),
            )
        )
    total = db.session.scalar(select(func.count()).select_from(found.subquery())) or 0
    shown = page(wish, total=total, size=PEOPLE_PER_PAGE)
    people = db.session.scalars(
        found.options(joinedload(Person.department))
        .order_by(func.lower(Person.name), Person.id)
        .offset(shown.before)
        .limit(shown.size)
    ).all()
    return PeoplePage(people, total, shown)


def count_people() -> int:
    """Return how many active accounts there are."""
    return db.session.scalar(select(func.count()).where(Person.state == PersonState.ACTIVE)) or 0
