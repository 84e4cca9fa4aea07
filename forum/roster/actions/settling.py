"""What was asked and promised is brought in line with what is true: the one place in which cover ends.

Whatever changes who is away, or who holds a duty, calls `settle`. A cover that isn't needed any more ends, with the rights lent
for it. A cover who is away themselves is let off, and somebody else is looked for, for the duty itself: so there are no chains (D3).
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, and_, delete, or_, select, true

from forum.core.db import db, lock
from forum.core.events import announce
from forum.core.halves import SECOND, Half, Span, day_of, half_at, part_of, spans_of
from forum.core.text import new_ref
from forum.core.time import local
from forum.people.models import Person
from forum.roster.actions.rights import end_rights, lend_for
from forum.roster.daytime import EVENING, first_step
from forum.roster.events import CoverLost, CoverOver
from forum.roster.models import CoverAsk, CoverRequest, CoverSlot, CoverState, Duty
from forum.roster.queries.book import book_of
from forum.roster.queries.standing import of_people
from forum.roster.telling import no_more_asked
from forum.roster.who import Book, DutyFacts
from forum.spaces.log import record
from forum.spaces.models import Item, Space

LIVE = (CoverState.OPEN, CoverState.ACCEPTED)
A_DAY = timedelta(days=1)
ENDED_COVER = "ended cover"
"""What the log says when a cover ends or becomes shorter: beside it stands of which request, and which half-days it was wanted for no
more, from where an undo brings them back (`bringing_back.py`)."""
SHORTENED = "shortened request"
"""The same of what is asked for, and nobody has taken. What it says of parts is a request of its own for each."""


@dataclass
class _Case:
    """A request, its duty, and what is true now."""

    request: CoverRequest
    facts: DutyFacts
    item: Item
    space: Space
    book: Book
    at: datetime
    is_given_back: bool
    gone_id: int | None
    """Who stops belonging to the space in this moment."""

    @property
    def current(self) -> Half:
        return half_at(self.at, zone=self.facts.zone, midday=self.facts.midday)

    def is_needed(self, half: Half) -> bool:
        """Whether cover is wanted in a half-day: the duty runs, and is of somebody who is away then, as the request says."""
        day = day_of(half)
        if not self.facts.runs_on(day) or self.facts.owner_on(day) != self.request.away_id:
            return False
        moment = self.at if half == self.current else None
        away_id = self.request.away_id
        return away_id is None or self.book.is_away(away_id, self.facts, half, moment)

    def is_done(self, half: Half) -> bool:
        """Whether the day is over in a half-day that was covered, as whoever was away is back only this evening."""
        if half != self.current or part_of(half) != SECOND or local(self.at, self.facts.zone).time() < EVENING:
            return False
        away_id = self.request.away_id
        is_theirs = away_id is not None and self.facts.owner_on(day_of(half)) == away_id
        return is_theirs and self.book.is_away(away_id or 0, self.facts, half, None)


def settle_for(person: Person, *, at: datetime) -> None:
    """Settle every duty that somebody is covered in, or covers. Use inside `transaction()`, after the person was locked."""
    mine = or_(CoverRequest.away_id == person.id, CoverRequest.accepted_by_id == person.id)
    settle(and_(mine, _is_ahead(at)), at=at)


def settle_without(person: Person, space: Space, *, at: datetime) -> None:
    """Look for others where somebody covers in a space to which they stop belonging. Under its lock, while they still do."""
    here = select(Item.id).where(Item.space_id == space.id)
    mine = and_(CoverRequest.accepted_by_id == person.id, CoverRequest.duty_id.in_(here))
    settle(and_(mine, _is_ahead(at)), at=at, gone_id=person.id)


def settle_duty(duty_id: int, *, at: datetime, given_back: int | None = None) -> None:
    """Settle one duty, after who holds it changed, or the cover of the request `given_back` can't. Use inside `transaction()`."""
    settle(and_(CoverRequest.duty_id == duty_id, _is_ahead(at)), at=at, given_back=given_back)


def settle_left(person: Person, space_id: int | None, *, at: datetime) -> None:
    """Settle the duties that somebody has to do with, as their last day changed: in the space that they leave, or in all."""
    theirs = CoverRequest.duty_id.in_(of_people([person.id]))
    here = CoverRequest.duty_id.in_(select(Item.id).where(Item.space_id == space_id)) if space_id else true()
    settle(and_(theirs, here, _is_ahead(at)), at=at)


def settle_where(duty_id: int, span: Span, *, at: datetime) -> None:
    """Settle a duty where somebody is down as covering it: they may be gone, and nobody has noticed yet. One query when nobody is."""
    there = select(CoverSlot.day).where(
        CoverSlot.duty_id == duty_id, CoverSlot.day.between(span.first_day, span.last_day)
    )
    if db.session.scalar(there.limit(1)) is not None:
        settle_duty(duty_id, at=at)


