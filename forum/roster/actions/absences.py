"""Saying that somebody is away, correcting it, and coming back early. Nobody is asked why (D6).

Each holds the person first, so that two absences never lie on one half-day; what others promised for them is settled in the same write.
"""

from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta

from sqlalchemy import select

from forum.core.db import db, lock
from forum.core.errors import Invalid, Missing, RuleBroken
from forum.core.events import announce
from forum.core.halves import Span, half_at, half_of
from forum.core.text import once_key
from forum.core.time import local, now
from forum.people.models import Person
from forum.roster.actions.bringing_back import bring_back, lock_all
from forum.roster.actions.settling import settle_for
from forum.roster.daytime import back_at_work
from forum.roster.events import AbsenceFiled, ReturnDue
from forum.roster.models import Absence, CoverRequest, CoverState, Seen
from forum.roster.queries.away import usual_seen
from forum.spaces.guard import Here, hold
from forum.spaces.log import record
from forum.spaces.models import LogAudience, Space
from forum.spaces.policy import Can
from forum.spaces.queries import membership_of
from forum.web.words import _

LONGEST_DAYS = 400
LONGEST_FOR_OTHERS = 14
FURTHEST_DAYS = 800
A_DAY = timedelta(days=1)


def file(
    person: Person,
    span: Span,
    *,
    seen: Seen = Seen.MEMBERS,
    uid: str | None = None,
    once: str | None = None,
    at: datetime | None = None,
) -> Absence:
    """Say that one is away. A second press gives back the first one's absence. Use inside `transaction()`.

    Raises Missing for an account that isn't in use, Invalid for `from` and `until`, RuleBroken when it overlaps another of theirs.
    """
    at = at or now()
    person = _hold_person(person)
    key = once_key(once, "absence", person.id, span.first, span.last)
    return _file(person, span, seen=seen, filed_by=person, space=None, uid=uid, key=key, at=at)


def file_for(here: Here, person: Person, span: Span, *, once: str | None = None, at: datetime | None = None) -> Absence:
    """File for a member who is off today, and can't do it: it has to begin by today. They are told, and can correct it (D6).

    Raises Missing, Denied, Invalid, RuleBroken.
    """
    at = at or now()
    person = _hold_person(person)
    here = hold(here, Can.KEEP_ROSTER)
    if membership_of(here.space, person) is None:
        raise Missing
    if person.id != here.actor.id and span.first > half_of(local(at, here.space.zone).date(), 1):
        raise Invalid(
            {"from": [_("You can file this for somebody who is off today. What is ahead they say themselves.")]}
        )
    if person.id != here.actor.id and (span.last_day - span.first_day).days >= LONGEST_FOR_OTHERS:
        raise Invalid({"until": [_("Two weeks at the most. What is longer they say themselves, or you note it anew.")]})
    key = once_key(once, "absence", person.id, span.first, span.last)
    absence = _file(
        person, span, seen=usual_seen(person), filed_by=here.actor, space=here.space, uid=None, key=key, at=at,
        zone=here.space.zone,
    )  # fmt: skip
    if person.id != here.actor.id:
        audience = LogAudience.ORGANISERS
        record("filed absence", actor=here.actor, space=here.space, person=person, audience=audience, at=at)
        announce(AbsenceFiled(actor_id=here.actor.id, absence_id=absence.id))
    return absence


def _file(
    person: Person,
    span: Span,
    *,
    seen: Seen,
    filed_by: Person,
    space: Space | None,
    uid: str | None,
    key: str | None,
    at: datetime,
    zone: str | None = None,
) -> Absence:
    if key is not None:
        earlier = db.session.scalar(select(Absence).where(Absence.filed_by_id == filed_by.id, Absence.once == key))
        if earlier is not None:
            return earlier
    _require_well_formed(person, span, at=at, zone=zone)
    _require_free(person, span)
    absence = Absence(
        person_id=person.id,
        seen=seen,
        filed_by_id=filed_by.id,
        filed_in_id=space.id if space else None,
        filed_at=at,
        uid=uid,
        once=key,
    )
    absence.span = span
    db.session.add(absence)
    _let_off(person, [span])
    db.session.flush()
    _tell_on_return(person, absence, at=at)
    settle_for(person, at=at)
    return absence


