"""Reading what happened while one was away, and being done with it."""

from collections.abc import Iterable
from datetime import datetime, timedelta

from sqlalchemy import select

from forum.core.db import db, lock
from forum.core.errors import Missing
from forum.core.halves import Span, begins, ends, half_of
from forum.core.time import local, now
from forum.notify.models import Notification
from forum.notify.notices import read_all
from forum.people.models import Person
from forum.roster.daytime import back_at_work
from forum.roster.models import Absence
from forum.roster.queries.away import span_taken, was_undone

FRESH = timedelta(days=14)
"""How long after their return somebody is shown that there is something to read."""


def time_of(absence: Absence, person: Person, *, at: datetime | None = None) -> tuple[datetime, datetime]:
    """Return from when to when somebody was away, on their clock, up to `at`; with what led up to it, as they weren't back between."""
    at = at or now()
    over = min(absence.returned_at or at, ends(absence.span.last, zone=person.zone), at)
    return begins(days_away(absence, person).first, zone=person.zone), over


def days_away(absence: Absence, person: Person) -> Span:
    """Return the half-days that somebody was away, with what led up to it: what they read when they are back is of these."""
    first = [absence, *_led_up_to(absence, person)][-1].span.first
    return Span(first, span_taken(absence, person.zone).last)


def _led_up_to(absence: Absence, person: Person) -> list[Absence]:
    """Return the absences before one after which there was no working day, and of which nothing was read: the latest first."""
    earlier = db.session.scalars(
        select(Absence)
        .where(
            Absence.person_id == person.id,
            Absence.id != absence.id,
            Absence.returned_at.is_(None),
            Absence.briefed_at.is_(None),
            Absence.end_day <= absence.start_day,
        )
        .order_by(Absence.end_day.desc(), Absence.end_half.desc())
    )
    found: list[Absence] = []
    first = absence.span.first
    for one in earlier:
        if one.span.last >= first or back_at_work(person, one.span) < begins(first, zone=person.zone):
            break
        found.append(one)
        first = one.span.first
    return found


def be_done(person: Person, absence: Absence, *, at: datetime | None = None) -> None:
    """Mark what somebody was told meanwhile as read, and the page as done with. Twice is once. Use inside `transaction()`.

    Raises Missing for anybody else's.
    """
    at = at or now()
    held = lock(Absence, absence.id)
    if held is None or held.person_id != person.id:
        raise Missing
    if held.briefed_at is not None:
        return
    start, end = time_of(held, person, at=at)
    read_all(person.id, Notification.at >= start, Notification.at < end)
    for one in (held, *_led_up_to(held, person)):
        one.briefed_at = at


def is_away(person: Person, *, at: datetime) -> bool:
    """Say whether somebody is away at `at`, on their own clock."""
    today = local(at, person.zone).date()
    near = db.session.scalars(
        select(Absence).where(Absence.person_id == person.id, Absence.start_day <= today, Absence.end_day >= today)
    )
    return any(
        begins(one.span.first, zone=person.zone) <= at < (one.returned_at or ends(one.span.last, zone=person.zone))
        for one in near
    )


def unread_return(person: Person) -> Absence | None:
    """Return the absence from which somebody is back and hasn't read what happened, None while they are away or when it is long ago."""
    today = local(now(), person.zone).date()
    rows = db.session.scalars(
        select(Absence).where(
            Absence.person_id == person.id, Absence.end_day >= today - FRESH, Absence.start_day <= today
        )
    )
    return unread_of(person, rows)


def unread_of(person: Person, absences: Iterable[Absence]) -> Absence | None:
    """Return the same from somebody's absences of late, which were read already."""
    at = now()
    today = local(at, person.zone).date()
    rows = sorted(absences, key=lambda one: (one.end_day, one.id), reverse=True)
    found = None
    for one in rows:
        if (
            one.returned_at is None
            and one.span.last >= half_of(today)
            and begins(one.span.first, zone=person.zone) <= at
        ):
            return None
        is_read = one.briefed_at is not None or was_undone(one, person.zone)
        if found is None and not is_read and begins(one.span.first, zone=person.zone) <= at:
            found = one
    return found
