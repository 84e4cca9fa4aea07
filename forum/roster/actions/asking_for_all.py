"""Asking one colleague for all that somebody leaves in a space. Inside `transaction()`."""

from collections.abc import Sequence
from datetime import datetime

from forum.core.db import db
from forum.core.errors import Invalid, RuleBroken
from forum.core.time import now
from forum.people.models import Person
from forum.roster.access import lock_people, sees
from forum.roster.actions.leaving_kit import ends_with_them, held_leaving, offer, rows_of
from forum.roster.models import LeavingState
from forum.spaces.guard import Here
from forum.web.words import _


def offer_all(
    here: Here, person: Person, taker: Person, *, at: datetime | None = None
) -> tuple[Sequence[str], Sequence[str]]:
    """Ask a member to take all that somebody leaves here and nobody was asked about. Twice is once.

    Returns the titles of what they are asked for, and of what they can't be asked for. Raises Missing, Denied, Gone, and RuleBroken
    when there is nothing that they can be asked for.
    """
    at = at or now()
    lock_people([here.actor.id, person.id, taker.id])
    leaving = held_leaving(here, person, at=at)
    waiting = [row for row in rows_of(leaving).values() if row.space_id == here.space.id]
    asked, left, why = [], [], _("Nothing is open that somebody could be asked for.")
    for row in waiting:
        is_seen = row.item_id is None or sees(here.actor, row.item_id)
        if row.state is not LeavingState.OPEN or ends_with_them(row.kind) or not is_seen:
            continue
        try:
            with db.session.begin_nested():
                offer(here, person, row.kind, row.key, taker, at=at)
        except (RuleBroken, Invalid) as error:
            left.append(row.title)
            why = error.why if isinstance(error, RuleBroken) else why
        else:
            asked.append(row.title)
    if not asked:
        raise RuleBroken(why)
    return asked, left