def look_at(person: Person, span: Span, *, actor: Person, once: str | None = None, at: datetime | None = None) -> None:
    """Raise what `file` would raise about the days, and write nothing. A second press is let through."""
    key = once_key(once, "absence", person.id, span.first, span.last)
    mine = select(Absence.id).where(Absence.filed_by_id == actor.id, Absence.once == key)
    if key is not None and db.session.scalar(mine) is not None:
        return
    _require_well_formed(person, span, at=at or now())
    _require_free(person, span)


def change(
    actor: Person, absence: Absence, span: Span, *, seen: Seen, version: int, at: datetime | None = None
) -> Absence:
    """Correct an absence of one's own, whoever filed it. Cover and lent rights follow at once. Use inside `transaction()`.

    Raises Missing for anybody else's, Invalid, RuleBroken when it overlaps another or was changed since the page was read.
    """
    at = at or now()
    person, absence = _hold_own(actor, absence)
    if absence.span == span and absence.seen is seen:
        return absence
    if absence.version != version:
        raise RuleBroken(_("This absence was changed meanwhile. Look at it again."))
    if absence.returned_at is not None:
        raise RuleBroken(_("You are back from this one. File another if you are away again."))
    _require_well_formed(person, span, at=at, earliest=absence.span.first_day)
    _require_free(person, span, but=absence)
    fresh = span.without(absence.span)
    absence.span, absence.seen = span, seen
    absence.version, absence.changed_at = absence.version + 1, at
    _let_off(person, fresh)
    db.session.flush()
    _tell_on_return(person, absence, at=at)
    settle_for(person, at=at)
    return absence


def come_back(actor: Person, absence: Absence, *, at: datetime | None = None) -> None:
    """Be back before the end, now: cover and what was lent for it end at once (D5). Of one that is ahead nothing is left.

    Twice is once. Raises Missing for anybody else's.
    """
    at = at or now()
    person, absence = _hold_own(actor, absence)
    if absence.returned_at is None:
        absence.returned_at = at
        absence.version, absence.changed_at = absence.version + 1, at
        db.session.flush()
        settle_for(person, at=at)


def take_over(
    person: Person, span: Span, *, uid: str | None, filed_by: Person, space: Space | None, at: datetime
) -> Absence:
    """Note an absence that a calendar has, known by the hash `uid` from then on. Use inside `transaction()`.

    Raises Missing for an account that isn't in use, Invalid, RuleBroken when it overlaps another of theirs.
    """
    person = _hold_person(person)
    return _file(person, span, seen=usual_seen(person), filed_by=filed_by, space=space, uid=uid, key=None, at=at)


def move_over(person: Person, absence: Absence, span: Span, *, at: datetime) -> None:
    """Let an absence that came from a calendar be when the calendar has it now. Use inside `transaction()`.

    Raises Missing, Invalid, RuleBroken when it overlaps another of theirs.
    """
    person, absence = _hold_own(person, absence)
    _require_well_formed(person, span, at=at, earliest=absence.span.first_day)
    _require_free(person, span, but=absence)
    fresh = span.without(absence.span)
    absence.span, absence.version, absence.changed_at = span, absence.version + 1, at
    absence.calendar_version = absence.version
    _let_off(person, fresh)
    db.session.flush()
    _tell_on_return(person, absence, at=at)
    settle_for(person, at=at)


