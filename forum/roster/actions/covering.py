"""Asking for cover, taking it, and saying that one can't.

Each holds the people first, then the space and the duty; of several who take one request, the row count of the update decides (D2).
"""

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import select, update

from forum.core.db import db, lock
from forum.core.errors import Denied, Invalid, Missing, RuleBroken
from forum.core.events import announce
from forum.core.halves import Half, Span, day_of, half_at, spans_of
from forum.core.text import new_ref, one_line
from forum.core.time import now
from forum.people.models import Person
from forum.roster.access import hold_duty, lock_people
from forum.roster.actions.rights import lend_for
from forum.roster.actions.settling import because_of, open_again, settle_duty, slots_for
from forum.roster.daytime import first_step
from forum.roster.events import CoverAsked, CoverDeclined, CoverTaken
from forum.roster.models import Absence, CoverAsk, CoverRequest, CoverSlot, CoverState, Duty
from forum.roster.queries.book import book_of, who_holds
from forum.roster.secrets import no_secret
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


class Taken(RuleBroken):
    """Somebody else was faster, or the request is over."""


class Warned(RuleBroken):
    """It can be done, once the person has read this and says so again."""


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
    settle_duty(duty.id, at=at)
    if len(span) > LONGEST:
        raise Invalid({"until": [_("That is more than a year. Find a new holder instead.")]})
    book = book_of(Duty.id == duty.id, min(span.first_day, at.date()) - A_DAY, span.last_day)
    facts = book.duties[duty.id]
    if not here.may(Can.KEEP_ROSTER) and here.actor.id not in {away and away.id, facts.deputy_on(span.first_day)}:
        raise Denied(_("Whoever holds the duty asks for cover, or an organiser."))
    _require_eligible(here, people, away=away)
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
    here, request, item = _hold_request(here, request, power=Can.SEE_ROSTER)
    _require_open(request)
    if not here.may(Can.KEEP_ROSTER) and here.actor.id not in {request.away_id, request.asked_by_id}:
        raise Denied(_("Whoever holds the duty asks for cover, or an organiser."))
    _require_eligible(here, people, away=db.session.get(Person, request.away_id) if request.away_id else None)
    _add_asks(request, people, item=item, actor=here.actor, at=at)


def _add_asks(request: CoverRequest, people: Sequence[Person], *, item: Item, actor: Person, at: datetime) -> None:
    asked = set(db.session.scalars(select(CoverAsk.person_id).where(CoverAsk.request_id == request.id)))
    new = [person.id for person in people if person.id not in asked]
    db.session.add_all(CoverAsk(request_id=request.id, person_id=person_id, asked_at=at) for person_id in new)
    db.session.flush()
    if new:
        announce(CoverAsked(actor_id=actor.id, item_id=item.id, request_id=request.id, person_ids=tuple(new)))


def _require_eligible(here: Here, people: Sequence[Person], *, away: Person | None) -> None:
    for person in people:
        if away is not None and person.id == away.id:
            raise RuleBroken(_("Nobody covers for themselves. Ask somebody else."))
        why = why_not_cover(here, person)
        if why:
            raise RuleBroken(why)


def why_not_cover(here: Here, person: Person) -> str:
    """Return "" when somebody may be asked to cover, or to hold a duty, in this space; else why not."""
    membership = membership_of(here.space, person)
    if membership is None or not person.is_active:
        return _("%(name)s is not a member of this space any more.", name=person.name)
    if Can.TAKE_DUTY not in POWERS[membership.role]:
        return _("%(name)s reads along in this space, and can’t take a duty.", name=person.name)
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


def take(
    here: Here,
    request: CoverRequest,
    span: Span | None = None,
    *,
    knowing: bool = False,
    though_unasked: bool = False,
    at: datetime | None = None,
) -> CoverRequest:
    """Cover: the whole of a request, or the half-days of `span`; the rest stays asked for. Taking it twice is once.

    `knowing`: they were warned that they are away themselves, or cover something else then. `though_unasked`: also when others
    were asked in particular, as nobody does it now. Raises Missing, Denied, Invalid for `from`,
    Taken with the name of who was faster (409), Warned, RuleBroken.
    """
    at = at or now()
    lock_people([here.actor.id, request.away_id])
    here, request, item = _hold_request(here, request, power=Can.TAKE_DUTY)
    settle_duty(request.duty_id, at=at)
    if request.state is CoverState.ACCEPTED and request.accepted_by_id == here.actor.id:
        return request
    _require_open(request)
    if request.away_id == here.actor.id:
        raise RuleBroken(_("You are the one who is away. Nobody covers for themselves."))
    if not though_unasked:
        _require_asked(here, request)
    duty = db.session.get_one(Duty, request.duty_id)
    part = _part_of(here, request, span, at=at)
    though_away = _look_at_conflicts(here, duty, part, knowing=knowing)
    rest = request.span.without(part)
    for other in rest:
        if other.last >= half_at(at, zone=here.space.zone, midday=here.space.midday):
            open_again(request, other, at=at)
    _win(request, here.actor, part, though_away=though_away, at=at)
    db.session.add_all(slots_for(duty.id, part, person_id=here.actor.id, request_id=request.id))
    db.session.flush()
    lend_for(request, here.space, [part], because=because_of(item), at=at)
    away = db.session.get(Person, request.away_id) if request.away_id else None
    record("took cover", actor=here.actor, space=here.space, item=item, person=away, at=at)
    announce(CoverTaken(actor_id=here.actor.id, item_id=item.id, request_id=request.id))
    return request


