"""Loading what the roster holds and authorising are one step."""

from collections.abc import Iterable
from typing import TypeVar

from sqlalchemy import Select, bindparam, select

from forum.core.db import db, lock
from forum.core.errors import Denied, Missing
from forum.core.prepared import prepared
from forum.core.time import now
from forum.people.models import Person
from forum.roster.models import CoverRequest, CoverSwap, Duty, Endorsement, Holding, TurnSwap, Volunteer
from forum.spaces.guard import Here, hold
from forum.spaces.models import Item, ItemState
from forum.spaces.policy import Can
from forum.spaces.queries import viewing, visible_items, visible_to_viewer
from forum.web.words import _

KIND = "duty"
OfADuty = TypeVar("OfADuty", CoverRequest, Holding, TurnSwap, Endorsement, Volunteer)


def lock_people(people: Iterable[int | None]) -> None:
    """Lock people in order of key, before spaces."""
    for person_id in sorted({one for one in people if one is not None}):
        lock(Person, person_id)


def duty_for(here: Here, ref: str) -> tuple[Duty, Item]:
    """Load the duty at `ref` in this space. Raises Missing when the person can't see it, or it stands elsewhere (A1, A2)."""
    values = {**viewing(here.actor, now()), "space_id": here.space.id, "ref": ref}
    at_ref = _visible_duties().where(Item.ref == bindparam("ref"))
    row = db.session.execute(at_ref, values).one_or_none() if ref.isprintable() else None
    if row is None:
        raise Missing
    duty, item = row
    return duty, item


@prepared
def _visible_duties() -> Select[Duty, Item]:
    return (
        select(Duty, Item)
        .join(Item, Item.id == Duty.id)
        .where(Item.space_id == bindparam("space_id"), Item.state == ItemState.PUBLISHED, visible_to_viewer())
    )


def request_for(here: Here, ref: str) -> CoverRequest:
    """Load a request for cover of a duty that the person sees here. Raises Missing."""
    request = db.session.scalar(select(CoverRequest).where(CoverRequest.ref == ref)) if ref.isprintable() else None
    return _of_a_duty(here, request)


def holding_for(here: Here, holding_id: int) -> Holding:
    """Load an appointment to a duty that the person sees here. Raises Missing."""
    return _of_a_duty(here, db.session.get(Holding, holding_id))


def swap_for(here: Here, swap_id: int) -> TurnSwap:
    """Load a swap of turns in a duty that the person sees here. Raises Missing."""
    return _of_a_duty(here, db.session.get(TurnSwap, swap_id))


def cover_swap_for(here: Here, swap_id: int) -> CoverSwap:
    """Load a swap of covers of duties that the person sees here. Raises Missing."""
    swap = db.session.get(CoverSwap, swap_id)
    if swap is None:
        raise Missing
    for request_id in (swap.mine_id, swap.theirs_id):
        _of_a_duty(here, db.session.get(CoverRequest, request_id))
    return swap


def endorsement_for(here: Here, endorsement_id: int) -> Endorsement:
    """Load what a sponsor was asked about a seat that the person sees here. Raises Missing."""
    return _of_a_duty(here, db.session.get(Endorsement, endorsement_id))


def volunteer_for(here: Here, volunteer_id: int) -> Volunteer:
    """Load who put themselves forward for a duty that the person sees here. Raises Missing."""
    return _of_a_duty(here, db.session.get(Volunteer, volunteer_id))


def _of_a_duty(here: Here, found: OfADuty | None) -> OfADuty:
    """Return what was found, when it belongs to a duty that the person sees in this space. Raises Missing."""
    if found is not None:
        values = {**viewing(here.actor, now()), "space_id": here.space.id}
        if db.session.execute(_visible_duties().where(Duty.id == found.duty_id), values).one_or_none() is not None:
            return found
    raise Missing


def hold_duty(here: Here, duty_id: int, *, power: Can) -> tuple[Here, Duty, Item]:
    """Lock the space and the duty, and return them with `here` as it is now. Use first inside `transaction()`.

    The order is everywhere: people first, then spaces, then duties. Raises Missing or Denied.
    """
    here = hold(here, power)
    if here.space.archived_at is not None:
        raise Denied(here.why_not(Can.TAKE_DUTY))
    item = lock(Item, duty_id)
    if item is None:
        raise Missing
    duty, item = duty_for(here, item.ref)
    db.session.refresh(duty)
    return here, duty, item


def sees(person: Person, item_id: int) -> bool:
    """Whether somebody sees an item now (A3)."""
    return db.session.scalar(select(Item.id).where(Item.id == item_id, visible_items(person, now()))) is not None


def why_not_change(here: Here, *, is_holder: bool) -> str:
    """Return "" when the person may change what a duty says: its holder, or an organiser. Else why not."""
    if here.may(Can.KEEP_ROSTER):
        return ""
    if not here.may(Can.TAKE_DUTY):
        return here.why_not(Can.TAKE_DUTY)
    if not is_holder:
        return _("Whoever holds the duty can do this, or an organiser.")
    return ""
