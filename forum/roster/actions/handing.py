"""Handing a duty over with a checklist: drafted, offered, asked about, accepted or declined (D8). Inside `transaction()`."""

from collections.abc import Sequence
from datetime import date, datetime

from sqlalchemy import delete, func, select

from forum.core.db import db, lock
from forum.core.errors import Denied, Invalid, Missing, RuleBroken
from forum.core.events import announce
from forum.core.text import new_ref, one_line
from forum.core.time import local, now
from forum.people.models import Person
from forum.roster.access import hold_duty, lock_people
from forum.roster.actions.appointing import REASON_LENGTH, Gone
from forum.roster.actions.duty_words import too_far
from forum.roster.actions.passing import hand_on, is_over, line_of, mark
from forum.roster.actions.requesting import why_not_cover
from forum.roster.events import HandoverAnswered, HandoverOffered
from forum.roster.models import Duty, Handover, HandoverItem, HandoverState, LeavingState, Turn
from forum.roster.queries.book import who_holds
from forum.roster.queries.involved import lines_for
from forum.roster.telling import no_more_asked, tell_asked
from forum.spaces.guard import Here
from forum.spaces.log import record
from forum.spaces.models import Item
from forum.spaces.policy import Can
from forum.web.words import _

MOST_LINES = 40
UNDER_WAY = (HandoverState.DRAFT, HandoverState.OFFERED)


def open_of(duty_id: int) -> Handover | None:
    """Return the handover of a duty that is under way: there is one at the most."""
    return db.session.scalar(select(Handover).where(Handover.duty_id == duty_id, Handover.state.in_(UNDER_WAY)))


def start(
    here: Here, duty: Duty, taker: Person, *, day: date, giver: Person | None = None, at: datetime | None = None
) -> Handover:
    """Begin a handover, with a checklist drafted from what the duty really involved. One that is under way is that one.

    By whoever has the duty, or an organiser. `giver` is whose it is, if not whoever has it now. Raises Missing, Denied, Invalid for
    `day`, RuleBroken.
    """
    at = at or now()
    lock_people([here.actor.id, taker.id, giver.id if giver else None])
    here, duty, item = hold_duty(here, duty.id, power=Can.SEE_ROSTER)
    giver_id = giver.id if giver else who_holds(duty.id, at).owner_id
    if not here.may(Can.KEEP_ROSTER) and not (here.may(Can.TAKE_DUTY) and here.actor.id == giver_id):
        raise Denied(_("Whoever has the duty hands it over, or an organiser."))
    running = open_of(duty.id)
    if running is not None:
        return running
    if duty.ended_on is not None:
        raise RuleBroken(_("This duty has ended."))
    if duty.rotates and giver_id is None:
        raise RuleBroken(_("This duty rotates. Put people into the order instead."))
    _require_taker(here, taker, duty.id, giver_id=giver_id)
    if day < local(at, here.space.zone).date():
        raise Invalid({"day": [_("That day has passed. Choose today or a later one.")]})
    if problems := too_far("day", day):
        raise Invalid(problems)
    if duty.last_day is not None and day > duty.last_day:
        raise Invalid({"day": [_("The duty is over by then. Choose an earlier day.")]})
    handover = Handover(
        ref=new_ref(),
        duty_id=duty.id,
        giver_id=giver_id,
        taker_id=taker.id,
        day=day,
        made_by_id=here.actor.id,
        made_at=at,
    )
    db.session.add(handover)
    db.session.flush()
    whose = db.session.get(Person, giver_id) if giver_id else None
    _put(handover, lines_for(duty, item, whose, at=at)[:MOST_LINES])
    return handover


def _require_taker(here: Here, taker: Person, duty_id: int, *, giver_id: int | None) -> None:
    if taker.id == giver_id:
        raise RuleBroken(_("%(name)s has it already.", name=taker.name))
    if why := why_not_cover(here, taker, duty_id):
        raise RuleBroken(why)


def _put(handover: Handover, lines: Sequence[str]) -> None:
    db.session.execute(delete(HandoverItem).where(HandoverItem.handover_id == handover.id))
    db.session.add_all(
        HandoverItem(handover_id=handover.id, place=place, words=words) for place, words in enumerate(lines, start=1)
    )
    db.session.flush()


