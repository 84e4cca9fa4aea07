"""When mail may leave: in its reader's working hours, but what can't wait for them, or would be of no use by then."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from sqlalchemy import select

from forum.core.db import db
from forum.core.events import Fact, Teller
from forum.core.time import now
from forum.notify.models import MailChoice, MailRhythm
from forum.notify.rhythm import choice_of, working_moment
from forum.people.models import Person

PEOPLE_AT_ONCE = 500
IN_TIME = timedelta(hours=2)
"""So long before it is of no use any more somebody has a message at the latest, whatever the hour."""


@dataclass(frozen=True, kw_only=True)
class Hours:
    """How the mail of a fact waits."""

    at_any_hour: bool = False
    has_own_hour: bool = False
    urgent_for: Collection[int] = field(default_factory=frozenset)
    until: datetime | None = None

    def can_wait(self, person_id: int, opens: datetime) -> bool:
        """Say whether somebody's message can wait until their working hours begin."""
        is_late = self.until is not None and opens > self.until - IN_TIME
        return not (self.at_any_hour or person_id in self.urgent_for or is_late)


def hours_of(teller: Teller, fact: Fact) -> Hours:
    """Return how the mail of a fact waits, as it is now."""
    return Hours(
        at_any_hour=teller.at_any_hour or teller.is_asked_for,
        has_own_hour=teller.has_own_hour,
        urgent_for=frozenset(teller.urgent_for(fact)) if teller.urgent_for else frozenset(),
        until=teller.of_use_until(fact) if teller.of_use_until else None,
    )


def opens_for(person: Person, teller: Teller, fact: Fact) -> datetime | None:
    """Return when a message may leave that may not now; None for one that may. Within their hours nothing more is asked."""
    at = now()
    if teller.at_any_hour or teller.is_asked_for:
        return None
    try:
        opens = working_moment(person, at, None if teller.has_own_hour else choice_of(person.id))
    except (KeyError, ValueError):  # a zone that the system doesn't know any more: when they work isn't known
        return None
    return opens if opens > at and hours_of(teller, fact).can_wait(person.id, opens) else None


def moments_of(
    people: Sequence[int], *, at: datetime, soonest: datetime, hours: Hours, whoever: bool = False
) -> list[tuple[int, datetime]]:
    """Return who of `people` has mail about posts at once, and when what is ready at `at` may leave: in their working hours.

    What can't wait for these leaves at `soonest`. With `whoever`, who has digests or no mail about posts has this one all the same.
    """
    found: list[tuple[int, datetime]] = []
    # Most people have the same days and hours as many others: each such moment is worked out once.
    known: dict[tuple[str, int, int | None, int | None], datetime] = {}
    for start in range(0, len(people), PEOPLE_AT_ONCE):
        query = (
            select(Person.id, Person.zone, Person.working_days, MailChoice.from_hour, MailChoice.to_hour)
            .outerjoin(MailChoice, MailChoice.person_id == Person.id)
            .where(Person.id.in_(people[start : start + PEOPLE_AT_ONCE]), Person.email.is_not(None))
        )
        if not whoever:
            query = query.where(MailChoice.rhythm.is_(None) | (MailChoice.rhythm == MailRhythm.AT_ONCE))
        for person_id, zone, days, from_hour, to_hour in db.session.execute(query):
            key = (zone, days, *((None, None) if hours.has_own_hour else (from_hour, to_hour)))
            if key not in known:
                known[key] = _moment(*key, at=at)
            found.append((person_id, known[key] if hours.can_wait(person_id, known[key]) else soonest))
    return found


def _moment(zone: str, days: int, from_hour: int | None, to_hour: int | None, *, at: datetime) -> datetime:
    chosen = None if from_hour is None else MailChoice(from_hour=from_hour, to_hour=to_hour)
    try:
        return working_moment(Person(zone=zone, working_days=days), at, chosen)
    except (
        KeyError,
        ValueError,
    ):  # a zone that the system doesn't know any more: seen again at sending, of theirs alone
        return at
