"""Leaving: the last day, what is left behind item by item, and what becomes of it (D7). Each runs inside `transaction()`."""

from collections.abc import Mapping
from datetime import date, datetime, timedelta

from sqlalchemy import select

from forum.core.db import db, lock
from forum.core.errors import Denied, Invalid, Missing, RuleBroken
from forum.core.events import announce
from forum.core.time import end_of_day, local, now
from forum.people.actions import closing
from forum.people.models import Person
from forum.roster.access import lock_people
from forum.roster.actions import handing
from forum.roster.actions.appointing import Gone
from forum.roster.actions.passing import coming_of, is_over
from forum.roster.actions.requesting import why_not_cover
from forum.roster.events import HandoverMoved, LeavingAnswered, LeavingFiled, LeavingOffered
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
)
from forum.spaces.actions.membership import why_not_remove
from forum.spaces.feature import obligation_kinds, obligations_of
from forum.spaces.guard import Here, hold
from forum.spaces.log import record
from forum.spaces.models import Item, Role, Space
from forum.spaces.parts import Obligation
from forum.spaces.policy import Can
from forum.spaces.queries import membership_of, stewards_of, visible_items
from forum.web.words import _

LONGEST = timedelta(days=366)
A_DAY = timedelta(days=1)
UNSETTLED = (LeavingState.OPEN, LeavingState.OFFERED)


def file_own(person: Person, *, last_day: date, at: datetime | None = None) -> Leaving:
    """Set one's own last day, or another one: the account closes after it. Twice is once. Raises Invalid, RuleBroken.

    A last day in one space, which an organiser set, is corrected and stays of that space: nobody closes their account by that.
    """
    at = at or now()
    _require_day(last_day, today=local(at, person.zone).date())
    lock_people([person.id])
    leaving = coming_of(person.id)
    if leaving is not None and leaving.last_day == last_day:
        return leaving
    if leaving is not None and leaving.space_id is not None:
        _move(leaving, last_day)
        sync(leaving, at=at)
        space = db.session.get_one(Space, leaving.space_id)
        record("set last day", actor=person, space=space, person=person, at=at, day=last_day.isoformat())
        return leaving
    ends = end_of_day(last_day, person.zone)
    if not closing.ask_to_close(person, person=person, at=ends):
        db.session.get_one(Person, person.id).closes_at = ends
    if leaving is None:
        leaving = Leaving(person_id=person.id, last_day=last_day, filed_by_id=person.id, filed_at=at)
        db.session.add(leaving)
        db.session.flush()
    else:
        leaving.filed_by_id = person.id
        _move(leaving, last_day)
    sync(leaving, at=at)
    return leaving


def file_for(here: Here, person: Person, *, last_day: date, at: datetime | None = None) -> Leaving:
    """Set somebody's last day in this space: their membership ends after it, and they are told now. Twice is once.

    By whoever may remove them. Raises Missing, Denied, Invalid for `last_day`, RuleBroken when they have set one themselves.
    """
    at = at or now()
    lock_people([here.actor.id, person.id])
    here = hold(here, Can.KEEP_ROSTER)
    _require_removable(here, person)
    _require_day(last_day, today=local(at, here.space.zone).date())
    leaving = coming_of(person.id)
    if leaving is not None and leaving.space_id != here.space.id:
        raise RuleBroken(_("%(name)s has a last day already. Ask them about another one.", name=person.name))
    if leaving is not None and leaving.last_day == last_day:
        return leaving
    if leaving is None:
        leaving = Leaving(
            person_id=person.id, space_id=here.space.id, last_day=last_day, filed_by_id=here.actor.id, filed_at=at
        )
        db.session.add(leaving)
        db.session.flush()
    else:
        _move(leaving, last_day)
    sync(leaving, at=at)
    record("set last day", actor=here.actor, space=here.space, person=person, at=at, day=last_day.isoformat())
    announce(LeavingFiled(actor_id=here.actor.id, leaving_id=leaving.id))
    return leaving


