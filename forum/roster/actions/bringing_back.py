"""Covers, and requests for some, that ended in a write that is undone. Each is known by the moment of that write.

Nobody is bound anew by it who can't: who is away or covers something else by now is let off, and the days are asked for as ever.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, and_, select

from forum.core.db import db
from forum.core.errors import Missing
from forum.core.events import announce
from forum.core.halves import Half, Span, half_at, spans_of
from forum.people.models import Person
from forum.roster.access import lock_people
from forum.roster.actions.covering import conflicts
from forum.roster.actions.requesting import why_not_cover
from forum.roster.actions.rights import lend_for
from forum.roster.actions.settling import (
    ENDED_COVER,
    SHORTENED,
    because_of,
    hold_duties,
    needed_halves,
    open_again,
    slots_for,
)
from forum.roster.events import CoverGoesOn
from forum.roster.models import CoverRequest, CoverSlot, CoverState
from forum.spaces.guard import here_for
from forum.spaces.log import record
from forum.spaces.models import Item, LogEntry, Space

UNDO_WITHIN = timedelta(hours=1)
"""So long whoever did something in the roster by a slip may take it back with all that followed from it. Later they do it anew."""


def lock_all(which: ColumnElement[bool], moment: datetime, *people: int | None) -> None:
    """Lock people, and who covered what ended at `moment`: before spaces, as everywhere."""
    lock_people([*people, *(request.accepted_by_id for request, _spans in _ended(which, moment))])


def last_line(duty_id: int, *verbs: str, person_id: int | None = None) -> LogEntry | None:
    """Return the latest line of the log that says that something was done to a duty, or to somebody's part in it."""
    query = select(LogEntry).where(LogEntry.item_id == duty_id, LogEntry.verb.in_(verbs))
    if person_id is not None:
        query = query.where(LogEntry.person_id == person_id)
    return db.session.scalars(query.order_by(LogEntry.at.desc(), LogEntry.id.desc()).limit(1)).first()


def bring_back(which: ColumnElement[bool], moment: datetime, *, actor: Person, at: datetime) -> bool:
    """Let hold again what ended at `moment`, of the requests for which `which` holds; whoever covers is told. Return whether all does.

    After what ended it is undone, before it is settled anew. Use inside `transaction()`, after `lock_all`.
    """
    duty_ids = {request.duty_id for request, _spans in _ended(which, moment)}
    duty_ids |= {request.duty_id for request in _withdrawn(which, moment)}
    duty_ids |= {request.duty_id for request, _spans in _shortened(which, moment)}
    if at - moment > UNDO_WITHIN:
        return not duty_ids
    spaces, items = hold_duties(duty_ids)
    is_all = True
    for request, spans in _ended(which, moment):
        item = items[request.duty_id]
        is_all &= _cover_again(request, spans, item, spaces[item.space_id], moment, actor=actor, at=at)
    for request in _withdrawn(which, moment):
        is_all &= _ask_again(request, spaces[items[request.duty_id].space_id], at=at)
    for request, spans in _shortened(which, moment):
        is_all &= _ask_whole(request, spans, spaces[items[request.duty_id].space_id], moment, at=at)
    return is_all


def _ended(which: ColumnElement[bool], moment: datetime) -> list[tuple[CoverRequest, list[Span]]]:
    """Return the covers that ended or became shorter at `moment`, each with what it was wanted for no more."""
    return _logged(and_(which, CoverRequest.accepted_by_id.is_not(None)), ENDED_COVER, moment)


def _shortened(which: ColumnElement[bool], moment: datetime) -> list[tuple[CoverRequest, list[Span]]]:
    """Return what was asked for less at `moment`, each with what it was wanted for no more: unless somebody withdrew it since."""
    is_there = CoverRequest.state.in_((CoverState.OPEN, CoverState.ACCEPTED))
    return _logged(and_(which, is_there), SHORTENED, moment)


def _logged(which: ColumnElement[bool], verb: str, moment: datetime) -> list[tuple[CoverRequest, list[Span]]]:
    rows = db.session.execute(
        select(CoverRequest, LogEntry.details)
        .join(LogEntry, LogEntry.item_id == CoverRequest.duty_id)
        .where(which, LogEntry.verb == verb, LogEntry.at == moment)
        .order_by(CoverRequest.id)
        .execution_options(populate_existing=True)
    )
    return [
        (request, spans)
        for request, details in rows
        if details.get("request") == request.ref and (spans := _spans(details.get("halves", "")))
    ]


def _spans(halves: str) -> list[Span]:
    return [Span(Half(int(first)), Half(int(last))) for first, last in (one.split("-") for one in halves.split())]


def _withdrawn(which: ColumnElement[bool], moment: datetime) -> Sequence[CoverRequest]:
    query = select(CoverRequest).where(
        which, CoverRequest.state == CoverState.WITHDRAWN, CoverRequest.ended_at == moment
    )
    return db.session.scalars(query.order_by(CoverRequest.id).execution_options(populate_existing=True)).all()