def settle_space(space_id: int, *, at: datetime) -> None:
    """Settle what nobody's action settled in a space: an account was suspended, or its owner closed it. Use inside `transaction()`."""
    here = select(Item.id).where(Item.space_id == space_id)
    settle(and_(_is_ahead(at), CoverRequest.duty_id.in_(here)), at=at)


def lend_anew(which: ColumnElement[bool], *, at: datetime) -> None:
    """Lend for covers what goes with their duties now: other rights go with them, or the halves of days begin at another time."""
    rows = db.session.execute(
        select(CoverRequest, Item, Space)
        .join(Item, Item.id == CoverRequest.duty_id)
        .join(Space, Space.id == Item.space_id)
        .where(which, CoverRequest.state == CoverState.ACCEPTED, _is_ahead(at))
        .order_by(CoverRequest.id)
    ).all()
    for request, item, space in rows:
        halves = [slot.at for slot in db.session.scalars(select(CoverSlot).where(CoverSlot.request_id == request.id))]
        lend_for(request, space, spans_of(sorted(halves)), because=because_of(item), at=at)


def _is_ahead(at: datetime) -> ColumnElement[bool]:
    return CoverRequest.end_day >= at.date() - A_DAY


def settle(
    which: ColumnElement[bool], *, at: datetime, given_back: int | None = None, gone_id: int | None = None
) -> None:
    """Settle the requests for which `which` holds. Locks their spaces and duties, each in order of key."""
    duty_ids = list(
        db.session.scalars(select(CoverRequest.duty_id).where(which, CoverRequest.state.in_(LIVE)).distinct())
    )
    if not duty_ids:
        return
    spaces, items = hold_duties(duty_ids)
    requests = db.session.scalars(
        select(CoverRequest)
        .where(which, CoverRequest.state.in_(LIVE), CoverRequest.duty_id.in_(duty_ids))
        .order_by(CoverRequest.duty_id, CoverRequest.id)
        .execution_options(populate_existing=True)
    ).all()
    if not requests:
        return
    book = book_of(Duty.id.in_(duty_ids), at.date() - A_DAY, max(request.end_day for request in requests))
    for request in requests:
        item, facts = items[request.duty_id], book.duties.get(request.duty_id)
        if facts is None:  # hidden or withdrawn: nothing to hold
            end_rights(request)
            continue
        case = _Case(request, facts, item, spaces[item.space_id], book, at, request.id == given_back, gone_id)
        if request.state is CoverState.OPEN:
            _settle_open(case)
        else:
            _settle_accepted(case)
    no_more_asked(*duty_ids)


def needed_halves(
    request: CoverRequest, item: Item, space: Space, halves: Sequence[Half], *, at: datetime
) -> Sequence[Half]:
    """Return the half-days in which cover is wanted for a request, of those that are given: none in a space that is closed."""
    days = [day_of(half) for half in halves]
    if space.archived_at is not None or not days:
        return []
    book = book_of(Duty.id == request.duty_id, min(at.date() - A_DAY, *days), max(days))
    facts = book.duties.get(request.duty_id)
    if facts is None:
        return []
    case = _Case(request, facts, item, space, book, at, is_given_back=False, gone_id=None)
    return [half for half in halves if case.is_needed(half)]


def hold_duties(duty_ids: Collection[int]) -> tuple[dict[int, Space], dict[int, Item]]:
    """Lock duties and their spaces, each in order of key."""
    places = db.session.execute(select(Item.space_id, Item.id).where(Item.id.in_(duty_ids)).order_by(Item.id)).all()
    spaces = {space_id: lock(Space, space_id) for space_id in sorted({space_id for space_id, _item in places})}
    items = {item_id: lock(Item, item_id) for _space, item_id in places}
    return (
        {key: space for key, space in spaces.items() if space is not None},
        {key: item for key, item in items.items() if item is not None},
    )


def _settle_open(case: _Case) -> None:
    """Withdraw what isn't needed any more; what is left may be shorter, or in parts."""
    request = case.request
    if case.space.archived_at is not None:
        return  # nothing changes in it, and who takes it up again finds what was asked
    rest = request.span.within(Span(case.current, max(case.current, request.span.last)))
    if rest is None:
        return  # it is past: that nobody took it stays to be read
    ahead = spans_of([half for half in rest if case.is_needed(half)])
    if ahead == [rest]:
        return
    if not ahead:
        request.state, request.version = CoverState.WITHDRAWN, request.version + 1
        request.ended_at = case.at
        return
    request.span, request.version = ahead[0], request.version + 1
    for part in ahead[1:]:
        open_again(request, part, at=case.at)
    halves = _written([half for half in rest if all(half not in span for span in ahead)])
    record(SHORTENED, actor=None, space=case.space, item=case.item, at=case.at, request=request.ref, halves=halves)


