"""Pinning threads to the head of the lists. The space is held, because its five places are shared."""

from datetime import datetime

from sqlalchemy import delete, select

from forum.content.access import hold_item
from forum.core.db import db
from forum.core.errors import Invalid, RuleBroken
from forum.core.time import now
from forum.spaces import guard
from forum.spaces.guard import Here
from forum.spaces.log import record
from forum.spaces.policy import Can
from forum.threads.models import MOST_PINNED, Pin, Thread
from forum.web.words import _


def pin(here: Here, thread: Thread, *, until: datetime | None = None) -> None:
    """Let a thread stand first in the lists, until an instant if one is given. A pinned one gets the new instant.

    Raises Missing, Denied, Invalid for `until`, and RuleBroken when every place is taken.
    """
    here = guard.hold(here, Can.PIN_THREAD)
    here, item = hold_item(here, thread.id, power=Can.PIN_THREAD)
    at = now()
    if until is not None and until <= at:
        raise Invalid({"until": [_("That day has passed. Choose a later one, or leave it empty.")]})
    taken = {one.place: one for one in db.session.scalars(select(Pin).where(Pin.space_id == here.space.id))}
    own = next((one for one in taken.values() if one.thread_id == item.id), None)
    if own is not None and own.until == until:
        return
    place = own.place if own else _free_place(taken, at=at)
    db.session.execute(delete(Pin).where(Pin.space_id == here.space.id, Pin.place == place))
    db.session.add(
        Pin(
            space_id=here.space.id,
            place=place,
            thread_id=item.id,
            pinned_by_id=here.actor.id,
            pinned_at=at,
            until=until,
        )
    )
    db.session.flush()
    record("pinned thread", actor=here.actor, space=here.space, item=item)


def unpin(here: Here, thread: Thread) -> datetime | None:
    """Put a thread back among the others, and return until when it was to stand first. Raises Missing, Denied."""
    here = guard.hold(here, Can.PIN_THREAD)
    here, item = hold_item(here, thread.id, power=Can.PIN_THREAD)
    gone = delete(Pin).where(Pin.thread_id == item.id).returning(Pin.until)
    row = db.session.execute(gone).one_or_none()
    if row is None:
        return None
    record("unpinned thread", actor=here.actor, space=here.space, item=item)
    until: datetime | None = row[0]
    return until


def _free_place(taken: dict[int, Pin], *, at: datetime) -> int:
    """Return a place that nothing stands in, or that somebody's date has freed."""
    for place in range(1, MOST_PINNED + 1):
        there = taken.get(place)
        if there is None or (there.until is not None and there.until <= at):
            return place
    raise RuleBroken(
        _("%(most)s threads are pinned already, as many as fit above a list. Unpin one first.", most=MOST_PINNED)
    )