def _cover_again(
    request: CoverRequest,
    spans: Sequence[Span],
    item: Item,
    space: Space,
    moment: datetime,
    *,
    actor: Person,
    at: datetime,
) -> bool:
    """Let somebody cover again what they promised, as far as it is ahead and wanted. Return whether they cover all of it."""
    current = half_at(at, zone=space.zone, midday=space.midday)
    wished = [half for span in spans for half in span if half >= current]
    if not wished:
        return True
    needed = needed_halves(request, item, space, wished, at=at)
    ahead = spans_of(list(needed))
    person = db.session.get_one(Person, request.accepted_by_id)
    if not ahead or _ended_again(request, moment) or _is_taken(request.duty_id, ahead):
        return False
    if not _can(request, person, ahead, space):
        return False
    for span in ahead:
        db.session.add_all(slots_for(request.duty_id, span, person_id=person.id, request_id=request.id))
    db.session.flush()
    halves = [slot.at for slot in db.session.scalars(select(CoverSlot).where(CoverSlot.request_id == request.id))]
    request.span = Span(min(halves), max(halves))
    request.state, request.ended_at, request.version = CoverState.ACCEPTED, None, request.version + 1
    lend_for(request, space, spans_of([half for half in halves if half >= current]), because=because_of(item), at=at)
    record("brought back cover", actor=actor, space=space, item=item, person=person, at=at)
    announce(CoverGoesOn(actor_id=actor.id, item_id=item.id, request_id=request.id, version=request.version))
    return len(needed) == len(wished)


def _ended_again(request: CoverRequest, moment: datetime) -> bool:
    """Say whether more of a cover ended after `moment`, as when whoever covers gave the rest back: that was meant."""
    later = select(LogEntry.details).where(
        LogEntry.item_id == request.duty_id, LogEntry.verb == ENDED_COVER, LogEntry.at > moment
    )
    return any(details.get("request") == request.ref for details in db.session.scalars(later))


def _is_taken(duty_id: int, spans: Sequence[Span], *, but: Sequence[CoverRequest] = ()) -> bool:
    """Say whether somebody covers a duty on one of these half-days by now, or is asked to by another request."""
    first, last = spans[0].first_day, spans[-1].last_day
    slots = db.session.scalars(
        select(CoverSlot).where(CoverSlot.duty_id == duty_id, CoverSlot.day.between(first, last))
    )
    asked = db.session.scalars(
        select(CoverRequest).where(
            CoverRequest.duty_id == duty_id,
            CoverRequest.state == CoverState.OPEN,
            CoverRequest.id.not_in([one.id for one in but]),
            CoverRequest.start_day <= last,
            CoverRequest.end_day >= first,
        )
    )
    return any(slot.at in span for slot in slots for span in spans) or any(
        one.span.within(span) for one in asked for span in spans
    )


def _can(request: CoverRequest, person: Person, spans: Sequence[Span], space: Space) -> bool:
    """Say whether whoever promised a cover can still do it: as a member who may, and neither away nor taken by another by now."""
    try:
        why_not = why_not_cover(here_for(person, space.slug), person, request.duty_id)
    except Missing:
        return False
    found = [conflicts(person.id, span, besides=request.id) for span in spans]
    is_away, covers = any(away for away, _covers in found), any(covers for _away, covers in found)
    return not why_not and not covers and (request.though_away or not is_away)


def _ask_again(request: CoverRequest, space: Space, *, at: datetime) -> bool:
    """Ask again for what was asked for, as far as it is ahead. Return whether it is."""
    current = half_at(at, zone=space.zone, midday=space.midday)
    ahead = request.span.within(Span(current, max(current, request.span.last)))
    if ahead is None:
        return True
    if _is_taken(request.duty_id, [ahead]):
        return False
    request.state, request.ended_at, request.version = CoverState.OPEN, None, request.version + 1
    db.session.flush()
    return True


def _ask_whole(request: CoverRequest, spans: Sequence[Span], space: Space, moment: datetime, *, at: datetime) -> bool:
    """Ask again for the half-days by which a request became shorter, as far as they are ahead. Return whether all of them are.

    Where nobody took anything since it is one request as before, and the parts that it left are asked for in it. Else what is missing
    is asked for by itself.
    """
    current = half_at(at, zone=space.zone, midday=space.midday)
    missing = [half for span in spans for half in span if half >= current]
    if not missing:
        return True
    own = [request, *_parts(request, moment)]
    if _is_taken(request.duty_id, spans_of(missing), but=own):
        return False
    is_open = request.state is CoverState.OPEN
    mine = {half for one in own if one.state is CoverState.OPEN for half in one.span} if is_open else set()
    for span in spans_of(sorted({*missing, *mine})):
        if is_open and request.span.first in span:
            request.span, request.version = span, request.version + 1
            for part in own[1:]:
                if part.span.first in span:
                    part.state, part.ended_at, part.version = CoverState.WITHDRAWN, at, part.version + 1
        elif any(half in span for half in missing):
            open_again(request, span, at=at)
    db.session.flush()
    return True


def _parts(request: CoverRequest, moment: datetime) -> Sequence[CoverRequest]:
    """Return what was left of a request at `moment` as requests of their own, and nobody has taken."""
    query = select(CoverRequest).where(
        CoverRequest.rest_of_id == request.id, CoverRequest.asked_at == moment, CoverRequest.state == CoverState.OPEN
    )
    return db.session.scalars(query.order_by(CoverRequest.id).execution_options(populate_existing=True)).all()