def write(here: Here, handover: Handover, text: str) -> None:
    """Write the checklist of a draft anew, a line each. Raises Missing, Denied, Gone when it was offered, Invalid for `lines`."""
    here, handover, _duty, _item = _held(here, handover)
    _require_giver(here, handover)
    if handover.state is not HandoverState.DRAFT:
        raise Gone(_("This was offered already. Add a line below instead."))
    _put(handover, _checked(text))


def _checked(text: str) -> list[str]:
    lines = [line_of("lines", line) for line in text.splitlines() if line.strip()]
    if len(lines) > MOST_LINES:
        raise Invalid({"lines": [_("Keep it to %(most)s lines.", most=MOST_LINES)]})
    return list(dict.fromkeys(lines))


def add_line(here: Here, handover: Handover, text: str) -> None:
    """Add a line to what is under way. The same again is one. Raises Missing, Denied, Gone, Invalid for `line`, RuleBroken."""
    here, handover, _duty, _item = _held(here, handover)
    _require_giver(here, handover)
    if handover.state not in UNDER_WAY:
        raise Gone(_("This handover isn’t under way any more."))
    append(handover, [line_of("line", text)])


def append(handover: Handover, lines: Sequence[str]) -> None:
    """Put lines below the others, those that aren't there."""
    there = set(db.session.scalars(select(HandoverItem.words).where(HandoverItem.handover_id == handover.id)))
    last = db.session.scalar(select(func.max(HandoverItem.place)).where(HandoverItem.handover_id == handover.id)) or 0
    new = [line for line in dict.fromkeys(lines) if line not in there]
    if last + len(new) > MOST_LINES:
        raise RuleBroken(_("Keep it to %(most)s lines.", most=MOST_LINES))
    db.session.add_all(
        HandoverItem(handover_id=handover.id, place=place, words=words)
        for place, words in enumerate(new, start=last + 1)
    )
    db.session.flush()


def offer(here: Here, handover: Handover, *, tells: bool = True, at: datetime | None = None) -> None:
    """Offer a draft to its taker, and tell them unless the caller does. Twice is once. Raises Missing, Denied, Gone, RuleBroken."""
    at = at or now()
    here, handover, _duty, item = _held(here, handover)
    _require_giver(here, handover)
    if handover.state is HandoverState.OFFERED:
        return
    _require_state(handover, HandoverState.DRAFT)
    taker = db.session.get_one(Person, handover.taker_id)
    _require_taker(here, taker, item.id, giver_id=handover.giver_id)
    handover.state, handover.offered_at = HandoverState.OFFERED, at
    mark(handover, LeavingState.OFFERED, at=at)
    record("offered handover", actor=here.actor, space=here.space, item=item, person=taker, at=at)
    if taker.id != here.actor.id:
        tell_asked(taker.id, about=item.id, at=at)
    if tells and taker.id != here.actor.id:
        announce(HandoverOffered(actor_id=here.actor.id, item_id=item.id, handover_id=handover.id))


def withdraw(here: Here, handover: Handover) -> None:
    """Hand it over no longer. Twice is once. Raises Missing, Denied, Gone when it was answered."""
    here, handover, _duty, item = _held(here, handover)
    _require_giver(here, handover)
    if handover.state is HandoverState.WITHDRAWN:
        return
    if handover.state not in UNDER_WAY:
        raise Gone(_("This handover was answered already."))
    handover.state = HandoverState.WITHDRAWN
    mark(handover, LeavingState.OPEN, at=now())
    no_more_asked(item.id)
    record("withdrew handover", actor=here.actor, space=here.space, item=item)


