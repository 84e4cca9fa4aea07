"""What the roster tells somebody on their return: who did their duties, what nobody took, and what they were asked meanwhile."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from flask import url_for
from sqlalchemy import ColumnElement, and_, func, or_, select
from sqlalchemy.orm import aliased

from forum.core.db import db
from forum.core.halves import Span, begins, ends, half_at, spans_of
from forum.core.time import now
from forum.people.models import Person
from forum.roster.models import CoverAsk, CoverRequest, CoverSlot, CoverState, Duty
from forum.roster.queries.away import last_half_before
from forum.roster.queries.book import book_of
from forum.roster.queries.standing import of_people
from forum.roster.tellers.common import days_of, name_of
from forum.roster.who import Why
from forum.spaces.models import Item, Space
from forum.spaces.parts import BriefLine, BriefPart
from forum.spaces.queries import visible_items
from forum.web.words import _

DONE, WAITS = 20, 15
A_DAY = timedelta(days=1)


def brief(person: Person, start: datetime, end: datetime) -> Sequence[BriefPart]:
    """Return who covered what, or stood in as deputy, and which requests to them still wait: as many statements for however many."""
    duties = [*_covered(person, start, end), *_deputised(person, start, end)]
    return [
        BriefPart(order=WAITS, title=_("Cover you are asked for"), lines=_waiting(person)),
        BriefPart(order=DONE, title=_("Your duties"), lines=duties),
    ]


def _covered(person: Person, start: datetime, end: datetime) -> Sequence[BriefLine]:
    slot, cover = CoverSlot, aliased(Person)
    rows = db.session.execute(
        select(CoverRequest, Item, Space, cover, slot)
        .join(Item, Item.id == CoverRequest.duty_id)
        .join(Space, Space.id == Item.space_id)
        .outerjoin(slot, slot.request_id == CoverRequest.id)
        .outerjoin(cover, cover.id == func.coalesce(slot.person_id, CoverRequest.accepted_by_id))
        .where(
            CoverRequest.away_id == person.id,
            or_(CoverRequest.state == CoverState.OPEN, slot.request_id.is_not(None), _ended_with(end)),
            CoverRequest.start_day <= end.date() + A_DAY,
            CoverRequest.end_day >= start.date() - A_DAY,
            visible_items(person, now()),
        )
        .order_by(CoverRequest.start_day, CoverRequest.id, slot.day, slot.half)
    )
    found: dict[int, tuple[CoverRequest, Item, Space, Person | None, list[CoverSlot]]] = {}
    for request, item, space, by, done in rows:
        kept = found.setdefault(request.id, (request, item, space, by, []))
        if done is not None:
            kept[4].extend([done] if _is_in(done, space, start, end) else ())
    return [
        _line(request, item, space, by, slots)
        for request, item, space, by, slots in found.values()
        if slots or (request.state is not CoverState.ACCEPTED and _touches(request, space, start, end))
    ]


def _ended_with(end: datetime) -> ColumnElement[bool]:
    """Which covers ended as the person was back: who had only just begun is named all the same."""
    return and_(CoverRequest.state == CoverState.ENDED, CoverRequest.ended_at == end)


def _is_in(slot: CoverSlot, space: Space, start: datetime, end: datetime) -> bool:
    """Whether somebody covered a half-day in this time, and has done so by now."""
    begun = begins(slot.at, zone=space.zone, midday=space.midday)
    return start <= begun < min(end, now())


def _touches(request: CoverRequest, space: Space, start: datetime, end: datetime) -> bool:
    first = begins(request.span.first, zone=space.zone, midday=space.midday)
    return first < end and ends(request.span.last, zone=space.zone, midday=space.midday) > start


def _line(request: CoverRequest, item: Item, space: Space, by: Person | None, slots: list[CoverSlot]) -> BriefLine:
    url = url_for("roster.duty", slug=space.slug, ref=item.ref)
    if slots:
        days = "; ".join(days_of(span) for span in spans_of([slot.at for slot in slots]))
        name = by.name if by else _("A former member")
        sentence = _("%(name)s covered: %(days)s.", name=name, days=days)
    elif request.state is CoverState.ENDED:
        sentence = _("%(name)s had taken it, until you were back.", name=by.name if by else _("A former member"))
    else:
        sentence = _("Nobody took it: %(days)s.", days=days_of(request.span))
    return BriefLine(
        title=item.title, url=url, space=space.name, sentence=sentence, is_open=request.state is CoverState.OPEN
    )


def _deputised(person: Person, start: datetime, end: datetime) -> Sequence[BriefLine]:
    """Return for which duties the deputy stood in, as `who_holds` says it (D1)."""
    at = now()
    mine = and_(Duty.id.in_(of_people([person.id])), visible_items(person, at))
    book = book_of(mine, start.date() - A_DAY, end.date() + A_DAY)
    found: dict[tuple[int, int], list[Span]] = {}
    for duty in book.duties.values():
        first = half_at(start, zone=duty.zone, midday=duty.midday)
        last = last_half_before(min(end, at), zone=duty.zone, midday=duty.midday)
        for run in book.runs(duty.id, Span(first, max(first, last)), now=at):
            if run.held.why is Why.DEPUTY and run.held.owner_id == person.id and run.held.person_id is not None:
                found.setdefault((duty.id, run.held.person_id), []).append(run.span)
    where = select(Item, Space).join(Space, Space.id == Item.space_id).where(Item.id.in_({key for key, _by in found}))
    places = {item.id: (item, space) for item, space in db.session.execute(where)} if found else {}
    deputies = select(Person.id, Person.name).where(Person.id.in_({by for _key, by in found}))
    names = dict(db.session.execute(deputies).all()) if found else {}
    lines = []
    for (duty_id, by), spans in found.items():
        item, space = places[duty_id]
        days = "; ".join(days_of(span) for span in spans)
        sentence = _("%(name)s stood in as deputy: %(days)s.", name=names.get(by, _("A former member")), days=days)
        url = url_for("roster.duty", slug=space.slug, ref=item.ref)
        lines.append(BriefLine(title=item.title, url=url, space=space.name, sentence=sentence))
    return lines


def _waiting(person: Person) -> Sequence[BriefLine]:
    rows = db.session.execute(
        select(CoverRequest, Item, Space)
        .join(CoverAsk, and_(CoverAsk.request_id == CoverRequest.id, CoverAsk.person_id == person.id))
        .join(Item, Item.id == CoverRequest.duty_id)
        .join(Space, Space.id == Item.space_id)
        .where(
            CoverRequest.state == CoverState.OPEN,
            CoverAsk.declined_at.is_(None),
            visible_items(person, now()),
        )
        .order_by(CoverRequest.start_day, CoverRequest.id)
    )
    return [
        BriefLine(
            title=item.title,
            url=url_for("roster.cover_request", slug=space.slug, ref=request.ref),
            space=space.name,
            sentence=_("%(name)s asks you: %(days)s.", name=name_of(request.asked_by_id), days=days_of(request.span)),
            is_open=True,
        )
        for request, item, space in rows
        if ends(request.span.last, zone=space.zone, midday=space.midday) > now()
    ]
