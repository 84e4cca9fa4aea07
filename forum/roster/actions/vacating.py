"""The day comes, or somebody goes at once: what nobody took is vacant, shown, and told to the organisers, exactly once (D7)."""

import logging
from datetime import UTC, date, datetime, timedelta

from sqlalchemy import or_, select

from forum.core.apart import apart
from forum.core.db import db, lock, transaction
from forum.core.events import announce
from forum.core.time import local, now
from forum.people.models import Person, PersonState
from forum.roster.access import lock_people
from forum.roster.actions import sponsors
from forum.roster.actions.leaving_kit import UNSETTLED, end_own, sync
from forum.roster.actions.passing import coming_of, ends_at
from forum.roster.actions.settling import settle_duty, settle_without
from forum.roster.events import LeavingStuck, LeftVacant
from forum.roster.models import (
    Duty,
    Handover,
    HandoverState,
    Holding,
    HoldingState,
    Leaving,
    LeavingItem,
    LeavingState,
    Place,
    SwappedTurn,
    Turn,
)
from forum.spaces.actions.membership import end
from forum.spaces.log import record
from forum.spaces.models import Item, LogEntry, Membership, Role, Space
from forum.spaces.queries import membership_of, stewards_of

logger = logging.getLogger(__name__)
A_DAY = timedelta(days=1)
LONG_AGO = datetime(1970, 1, 1, tzinfo=UTC)


def end_due(*, at: datetime | None = None) -> int:
    """Let everybody go whose last day has passed, each in a transaction of their own. Return how many. Several may do it at once."""
    at, number = at or now(), 0
    due = select(Leaving.id).where(Leaving.ended_at.is_(None), Leaving.last_day <= at.date()).order_by(Leaving.id)
    for leaving_id in db.session.scalars(due).all():
        try:
            with transaction():
                number += _end(leaving_id, at=at)
        except Exception:
            logger.exception("leaving %d could not be ended; the others are, and this one is tried again", leaving_id)
    return number


def _end(leaving_id: int, *, at: datetime) -> bool:
    person_id = db.session.scalar(select(Leaving.person_id).where(Leaving.id == leaving_id))
    lock_people([person_id])
    leaving = coming_of(person_id or 0)
    if leaving is None or leaving.id != leaving_id or ends_at(leaving) > at:
        return False
    person = db.session.get_one(Person, leaving.person_id)
    if leaving.space_id is None:
        for space_id in _spaces_of(person):
            space = lock(Space, space_id)
            if space is not None:
                vacate(space, person, at=at)
        end_own(leaving, person, at=at)
        leaving.ended_at = at
        return True
    space = lock(Space, leaving.space_id)
    membership = membership_of(space, person) if space else None
    if space is None or membership is None:
        leaving.ended_at = at
        return True
    if membership.role is Role.STEWARD and all(one.id == person.id for one in stewards_of(space.id)):
        _tell_stuck(leaving, space, person, at=at)
        return False  # the last steward stays until there is another (A4)
    end(space, membership, at=at)  # which vacates
    record("left on last day", actor=None, space=space, person=person, at=at)
    return True


def _tell_stuck(leaving: Leaving, space: Space, person: Person, *, at: datetime) -> None:
    """Tell the last steward once what keeps them, and let the log say it."""
    said = select(LogEntry.id).where(
        LogEntry.verb == "stays as steward",
        LogEntry.space_id == space.id,
        LogEntry.person_id == person.id,
        LogEntry.at >= leaving.filed_at,
    )
    if db.session.scalar(said.limit(1)) is None:
        record("stays as steward", actor=None, space=space, person=person, at=at)
        announce(LeavingStuck(leaving_id=leaving.id))


def _spaces_of(person: Person) -> list[int]:
    query = select(Membership.space_id).where(Membership.person_id == person.id, Membership.ended_at.is_(None))
    return list(db.session.scalars(query.order_by(Membership.space_id)))


def vacate(space: Space, person: Person, *, at: datetime) -> None:
    """Let everything in a space that is somebody's and that nobody took be vacant. Under the space's lock, while they belong to it.

    Nothing is deleted: holdings end, and stay in the passport. Who comes back gets nothing back by itself.
    """
    if _has_gone(person):
        return
    leaving, today = coming_of(person.id), local(at, space.zone).date()
    if leaving is None or leaving.space_id not in {None, space.id}:
        leaving = Leaving(
            person_id=person.id, space_id=space.id, last_day=today, filed_by_id=person.id, filed_at=at, ended_at=at
        )
        db.session.add(leaving)
        db.session.flush()
    if person.is_active:
        sync(leaving, at=at)
    _end_handovers(space, person)
    day = leaving.last_day + A_DAY if ends_at(leaving) <= at else today
    held = _end_holdings(space, person, day=day, at=at)
    turns = _end_turns(space, person)
    settle_without(person, space, at=at)
    end_own(leaving, person, at=at, space_id=space.id)
    vacant = _vacant(leaving, space, held, at=at)
    if leaving.space_id == space.id:
        leaving.ended_at = at
    db.session.flush()
    for duty_id in sorted(held.keys() | turns):
        settle_duty(duty_id, at=at)
    if vacant:
        announce(LeftVacant(actor_id=person.id, leaving_id=leaving.id, space_id=space.id))