def _require_removable(here: Here, person: Person) -> None:
    membership = membership_of(here.space, person)
    if membership is None:
        raise Missing
    if why := why_not_remove(here, person, role=membership.role):
        raise Denied(why)
    if membership.role is Role.STEWARD and all(one.id == person.id for one in stewards_of(here.space.id)):
        raise RuleBroken(_("%(name)s is the only steward here. Make somebody else a steward first.", name=person.name))


def _require_day(day: date, *, today: date) -> None:
    if day < today:
        raise Invalid({"last_day": [_("That day has passed. Choose today or a later one.")]})
    if day > today + LONGEST:
        raise Invalid({"last_day": [_("That is more than a year ahead. Choose an earlier day.")]})


def _move(leaving: Leaving, last_day: date) -> None:
    """Let another day be the last. What is offered, and what was accepted for the day after, comes with it."""
    old, leaving.last_day = leaving.last_day + A_DAY, last_day
    day = last_day + A_DAY
    passing = select(Handover).where(
        Handover.giver_id == leaving.person_id,
        Handover.day == old,
        Handover.state.in_((HandoverState.DRAFT, HandoverState.OFFERED, HandoverState.ACCEPTED)),
    )
    for handover in db.session.scalars(passing).all():
        handover.day = day
        if handover.state is HandoverState.ACCEPTED and _move_holding(handover, old, day):
            announce(HandoverMoved(actor_id=leaving.person_id, item_id=handover.duty_id, handover_id=handover.id))
    db.session.flush()


def _move_holding(handover: Handover, old: date, day: date) -> bool:
    rows = db.session.scalars(
        select(Holding).where(
            Holding.duty_id == handover.duty_id,
            Holding.place == Place.HOLDER,
            Holding.state == HoldingState.ACCEPTED,
        )
    ).all()
    before = [one for one in rows if one.person_id == handover.giver_id and one.until_day == old]
    after = [one for one in rows if one.person_id == handover.taker_id and one.from_day == old]
    for one in after:
        one.from_day = day
        if one.until_day is not None and one.until_day < day:
            one.until_day = day
    for one in before:
        one.until_day = max(day, one.from_day)
    return bool(after)


def take_back(person: Person, *, at: datetime | None = None) -> bool:
    """Stay after all. What colleagues accepted stays theirs: nothing returns by itself (D7). False when nothing was set."""
    at = at or now()
    lock_people([person.id])
    leaving = coming_of(person.id)
    if leaving is None:
        return False
    if leaving.space_id is None and not closing.take_back(person, person=person):
        return False
    stop(leaving, at=at)
    return True


def take_back_for(here: Here, person: Person, *, at: datetime | None = None) -> None:
    """Let somebody stay in this space after all; twice is once. Raises Missing, Denied, RuleBroken when they set it themselves."""
    at = at or now()
    lock_people([here.actor.id, person.id])
    here = hold(here, Can.KEEP_ROSTER)
    leaving = coming_of(person.id)
    if leaving is None:
        return
    if leaving.space_id != here.space.id:
        raise RuleBroken(_("%(name)s set the last day. Only they take it back.", name=person.name))
    _require_removable(here, person)
    stop(leaving, at=at)
    record("took back last day", actor=here.actor, space=here.space, person=person, at=at)
    announce(LeavingFiled(actor_id=here.actor.id, leaving_id=leaving.id))


def stop(leaving: Leaving, *, at: datetime) -> None:
    """Let a leaving not come: what was offered and not answered isn't offered any more."""
    leaving.ended_at, leaving.is_taken_back = at, True
    for row in _rows(leaving).values():
        if row.state is LeavingState.OFFERED:
            row.state, row.successor_id = LeavingState.OPEN, None
    waiting = select(Handover).where(
        Handover.giver_id == leaving.person_id,
        Handover.day == leaving.last_day + A_DAY,
        Handover.state == HandoverState.OFFERED,
    )
    for handover in db.session.scalars(waiting):
        handover.state = HandoverState.WITHDRAWN
    db.session.flush()


