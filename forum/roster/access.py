"""Loading what the roster holds and authorising are one step."""

from functools import cache

from sqlalchemy import Select, bindparam, select

from forum.core.db import db, lock
from forum.core.errors import Missing
from forum.core.time import now
from forum.roster.models import CoverRequest, Duty, Endorsement, Holding, TurnSwap, Volunteer
from forum.spaces.guard import Here, hold
from forum.spaces.models import Item, ItemState
from forum.spaces.policy import Can
from forum.spaces.queries import viewing, visible_to_viewer
from forum.web.words import _

KIND = "duty"


def duty_for(here: Here, ref: str) -> tuple[Duty, Item]:
    """Load the duty at `ref` in this space. Raises Missing when the person can't see it, or it stands elsewhere (A1, A2)."""
    values = {**viewing(here.actor, now()), "space_id": here.space.id, "ref": ref}
    row = db.session.execute(_visible_duty(), values).one_or_none() if ref.isprintable() else None
    if row is None:
        raise Missing
    duty, item = row
    return duty, item


@cache
def _visible_duty() -> Select[Duty, Item]:
    return (
        select(Duty, Item)
        .join(Item, Item.id == Duty.id)
        .where(
            Item.ref == bindparam("ref"),
            Item.space_id == bindparam("space_id"),
            Item.state == ItemState.PUBLISHED,
            visible_to_viewer(),
        )
    )


def request_for(here: Here, ref: str) -> CoverRequest:
    """Load a request for cover of a duty that the person sees here. Raises Missing."""
    request = db.session.scalar(select(CoverRequest).where(CoverRequest.ref == ref)) if ref.isprintable() else None
    if request is None or not _sees(here, request.duty_id):
        raise Missing
    return request


def holding_for(here: Here, holding_id: int) -> Holding:
    """Load an appointment to a duty that the person sees here. Raises Missing."""
    holding = db.session.get(Holding, holding_id)
    if holding is None or not _sees(here, holding.duty_id):
        raise Missing
    return holding


def swap_for(here: Here, swap_id: int) -> TurnSwap:
    """Load a swap of turns in a duty that the person sees here. Raises Missing."""
    swap = db.session.get(TurnSwap, swap_id)
    if swap is None or not _sees(here, swap.duty_id):
        raise Missing
    return swap


def endorsement_for(here: Here, endorsement_id: int) -> Endorsement:
    """Load what a sponsor was asked about a seat that the person sees here. Raises Missing."""
    endorsement = db.session.get(Endorsement, endorsement_id)
    if endorsement is None or not _sees(here, endorsement.duty_id):
        raise Missing
    return endorsement


def volunteer_for(here: Here, volunteer_id: int) -> Volunteer:
    """Load who put themselves forward for a duty that the person sees here. Raises Missing."""
    volunteer = db.session.get(Volunteer, volunteer_id)
    if volunteer is None or not _sees(here, volunteer.duty_id):
        raise Missing
    return volunteer


def _sees(here: Here, duty_id: int) -> bool:
    ref = db.session.scalar(select(Item.ref).where(Item.id == duty_id))
    if ref is None:
        return False
    try:
        duty_for(here, ref)
    except Missing:
        return False
    return True


def hold_duty(here: Here, duty_id: int, *, power: Can) -> tuple[Here, Duty, Item]:
    """Lock the space and the duty, and return them with `here` as it is now. Use first inside `transaction()`.

    The order is everywhere: people first, then spaces, then duties. Raises Missing or Denied.
    """
    here = hold(here, power)
    item = lock(Item, duty_id)
    if item is None:
        raise Missing
    duty, item = duty_for(here, item.ref)
    db.session.refresh(duty)
    return here, duty, item


def why_not_change(here: Here, *, is_holder: bool) -> str:
    """Return "" when the person may change what a duty says: its holder, or an organiser. Else why not."""
    if here.may(Can.KEEP_ROSTER):
        return ""
    if not here.may(Can.TAKE_DUTY):
        return here.why_not(Can.TAKE_DUTY)
    if not is_holder:
        return _("Whoever holds the duty can do this, or an organiser.")
    return ""
