"""Making an account."""

from collections.abc import Iterator
from datetime import datetime
from itertools import count

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from forum.core.db import db
from forum.core.errors import RuleBroken
from forum.core.text import address_key, handle, one_line
from forum.core.time import now
from forum.people import links
from forum.people.models import NAME_LENGTH, Department, Identity, Person
from forum.people.queries import EMAIL, identity_at
from forum.web.words import _

TRIES = 50


def register(
    *,
    name: str,
    email: str,
    secret_hash: str | None = None,
    department: Department | None = None,
    zone: str | None = None,
    at: datetime | None = None,
    is_demo: bool = False,
) -> Person:
    """Make an account for a verified address. Use inside `transaction()`.

    `secret_hash` is what `hash_password` gave, before the transaction; without one the person signs in by link. The handle comes
    from the name; when it is taken, "2", "3", … are tried, and the unique constraint decides between two at once. Raises
    RuleBroken when the address has an account.
    """
    if secret_hash is not None and not secret_hash.startswith("$argon2"):
        raise ValueError("register() takes what hash_password() gave, made before the transaction")
    at = at or now()
    for free in _free_handles(name):
        person = Person(
            handle=free,
            name=one_line(name)[:NAME_LENGTH],
            email=email,
            department_id=department.id if department else None,
            created_at=at,
            is_demo=is_demo,
        )
        if zone is not None:
            person.zone = zone
        if _stored(person, email=email, secret_hash=secret_hash, at=at):
            links.void_joining(email)
            return person
    raise RuleBroken(_("No handle could be found for that name. Add a second name."))


def _stored(person: Person, *, email: str, secret_hash: str | None, at: datetime) -> bool:
    """Store the rows. False when the handle was taken meanwhile; raises RuleBroken when the address was."""
    try:
        with db.session.begin_nested():
            db.session.add(person)
            db.session.flush()
            db.session.add(
                Identity(
                    person_id=person.id,
                    provider=EMAIL,
                    subject=address_key(email),
                    secret_hash=secret_hash,
                    created_at=at,
                    secret_changed_at=at if secret_hash else None,
                )
            )
    except IntegrityError:
        taken = db.session.scalar(select(Person.id).where(Person.email == email))
        if taken is not None or identity_at(email) is not None:
            raise RuleBroken(_("There is already an account for that address. Sign in with it.")) from None
        return False
    return True


def _free_handles(name: str) -> Iterator[str]:
    """Yield handles for `name` that nobody has yet, the plain one first."""
    first = handle(name)
    taken = set(db.session.scalars(select(Person.handle).where(Person.handle.startswith(first, autoescape=True))))
    tries = (first if number == 1 else f"{first}{number}" for number in count(1))
    free = (candidate for candidate in tries if candidate not in taken)
    for candidate, _try in zip(free, range(TRIES), strict=False):
        yield candidate