def sync(leaving: Leaving, *, at: datetime) -> None:
    """Add what counts on them meanwhile, and close what doesn't any more. Their row in `person` is held, or the space."""
    person = db.session.get_one(Person, leaving.person_id)
    wanted = left_by(leaving, obligations_of(person))
    rows = _rows(leaving)
    for (kind, key), one in wanted.items():
        if (kind, key) not in rows:
            rows[kind, key] = LeavingItem(
                leaving_id=leaving.id,
                kind=kind,
                key=key,
                space_id=one.space.id if one.space else None,
                item_id=one.item_id,
                title=one.title[:200],
                state=LeavingState.OPEN,
            )
            db.session.add(rows[kind, key])
    for names, row in rows.items():
        if row.state in UNSETTLED and names not in wanted:
            row.state, row.settled_at = LeavingState.CLOSED, at
        elif row.state is LeavingState.OPEN and row.kind == "duty" and (holder := _next_holder(row, person)):
            row.state, row.successor_id, row.settled_at = LeavingState.ACCEPTED, holder, at
    db.session.flush()


def left_by(leaving: Leaving, found: list[Obligation]) -> Mapping[tuple[str, str], Obligation]:
    """Return what of somebody's obligations they leave: in the space that they leave, and not over before their last day."""
    return {
        (one.kind, one.key): one
        for one in found
        if leaving.space_id in {None, one.space and one.space.id}
        and (one.span is None or one.span.last_day > leaving.last_day)
    }


def _rows(leaving: Leaving) -> dict[tuple[str, str], LeavingItem]:
    rows = db.session.scalars(select(LeavingItem).where(LeavingItem.leaving_id == leaving.id))
    return {(row.kind, row.key): row for row in rows.all()}


def _next_holder(row: LeavingItem, person: Person) -> int | None:
    return db.session.scalar(
        select(Holding.person_id).where(
            Holding.duty_id == row.item_id,
            Holding.place == Place.HOLDER,
            Holding.state == HoldingState.ACCEPTED,
            Holding.until_day.is_(None),
            Holding.person_id != person.id,
        )
    )


def offer(here: Here, person: Person, kind: str, key: str, taker: Person, *, at: datetime | None = None) -> LeavingItem:
    """Ask a member to take something that somebody leaves; a duty comes with its handover. By them, or an organiser. Twice is once.

    Raises Missing, Denied, Gone, RuleBroken.
    """
    at = at or now()
    lock_people([here.actor.id, person.id, taker.id])
    here, leaving, row = _held_item(here, person, kind, key, at=at)
    if row.state is LeavingState.OFFERED and row.successor_id == taker.id:
        return row
    if row.state not in UNSETTLED:
        raise Gone(_("This is settled already."))
    if kind in (kinds := obligation_kinds()) and kinds[kind].is_own:
        raise RuleBroken(_("This is nobody’s but theirs. It ends with the last day."))
    if taker.id == person.id:
        raise RuleBroken(_("Choose somebody who stays."))
    if why := why_not_cover(here, taker):
        raise RuleBroken(why)
    if row.item_id and not _sees(taker, row.item_id, at=at):
        raise RuleBroken(_("%(name)s can’t see this.", name=taker.name))
    if kind == "duty":
        _offer_duty(here, leaving, row, person, taker, at=at)
        return row
    row.state, row.successor_id = LeavingState.OFFERED, taker.id
    db.session.flush()
    announce(LeavingOffered(actor_id=here.actor.id, item_id=row.item_id, left_id=row.id))
    return row


def _offer_duty(here: Here, leaving: Leaving, row: LeavingItem, person: Person, taker: Person, *, at: datetime) -> None:
    """Begin the handover for the day after the last, or ask somebody else in the one that is under way; and offer it."""
    duty = db.session.get_one(Duty, row.item_id)
    running = handing.open_of(duty.id)
    if running is not None and running.state is HandoverState.OFFERED and running.taker_id != taker.id:
        handing.withdraw(here, running)
    day = max(leaving.last_day + A_DAY, local(at, here.space.zone).date())  # later for a last steward, who stays
    handover = handing.start(here, duty, taker, day=day, giver=person, at=at)
    handover.taker_id = taker.id
    db.session.flush()
    handing.offer(here, handover, at=at)


