"""Swapping covers: somebody asks a colleague to take one that they promised, for one of theirs. Inside `transaction()`.

Each holds the people first, then the space and both duties; of two presses the row count decides whose cover it still is (D2).
Only covers that haven't begun are swapped: what was done is whoever's did it.
"""

from datetime import datetime

from sqlalchemy import select, update

from forum.core.db import db, lock
from forum.core.errors import Missing, RuleBroken
from forum.core.events import announce
from forum.core.halves import Span, half_at, spans_of
from forum.core.time import now
from forum.people.models import Person
from forum.roster.access import hold_duty, lock_people
from forum.roster.actions.appointing import Gone
from forum.roster.actions.bringing_back import UNDO_WITHIN
from forum.roster.actions.covering import Warned, conflicts, covers_words
from forum.roster.actions.requesting import why_not_cover
from forum.roster.actions.rights import lend_for
from forum.roster.actions.settling import because_of, settle_duty
from forum.roster.events import CoverSwapAnswered, CoverSwapAsked, CoverTaken
from forum.roster.models import CoverRequest, CoverSlot, CoverState, CoverSwap, Duty, SwapState
from forum.roster.telling import no_more_asked, tell_asked
from forum.spaces.guard import Here
from forum.spaces.log import record
from forum.spaces.models import Item
from forum.spaces.policy import Can
from forum.web.words import _


def ask(
    here: Here, mine: CoverRequest, theirs: CoverRequest, *, knowing: bool = False, at: datetime | None = None
) -> CoverSwap:
    """Ask whoever covers `theirs` to swap it for `mine`. Twice is once; of one cover the last offer counts.

    Raises Missing, Denied, Warned, RuleBroken, and Gone when one isn't theirs any more or has begun.
    """
    at = at or now()
    asked_id = theirs.accepted_by_id
    lock_people([here.actor.id, asked_id])
    here = _hold_both(here, mine, theirs, power=Can.TAKE_DUTY)
    if mine.accepted_by_id != here.actor.id:
        raise Missing
    if asked_id == here.actor.id:
        raise RuleBroken(_("You cover both. Choose a colleague’s."))
    other = db.session.get_one(Person, asked_id) if asked_id else None
    if other is None or not (_is_promised(here, mine, here.actor, at=at) and _is_promised(here, theirs, other, at=at)):
        raise Gone(_("One of these covers is over, has begun, or is somebody else’s by now."))
    _require_can(here, here.actor, theirs, gives=mine, knowing=knowing)
    _require_can(here, other, mine, gives=theirs, knowing=True)
    waiting = db.session.scalar(
        select(CoverSwap).where(CoverSwap.mine_id == mine.id, CoverSwap.state == SwapState.ASKED)
    )
    if waiting is not None:
        if (waiting.asker_id, waiting.asked_id, waiting.theirs_id) == (here.actor.id, other.id, theirs.id):
            return waiting
        waiting.state, waiting.answered_at = SwapState.WITHDRAWN, at
        db.session.flush()
    swap = CoverSwap(mine_id=mine.id, theirs_id=theirs.id, asker_id=here.actor.id, asked_id=other.id, asked_at=at)
    db.session.add(swap)
    db.session.flush()
    announce(CoverSwapAsked(actor_id=here.actor.id, item_id=mine.duty_id, swap_id=swap.id))
    tell_asked(other.id, about=mine.duty_id, at=at)
    return swap


def answer(here: Here, swap: CoverSwap, *, agrees: bool, knowing: bool = False, at: datetime | None = None) -> None:
    """Agree to a swap, or decline. Twice is once. Raises Missing for anybody but who was asked, Denied, Warned, RuleBroken, Gone."""
    at = at or now()
    here, held, mine, theirs = _hold(here, swap, power=Can.TAKE_DUTY)
    if held.asked_id != here.actor.id:
        raise Missing
    wanted = SwapState.AGREED if agrees else SwapState.DECLINED
    if held.state is wanted:
        return
    if held.state is not SwapState.ASKED:
        raise Gone(_("This swap isn’t asked for any more."))
    if agrees:
        asker = db.session.get_one(Person, held.asker_id)
        for duty_id in {mine.duty_id, theirs.duty_id}:
            settle_duty(duty_id, at=at)
        _require_can(here, here.actor, mine, gives=theirs, knowing=knowing)
        _require_can(here, asker, theirs, gives=mine, knowing=True)
        _exchange(here, mine, theirs, asker, here.actor, at=at)
        record("swapped covers", actor=here.actor, space=here.space, item=_item(mine), person=asker, at=at)
    held.state, held.answered_at = wanted, at
    db.session.flush()
    _tell_answer(here, held, mine)
    no_more_asked(mine.duty_id, theirs.duty_id)


def withdraw(here: Here, swap: CoverSwap, *, at: datetime | None = None) -> None:
    """Ask for it no longer. Twice is once. Raises Missing for anybody but who asked, Gone when it was answered."""
    here, held, mine, _theirs = _hold(here, swap, power=Can.SEE_ROSTER)
    if held.asker_id != here.actor.id:
        raise Missing
    if held.state is SwapState.WITHDRAWN:
        return
    if held.state is not SwapState.ASKED:
        raise Gone(_("This swap was answered already."))
    held.state, held.answered_at = SwapState.WITHDRAWN, at or now()
    no_more_asked(mine.duty_id)


