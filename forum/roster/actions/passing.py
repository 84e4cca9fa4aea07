"""What passing on has in common: locks in one order, how a duty becomes another's, and what is marked in a leaving kit."""

from collections.abc import Mapping
from datetime import date, datetime, timedelta

from sqlalchemy import select

from forum.core.db import db
from forum.core.errors import Invalid, RuleBroken
from forum.core.text import one_line
from forum.core.time import end_of_day, local, now
from forum.people.models import Person
from forum.roster.access import hold_duty
from forum.roster.actions import covering
from forum.roster.actions.appointing import give, open_of, require_offerable
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
from forum.roster.secrets import no_secret
from forum.spaces.guard import here_for
from forum.spaces.models import Item, Space
from forum.spaces.policy import Can
from forum.spaces.queries import stewards_of
from forum.web.words import _

A_DAY = timedelta(days=1)


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
    if leaving is None or leaving.space_id not in {None, space_id} or ends_at(leaving) > at:
        return False
    return leaving.space_id is None or [one.id for one in stewards_of(space_id)] != [
        person_id
    ]  # the last one stays (A4)


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
    give(duty, holding, actor_id=handover.giver_id, today=today, at=at)


def _withdraw_offers(duty: Duty, *, at: datetime) -> None:
    waiting = select(Holding).where(
        Holding.duty_id == duty.id, Holding.place == Place.HOLDER, Holding.state == HoldingState.OFFERED
    )
    for other in db.session.scalars(waiting):
        other.state, other.answered_at = HoldingState.WITHDRAWN, at
    db.session.flush()


def _hand_on_turn(duty: Duty, handover: Handover, *, day: date, today: date, at: datetime) -> None:
    """Give the place in the order; turns that begin before the day stay the giver's, the last of them until that day."""
    place = db.session.scalar(select(Turn).where(Turn.duty_id == duty.id, Turn.person_id == handover.giver_id))
    if place is None:
        return
    facts = book_of(Duty.id == duty.id, today - A_DAY, day + A_DAY).duties[duty.id]
    turn = facts.turn_of(today)
    while turn < day:
        after = turn + timedelta(weeks=duty.turn_weeks or 1)
        if facts.owner_on(turn) == handover.giver_id and turn not in facts.swapped:
            until = day if day < after else None
            db.session.add(
                SwappedTurn(duty_id=duty.id, day=turn, person_id=place.person_id, since=place.since, until_day=until)
            )
        turn = after
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
        raise RuleBroken(_("This cover is over, or somebody else’s by now."))
    where = select(Space.slug).join(Item, Item.space_id == Space.id).where(Item.id == request.duty_id)
    slug = db.session.scalars(where).one()
    for again in covering.give_back(here_for(giver, slug), request):
        if again.state is CoverState.OPEN:
            covering.take(here_for(taker, slug), again, knowing=True)


def pass_deputy(key: str, giver: Person, taker: Person) -> None:
    """Let whoever took it be the deputy of a duty from now on. Raises RuleBroken for its holder."""
    where = select(Space.slug).join(Item, Item.space_id == Space.id).where(Item.id == int(key))
    slug = db.session.scalars(where).one()
    here, duty, _item = hold_duty(here_for(taker, slug), int(key), power=Can.TAKE_DUTY)
    held = open_of(duty.id, Place.DEPUTY)
    if held is None or held.person_id != giver.id:
        return
    at = now()
    today = local(at, here.space.zone).date()
    require_offerable(here, duty, taker, place=Place.DEPUTY, day=today)
    holding = Holding(
        duty_id=duty.id,
        person_id=taker.id,
        place=Place.DEPUTY,
        from_day=today,
        offered_by_id=giver.id,
        offered_at=at,
    )
    db.session.add(holding)
    db.session.flush()
    give(duty, holding, actor_id=giver.id, today=today, at=at)
