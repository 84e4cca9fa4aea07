"""What nobody took is taken further: to the deputy, then to the organisers. Each once, and by day."""

import logging
from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import select, update

from forum.core.db import db, transaction
from forum.core.events import announce
from forum.core.halves import half_at
from forum.core.time import local, now
from forum.people.models import Person, PersonState
from forum.roster.daytime import first_step, in_daytime, is_daytime
from forum.roster.events import CoverUntaken
from forum.roster.models import CoverAsk, CoverRequest, CoverState, Duty
from forum.roster.queries.book import book_at, book_of
from forum.roster.queries.standing import away_now
from forum.roster.telling import tell_asked
from forum.spaces.models import Item, Membership, Space
from forum.spaces.policy import KEEPERS

logger = logging.getLogger(__name__)
NOT_YET, DEPUTY_ASKED, ORGANISERS_TOLD = range(3)
AT_ONCE = 100


def escalate_due(at: datetime | None = None) -> int:
    """Take further what is due, each request in a write of its own. Several workers may do it at once. Returns how many were."""
    at = at or now()
    due = db.session.scalars(
        select(CoverRequest.id)
        .where(
            CoverRequest.state == CoverState.OPEN,
            CoverRequest.escalate_at <= at,
            CoverRequest.escalated < ORGANISERS_TOLD,
        )
        .order_by(CoverRequest.escalate_at, CoverRequest.id)
        .limit(AT_ONCE)
    ).all()
    db.session.rollback()
    return sum(_try(request_id, at=at) for request_id in due)


def _try(request_id: int, *, at: datetime) -> bool:
    try:
        return _escalate(request_id, at=at)
    except Exception:
        logger.exception(
            "request %d could not be taken further; the others are, and this one is tried again", request_id
        )
        return False


def _escalate(request_id: int, *, at: datetime) -> bool:
    with transaction():
        row = db.session.execute(
            select(CoverRequest, Item, Space)
            .join(Item, Item.id == CoverRequest.duty_id)
            .join(Space, Space.id == Item.space_id)
            .where(CoverRequest.id == request_id)
        ).one()
        request, item, space = row
        if not is_daytime(at, space.zone):  # the worker stood still, and it is night by now
            _put_off(request, in_daytime(at, space.zone))
            return False
        if space.archived_at is not None or request.span.last < half_at(at, zone=space.zone, midday=space.midday):
            _put_off(request, None)
            return False
        deputy = _deputy(request, at=at) if request.escalated == NOT_YET else None
        step = DEPUTY_ASKED if deputy is not None else ORGANISERS_TOLD
        next_at = first_step(space, request.span, at=at) if step == DEPUTY_ASKED else None
        if not _step(request, step, next_at, at=at):
            return False
        people = [deputy.id] if deputy is not None else _organisers(space, request, at=at)
        if deputy is not None:
            _ask(request, deputy, at=at)
        announce(CoverUntaken(item_id=item.id, request_id=request.id, person_ids=tuple(people)))
    return True


def _step(request: CoverRequest, step: int, next_at: datetime | None, *, at: datetime) -> bool:
    """Note how far it was taken, if nobody else did since it was read: the row count decides."""
    moved = db.session.execute(
        update(CoverRequest)
        .where(
            CoverRequest.id == request.id,
            CoverRequest.state == CoverState.OPEN,
            CoverRequest.escalated == request.escalated,
            CoverRequest.escalate_at <= at,
        )
        .values(escalated=step, escalate_at=next_at)
        .execution_options(synchronize_session=False)
    )
    return getattr(moved, "rowcount", 0) == 1


def _put_off(request: CoverRequest, until: datetime | None) -> None:
    db.session.execute(
        update(CoverRequest)
        .where(CoverRequest.id == request.id, CoverRequest.escalate_at == request.escalate_at)
        .values(escalate_at=until)
        .execution_options(synchronize_session=False)
    )


def _deputy(request: CoverRequest, *, at: datetime) -> Person | None:
    """Return the deputy of the duty, unless they said that they can't, are away, or have their day off."""
    book = book_at(Duty.id == request.duty_id, at)
    facts = book.duties.get(request.duty_id)
    if facts is None:
        return None
    here_and_now = half_at(at, zone=facts.zone, midday=facts.midday)
    deputy_id = facts.deputy_on(request.span.first_day)
    if deputy_id is None or deputy_id == request.away_id or book.is_away(deputy_id, facts, here_and_now, at):
        return None
    ahead = book_of(Duty.id == request.duty_id, request.span.first_day, request.span.last_day)
    if any(ahead.is_away(deputy_id, facts, half, None) for half in request.span):
        return None
    asked = db.session.get(CoverAsk, (request.id, deputy_id))
    deputy = db.session.get_one(Person, deputy_id)
    is_off = bool(deputy.working_days) and not deputy.works_on(local(at, deputy.zone).weekday())
    return None if is_off or (asked is not None and asked.declined_at is not None) else deputy


def _ask(request: CoverRequest, deputy: Person, *, at: datetime) -> None:
    if db.session.get(CoverAsk, (request.id, deputy.id)) is None:
        db.session.add(CoverAsk(request_id=request.id, person_id=deputy.id, asked_at=at))
        tell_asked(deputy.id, about=request.duty_id, at=at)


def _organisers(space: Space, request: CoverRequest, *, at: datetime) -> Sequence[int]:
    """Return who looks after the space, without who is away now; all of them when everybody is."""
    keepers = db.session.scalars(
        select(Person.id)
        .join(Membership, Membership.person_id == Person.id)
        .where(
            Membership.space_id == space.id,
            Membership.ended_at.is_(None),
            Membership.role.in_(KEEPERS),
            Person.state == PersonState.ACTIVE,
            Person.id.is_distinct_from(request.away_id),
        )
        .order_by(Person.id)
    ).all()
    away = away_now(space, keepers, at)
    return [key for key in keepers if key not in away] or list(keepers)
