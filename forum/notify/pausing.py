"""Mail to an address that does not take it: after three messages that came back within two weeks it waits.

Until somebody says that it arrives again, or gives another address. Nothing is lost meanwhile, and a link that somebody asks for
leaves all the same.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, exists, false, func, or_, select
from sqlalchemy.orm import aliased

from forum.core.db import db, lock
from forum.core.errors import Missing
from forum.core.outbox import Delivery, FactRow
from forum.core.time import now
from forum.people.models import Person
from forum.spaces.log import record
from forum.spaces.models import LogAudience

MOST = 3
WITHIN = timedelta(days=14)
SHOWN = 100


@dataclass(frozen=True, kw_only=True)
class Paused:
    """Somebody to whom mail waits."""

    handle: str
    name: str
    since: datetime
    why: str


def count_bounce(person_id: int) -> None:
    """Let mail to somebody wait when too much of it came back. Use inside `transaction()`, after the bounce was noted."""
    person, at = lock(Person, person_id), now()
    if person is None or person.mail_paused_at is not None:
        return
    since = max(at - WITHIN, person.mail_again_at or at - WITHIN)
    came_back = select(func.count()).where(Delivery.person_id == person_id, Delivery.bounced_at > since)
    if (db.session.scalar(came_back) or 0) >= MOST:
        person.mail_paused_at = at


def may_leave(asked_for: Collection[str]) -> ColumnElement[bool]:
    """Return the condition on `Delivery` that mail to its recipient isn't paused, or that they asked for just this kind of it."""
    is_paused = exists().where(Person.id == Delivery.person_id, Person.mail_paused_at.is_not(None))
    return or_(~is_paused, is_asked_for(asked_for))


def is_asked_for(kinds: Collection[str]) -> ColumnElement[bool]:
    """Return the condition on `Delivery` that it is of one of these kinds of facts."""
    fact = aliased(FactRow)
    return exists().where(fact.id == Delivery.fact_id, fact.kind.in_(kinds)) if kinds else false()


def take_up(handle: str, *, actor: Person) -> Person:
    """Let mail to somebody leave again: what waited does, if it still says something. Raises Missing. Use inside `transaction()`."""
    found = db.session.scalar(select(Person.id).where(Person.handle == handle))
    person = lock(Person, found) if found else None
    if person is None:
        raise Missing
    if person.mail_paused_at is not None:
        person.mail_paused_at, person.mail_again_at = None, now()
        if actor.id != person.id:
            record("took up mail", actor=actor, person=person, audience=LogAudience.ADMINS)
    return person


def paused(*, limit: int = SHOWN) -> Sequence[Paused]:
    """List those to whom mail waits, the latest first, and what the last message came back with."""
    last = (
        select(Delivery.bounce_reason)
        .where(Delivery.person_id == Person.id, Delivery.bounced_at.is_not(None))
        .order_by(Delivery.bounced_at.desc(), Delivery.id.desc())
        .limit(1)
        .scalar_subquery()
    )
    rows = db.session.execute(
        select(Person.handle, Person.name, Person.mail_paused_at, last)
        .where(Person.mail_paused_at.is_not(None))
        .order_by(Person.mail_paused_at.desc(), Person.id.desc())
        .limit(limit)
    )
    return [Paused(handle=handle, name=name, since=since, why=why or "") for handle, name, since, why in rows]