def _settle_accepted(case: _Case) -> None:
    """End the half-days that aren't needed any more, and look for somebody else where the cover can't."""
    request = case.request
    slots = db.session.scalars(
        select(CoverSlot).where(CoverSlot.request_id == request.id, CoverSlot.day >= day_of(case.current))
    ).all()
    ahead = [slot.at for slot in slots if slot.at >= case.current]
    needed = [half for half in ahead if case.is_needed(half)]
    lost = [half for half in needed if not _can(case, half)]
    kept = [half for half in needed if half not in set(lost)]
    if len(kept) == len(ahead):
        return
    done = {half for half in ahead if half not in needed and case.is_done(half)}
    _drop(request, set(ahead) - set(kept) - done)
    record(
        ENDED_COVER,
        actor=None,
        space=case.space,
        item=case.item,
        person=db.session.get(Person, request.accepted_by_id),
        at=case.at,
        request=request.ref,
        halves=_written(sorted(set(ahead) - set(needed) - done)),
    )
    _shorten(case, kept)
    for span in spans_of(lost):
        again = open_again(request, span, at=case.at)
        announce(CoverLost(item_id=case.item.id, request_id=again.id, person_id=request.accepted_by_id or 0))
    if len(needed) < len(ahead):
        announce(CoverOver(item_id=case.item.id, request_id=request.id, version=request.version))


def _written(halves: Sequence[Half]) -> str:
    """Return half-days as the log keeps them."""
    return " ".join(f"{span.first}-{span.last}" for span in spans_of(list(halves)))


def _can(case: _Case, half: Half) -> bool:
    """Whether whoever took a half-day still belongs to the space and isn't away then, or does it though they are."""
    slot = case.facts.slots.get(half)
    if slot is None or case.is_given_back or slot.person_id == case.gone_id:
        return False
    moment = case.at if half == case.current else None
    return slot.though_away or not case.book.is_away(slot.person_id, case.facts, half, moment)


def _drop(request: CoverRequest, halves: Collection[Half]) -> None:
    for span in spans_of(list(halves)):
        days = CoverSlot.day.between(span.first_day, span.last_day)
        slots = db.session.scalars(select(CoverSlot).where(CoverSlot.request_id == request.id, days)).all()
        gone = [(slot.day, slot.half) for slot in slots if slot.at in span]
        for day, half in gone:
            db.session.execute(
                delete(CoverSlot).where(
                    CoverSlot.duty_id == request.duty_id, CoverSlot.day == day, CoverSlot.half == half
                )
            )


def _shorten(case: _Case, kept: Sequence[Half]) -> None:
    """Let a request end, or hold for what is left of it."""
    request = case.request
    request.version += 1
    slots = db.session.scalars(select(CoverSlot).where(CoverSlot.request_id == request.id)).all()
    left = [slot.at for slot in slots]  # with what was done already
    if left:
        request.span = Span(min(left), max(left))
    if kept:
        because = because_of(case.item)
        lend_for(request, case.space, spans_of(list(kept)), because=because, at=case.at)
        return
    request.state, request.ended_at = CoverState.ENDED, case.at
    end_rights(request)


def because_of(item: Item) -> str:
    """Return why a right is lent, as the log says it."""
    return f"Cover: {item.title}"


def open_again(request: CoverRequest, span: Span, *, at: datetime) -> CoverRequest:
    """Ask for a part of a request anew, of everybody it may be asked of. Use inside `transaction()`."""
    was_open = request.state is CoverState.OPEN
    again = CoverRequest(
        ref=new_ref(),
        duty_id=request.duty_id,
        away_id=request.away_id,
        absence_id=request.absence_id,
        asked_by_id=request.asked_by_id,
        asked_at=at,
        to_all=request.to_all or not was_open,
        note=request.note,
        rest_of_id=request.id,
        escalate_at=request.escalate_at if was_open else first_step(_space_of(request), span, at=at),
        escalated=request.escalated if was_open else 0,
    )
    again.span = span
    db.session.add(again)
    db.session.flush()
    asks = db.session.scalars(select(CoverAsk).where(CoverAsk.request_id == request.id, CoverAsk.declined_at.is_(None)))
    if was_open:
        db.session.add_all(
            CoverAsk(request_id=again.id, person_id=ask.person_id, asked_at=ask.asked_at) for ask in list(asks)
        )
    db.session.flush()
    return again


def _space_of(request: CoverRequest) -> Space:
    place = select(Space).join(Item, Item.space_id == Space.id).where(Item.id == request.duty_id)
    return db.session.scalars(place).one()


def slots_for(duty_id: int, span: Span, *, person_id: int, request_id: int) -> list[CoverSlot]:
    """Return the rows that say who covers, in the order in which they are to be written (D2)."""
    return [
        CoverSlot(duty_id=duty_id, day=day_of(half), half=part_of(half), person_id=person_id, request_id=request_id)
        for half in span
    ]
