"""Asking for cover: of everybody, or of somebody in particular; and asking no longer.

Each holds the people first, then the space and the duty.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import select

from forum.core.db import db
from forum.core.errors import Denied, Invalid, RuleBroken
from forum.core.events import announce
from forum.core.halves import Half, Span, day_of, half_at, spans_of
from forum.core.text import new_ref, one_line
from forum.core.time import now
from forum.people.models import Person
from forum.roster.access import hold_duty, lock_people, sees
from forum.roster.actions.covering import hold_request, require_open
from forum.roster.actions.settling import settle_where
from forum.roster.daytime import first_step
from forum.roster.events import CoverAsked
from forum.roster.models import Absence, CoverAsk, CoverRequest, CoverSlot, CoverState, Duty
from forum.roster.queries.book import book_of
from forum.roster.secrets import no_secret
from forum.roster.telling import no_more_asked, tell_asked
from forum.roster.who import Book, DutyFacts, Run
from forum.spaces.guard import Here
from forum.spaces.log import record
from forum.spaces.models import Item
from forum.spaces.policy import POWERS, Can
from forum.spaces.queries import membership_of
from forum.web.words import _

A_DAY = timedelta(days=1)
NOTE_LENGTH = 500
AHEAD = 7 * 12 * 2
"""Half-days for which the gaps of a duty are looked for."""
LONGEST = 800
"""Half-days that one request may have: more than a year is no absence but a new holder."""


def ask(
    here: Here,
    duty: Duty,
    span: Span,
    *,
    away: Person | None,
    people: Sequence[Person] = (),
    to_all: bool = True,
    note: str = "",
    absence: Absence | None = None,
    escalate_at: datetime | None = None,
    at: datetime | None = None,
) -> list[CoverRequest]:
    """Ask for cover of a duty while `away` is away, or (None) while it is vacant: of everybody, of `people`, or of both.

    What is covered or asked for already, isn't `away`'s or is past is left out, so a second press asks for nothing. Returns the
    requests that were made. The person themselves may ask, its deputy, and organisers. Raises Missing, Denied, Invalid, RuleBroken.
    """
    at = at or now()
    if problems := no_secret("note", note):
        raise Invalid(problems)
    lock_people([away.id if away else None])
    here, duty, item = hold_duty(here, duty.id, power=Can.SEE_ROSTER)
    if len(span) > LONGEST:
        raise Invalid({"until": [_("That is more than a year. Find a new holder instead.")]})
    settle_where(duty.id, span, at=at)
    book = book_of(Duty.id == duty.id, min(span.first_day, at.date()) - A_DAY, span.last_day)
    facts = book.duties[duty.id]
    if not here.may(Can.KEEP_ROSTER) and here.actor.id not in {away and away.id, facts.deputy_on(span.first_day)}:
        raise Denied(_("Whoever holds the duty asks for cover, or an organiser."))
    _require_eligible(here, people, duty.id, away=away)
    wanted = _wanted(book, facts, span, away=away, at=at)
    made = []
    for part in wanted:
        request = CoverRequest(
            ref=new_ref(),
            duty_id=duty.id,
            away_id=away.id if away else None,
            absence_id=absence.id if absence else None,
            asked_by_id=here.actor.id,
            asked_at=at,
            to_all=to_all or not people,
            note=one_line(note)[:NOTE_LENGTH],
            escalate_at=escalate_at or first_step(here.space, part, at=at),
        )
        request.span = part
        db.session.add(request)
        db.session.flush()
        _add_asks(request, people, item=item, actor=here.actor, at=at)
        made.append(request)
    if made:
        record("asked for cover", actor=here.actor, space=here.space, item=item, person=away, at=at)
    return made


def ask_also(here: Here, request: CoverRequest, people: Sequence[Person], *, at: datetime | None = None) -> None:
    """Ask others about a request that is open. Who was asked already isn't asked twice. Raises Missing, Denied, RuleBroken."""
    at = at or now()
    here, request, item = hold_request(here, request, power=Can.SEE_ROSTER)
    require_open(request)
    if not here.may(Can.KEEP_ROSTER) and here.actor.id not in {request.away_id, request.asked_by_id}:
        raise Denied(_("Whoever holds the duty asks for cover, or an organiser."))
    away = db.session.get(Person, request.away_id) if request.away_id else None
    _require_eligible(here, people, request.duty_id, away=away)
    _add_asks(request, people, item=item, actor=here.actor, at=at)


def _add_asks(request: CoverRequest, people: Sequence[Person], *, item: Item, actor: Person, at: datetime) -> None:
    asked = set(db.session.scalars(select(CoverAsk.person_id).where(CoverAsk.request_id == request.id)))
    new = [person.id for person in people if person.id not in asked]
    db.session.add_all(CoverAsk(request_id=request.id, person_id=person_id, asked_at=at) for person_id in new)
    db.session.flush()
    if new:
        tell_asked(*new, about=item.id, at=at)
        announce(CoverAsked(actor_id=actor.id, item_id=item.id, request_id=request.id, person_ids=tuple(new)))