def accept(here: Here, handover: Handover, *, at: datetime | None = None) -> None:
    """Take it over. What isn't done stays listed, as accepted so (D8). Twice is once. Raises Missing, Denied, Gone."""
    at = at or now()
    lock_people([here.actor.id, handover.giver_id])
    here, handover, duty, item = _held(here, handover, power=Can.TAKE_DUTY)
    _require_taken_by(here, handover)
    if handover.state is HandoverState.ACCEPTED:
        return
    _require_state(handover, HandoverState.OFFERED)
    if is_over(handover.giver_id, here.space.id, at=at):
        raise Gone(_("The last day has passed, and this is vacant now. Tell an organiser if you want to take it."))
    if duty.ended_on is not None:
        raise Gone(_("This duty has ended."))
    _require_still_theirs(duty, handover, at=at)
    handover.state, handover.answered_at = HandoverState.ACCEPTED, at
    unfinished = select(HandoverItem).where(HandoverItem.handover_id == handover.id, HandoverItem.done_at.is_(None))
    for line in db.session.scalars(unfinished):
        line.risk_at = at
    db.session.flush()
    hand_on(duty, handover, today=local(at, here.space.zone).date(), at=at)
    mark(handover, LeavingState.ACCEPTED, at=at)
    record("accepted handover", actor=here.actor, space=here.space, item=item, at=at)
    announce(HandoverAnswered(actor_id=here.actor.id, item_id=item.id, handover_id=handover.id))
    no_more_asked(item.id)


def _require_still_theirs(duty: Duty, handover: Handover, *, at: datetime) -> None:
    """Raise Gone when the duty isn't any more whose it was when it was offered."""
    if duty.rotates:
        place = select(Turn.place).where(Turn.duty_id == duty.id, Turn.person_id == handover.giver_id)
        is_theirs = db.session.scalar(place.limit(1)) is not None
    else:
        is_theirs = who_holds(duty.id, at).owner_id == handover.giver_id
    if not is_theirs:
        raise Gone(_("This duty is somebody else’s by now. Ask whoever has it."))


def decline(here: Here, handover: Handover, *, reason: str = "", at: datetime | None = None) -> None:
    """Say no, with a word if one likes. Twice is once. Raises Missing, Gone, Invalid for `reason`."""
    at = at or now()
    lock_people([here.actor.id, handover.giver_id])
    here, handover, _duty, item = _held(here, handover)
    _require_taken_by(here, handover)
    if handover.state is HandoverState.DECLINED:
        return
    _require_state(handover, HandoverState.OFFERED)
    handover.state, handover.answered_at = HandoverState.DECLINED, at
    handover.reason = line_of("reason", reason)[:REASON_LENGTH] if one_line(reason) else ""
    mark(handover, LeavingState.OPEN, at=at)
    announce(HandoverAnswered(actor_id=here.actor.id, item_id=item.id, handover_id=handover.id))
    no_more_asked(item.id)


def tick(here: Here, line: HandoverItem, *, done: bool, at: datetime | None = None) -> None:
    """Say that a line is done, or isn't: giver, taker or an organiser. What was accepted as a risk can be done later."""
    at = at or now()
    here, handover, _duty, _item = _held(here, db.session.get_one(Handover, line.handover_id))
    if here.actor.id != handover.taker_id:
        _require_giver(here, handover)
    elif not here.may(Can.TAKE_DUTY):
        raise Denied(here.why_not(Can.TAKE_DUTY))
    if handover.state not in {HandoverState.OFFERED, HandoverState.ACCEPTED}:
        raise Gone(_("This handover isn’t under way any more."))
    held = lock(HandoverItem, line.id)
    if held is not None and (held.done_at is None) is done:
        held.done_at, held.done_by_id = (at, here.actor.id) if done else (None, None)


def may_give(here: Here, handover: Handover) -> bool:
    """Say whether the person writes the checklist and offers it: who has the duty, who began this, or an organiser."""
    if here.may(Can.KEEP_ROSTER):
        return True
    return here.may(Can.TAKE_DUTY) and here.actor.id in {handover.giver_id, handover.made_by_id}


def _require_giver(here: Here, handover: Handover) -> None:
    if not may_give(here, handover):
        raise Denied(_("Whoever has the duty hands it over, or an organiser."))


def _require_taken_by(here: Here, handover: Handover) -> None:
    if handover.taker_id != here.actor.id or handover.state is HandoverState.DRAFT:
        raise Missing


def _require_state(handover: Handover, state: HandoverState) -> None:
    if handover.state is not state:
        raise Gone(_("This handover isn’t offered any more."))


def _held(here: Here, handover: Handover, *, power: Can = Can.SEE_ROSTER) -> tuple[Here, Handover, Duty, Item]:
    here, duty, item = hold_duty(here, handover.duty_id, power=power)
    held = lock(Handover, handover.id)
    if held is None:
        raise Missing
    return here, held, duty, item
