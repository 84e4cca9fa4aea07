"""Lending rights for a time, and taking them back (D5)."""

from datetime import datetime

from forum.core.db import db, lock
from forum.core.errors import Denied, Missing, RuleBroken
from forum.core.time import now
from forum.people.models import Person
from forum.spaces.log import record
from forum.spaces.models import Grant, Item, Space
from forum.spaces.policy import LENDABLE, Can, powers_of
from forum.spaces.queries import membership_of, suspension_of
from forum.web.words import _


def lend(
    space: Space,
    *,
    giver: Person,
    taker: Person,
    power: Can,
    starts: datetime,
    ends: datetime,
    because: str = "",
    item: Item | None = None,
    by_itself: bool = False,
) -> Grant:
    """Lend a power of `giver`'s to `taker`, from `starts` until before `ends`; over one item, or in the whole space.

    It holds on each request while the giver holds the power by their own role and both are members: nothing has to run for it to
    end. `by_itself`: it comes with something else, and the log names nobody who did it. Use inside `transaction()`.

    Raises RuleBroken when it can't be lent, Denied when it isn't the giver's.
    """
    lock(Space, space.id)
    if power not in LENDABLE:
        raise RuleBroken(_("This right can’t be lent."))
    if giver.id == taker.id:
        raise RuleBroken(_("Nobody lends a right to themselves."))
    if ends <= starts or ends <= now():
        raise RuleBroken(_("That time is over. Choose a later end."))
    if item is not None and item.space_id != space.id:
        raise Missing
    giving, taking = membership_of(space, giver), membership_of(space, taker)
    is_suspended = suspension_of(space, giver, at=now()) is not None
    if giving is None or not giver.is_active or power not in powers_of(giving.role, suspended=is_suspended):
        raise Denied(_("%(name)s doesn’t hold this right here, so it can’t be lent.", name=giver.name))
    if taking is None or not taker.is_active:
        raise RuleBroken(_("%(name)s is not a member of this space.", name=taker.name))
    grant = Grant(
        space_id=space.id,
        person_id=taker.id,
        giver_id=giver.id,
        power=power.value,
        item_id=item.id if item else None,
        starts_at=starts,
        ends_at=ends,
        because=because,
    )
    db.session.add(grant)
    verb, actor = ("right lent", None) if by_itself else ("lent right", giver)
    record(verb, actor=actor, space=space, item=item, person=taker, reason=because, power=power.value)
    db.session.flush()
    return grant


def revoke(grant: Grant, *, actor: Person | None) -> None:
    """End a grant now: its giver is back, or its taker can't. None: it ends with what it was lent for. Twice is once.

    Use inside `transaction()`. Raises Missing for anybody but the two.
    """
    held = lock(Grant, grant.id)
    if held is None or (actor is not None and actor.id not in {held.giver_id, held.person_id}):
        raise Missing
    if held.revoked_at is not None:
        return
    held.revoked_at = now()
    space = db.session.get(Space, held.space_id)
    if actor is None:
        person = db.session.get(Person, held.person_id)
        record("right ended", actor=None, space=space, person=person, power=held.power)
        return
    other_id = held.person_id if actor.id == held.giver_id else held.giver_id
    record("took back right", actor=actor, space=space, person=db.session.get(Person, other_id), power=held.power)
