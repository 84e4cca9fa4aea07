"""What somebody leaves, item by item, and what becomes of it: offered, taken, or nobody's to take (D7). Inside `transaction()`."""

from collections.abc import Mapping
from datetime import datetime, timedelta

from sqlalchemy import select

from forum.core.db import db, lock
from forum.core.errors import Denied, Missing, RuleBroken
from forum.core.events import announce
from forum.core.time import local, now
from forum.people.models import Person
from forum.roster.access import lock_people, sees
from forum.roster.actions import handing
from forum.roster.actions.appointing import Gone
from forum.roster.actions.passing import coming_of, is_over
from forum.roster.actions.requesting import why_not_cover
from forum.roster.events import LeavingAnswered, LeavingOffered
from forum.roster.models import (
    Duty,
    HandoverState,
    Holding,
    HoldingState,
    Leaving,
    LeavingItem,
    LeavingState,
    Place,
)
from forum.roster.telling import no_more_asked, tell_asked
from forum.spaces.feature import obligation_kinds, obligations_of
from forum.spaces.guard import Here, hold
from forum.spaces.parts import Obligation
from forum.spaces.policy import Can
from forum.web.words import _

A_DAY = timedelta(days=1)
UNSETTLED = (LeavingState.OPEN, LeavingState.OFFERED)


def sync(leaving: Leaving, *, at: datetime) -> None:
    """Add what counts on them meanwhile, and close what doesn't any more. Their row in `person` is held, or the space."""
    person = db.session.get_one(Person, leaving.person_id)
    wanted = left_by(leaving, obligations_of(person))
    rows = rows_of(leaving)
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


def rows_of(leaving: Leaving) -> dict[tuple[str, str], LeavingItem]:
    """Return what was written down of a kit, by kind and key."""
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


def offer(
    here: Here,
    person: Person,
    kind: str,
    key: str,
    taker: Person,
    *,
    tells: bool = True,
    at: datetime | None = None,
) -> LeavingItem:
    """Ask a member to take something that somebody leaves; a duty comes with its handover. By them, or an organiser. Twice is once.

    They are told of it, unless the caller `tells` of several at once. Raises Missing, Denied, Gone, RuleBroken.
    """
    at = at or now()
    lock_people([here.actor.id, person.id, taker.id])
    here, leaving, row = _held_item(here, person, kind, key, at=at)
    if row.state is LeavingState.OFFERED and row.successor_id == taker.id:
        return row
    if row.state not in UNSETTLED:
        raise Gone(_("This is settled already."))
    if ends_with_them(kind):
        raise RuleBroken(_("This is nobody’s but theirs. It ends with the last day."))
    if taker.id == person.id:
        raise RuleBroken(_("Choose somebody who stays."))
    if why := why_not_cover(here, taker, row.item_id):
        raise RuleBroken(why)
    if kind == "duty":
        _offer_duty(here, leaving, row, person, taker, tells=tells, at=at)
        return row
    row.state, row.successor_id, row.version = LeavingState.OFFERED, taker.id, row.version + 1
    db.session.flush()
    if taker.id == here.actor.id:
        return row
    tell_asked(taker.id, about=row.item_id, at=at)
    if tells:
        announce(
            LeavingOffered(
                actor_id=here.actor.id,
                item_id=row.item_id,
                left_id=row.id,
                successor_id=taker.id,
                version=row.version,
            )
        )
    return row


def _offer_duty(
    here: Here, leaving: Leaving, row: LeavingItem, person: Person, taker: Person, *, tells: bool, at: datetime
) -> None:
    """Begin the handover for the day after the last, or ask somebody else in the one that is under way; and offer it."""
    duty = db.session.get_one(Duty, row.item_id)
    running = handing.open_of(duty.id)
    if running is not None and running.state is HandoverState.OFFERED and running.taker_id != taker.id:
        handing.withdraw(here, running)
    day = max(leaving.last_day + A_DAY, local(at, here.space.zone).date())  # later for a last steward, who stays
    handover = handing.start(here, duty, taker, day=day, giver=person, at=at)
    handover.taker_id = taker.id
    db.session.flush()
    handing.offer(here, handover, tells=tells, at=at)


def close(here: Here, person: Person, kind: str, key: str, *, at: datetime | None = None) -> None:
    """Say that nobody has to take it. Not of a duty. Twice is once. Raises Missing, Denied, Gone, RuleBroken."""
    at = at or now()
    lock_people([here.actor.id, person.id])
    _here, _leaving, row = _held_item(here, person, kind, key, at=at)
    if kind == "duty":
        raise RuleBroken(_("A duty stays when its holder goes: ask somebody, or an organiser ends it."))
    if ends_with_them(kind) and here.actor.id != person.id:
        raise RuleBroken(_("This is theirs alone. It ends by itself on their last day."))
    _close(row, person, at=at)


def close_own(person: Person, kind: str, key: str, *, at: datetime | None = None) -> None:
    """End now what is nobody's but theirs, such as the address of a feed. Twice is once. Raises Missing, Gone."""
    at = at or now()
    lock_people([person.id])
    leaving = coming_of(person.id)
    if leaving is None or leaving.space_id is not None:
        raise Missing
    sync(leaving, at=at)
    row = rows_of(leaving).get((kind, key))
    if row is None or row.space_id is not None:
        raise Missing
    _close(row, person, at=at)


def end_own(leaving: Leaving, person: Person, *, at: datetime, space_id: int | None = None) -> None:
    """End what is nobody's but theirs, in a space or in none, as their last day has passed."""
    for row in rows_of(leaving).values():
        if row.space_id == space_id and row.state in UNSETTLED and (space_id is None or ends_with_them(row.kind)):
            _close(row, person, at=at)


def ends_with_them(kind: str) -> bool:
    """Whether nobody else can have obligations of a kind."""
    registered = obligation_kinds().get(kind)
    return registered is not None and registered.is_own


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


def held_leaving(here: Here, person: Person, *, at: datetime) -> Leaving:
    """Hold the space, and return what is noted of somebody's leaving it, brought up to date."""
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
    return leaving


def _held_item(here: Here, person: Person, kind: str, key: str, *, at: datetime) -> tuple[Here, Leaving, LeavingItem]:
    leaving = held_leaving(here, person, at=at)
    here = hold(here, Can.SEE_ROSTER)
    row = rows_of(leaving).get((kind, key))
    if row is None or row.space_id != here.space.id or (row.item_id and not sees(here.actor, row.item_id)):
        raise Missing
    return here, leaving, row


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
    if accepts and row.item_id and not sees(here.actor, row.item_id):
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
    announce(LeavingAnswered(actor_id=here.actor.id, item_id=row.item_id, left_id=row.id, accepts=accepts))
    no_more_asked(row.item_id)
    return row
