"""Asking one colleague for all that somebody leaves in a space. Inside `transaction()`."""

from collections.abc import Sequence
from datetime import datetime

from forum.core.db import db
from forum.core.errors import Invalid, RuleBroken
from forum.core.events import announce
from forum.core.time import now
from forum.people.models import Person
from forum.roster.access import lock_people, sees
from forum.roster.actions.leaving_kit import ends_with_them, held_leaving, offer, rows_of
from forum.roster.events import LeavingOffered
from forum.roster.models import LeavingItem, LeavingState
from forum.spaces.guard import Here
from forum.web.words import _


def offer_all(
    here: Here, person: Person, taker: Person, *, at: datetime | None = None
) -> tuple[Sequence[str], Sequence[str]]:
    """Ask a member to take all that somebody leaves here and nobody was asked about, and tell them once of all. Twice is once.

    Returns the titles of what they are asked for, and of what they can't be asked for. Raises Missing, Denied, Gone, and RuleBroken
    when there is nothing that they can be asked for.
    """
    at = at or now()
    lock_people([here.actor.id, person.id, taker.id])
    leaving = held_leaving(here, person, at=at)
    waiting = [row for row in rows_of(leaving).values() if row.space_id == here.space.id]
    asked: list[LeavingItem] = []
    left, why = [], _("Nothing is open that somebody could be asked for.")
    for row in waiting:
        is_seen = row.item_id is None or sees(here.actor, row.item_id)
        if row.state is not LeavingState.OPEN or ends_with_them(row.kind) or not is_seen:
            continue
        try:
            with db.session.begin_nested():
                asked.append(offer(here, person, row.kind, row.key, taker, tells=False, at=at))
        except (RuleBroken, Invalid) as error:
            left.append(row.title)
            why = error.why if isinstance(error, RuleBroken) else why
    if not asked:
        raise RuleBroken(why)
    first, *others = asked
    if taker.id != here.actor.id:
        announce(
            LeavingOffered(
                actor_id=here.actor.id,
                item_id=first.item_id,
                left_id=first.id,
                successor_id=taker.id,
                version=first.version,
                others=tuple((row.id, row.version) for row in others),
            )
        )
    return [row.title for row in asked], left
