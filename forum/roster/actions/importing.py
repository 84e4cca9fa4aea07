"""Taking absences over from a calendar: what was read is kept as a plan, shown, and then done as shown. Why isn't in it (D6)."""

from collections import Counter
from collections.abc import Collection, Sequence
from datetime import datetime

from sqlalchemy import delete

from forum.core.db import db, lock
from forum.core.errors import Invalid, Missing, RuleBroken
from forum.core.events import announce
from forum.core.halves import Half, Span
from forum.core.text import new_ref
from forum.core.time import now
from forum.people.models import Person
from forum.roster.actions.absences import move_over, take_over
from forum.roster.calendars.asking import CalendarRead, Time
from forum.roster.events import AbsencesTakenOver
from forum.roster.models import Absence, AbsencePlan
from forum.roster.queries.importing import (
    Line,
    Outcome,
    Planned,
    Stranger,
    absences_of,
    fate_of,
    first_of_today,
    joined,
    members_by_address,
    plan_of,
    read_plan,
    written,
)
from forum.spaces.guard import Here, hold
from forum.spaces.log import record
from forum.spaces.models import LogAudience, Space
from forum.spaces.policy import Can
from forum.spaces.queries import membership_of

MOST = 500
"""Absences that one plan takes over."""
NO_ANSWER = "gone"


def make_plan(here: Here, read: CalendarRead, *, for_members: bool, at: datetime | None = None) -> AbsencePlan:
    """Keep what was read from a calendar, to be looked at. An earlier plan of theirs goes. Use inside `transaction()`.

    Raises Missing, Denied.
    """
    at = at or now()
    here = hold(here, Can.KEEP_ROSTER if for_members else Can.TAKE_DUTY)
    planned = _for_members(here, read, at=at) if for_members else _for_oneself(here, read, at=at)
    db.session.execute(delete(AbsencePlan).where(AbsencePlan.person_id == here.actor.id))
    plan = AbsencePlan(
        ref=new_ref(),
        person_id=here.actor.id,
        space_id=here.space.id,
        is_for_members=for_members,
        lines=written(planned),
        made_at=at,
    )
    db.session.add(plan)
    db.session.flush()
    return plan


def _for_oneself(here: Here, read: CalendarRead, *, at: datetime) -> Planned:
    """Take what is about this person: all that names nobody, or names them."""
    own = (here.actor.email or "").casefold()
    unused = Counter(read.unused)
    today = first_of_today(here.actor.zone, at=at)
    lines = []
    for one in read.times:
        if one.people and own not in one.people:
            unused["others"] += 1
        elif (line := _line(here.actor.id, one, today)) is not None:
            lines.append(line)
    return _bounded(lines, [], unused)


def _for_members(here: Here, read: CalendarRead, *, at: datetime) -> Planned:
    """Take what is about members, by their addresses."""
    known = members_by_address(here.space)
    unused, strangers = Counter(read.unused), Counter[str]()
    today = first_of_today(here.space.zone, at=at)
    lines = []
    for one in read.times:
        names = one.people or ((one.owner,) if one.owner else ())
        if len(names) != 1:
            unused["several" if names else "nobody"] += 1
        elif names[0] not in known:
            strangers[names[0]] += 1
        elif (line := _line(known[names[0]], one, today)) is not None:
            lines.append(line)
    return _bounded(lines, [Stranger(address, number) for address, number in sorted(strangers.items())], unused)


def _line(person_id: int, time: Time, today: Half) -> Line | None:
    """Return a line from today on: what is past is nobody's business any more."""
    span = time.span.within(Span(today, max(today, time.span.last)))
    return Line(person_id, time.uid, span) if span else None


def _bounded(lines: Sequence[Line], strangers: Sequence[Stranger], unused: Counter[str]) -> Planned:
    all_lines = joined(lines)
    if len(all_lines) > MOST:
        unused["more"] += len(all_lines) - MOST
    return Planned(all_lines[:MOST], strangers[:MOST], unused)


def carry_out(
    here: Here, ref: str, *, chosen: Collection[int] | None = None, at: datetime | None = None
) -> Counter[str]:
    """Note what a plan holds, or its lines with the numbers in `chosen`. Use inside `transaction()`. A second press does nothing more.

    Returns how many absences came to be, moved, were known or couldn't be noted. Raises Missing, Denied.
    """
    at = at or now()
    plan = plan_of(here.actor, here.space, ref)
    if plan is None:
        raise Missing
    lines = [one for number, one in enumerate(read_plan(plan).lines) if chosen is None or number in chosen]
    held = {key: lock(Person, key) for key in sorted({here.actor.id, *(line.person_id for line in lines)})}
    here = hold(here, Can.KEEP_ROSTER if plan.is_for_members else Can.TAKE_DUTY)
    plan = lock(AbsencePlan, plan.id)
    if plan is None:
        raise Missing
    done: Counter[str] = Counter()
    if plan.done_at is not None:
        return done
    plan.done_at, plan.lines = at, ""
    space = here.space if plan.is_for_members else None
    for key, person in held.items():
        theirs = [line for line in lines if line.person_id == key]
        if theirs and (person is None or not person.is_active or membership_of(here.space, person) is None):
            done[NO_ANSWER] += len(theirs)
        elif theirs and person is not None:
            _note(here, person, theirs, space=space, done=done, at=at)
    return done


def _note(
    here: Here, person: Person, lines: Sequence[Line], *, space: Space | None, done: Counter[str], at: datetime
) -> None:
    """Note the absences of one person, and tell them if it was another who did it."""
    made: list[Absence] = []
    today = first_of_today(here.space.zone if space else person.zone, at=at)
    for line in lines:
        fate = fate_of(line, absences_of([person.id]).get(person.id, []), today=today)
        try:
            if fate.outcome is Outcome.MOVED and fate.own is not None:
                move_over(person, fate.own, fate.spans[0], at=at)
                made.append(fate.own)
            else:
                for number, span in enumerate(fate.spans):
                    uid = line.uid if number == 0 else None
                    made.append(take_over(person, span, uid=uid, filed_by=here.actor, space=space, at=at))
            done[fate.outcome] += 1
        except (Invalid, RuleBroken, Missing):
            done[NO_ANSWER] += 1
    if made and person.id != here.actor.id:
        record(
            "filed absence",
            actor=here.actor,
            space=here.space,
            person=person,
            audience=LogAudience.ORGANISERS,
            at=at,
        )
        announce(
            AbsencesTakenOver(
                actor_id=here.actor.id,
                person_id=person.id,
                space_id=here.space.id,
                absence_ids=tuple(one.id for one in made),
            )
        )