def _win(request: CoverRequest, actor: Person, part: Span, *, though_away: bool, at: datetime) -> None:
    """Take the request, if it is still to be had: the row count decides, whatever was read before."""
    won = db.session.execute(
        update(CoverRequest)
        .where(CoverRequest.id == request.id, CoverRequest.state == CoverState.OPEN)
        .values(state=CoverState.ACCEPTED, accepted_by_id=actor.id, accepted_at=at, version=CoverRequest.version + 1)
        .execution_options(synchronize_session=False)
    )
    db.session.refresh(request)
    if getattr(won, "rowcount", 0) != 1:
        raise Taken(who_has_it(request))
    request.span, request.though_away = part, though_away
    db.session.flush()


def _part_of(here: Here, request: CoverRequest, span: Span | None, *, at: datetime) -> Span:
    current = half_at(at, zone=here.space.zone, midday=here.space.midday)
    ahead = request.span.within(Span(current, max(current, request.span.last)))
    if ahead is None:
        raise Taken(_("The time of this request has passed."))
    if span is None:
        return ahead
    part = span.within(ahead)
    if part is None or len(span) == 0:
        raise Invalid({"from": [_("Choose days on which cover is wanted.")]})
    return part


def _look_at_conflicts(here: Here, duty: Duty, part: Span, *, knowing: bool) -> bool:
    """Raise when whoever takes it is away then or covers something else, as the duty says (D3). Returns whether they are away."""
    away = [
        absence.span
        for absence in db.session.scalars(
            select(Absence).where(
                Absence.person_id == here.actor.id,
                Absence.returned_at.is_(None),
                Absence.start_day <= part.last_day,
                Absence.end_day >= part.first_day,
            )
        )
        if absence.span.within(part)
    ]
    slots = db.session.scalars(
        select(CoverSlot).where(
            CoverSlot.person_id == here.actor.id,
            CoverSlot.day.between(part.first_day, part.last_day),
        )
    )
    covers = [slot for slot in slots if slot.at in part]
    if not away and not covers:
        return False
    said = _("You are away yourself then.") if away else _("You cover something else then.")
    if duty.is_strict:
        raise RuleBroken(said + " " + _("This duty needs somebody who has the time."))
    if not knowing:
        raise Warned(said + " " + _("You can cover all the same, if you say so."))
    return bool(away)


def _require_asked(here: Here, request: CoverRequest) -> None:
    if request.to_all or here.may(Can.KEEP_ROSTER):
        return
    ask_ = db.session.get(CoverAsk, (request.id, here.actor.id))
    if ask_ is None:
        raise Denied(_("Others were asked to cover this. If they can’t, everybody will be asked."))


def decline(here: Here, request: CoverRequest, *, at: datetime | None = None) -> None:
    """Say that one can't. When all who were asked can't, everybody is asked. Twice is once. Raises Missing when one wasn't asked."""
    at = at or now()
    here, request, item = _hold_request(here, request, power=Can.SEE_ROSTER)
    mine = db.session.get(CoverAsk, (request.id, here.actor.id))
    if mine is None:
        raise Missing
    if mine.declined_at is not None or request.state is not CoverState.OPEN:
        return
    mine.declined_at = at
    db.session.flush()
    left = select(CoverAsk.person_id).where(CoverAsk.request_id == request.id, CoverAsk.declined_at.is_(None))
    if db.session.scalar(left.limit(1)) is None:
        request.to_all = True
    announce(CoverDeclined(actor_id=here.actor.id, item_id=item.id, request_id=request.id, person_id=here.actor.id))


def withdraw(here: Here, request: CoverRequest, *, at: datetime | None = None) -> None:
    """Ask no longer. Twice is once. Raises Missing, Denied, and Taken when somebody took it meanwhile."""
    at = at or now()
    here, request, item = _hold_request(here, request, power=Can.SEE_ROSTER)
    if not here.may(Can.KEEP_ROSTER) and here.actor.id not in {request.away_id, request.asked_by_id}:
        raise Denied(_("Whoever asked can take it back, or an organiser."))
    if request.state is CoverState.WITHDRAWN:
        return
    _require_open(request)
    request.state, request.ended_at = CoverState.WITHDRAWN, at
    request.version += 1
    record("withdrew request", actor=here.actor, space=here.space, item=item, at=at)


