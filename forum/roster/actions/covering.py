"""Taking cover that is asked for, and saying that one can't.

Each holds the people first, then the space and the duty; of several who take one request, the row count of the update decides (D2).
"""

from collections.abc import Collection
from datetime import datetime, timedelta

from sqlalchemy import or_, select, update

from forum.core.db import db, lock
from forum.core.errors import Denied, Invalid, Missing, RuleBroken
from forum.core.events import announce
from forum.core.halves import Half, Span, day_of, half_at
from forum.core.text import new_ref
from forum.core.time import now
from forum.people.models import Person
from forum.roster.access import hold_duty, lock_people
from forum.roster.actions.rights import lend_for
from forum.roster.actions.settling import because_of, open_again, settle_duty, settle_where, slots_for
from forum.roster.events import CoverDeclined, CoverTaken
from forum.roster.models import Absence, CoverAsk, CoverRequest, CoverSlot, CoverState, Duty, Leaving
from forum.roster.queries.book import book_of, who_holds
from forum.roster.telling import no_more_asked
from forum.spaces.guard import Here
from forum.spaces.log import record
from forum.spaces.models import Item
from forum.spaces.policy import Can
from forum.spaces.queries import visible_items
from forum.web.rendering import long_day
from forum.web.words import _

A_DAY = timedelta(days=1)


class Taken(RuleBroken):
    """Somebody else was faster, or the request is over."""


class Warned(RuleBroken):
    """It can be done, once the person has read this and says so again."""


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
    here, request, item = hold_request(here, request, power=Can.TAKE_DUTY)
    if request.state is CoverState.OPEN:
        settle_where(request.duty_id, request.span, at=at)
    if request.state is CoverState.ACCEPTED and request.accepted_by_id == here.actor.id:
        return request
    require_open(request)
    if request.away_id == here.actor.id:
        raise RuleBroken(_("You are the one who is away. Nobody covers for themselves."))
    if not though_unasked:
        _require_asked(here, request)
    duty = db.session.get_one(Duty, request.duty_id)
    part = _part_of(here, request, span, at=at)
    _require_there(here, part)
    though_away = _look_at_conflicts(here, duty, part, knowing=knowing)
    rest = request.span.without(part)
    for other in rest:
        if other.last >= half_at(at, zone=here.space.zone, midday=here.space.midday):
            open_again(request, other, at=at)
    _win(request, here.actor, part, though_away=though_away, at=at)
    _clear_ended(duty.id, part)
    db.session.add_all(slots_for(duty.id, part, person_id=here.actor.id, request_id=request.id))
    db.session.flush()
    lend_for(request, here.space, [part], because=because_of(item), at=at)
    away = db.session.get(Person, request.away_id) if request.away_id else None
    record("took cover", actor=here.actor, space=here.space, item=item, person=away, at=at)
    announce(CoverTaken(actor_id=here.actor.id, item_id=item.id, request_id=request.id, taken=at.isoformat()))
    no_more_asked(item.id)
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


def _clear_ended(duty_id: int, span: Span) -> None:
    """Take away what ended covers did of half-days that somebody takes anew: a half-day has one cover (D2)."""
    slots = db.session.scalars(
        select(CoverSlot)
        .join(CoverRequest, CoverRequest.id == CoverSlot.request_id)
        .where(
            CoverSlot.duty_id == duty_id,
            CoverSlot.day.between(span.first_day, span.last_day),
            CoverRequest.state == CoverState.ENDED,
        )
    ).all()
    for slot in slots:
        if slot.at in span:
            db.session.delete(slot)
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


def conflicts(person_id: int, part: Span, *, besides: int | None = None) -> tuple[bool, set[int]]:
    """Return whether somebody is away in a span, and which duties they cover then; a request `besides` doesn't count."""
    absences = db.session.scalars(
        select(Absence).where(
            Absence.person_id == person_id,
            Absence.returned_at.is_(None),
            Absence.start_day <= part.last_day,
            Absence.end_day >= part.first_day,
        )
    )
    slots = db.session.scalars(
        select(CoverSlot).where(
            CoverSlot.person_id == person_id,
            CoverSlot.request_id != (besides or 0),
            CoverSlot.day.between(part.first_day, part.last_day),
        )
    )
    return any(one.span.within(part) for one in absences), {slot.duty_id for slot in slots if slot.at in part}