def undo(here: Here, swap: CoverSwap, *, at: datetime | None = None) -> None:
    """Take back, within the hour, that one agreed: each covers again what they promised, and whoever asked is told. Twice is once.

    Raises Missing for anybody but who agreed, Gone when it is too late or something has changed since.
    """
    at = at or now()
    here, held, mine, theirs = _hold(here, swap, power=Can.TAKE_DUTY)
    if held.asked_id != here.actor.id or held.state not in {SwapState.AGREED, SwapState.DECLINED}:
        raise Missing
    if held.state is SwapState.DECLINED:
        return
    if held.answered_at is None or at - held.answered_at > UNDO_WITHIN:
        raise Gone(_("It is too late to undo this. Ask %(name)s to swap again.", name=_name(held.asker_id)))
    asker = db.session.get_one(Person, held.asker_id)
    _require_can(here, here.actor, theirs, gives=mine, knowing=True)
    _require_can(here, asker, mine, gives=theirs, knowing=True)
    _exchange(here, mine, theirs, here.actor, asker, at=at)
    held.state, held.answered_at = SwapState.DECLINED, at
    db.session.flush()
    _tell_answer(here, held, mine)


def _tell_answer(here: Here, swap: CoverSwap, mine: CoverRequest) -> None:
    said = swap.state.value
    announce(CoverSwapAnswered(actor_id=here.actor.id, item_id=mine.duty_id, swap_id=swap.id, state=said))


def _exchange(
    here: Here, mine: CoverRequest, theirs: CoverRequest, asker: Person, asked: Person, *, at: datetime
) -> None:
    """Let each cover what the other did: `mine` is the asker's until now, `theirs` the asked one's."""
    for request, before, after in ((mine, asker, asked), (theirs, asked, asker)):
        if not _is_promised(here, request, before, at=at):
            raise Gone(_("One of these covers is over, has begun, or is somebody else’s by now."))
        won = db.session.execute(
            update(CoverRequest)
            .where(
                CoverRequest.id == request.id,
                CoverRequest.state == CoverState.ACCEPTED,
                CoverRequest.accepted_by_id == before.id,
            )
            .values(accepted_by_id=after.id, accepted_at=at, though_away=False, version=CoverRequest.version + 1)
            .execution_options(synchronize_session=False)
        )
        if getattr(won, "rowcount", 0) != 1:
            raise Gone(_("One of these covers is over, has begun, or is somebody else’s by now."))
        db.session.execute(
            update(CoverSlot)
            .where(CoverSlot.request_id == request.id)
            .values(person_id=after.id)
            .execution_options(synchronize_session=False)
        )
        db.session.refresh(request)
        lend_for(request, here.space, _spans(request), because=because_of(_item(request)), at=at)
        taken = at.isoformat()
        announce(CoverTaken(actor_id=here.actor.id, item_id=request.duty_id, request_id=request.id, taken=taken))
    db.session.expire_all()


def _spans(request: CoverRequest) -> list[Span]:
    slots = db.session.scalars(
        select(CoverSlot).where(CoverSlot.request_id == request.id).execution_options(populate_existing=True)
    )
    return spans_of(sorted(slot.at for slot in slots))


def _is_promised(here: Here, request: CoverRequest, person: Person, *, at: datetime) -> bool:
    """Whether somebody covers all of a request, and it hasn't begun."""
    current = half_at(at, zone=here.space.zone, midday=here.space.midday)
    is_theirs = request.state is CoverState.ACCEPTED and request.accepted_by_id == person.id
    return is_theirs and request.span.first > current


def _require_can(here: Here, person: Person, request: CoverRequest, *, gives: CoverRequest, knowing: bool) -> None:
    """Raise when somebody can't take a cover: they can't see it (A3), are away, it is for them, or (D3) they cover something then.

    Why a colleague can't is theirs to say: they may be away for organisers only, or cover in a space that the person can't see (A3).
    """
    if why := why_not_cover(here, person, request.duty_id):
        raise RuleBroken(why)
    if request.away_id == person.id:
        raise RuleBroken(_("%(name)s is the one who is away. Nobody covers for themselves.", name=person.name))
    is_away, covers = conflicts(person.id, request.span, besides=gives.id)
    is_strict = db.session.get_one(Duty, request.duty_id).is_strict
    if person.id != here.actor.id:
        if is_away or (covers and is_strict):
            raise RuleBroken(_("%(name)s can’t take that one. Choose another.", name=person.name))
        return
    if is_away:
        raise RuleBroken(_("You are away yourself then. Choose other days."))
    if not covers:
        return
    said = covers_words(person, covers)
    if is_strict:
        raise RuleBroken(said + " " + _("This duty needs somebody who has the time."))
    if not knowing:
        raise Warned(said + " " + _("You can swap all the same, if you say so."))


def _hold(here: Here, swap: CoverSwap, *, power: Can) -> tuple[Here, CoverSwap, CoverRequest, CoverRequest]:
    lock_people([swap.asker_id, swap.asked_id])
    mine = db.session.get_one(CoverRequest, swap.mine_id)
    theirs = db.session.get_one(CoverRequest, swap.theirs_id)
    here = _hold_both(here, mine, theirs, power=power)
    held = lock(CoverSwap, swap.id)
    if held is None:
        raise Missing
    return here, held, mine, theirs


def _hold_both(here: Here, mine: CoverRequest, theirs: CoverRequest, *, power: Can) -> Here:
    """Lock the space, both duties and both requests, each in order of key."""
    for duty_id in sorted({mine.duty_id, theirs.duty_id}):
        here, _duty, _item_of = hold_duty(here, duty_id, power=power)
    for request in sorted((mine, theirs), key=lambda one: one.id):
        if lock(CoverRequest, request.id) is None:
            raise Missing
    return here


def _item(request: CoverRequest) -> Item:
    return db.session.get_one(Item, request.duty_id)


def _name(person_id: int) -> str:
    return db.session.get_one(Person, person_id).name
