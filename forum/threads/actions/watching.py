"""Choosing how much one wants to hear of a thread, a section or all of a space. It concerns nobody else, so no log tells of it."""

from sqlalchemy import delete

from forum.content import watching
from forum.content.access import hold_item
from forum.content.models import WatchLevel
from forum.core.db import db, insert, lock
from forum.core.errors import Missing
from forum.spaces.guard import Here, as_it_is_now
from forum.spaces.policy import Can
from forum.threads.models import Section, Thread, WatchSection


def watch(here: Here, thread: Thread, level: WatchLevel | None) -> None:
    """Watch a thread at a level; None takes the choice back. Raises Missing, Denied."""
    here, item = hold_item(here, thread.id, power=Can.WATCH_THREAD)
    watching.choose(here.actor, item, level)


def watch_section(here: Here, section: Section, level: WatchLevel | None) -> None:
    """Watch all of a section at a level; None takes the choice back. Raises Missing, Denied."""
    held = lock(Section, section.id)
    here = as_it_is_now(here)
    here.require(Can.WATCH_THREAD)
    if held is None or held.space_id != here.space.id:
        raise Missing
    if level is None:
        own = (WatchSection.person_id == here.actor.id, WatchSection.section_id == held.id)
        db.session.execute(delete(WatchSection).where(*own))
        return
    made = insert(WatchSection).values(person_id=here.actor.id, section_id=held.id, level=level)
    db.session.execute(
        made.on_conflict_do_update(
            index_elements=[WatchSection.person_id, WatchSection.section_id], set_={"level": made.excluded.level}
        )
    )


def watch_space(here: Here, level: WatchLevel | None) -> None:
    """Watch everything in the space at a level; None takes the choice back. Raises Missing, Denied."""
    here = as_it_is_now(here)
    here.require(Can.WATCH_THREAD)
    watching.choose_for_space(here.actor, here.space, level)