def give_back(here: Here, request: CoverRequest, *, at: datetime | None = None) -> list[CoverRequest]:
    """Say that one can't cover after all: somebody else is looked for, for what is ahead. Returns the new requests.

    Raises Missing for anybody but who covers.
    """
    at = at or now()
    lock(Person, here.actor.id)
    here, request, _item = _hold_request(here, request, power=Can.SEE_ROSTER)
    if request.accepted_by_id != here.actor.id:
        raise Missing
    if request.state is not CoverState.ACCEPTED:
        return []
    rest = select(CoverRequest).where(CoverRequest.rest_of_id == request.id)
    before = {one.id for one in db.session.scalars(rest)}
    settle_duty(request.duty_id, at=at, given_back=request.id)
    return [one for one in db.session.scalars(rest.order_by(CoverRequest.id)) if one.id not in before]


def take_now(
    here: Here, duty: Duty, *, until: Half | None = None, knowing: bool = False, at: datetime | None = None
) -> CoverRequest:
    """Take a duty that nobody holds now, without having been asked: until its holder is back, or for this half-day.

    Raises Missing, Denied, Taken when somebody holds it, Warned, RuleBroken.
    """
    at = at or now()
    owner_id = who_holds(duty.id, at).owner_id
    lock_people([here.actor.id, owner_id])
    here, duty, _item = hold_duty(here, duty.id, power=Can.TAKE_DUTY)
    settle_duty(duty.id, at=at)
    current = half_at(at, zone=here.space.zone, midday=here.space.midday)
    last = until if until is not None and until >= current else current
    book = book_of(Duty.id == duty.id, at.date() - A_DAY, day_of(last))
    held = book.at(duty.id, at)
    if held.owner_id != owner_id:  # whose it is was not held, and may come back meanwhile
        raise Taken(_("This has just changed. Look at it again."))
    if not held.is_gap:
        holder = db.session.get(Person, held.person_id) if held.person_id else None
        raise Taken(_("%(name)s holds this now.", name=holder.name) if holder else _("There is nothing to do now."))
    if held.owner_id == here.actor.id:
        raise RuleBroken(_("It is yours. Say that you are back, and you hold it again."))
    first = book.runs(duty.id, Span(current, last), now=at)[0]
    request = _open_request_at(duty.id, current) or _new_request(duty, held.owner_id, first.span, here.actor, at=at)
    return take(here, request, first.span, knowing=knowing, though_unasked=True, at=at)


def end_of_gap(duty: Duty, span: Span, *, at: datetime) -> Half:
    """Return the last half-day of the run that begins a span, with which `take_now` ends; a day of what is vacant."""
    book = book_of(Duty.id == duty.id, span.first_day - A_DAY, span.last_day)
    if duty.id not in book.duties:
        raise Missing
    run = book.runs(duty.id, span, now=at)[0]
    if run.held.owner_id is None:
        return min(run.span.last, Half(span.first + 1))
    return run.span.last


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


def _open_request_at(duty_id: int, half: Half) -> CoverRequest | None:
    day = day_of(half)
    requests = db.session.scalars(
        select(CoverRequest)
        .where(
            CoverRequest.duty_id == duty_id,
            CoverRequest.state == CoverState.OPEN,
            CoverRequest.start_day <= day,
            CoverRequest.end_day >= day,
        )
        .order_by(CoverRequest.id)
    )
    return next((request for request in requests if half in request.span), None)


def _new_request(duty: Duty, away_id: int | None, span: Span, actor: Person, *, at: datetime) -> CoverRequest:
    request = CoverRequest(ref=new_ref(), duty_id=duty.id, away_id=away_id, asked_by_id=actor.id, asked_at=at)
    request.span = span
    db.session.add(request)
    db.session.flush()
    return request


def _hold_request(here: Here, request: CoverRequest, *, power: Can) -> tuple[Here, CoverRequest, Item]:
    here, _duty, item = hold_duty(here, request.duty_id, power=power)
    held = lock(CoverRequest, request.id)
    if held is None:
        raise Missing
    return here, held, item


def _require_open(request: CoverRequest) -> None:
    if request.state is not CoverState.OPEN:
        raise Taken(who_has_it(request))


def who_has_it(request: CoverRequest) -> str:
    """Return who was faster, or that it is over, as a sentence."""
    if request.state is CoverState.WITHDRAWN:
        return _("Cover isn’t wanted any more.")
    person = db.session.get(Person, request.accepted_by_id) if request.accepted_by_id else None
    if person is None:
        return _("This request is over.")
    return _("%(name)s has taken it already. Thank you all the same.", name=person.name)