def close(here: Here, person: Person, kind: str, key: str, *, at: datetime | None = None) -> None:
    """Say that nobody has to take it. Not of a duty. Twice is once. Raises Missing, Denied, Gone, RuleBroken."""
    at = at or now()
    lock_people([here.actor.id, person.id])
    _here, _leaving, row = _held_item(here, person, kind, key, at=at)
    if kind == "duty":
        raise RuleBroken(_("A duty stays when its holder goes: ask somebody, or an organiser ends it."))
    _close(row, person, at=at)


def close_own(person: Person, kind: str, key: str, *, at: datetime | None = None) -> None:
    """End now what is nobody's but theirs, such as the address of a feed. Twice is once. Raises Missing, Gone."""
    at = at or now()
    lock_people([person.id])
    leaving = coming_of(person.id)
    if leaving is None or leaving.space_id is not None:
        raise Missing
    sync(leaving, at=at)
    row = _rows(leaving).get((kind, key))
    if row is None or row.space_id is not None:
        raise Missing
    _close(row, person, at=at)


def end_own(leaving: Leaving, person: Person, *, at: datetime) -> None:
    """End what is nobody's but theirs, as their last day has passed."""
    for row in _rows(leaving).values():
        if row.space_id is None and row.state in UNSETTLED:
            _close(row, person, at=at)


def _close(row: LeavingItem, person: Person, *, at: datetime) -> None:
    if row.state is LeavingState.CLOSED:
        return
    if row.state not in UNSETTLED:
        raise Gone(_("This is settled already."))
    kind = obligation_kinds().get(row.kind)
    if kind is not None and kind.ends is not None:
        kind.ends(row.key, person)
    row.state, row.successor_id, row.settled_at = LeavingState.CLOSED, None, at
    db.session.flush()


def _held_item(here: Here, person: Person, kind: str, key: str, *, at: datetime) -> tuple[Here, Leaving, LeavingItem]:
    here = hold(here, Can.SEE_ROSTER)
    if here.space.archived_at is not None:
        raise Denied(here.why_not(Can.TAKE_DUTY))
    leaving = coming_of(person.id)
    if leaving is None or leaving.space_id not in {None, here.space.id}:
        raise Missing
    if here.actor.id != person.id:
        here.require(Can.KEEP_ROSTER)
    if is_over(person.id, here.space.id, at=at):
        raise Gone(_("The last day has passed."))
    sync(leaving, at=at)
    row = _rows(leaving).get((kind, key))
    if row is None or row.space_id != here.space.id or (row.item_id and not _sees(here.actor, row.item_id, at=at)):
        raise Missing
    return here, leaving, row


def _sees(person: Person, item_id: int, *, at: datetime) -> bool:
    return db.session.scalar(select(Item.id).where(Item.id == item_id, visible_items(person, at))) is not None


def answer(here: Here, left_id: int, *, accepts: bool, at: datetime | None = None) -> LeavingItem:
    """Take what a colleague leaves, or say no. Twice is once. Raises Missing for anybody who wasn't asked, Denied, Gone."""
    at = at or now()
    giver_id = db.session.scalar(
        select(Leaving.person_id)
        .join(LeavingItem, LeavingItem.leaving_id == Leaving.id)
        .where(LeavingItem.id == left_id)
    )
    lock_people([here.actor.id, giver_id])
    here = hold(here, Can.TAKE_DUTY)
    row = lock(LeavingItem, left_id)
    if row is None or giver_id is None or row.space_id != here.space.id or row.kind == "duty":
        raise Missing
    if row.successor_id != here.actor.id:
        raise Missing
    if row.state is LeavingState.ACCEPTED:
        return row
    if row.state is not LeavingState.OFFERED or is_over(giver_id, here.space.id, at=at):
        raise Gone(_("The last day has passed, and this is vacant now. Tell an organiser if you want to take it."))
    giver = db.session.get_one(Person, giver_id)
    if accepts:
        row.state, row.settled_at = LeavingState.ACCEPTED, at
        kind = obligation_kinds().get(row.kind)
        if kind is not None and kind.passes is not None:
            kind.passes(row.key, giver, here.actor)
    else:
        row.state = LeavingState.OPEN
    db.session.flush()
    announce(LeavingAnswered(actor_id=here.actor.id, item_id=row.item_id, left_id=row.id))
    return row