def _has_gone(person: Person) -> bool:
    """Say whether their last day was settled already, and the account is only still to be closed."""
    gone = select(Leaving.id).where(
        Leaving.person_id == person.id,
        Leaving.space_id.is_(None),
        Leaving.ended_at.is_not(None),
        Leaving.is_taken_back.is_(False),
    )
    return person.closes_at is not None and db.session.scalar(gone.limit(1)) is not None


def _vacant(leaving: Leaving, space: Space, held: dict[int, str], *, at: datetime) -> bool:
    """Mark what is unsettled as vacant, with the duties that just ended. Say whether there is any."""
    rows = db.session.scalars(
        select(LeavingItem).where(LeavingItem.leaving_id == leaving.id, LeavingItem.space_id == space.id)
    ).all()
    known = {row.key for row in rows if row.kind == "duty"}
    new = [
        LeavingItem(
            leaving_id=leaving.id,
            kind="duty",
            key=str(duty_id),
            space_id=space.id,
            item_id=duty_id,
            title=title,
            state=LeavingState.OPEN,
        )
        for duty_id, title in held.items()
        if str(duty_id) not in known
    ]
    db.session.add_all(new)
    open_ = [row for row in (*rows, *new) if row.state in UNSETTLED]
    for row in open_:
        row.state, row.successor_id, row.settled_at = LeavingState.VACANT, None, at
    db.session.flush()
    return bool(open_)


def _end_holdings(space: Space, person: Person, *, day: date, at: datetime) -> dict[int, str]:
    """End what they hold here from `day` on, and offers to them. Return the duties that they held with nobody after them."""
    rows = db.session.execute(
        select(Holding, Item.title)
        .join(Item, Item.id == Holding.duty_id)
        .where(
            Holding.person_id == person.id,
            Item.space_id == space.id,
            or_(
                Holding.state == HoldingState.OFFERED,
                (Holding.state == HoldingState.ACCEPTED) & (Holding.until_day.is_(None) | (Holding.until_day > day)),
            ),
        )
        .order_by(Holding.id)
    ).all()
    found = {}
    for holding, title in rows:
        if holding.state is HoldingState.OFFERED:
            holding.state, holding.answered_at = HoldingState.WITHDRAWN, at
            continue
        if holding.until_day is None and holding.place is Place.HOLDER:
            found[holding.duty_id] = title
            sponsors.tell(db.session.get_one(Duty, holding.duty_id), holding, is_end=True)
        holding.until_day = max(day, holding.from_day)
    db.session.flush()
    return found


def _end_turns(space: Space, person: Person) -> set[int]:
    """Let their turns be nobody's for good: an appointment from so long ago counts for no membership. Return of which duties."""
    here = select(Item.id).where(Item.space_id == space.id)
    found: set[int] = set()
    turns = db.session.scalars(select(Turn).where(Turn.person_id == person.id, Turn.duty_id.in_(here))).all()
    swapped = select(SwappedTurn).where(SwappedTurn.person_id == person.id, SwappedTurn.duty_id.in_(here))
    rows: list[Turn | SwappedTurn] = [*turns, *db.session.scalars(swapped)]
    for row in rows:
        row.since = LONG_AGO
        found.add(row.duty_id)
    db.session.flush()
    return found


def _end_handovers(space: Space, person: Person) -> None:
    mine = select(Handover).join(Item, Item.id == Handover.duty_id)
    rows = mine.where(
        Item.space_id == space.id,
        or_(Handover.giver_id == person.id, Handover.taker_id == person.id),
        Handover.state.in_((HandoverState.DRAFT, HandoverState.OFFERED)),
    )
    for handover in db.session.scalars(rows).all():
        handover.state = HandoverState.WITHDRAWN
    offered = select(LeavingItem).where(
        LeavingItem.space_id == space.id,
        LeavingItem.successor_id == person.id,
        LeavingItem.state == LeavingState.OFFERED,
    )
    for row in db.session.scalars(offered).all():
        row.state, row.successor_id = LeavingState.OPEN, None
    db.session.flush()


def keep_up(*, at: datetime | None = None) -> None:
    """Bring leaving kits up to what counts on people meanwhile, and let go what suspended accounts hold. Once an hour."""
    at = at or now()
    for person_id in db.session.scalars(select(Leaving.person_id).where(Leaving.ended_at.is_(None))).all():
        with apart("the leaving of person", person_id):
            lock_people([person_id])
            leaving = coming_of(person_id)
            if leaving is not None and ends_at(leaving) > at:
                sync(leaving, at=at)
    held = (
        select(Person.id, Item.space_id)
        .join(Holding, Holding.person_id == Person.id)
        .join(Item, Item.id == Holding.duty_id)
        .where(
            Person.state == PersonState.SUSPENDED,
            Holding.state == HoldingState.ACCEPTED,
            Holding.until_day.is_(None),
        )
        .distinct()
    )
    for person_id, space_id in db.session.execute(held).all():
        with apart("what is held by the suspended person", person_id):
            lock_people([person_id])
            person, space = db.session.get_one(Person, person_id, populate_existing=True), lock(Space, space_id)
            if space is not None and person.state is PersonState.SUSPENDED:
                vacate(space, person, at=at)
