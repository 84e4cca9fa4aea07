"""Requests for cover: those of a space that the person may answer, and all that stands on the page of one."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import aliased

from forum.core.db import db
from forum.core.halves import Half, half_at
from forum.core.time import local, now
from forum.people.models import Person
from forum.roster.models import CoverAsk, CoverRequest, CoverState, Duty
from forum.spaces.guard import Here
from forum.spaces.models import Item
from forum.spaces.policy import Can
from forum.spaces.queries import viewing, visible_to_viewer

A_DAY = timedelta(days=1)


@dataclass(frozen=True, kw_only=True)
class RequestLine:
    """A request with its duty and the people in it. `mine` says whether the person was asked themselves, `declined` that they can't."""

    request: CoverRequest
    duty: Duty
    item: Item
    away: Person | None
    cover: Person | None
    mine: bool
    declined: bool


@dataclass(frozen=True, kw_only=True)
class CoverHere:
    """What of cover concerns somebody in a space."""

    open_ones: Sequence[RequestLine]
    """That they may take, those asked of themselves first."""
    own: Sequence[RequestLine]
    """For them: what they asked for."""
    promised: Sequence[RequestLine]
    """What they cover."""


def cover_of(here: Here) -> CoverHere:
    """Return what is asked for and promised from now on: one query."""
    lines = lines_of(here, CoverRequest.state.in_((CoverState.OPEN, CoverState.ACCEPTED)))
    me = here.actor.id
    waiting = [line for line in lines if line.request.state is CoverState.OPEN]
    return CoverHere(
        open_ones=sorted(
            (line for line in waiting if line.request.away_id != me and may_answer(here, line)),
            key=lambda line: not line.mine,
        ),
        own=[line for line in lines if line.request.away_id == me],
        promised=[line for line in lines if line.request.accepted_by_id == me],
    )


def may_answer(here: Here, line: RequestLine) -> bool:
    """Whether somebody may take a request that is open: it is asked of everybody, of them, or they are an organiser."""
    return here.may(Can.TAKE_DUTY) and (line.request.to_all or line.mine or here.may(Can.KEEP_ROSTER))


def line_of(here: Here, request: CoverRequest) -> RequestLine:
    """Return one request, whatever its state, of a duty that the person was found to see."""
    return lines_of(here, CoverRequest.id == request.id, past=True)[0]


def open_of_duty(here: Here, duty_id: int) -> list[RequestLine]:
    """Return what is asked for of one duty."""
    return lines_of(here, CoverRequest.duty_id == duty_id, CoverRequest.state == CoverState.OPEN)


def lines_of(here: Here, *where: ColumnElement[bool], past: bool = False) -> list[RequestLine]:
    """Return the requests for which all of `where` holds, of duties that the person sees here; from now on, unless `past`."""
    at = now()
    away, cover, asked = aliased(Person), aliased(Person), aliased(CoverAsk)
    query = (
        select(CoverRequest, Duty, Item, away, cover, asked)
        .join(Duty, Duty.id == CoverRequest.duty_id)
        .join(Item, Item.id == Duty.id)
        .outerjoin(away, away.id == CoverRequest.away_id)
        .outerjoin(cover, cover.id == CoverRequest.accepted_by_id)
        .outerjoin(asked, (asked.request_id == CoverRequest.id) & (asked.person_id == here.actor.id))
        .where(Item.space_id == here.space.id, visible_to_viewer(), *where)
        .order_by(CoverRequest.start_day, CoverRequest.start_half, CoverRequest.id)
    )
    if not past:
        query = query.where(CoverRequest.end_day >= local(at, here.space.zone).date())
    current = half_at(at, zone=here.space.zone, midday=here.space.midday)
    return [
        RequestLine(
            request=request,
            duty=duty,
            item=item,
            away=gone,
            cover=by,
            mine=ask is not None,
            declined=getattr(ask, "declined_at", None) is not None,
        )
        for request, duty, item, gone, by, ask in db.session.execute(query, viewing(here.actor, at))
        if past or _is_ahead(request, current)
    ]


def _is_ahead(request: CoverRequest, current: Half) -> bool:
    return request.span.last >= current


def asked_of(request: CoverRequest) -> Sequence[tuple[Person, CoverAsk]]:
    """Return who was asked in particular, in the order of asking."""
    return [
        (person, ask)
        for person, ask in db.session.execute(
            select(Person, CoverAsk)
            .join(CoverAsk, CoverAsk.person_id == Person.id)
            .where(CoverAsk.request_id == request.id)
            .order_by(CoverAsk.asked_at, Person.name)
        )
    ]
