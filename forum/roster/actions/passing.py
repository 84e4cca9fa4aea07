"""What passing on has in common: locks in one order, how a duty becomes another's, and what is marked in a leaving kit."""

from collections.abc import Iterable, Mapping
from datetime import date, datetime, timedelta

from sqlalchemy import select

from forum.core.db import db, lock
from forum.core.errors import Invalid
from forum.core.text import one_line
from forum.core.time import end_of_day
from forum.people.models import Person
from forum.roster.actions import covering
from forum.roster.actions.appointing import give
from forum.roster.actions.duties import no_secret
from forum.roster.models import (
    LINE_LENGTH,
    CoverRequest,
    CoverState,
    Duty,
    Handover,
    Holding,
    HoldingState,
    Leaving,
    LeavingItem,
    LeavingState,
    Place,
    SwappedTurn,
    Turn,
)
from forum.roster.queries.book import book_of
from forum.spaces.guard import here_for
from forum.spaces.models import Item, Space
from forum.web.words import _

A_DAY = timedelta(days=1)


def lock_people(people: Iterable[int | None]) -> None:
    """Lock people in order of key, before spaces."""
    for person_id in sorted({one for one in people if one is not None}):
        lock(Person, person_id)


def line_of(name: str, text: str) -> str:
    """Return a line as it is kept. Raises Invalid for the field `name`: empty, too long, or like a password (D8)."""
    said = one_line(text)
    problems: Mapping[str, list[str]] = no_secret(name, said)
    if not said:
        problems = {name: [_("Write something.")]}
    elif len(said) > LINE_LENGTH:
        problems = {name: [_("Keep it under %(most)s characters.", most=LINE_LENGTH)]}
    if problems:
        raise Invalid(problems)
    return said


def ends_at(leaving: Leaving) -> datetime:
    """Return the moment after somebody's last day: by their own clock, or by that of the space which they leave."""
    space = db.session.get(Space, leaving.space_id) if leaving.space_id else None
    return end_of_day(leaving.last_day, space.zone if space else db.session.get_one(Person, leaving.person_id).zone)


def coming_of(person_id: int) -> Leaving | None:
    """Return somebody's leaving that lies ahead, read anew."""
    query = select(Leaving).where(Leaving.person_id == person_id, Leaving.ended_at.is_(None))
    return db.session.scalars(query.execution_options(populate_existing=True)).one_or_none()


def is_over(person_id: int | None, space_id: int, *, at: datetime) -> bool:
    """Say whether somebody's last day in a space has passed, whether or not a worker has noticed."""
    leaving = coming_of(person_id) if person_id is not None else None
    return leaving is not None and leaving.space_id in {None, space_id} and ends_at(leaving) <= at


def mark(handover: Handover, state: LeavingState, *, at: datetime) -> None:
    """Let the leaving kit of whoever gives a duty say how far that is."""
    leaving = coming_of(handover.giver_id) if handover.giver_id is not None else None
    if leaving is None:
        return
    row = db.session.scalar(
        select(LeavingItem).where(
            LeavingItem.leaving_id == leaving.id,
            LeavingItem.kind == "duty",
            LeavingItem.key == str(handover.duty_id),
        )
    )
    if row is not None:
        row.state = state
        row.successor_id = None if state is LeavingState.OPEN else handover.taker_id
        row.settled_at = at if state is LeavingState.ACCEPTED else None
        db.session.flush()


def hand_on(duty: Duty, handover: Handover, *, today: date, at: datetime) -> None:
    """Let a duty be the taker's from the handover's day on; its deputy stays. In turns they get the giver's place in the order."""
    if handover.taker_id is None:
        return
    day = max(handover.day, today)
    if duty.rotates:
        _hand_on_turn(duty, handover, day=day, today=today, at=at)
        return
    holding = Holding(
        duty_id=duty.id,
        person_id=handover.taker_id,
        place=Place.HOLDER,
        from_day=day,
        offered_by_id=handover.made_by_id,
        offered_at=handover.offered_at or at,
    )
    _withdraw_offers(duty, at=at)
    db.session.add(holding)
    db.session.flush()
    give(duty, holding, today=today, at=at)


def _withdraw_offers(duty: Duty, *, at: datetime) -> None:
    waiting = select(Holding).where(
        Holding.duty_id == duty.id, Holding.place == Place.HOLDER, Holding.state == HoldingState.OFFERED
    )
    for other in db.session.scalars(waiting):
        other.state, other.answered_at = HoldingState.WITHDRAWN, at
    db.session.flush()


def _hand_on_turn(duty: Duty, handover: Handover, *, day: date, today: date, at: datetime) -> None:
    """Give the place in the order; turns that begin before the day stay the giver's."""
    place = db.session.scalar(select(Turn).where(Turn.duty_id == duty.id, Turn.person_id == handover.giver_id))
    if place is None:
        return
    facts = book_of(Duty.id == duty.id, today - A_DAY, day + A_DAY).duties[duty.id]
    turn = facts.turn_of(today)
    while turn < day:
        if facts.owner_on(turn) == handover.giver_id and turn not in facts.swapped:
            db.session.add(SwappedTurn(duty_id=duty.id, day=turn, person_id=place.person_id, since=place.since))
        turn += timedelta(weeks=duty.turn_weeks or 1)
    place.person_id, place.since = handover.taker_id or place.person_id, at
    later = select(SwappedTurn).where(
        SwappedTurn.duty_id == duty.id, SwappedTurn.day >= day, SwappedTurn.person_id == handover.giver_id
    )
    for swapped in db.session.scalars(later):
        swapped.person_id, swapped.since = place.person_id, at
    db.session.flush()


def pass_cover(key: str, giver: Person, taker: Person) -> None:
    """Let a cover that somebody promised be the taker's for what is ahead of it."""
    request = db.session.scalar(select(CoverRequest).where(CoverRequest.ref == key))
    if request is None or request.state is not CoverState.ACCEPTED or request.accepted_by_id != giver.id:
        return
    where = select(Space.slug).join(Item, Item.space_id == Space.id).where(Item.id == request.duty_id)
    slug = db.session.scalars(where).one()
    for again in covering.give_back(here_for(giver, slug), request):
        if again.state is CoverState.OPEN:
            covering.take(here_for(taker, slug), again, knowing=True)
