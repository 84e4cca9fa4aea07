"""Closing threads and opening them again. The item is held, so a reply comes before the close or is refused by it."""

from datetime import datetime

from forum.content.access import hold_item
from forum.core.db import db
from forum.core.errors import Invalid, RuleBroken
from forum.core.events import announce
from forum.core.text import one_line
from forum.core.time import now
from forum.people.models import Person
from forum.spaces.guard import Here
from forum.spaces.log import record
from forum.spaces.models import ItemState
from forum.spaces.policy import Can
from forum.threads.access import allow, held_thread, own_or_organisers, why_not_reopen, why_not_reword
from forum.threads.events import ThreadClosed, ThreadReopened
from forum.threads.models import Thread
from forum.web.words import _


def close(here: Here, thread: Thread, *, reason: str, at: datetime | None = None) -> None:
    """Let nobody but organisers reply any more; the reason stands where the reply form was.

    Raises Missing, Denied, Invalid for `reason`, and RuleBroken when somebody else closed it first.
    """
    here, item = hold_item(here, thread.id, power=Can.SEE_THREADS)
    held = held_thread(item)
    allow(own_or_organisers(here, item, Can.CLOSE_ANY_THREAD))
    allow(why_not_reword(here, item))
    if item.state is ItemState.HELD:
        raise RuleBroken(_("This waits for an organiser, and takes no replies yet. Take it back instead."))
    reason = one_line(reason)
    if not reason:
        raise Invalid({"reason": [_("Say why, in a sentence. It stands at the end of the thread.")]})
    if held.closed_at is not None:
        if held.closed_by_id == here.actor.id:
            return
        raise RuleBroken(_("%(name)s has closed this thread already.", name=name_of(held.closed_by_id)))
    held.closed_at, held.closed_by_id, held.close_reason = at or now(), here.actor.id, reason
    announce(ThreadClosed(actor_id=here.actor.id, item_id=item.id))
    record("closed thread", actor=here.actor, space=here.space, item=item, reason=reason, at=at)


def reopen(here: Here, thread: Thread) -> None:
    """Let everybody reply again; an open thread stays as it is. Raises Missing, Denied."""
    here, item = hold_item(here, thread.id, power=Can.SEE_THREADS)
    held = held_thread(item)
    allow(own_or_organisers(here, item, Can.CLOSE_ANY_THREAD))
    if held.closed_at is None:
        return
    allow(why_not_reopen(here, item, closed_by_id=held.closed_by_id))
    held.closed_at = held.closed_by_id = held.close_reason = None
    announce(ThreadReopened(actor_id=here.actor.id, item_id=item.id))
    record("reopened thread", actor=here.actor, space=here.space, item=item)


def name_of(person_id: int | None) -> str:
    """Return a person's name for a sentence."""
    person = db.session.get(Person, person_id) if person_id is not None else None
    return person.name if person else _("A former member")