def _require_eligible(here: Here, people: Sequence[Person], duty_id: int, *, away: Person | None) -> None:
    for person in people:
        if away is not None and person.id == away.id:
            raise RuleBroken(_("Nobody covers for themselves. Ask somebody else."))
        why = why_not_cover(here, person, duty_id)
        if why:
            raise RuleBroken(why)


def why_not_cover(here: Here, person: Person, item_id: int | None) -> str:
    """Return "" when somebody may be asked to cover, hold or look after something in this space; else why not.

    Nobody is asked for what they can't see (A3).
    """
    membership = membership_of(here.space, person)
    if membership is None or not person.is_active:
        return _("%(name)s is not a member of this space any more.", name=person.name)
    if Can.TAKE_DUTY not in POWERS[membership.role]:
        return _("%(name)s reads along in this space, and can’t take a duty.", name=person.name)
    if item_id is not None and not sees(person, item_id):
        return _("%(name)s can’t see this.", name=person.name)
    return ""


def _wanted(book: Book, facts: DutyFacts, span: Span, *, away: Person | None, at: datetime) -> list[Span]:
    """Return for which half-days cover is to be asked for."""
    current = half_at(at, zone=facts.zone, midday=facts.midday)
    taken = set(_asked_or_taken(facts.id, span))
    away_id = away.id if away else None
    return spans_of(
        [
            half
            for half in span
            if half >= current
            and half not in taken
            and facts.runs_on(day_of(half))
            and facts.owner_on(day_of(half)) == away_id
            and (away_id is None or book.is_away(away_id, facts, half, at if half == current else None))
        ]
    )


def _asked_or_taken(duty_id: int, span: Span) -> list[Half]:
    requests = db.session.scalars(
        select(CoverRequest).where(
            CoverRequest.duty_id == duty_id,
            CoverRequest.state == CoverState.OPEN,
            CoverRequest.start_day <= span.last_day,
            CoverRequest.end_day >= span.first_day,
        )
    )
    asked = [half for request in requests for half in request.span]
    slots = db.session.scalars(
        select(CoverSlot)
        .join(CoverRequest, CoverRequest.id == CoverSlot.request_id)
        .where(
            CoverSlot.duty_id == duty_id,
            CoverSlot.day.between(span.first_day, span.last_day),
            CoverRequest.state == CoverState.ACCEPTED,
        )
    )
    return [*asked, *(slot.at for slot in slots)]


def withdraw(here: Here, request: CoverRequest, *, at: datetime | None = None) -> None:
    """Ask no longer. Twice is once. Raises Missing, Denied, and Taken when somebody took it meanwhile."""
    at = at or now()
    here, request, item = hold_request(here, request, power=Can.SEE_ROSTER)
    if not here.may(Can.KEEP_ROSTER) and here.actor.id not in {request.away_id, request.asked_by_id}:
        raise Denied(_("Whoever asked can take it back, or an organiser."))
    if request.state is CoverState.WITHDRAWN:
        return
    require_open(request)
    request.state, request.ended_at = CoverState.WITHDRAWN, at
    request.version += 1
    no_more_asked(item.id)
    record("withdrew request", actor=here.actor, space=here.space, item=item, at=at)


def ask_for_gaps(
    here: Here, duty: Duty, *, people: Sequence[Person] = (), note: str = "", at: datetime | None = None
) -> list[CoverRequest]:
    """Ask for cover of every half-day in the next weeks on which nobody holds a duty. Raises as `ask` does."""
    at = at or now()
    current = half_at(at, zone=here.space.zone, midday=here.space.midday)
    span = Span(current, Half(current + AHEAD))
    lock_people(run.held.owner_id for run in _gaps(duty, span, at=at))
    here, duty, _item = hold_duty(here, duty.id, power=Can.SEE_ROSTER)
    made: list[CoverRequest] = []
    runs = _gaps(duty, span, at=at)
    if not here.may(Can.KEEP_ROSTER) and here.actor.id != _deputy_today(duty, at=at):
        own = [run for run in runs if run.held.owner_id == here.actor.id]  # a colleague's they ask for themselves
        if runs and not own:
            raise Denied(_("Whoever holds the duty asks for cover, or an organiser."))
        runs = own
    for run in runs:
        away = db.session.get(Person, run.held.owner_id) if run.held.owner_id else None
        made += ask(here, duty, run.span, away=away, people=people, to_all=not people, note=note, at=at)
    return made


def _gaps(duty: Duty, span: Span, *, at: datetime) -> list[Run]:
    book = book_of(Duty.id == duty.id, span.first_day - A_DAY, span.last_day)
    return book.gaps(duty.id, span, now=at) if duty.id in book.duties else []


def _deputy_today(duty: Duty, *, at: datetime) -> int | None:
    book = book_of(Duty.id == duty.id, at.date() - A_DAY, at.date() + A_DAY)
    return book.duties[duty.id].deputy_on(at.date()) if duty.id in book.duties else None
