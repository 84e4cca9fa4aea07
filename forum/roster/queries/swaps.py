"""Swaps of covers that wait for an answer, and what can be swapped for what."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import or_, select
from sqlalchemy.orm import aliased

from forum.core.db import db
from forum.core.halves import half_at
from forum.core.time import now
from forum.people.models import Person
from forum.roster.models import CoverRequest, CoverState, CoverSwap, SwapState
from forum.roster.queries.cover import RequestLine, lines_of
from forum.roster.queries.duties import who_may_hold
from forum.spaces.guard import Here
from forum.spaces.models import Item
from forum.spaces.policy import Can
from forum.spaces.queries import viewing, visible_to_viewer


@dataclass(frozen=True, kw_only=True)
class CoverSwapShown:
    """A swap that somebody asks of the reader, or the reader of somebody. `mine` is what the asker covers."""

    swap: CoverSwap
    asker: Person
    asked: Person
    mine: CoverRequest
    theirs: CoverRequest
    mine_title: str
    theirs_title: str


def swaps_of(here: Here) -> Sequence[CoverSwapShown]:
    """Return the swaps of covers that wait for the reader, or for whom they asked: those that can still be agreed, one query."""
    at = now()
    mine, theirs = aliased(CoverRequest), aliased(CoverRequest)
    first, second = aliased(Item), aliased(Item)
    asker, asked = aliased(Person), aliased(Person)
    rows = db.session.execute(
        select(CoverSwap, asker, asked, mine, theirs, first.title, second.title)
        .join(mine, mine.id == CoverSwap.mine_id)
        .join(theirs, theirs.id == CoverSwap.theirs_id)
        .join(first, first.id == mine.duty_id)
        .join(second, second.id == theirs.duty_id)
        .join(asker, asker.id == CoverSwap.asker_id)
        .join(asked, asked.id == CoverSwap.asked_id)
        .where(
            CoverSwap.state == SwapState.ASKED,
            or_(CoverSwap.asker_id == here.actor.id, CoverSwap.asked_id == here.actor.id),
            first.space_id == here.space.id,
            second.space_id == here.space.id,
            mine.state == CoverState.ACCEPTED,
            theirs.state == CoverState.ACCEPTED,
            mine.accepted_by_id == CoverSwap.asker_id,
            theirs.accepted_by_id == CoverSwap.asked_id,
            first.id.in_(select(Item.id).where(visible_to_viewer())),
            second.id.in_(select(Item.id).where(visible_to_viewer())),
        )
        .order_by(CoverSwap.asked_at, CoverSwap.id),
        viewing(here.actor, at),
    )
    current = half_at(at, zone=here.space.zone, midday=here.space.midday)
    return [
        CoverSwapShown(
            swap=swap, asker=who, asked=whom, mine=one, theirs=other, mine_title=title, theirs_title=other_title
        )
        for swap, who, whom, one, other, title, other_title in rows
        if min(one.span.first, other.span.first) > current
    ]


def to_swap_for(here: Here, request: CoverRequest) -> list[RequestLine]:
    """Return which covers of colleagues somebody may ask for in return for one that they promised; none once it has begun."""
    current = half_at(now(), zone=here.space.zone, midday=here.space.midday)
    if not here.may(Can.TAKE_DUTY) or request.span.first <= current:
        return []
    lines = lines_of(here, CoverRequest.state == CoverState.ACCEPTED, CoverRequest.accepted_by_id != here.actor.id)
    seers = {one.id for one in who_may_hold(here, request.duty_id)}
    return [
        line
        for line in lines
        if line.request.span.first > current
        and line.request.away_id != here.actor.id
        and line.request.accepted_by_id != request.away_id
        and line.request.accepted_by_id in seers
    ]
