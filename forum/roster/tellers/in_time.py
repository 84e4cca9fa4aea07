"""Until when mail of the roster is of use: before the days begin for which somebody is wanted, or while they last."""

from collections.abc import Collection
from datetime import date, datetime, timedelta

from sqlalchemy import select

from forum.core.db import db
from forum.core.halves import begins, ends, half_of
from forum.core.time import local, now
from forum.roster.actions.passing import ends_at
from forum.roster.events import (
    CoverAsked,
    CoverDeclined,
    CoverGoesOn,
    CoverLost,
    CoverOver,
    CoverSwapAnswered,
    CoverSwapAsked,
    CoverTaken,
    CoverUntaken,
    GapsAhead,
    HandoverMoved,
    HandoverOffered,
    LeavingFiled,
    LeavingOffered,
    RehearsalAsked,
    SwapAnswered,
    SwapAsked,
    TurnsSet,
)
from forum.roster.models import CoverRequest, CoverSwap, Duty, Handover, Leaving, LeavingItem, Rehearsal, TurnSwap
from forum.roster.queries.book import book_of
from forum.roster.tellers.ahead import still_ahead
from forum.roster.who import WEEK, DutyFacts
from forum.spaces.models import Item, Space

A_DAY = timedelta(days=1)
OfCover = CoverAsked | CoverTaken | CoverDeclined | CoverLost | CoverUntaken | CoverOver | CoverGoesOn


def until_covered(fact: OfCover) -> datetime | None:
    """Return when the cover begins; None once it is over."""
    return _first(fact.request_id)


def until_cover_swapped(fact: CoverSwapAsked | CoverSwapAnswered) -> datetime | None:
    """Return when the first of both covers begins that isn't over."""
    swap = db.session.get(CoverSwap, fact.swap_id)
    found = [_first(swap.mine_id), _first(swap.theirs_id)] if swap is not None else []
    return min((one for one in found if one is not None), default=None)


def until_turn(fact: SwapAsked | SwapAnswered) -> datetime | None:
    """Return when the first of both turns begins that hasn't yet."""
    swap = db.session.get(TurnSwap, fact.swap_id)
    if swap is None:
        return None
    space = _space_of(swap.duty_id)
    days = [_begin(day, space) for day in (swap.day, swap.other_day)]
    return min((day for day in days if day > now()), default=None)


def until_gap(fact: GapsAhead) -> datetime | None:
    """Return when the first of the gaps begins that are still ahead: one that has begun is told of no more."""
    space = db.session.get_one(Space, fact.space_id)
    first = min((gap.span.first for gap in still_ahead(fact, space)), default=None)
    return begins(first, zone=space.zone, midday=space.midday) if first is not None else None


def until_first_turn(fact: TurnsSet) -> datetime | None:
    """Return when the first turn begins of those who have one newly, or when it began: whoever has it may be called at any hour."""
    space = _space_of(fact.duty_id)
    day = local(now(), space.zone).date()
    duty = db.session.get(Duty, fact.duty_id)
    if duty is None or not duty.rotates or duty.turns_from is None:
        return None
    length = WEEK * (duty.turn_weeks or 1)
    start = max(day, duty.turns_from)
    facts = book_of(Duty.id == duty.id, day - A_DAY, start + length * 2).duties.get(duty.id)
    turn = _first_of(fact.person_ids, facts, start, length) if facts is not None else None
    return _begin(turn, space) if turn is not None else None


def _first_of(people: Collection[int], facts: DutyFacts, start: date, length: timedelta) -> date | None:
    turns = (facts.turn_of(start) + length * number for number in range(len(facts.turns)))
    return next((turn for turn in turns if facts.owner_on(turn) in people), None)


def until_handed(fact: HandoverOffered | HandoverMoved) -> datetime | None:
    """Return when the day begins on which the duty passes."""
    handover = db.session.get(Handover, fact.handover_id)
    return _begin(handover.day, _space_of(handover.duty_id)) if handover is not None else None


def until_rehearsed(fact: RehearsalAsked) -> datetime | None:
    """Return when the day begins on which a duty is to be tried."""
    rehearsal = db.session.get(Rehearsal, fact.rehearsal_id)
    return _begin(rehearsal.day, _space_of(rehearsal.duty_id)) if rehearsal is not None else None


def until_last_day_ends(fact: LeavingFiled | LeavingOffered) -> datetime | None:
    """Return when somebody's last day is over: they belong to the space no more then, and what they leave is vacant."""
    row = db.session.get(LeavingItem, fact.left_id) if isinstance(fact, LeavingOffered) else None
    leaving_id = fact.leaving_id if isinstance(fact, LeavingFiled) else row.leaving_id if row else 0
    leaving = db.session.get(Leaving, leaving_id)
    return ends_at(leaving) if leaving is not None else None


def _begin(day: date, space: Space) -> datetime:
    return begins(half_of(day), zone=space.zone, midday=space.midday)


def _first(request_id: int) -> datetime | None:
    request = db.session.get(CoverRequest, request_id)
    if request is None:
        return None
    space = _space_of(request.duty_id)
    if ends(request.span.last, zone=space.zone, midday=space.midday) <= now():
        return None
    return begins(request.span.first, zone=space.zone, midday=space.midday)


def _space_of(duty_id: int) -> Space:
    return db.session.scalars(select(Space).join(Item, Item.space_id == Space.id).where(Item.id == duty_id)).one()
