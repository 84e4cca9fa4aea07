"""Letting a thread that has become long go on in another one."""

import re
from datetime import datetime

from sqlalchemy import select

from forum.content import watching
from forum.content.access import hold_item
from forum.content.order.holding import is_held_now
from forum.core.db import db, lock
from forum.core.errors import Missing, RuleBroken
from forum.core.markup import Rendered
from forum.core.time import now
from forum.spaces.guard import Here
from forum.spaces.log import record
from forum.spaces.models import Item, ItemState
from forum.spaces.policy import Can
from forum.threads import actions
from forum.threads.access import allow, held_thread, own_or_organisers
from forum.threads.actions.closing import close
from forum.threads.models import Section, Thread
from forum.web.words import _

LONG = 200
"""Posts from which on a thread can go on in another."""
MARKS = re.compile(r"([\\`*_\[\]<>#@|~!])")


def is_long(item: Item) -> bool:
    """Say whether a thread has become long enough to go on in another one."""
    return item.last_number >= LONG


def title_of_next(title: str, *, length: int) -> str:
    """Return the title to begin with: "Bins" gives "Bins, part 2", and that gives "Bins, part 3"."""
    found = re.fullmatch(r"(.*), part (\d{1,4})", title)
    name, part = (found.group(1), int(found.group(2)) + 1) if found else (title, 2)
    ending = f", part {part}"
    return name[: length - len(ending)].rstrip() + ending


def first_words(title: str, url: str) -> str:
    """Return what the first post of the next part says, as Markdown."""
    named = MARKS.sub(r"\\\1", title)
    return _("This goes on from [%(title)s](%(url)s).", title=named, url=url)


def go_on(
    here: Here,
    thread: Thread,
    *,
    title: str,
    text: Rendered,
    leave_open: bool = False,
    once: str | None = None,
    at: datetime | None = None,
) -> Thread:
    """Start the next part of a thread in its section, let its watchers watch that, and close the thread unless `leave_open`.

    A second press gives back the first one's part. Raises Missing, Denied, RuleBroken, or Invalid for `title`.
    """
    section_id = db.session.scalar(select(Thread.section_id).where(Thread.id == thread.id))
    section = lock(Section, section_id) if section_id is not None else None
    here, item = hold_item(here, thread.id, power=Can.START_THREAD)
    held = held_thread(item)
    allow(own_or_organisers(here, item, Can.CLOSE_ANY_THREAD))
    earlier = _earlier_part(item)
    if earlier is not None:
        return earlier
    if is_held_now(here):
        raise RuleBroken(
            _("What you write here waits for an organiser for now. Ask one to let this thread go on in another.")
        )
    if not is_long(item):
        raise RuleBroken(_("A thread goes on in another one from %(long)s posts on.", long=LONG))
    if section is None:
        raise Missing
    if held.section_id != section.id:
        raise RuleBroken(_("Somebody has just moved this thread. Try again."))
    after = actions.start(here, title=title, section=section, text=text, is_question=False, once=once, at=at)
    after.part_of_id = item.id
    db.session.flush()
    watching.carry(item.id, after.id, at=at or now())
    there = db.session.get_one(Item, after.id)
    record("started part", actor=here.actor, space=here.space, item=there, at=at, before=item.title)
    if not leave_open and held.closed_at is None:
        close(here, thread, reason=_("It goes on in “%(title)s”.", title=there.title), at=at)
    return after


def _earlier_part(item: Item) -> Thread | None:
    """Return the part that goes on from a thread already. One that never came to be read makes room for another."""
    found = db.session.execute(
        select(Thread, Item.state).join(Item, Item.id == Thread.id).where(Thread.part_of_id == item.id)
    ).one_or_none()
    if found is None:
        return None
    part, state = found
    if state is not ItemState.WITHDRAWN:
        return part
    part.part_of_id = None
    db.session.flush()
    return None