def away_after_all(actor: Person, absence: Absence, *, at: datetime | None = None) -> bool:
    """Take back that one came back. Within the hour, covers that ended with it are there again, and what was asked for is asked again.

    Return whether all is as it was: else the rest is asked for anew. Twice is once.
    Raises Missing for anybody else's, RuleBroken when it is over or another lies on its days by now.
    """
    at = at or now()
    mine = CoverRequest.away_id == actor.id
    lock_all(mine, absence.returned_at or at, actor.id)
    person, absence = _hold_own(actor, absence)
    if absence.returned_at is None:
        return True
    came_back = absence.returned_at
    if absence.span.last < half_of(local(at, person.zone).date()):
        raise RuleBroken(_("That has passed. File another if you are away again."))
    _require_free(person, absence.span, but=absence)
    absence.returned_at = None
    absence.version, absence.changed_at = absence.version + 1, at
    db.session.flush()
    _tell_on_return(person, absence, at=at)
    is_all = bring_back(mine, came_back, actor=person, at=at)
    settle_for(person, at=at)
    return is_all


def _tell_on_return(person: Person, absence: Absence, *, at: datetime) -> None:
    """Let what happened meanwhile be mailed on their first working day back, if the absence is still the same then."""
    due = back_at_work(person, absence.span)
    if due > at:
        announce(ReturnDue(absence_id=absence.id, version=absence.version), due=due.astimezone(UTC))


def current_of(person: Person, space: Space, *, at: datetime) -> Absence | None:
    """Return the absence for which somebody is away in a space at `at`, if they are."""
    half = half_at(at, zone=space.zone, midday=space.midday)
    near = db.session.scalars(
        select(Absence).where(
            Absence.person_id == person.id,
            Absence.start_day <= at.date() + A_DAY,
            Absence.end_day >= at.date() - A_DAY,
        )
    )
    return next((one for one in near if half in one.span and (one.returned_at is None or at < one.returned_at)), None)


def _hold_person(person: Person) -> Person:
    held = lock(Person, person.id)
    if held is None or not held.is_active:
        raise Missing
    return held


def _hold_own(actor: Person, absence: Absence) -> tuple[Person, Absence]:
    person = _hold_person(actor)
    held = lock(Absence, absence.id)
    if held is None or held.person_id != person.id:
        raise Missing
    return person, held


def _let_off(person: Person, fresh: Sequence[Span]) -> None:
    """Whoever is newly away doesn't cover then "although they are away" any more: they said that of what was known."""
    taken = select(CoverRequest).where(
        CoverRequest.accepted_by_id == person.id,
        CoverRequest.state == CoverState.ACCEPTED,
        CoverRequest.though_away,
    )
    for request in db.session.scalars(taken):
        if any(request.span.within(span) for span in fresh):
            request.though_away = False


def _require_well_formed(
    person: Person, span: Span, *, at: datetime, earliest: date | None = None, zone: str | None = None
) -> None:
    today = local(at, zone or person.zone).date()
    problems: dict[str, list[str]] = {}
    if len(span) == 0:
        problems["until"] = [_("The end is before the beginning. Choose a later end.")]
    elif span.last < half_of(today):
        problems["until"] = [_("That has passed. Choose an end that is ahead.")]
    elif span.first < half_of(today - 7 * A_DAY) and span.first_day != earliest:
        problems["from"] = [_("That was more than a week ago. Choose a later day.")]
    elif (span.last_day - span.first_day).days > LONGEST_DAYS:
        problems["until"] = [_("That is longer than a year. Choose an earlier end.")]
    elif (span.last_day - today).days > FURTHEST_DAYS:
        problems["until"] = [_("That is too far ahead. Choose an earlier day.")]
    if problems:
        raise Invalid(problems)


def _require_free(person: Person, span: Span, *, but: Absence | None = None) -> None:
    """Raise when another absence lies on one of the half-days; one that somebody is back from doesn't count."""
    others = db.session.scalars(
        select(Absence).where(
            Absence.person_id == person.id,
            Absence.returned_at.is_(None),
            Absence.start_day <= span.last_day,
            Absence.end_day >= span.first_day,
        )
    )
    if any(other.span.within(span) for other in others if but is None or other.id != but.id):
        raise RuleBroken(_("Some of these days are in another absence already. Change that one."))