def covers_words(person: Person, duty_ids: Collection[int]) -> str:
    """Say to somebody what they cover meanwhile, as far as they see it (A3)."""
    seen = select(Item.title).where(Item.id.in_(duty_ids), visible_items(person, now())).order_by(Item.title, Item.id)
    titles = ", ".join(f"“{title}”" for title in db.session.scalars(seen))
    return _("You cover %(titles)s then.", titles=titles) if titles else _("You cover something else then.")


def _look_at_conflicts(here: Here, duty: Duty, part: Span, *, knowing: bool) -> bool:
    """Raise when whoever takes it is away then or covers something else, as the duty says (D3). Returns whether they are away."""
    is_away, covers = conflicts(here.actor.id, part)
    if not is_away and not covers:
        return False
    said = _("You are away yourself then.") if is_away else covers_words(here.actor, covers)
    if duty.is_strict:
        raise RuleBroken(said + " " + _("This duty needs somebody who has the time."))
    if not knowing:
        raise Warned(said + " " + _("You can cover all the same, if you say so."))
    return is_away


def _require_asked(here: Here, request: CoverRequest) -> None:
    if request.to_all or here.may(Can.KEEP_ROSTER):
        return
    ask_ = db.session.get(CoverAsk, (request.id, here.actor.id))
    if ask_ is None:
        raise Denied(_("Others were asked to cover this. If they can’t, everybody will be asked."))


def decline(here: Here, request: CoverRequest, *, at: datetime | None = None) -> None:
    """Say that one can't. When all who were asked can't, everybody is asked. Twice is once. Raises Missing when one wasn't asked."""
    at = at or now()
    here, request, item = hold_request(here, request, power=Can.SEE_ROSTER)
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
    no_more_asked(item.id)


def give_back(here: Here, request: CoverRequest, *, at: datetime | None = None) -> list[CoverRequest]:
    """Say that one can't cover after all: somebody else is looked for, for what is ahead. Returns the new requests.

    Raises Missing for anybody but who covers.
    """
    at = at or now()
    lock(Person, here.actor.id)
    here, request, _item = hold_request(here, request, power=Can.SEE_ROSTER)
    if request.accepted_by_id != here.actor.id:
        raise Missing
    if request.state is not CoverState.ACCEPTED:
        return []
    rest = select(CoverRequest).where(CoverRequest.rest_of_id == request.id)
    before = {one.id for one in db.session.scalars(rest)}
    settle_duty(request.duty_id, at=at, given_back=request.id)
    return [one for one in db.session.scalars(rest.order_by(CoverRequest.id)) if one.id not in before]


def _require_there(here: Here, part: Span) -> None:
    """Nobody promises what comes after their last day. Raises RuleBroken."""
    last_day = db.session.scalar(
        select(Leaving.last_day).where(
            Leaving.person_id == here.actor.id,
            Leaving.ended_at.is_(None),
            or_(Leaving.space_id.is_(None), Leaving.space_id == here.space.id),
        )
    )
    if last_day is not None and part.last_day > last_day:
        raise RuleBroken(
            _(
                "Your last day is %(day)s. Take the days until then, and leave the rest to others.",
                day=long_day(last_day),
            )
        )


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
    current = half_at(at, zone=here.space.zone, midday=here.space.midday)
    settle_where(duty.id, Span(current, max(current, until or current)), at=at)
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


def hold_request(here: Here, request: CoverRequest, *, power: Can) -> tuple[Here, CoverRequest, Item]:
    """Lock the space, the duty and a request of it. Raises Missing or Denied."""
    here, _duty, item = hold_duty(here, request.duty_id, power=power)
    held = lock(CoverRequest, request.id)
    if held is None:
        raise Missing
    return here, held, item


def require_open(request: CoverRequest) -> None:
    """Raise Taken when a request isn't open any more."""
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
