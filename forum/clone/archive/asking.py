"""Asking for an archive of a space, calling it off, and what of it can be downloaded."""

from collections.abc import Sequence
from datetime import timedelta

from sqlalchemy import func, select, update

from forum.clone.archive import FILE, MOST_BYTES, MOST_MEMBERS
from forum.clone.archive.making import note_taken, shelf
from forum.clone.archive.models import SpaceArchive
from forum.clone.archive.rooms import keeping
from forum.core.db import Base, db
from forum.core.errors import Missing, RuleBroken, TooMany
from forum.core.leased import UNDER_WAY, WorkState
from forum.core.time import now
from forum.spaces.guard import Here, hold
from forum.spaces.policy import Can
from forum.web.words import _

A_DAY = timedelta(days=1)
ARCHIVES_A_DAY = 5
OTHER_MEMBERS = 200
"""More files than an archive has beside the attached ones."""
GB = 1024**3


def ask(here: Here, *, with_names: bool, as_pages: bool = False) -> SpaceArchive:
    """Ask for everything of a space. While one is under way, it is that one. Use inside `transaction()`.

    Raises Missing, Denied, TooMany past ARCHIVES_A_DAY, RuleBroken while another steward's is made.
    """
    here = hold(here, Can.TAKE_ARCHIVE)
    running = db.session.scalar(
        select(SpaceArchive).where(SpaceArchive.space_id == here.space.id, SpaceArchive.state.in_(UNDER_WAY))
    )
    if running is not None:
        if running.person_id != here.actor.id:
            raise RuleBroken(_("An archive for another steward is being made. Ask again when it is ready."))
        return running
    at = now()
    lately = (SpaceArchive.space_id == here.space.id, SpaceArchive.asked_at > at - A_DAY)
    asked, first = db.session.execute(select(func.count(), func.min(SpaceArchive.asked_at)).where(*lately)).one()
    if asked >= ARCHIVES_A_DAY:
        raise TooMany(int((first + A_DAY - at).total_seconds()) + 1)
    made = SpaceArchive(
        space_id=here.space.id, person_id=here.actor.id, with_names=with_names, as_pages=as_pages, asked_at=at
    )
    db.session.add(made)
    db.session.flush()
    note_taken(here, with_names=with_names, as_pages=as_pages)
    return made


def cancel(here: Here, key: str) -> None:
    """Call an archive off. One that is ready stays. Use inside `transaction()`. Raises Missing for another steward's."""
    found = own(here, key)
    db.session.execute(
        update(SpaceArchive)
        .where(SpaceArchive.id == found.id, SpaceArchive.state.in_(UNDER_WAY))
        .values(state=WorkState.CANCELLED, claimed_until=None)
    )


def throw_away(here: Here, key: str) -> bool:
    """Let the time of a file be over now, and say whether it was: pressed twice it is once, and one that isn't ready stays.

    Use inside `transaction()`. Raises Missing for another steward's.
    """
    which = (SpaceArchive.id == own(here, key).id, SpaceArchive.state == WorkState.READY)
    over = update(SpaceArchive).where(*which).values(state=WorkState.OVER).returning(SpaceArchive.uuid)
    keys = db.session.scalars(over).all()
    shelf().remove(keys)
    return bool(keys)


def own(here: Here, key: str) -> SpaceArchive:
    """Find an archive of this space for which this steward asked. Raises Missing."""
    mine = (SpaceArchive.space_id == here.space.id, SpaceArchive.person_id == here.actor.id)
    found = db.session.scalar(select(SpaceArchive).where(SpaceArchive.uuid == key, *mine))
    if found is None:
        raise Missing
    return found


def newest(here: Here) -> SpaceArchive | None:
    """Find the archive of this space for which this steward asked last."""
    mine = (SpaceArchive.space_id == here.space.id, SpaceArchive.person_id == here.actor.id)
    query = select(SpaceArchive).where(*mine).order_by(SpaceArchive.asked_at.desc(), SpaceArchive.id.desc())
    return db.session.scalar(query.limit(1))


def ready(here: Here) -> Sequence[SpaceArchive]:
    """List what this steward can download now, the newest first: one of each kind may be wanted, and each has its own time."""
    mine = (SpaceArchive.space_id == here.space.id, SpaceArchive.person_id == here.actor.id)
    query = select(SpaceArchive).where(*mine, SpaceArchive.state == WorkState.READY)
    found = db.session.scalars(query.order_by(SpaceArchive.ready_at.desc(), SpaceArchive.id.desc()))
    return [one for one in found if shelf().find(one) is not None]


def why_only_kept(here: Here) -> str:
    """Say why an archive of a space could be made and kept, but not restored; "" when it can be."""
    table = Base.metadata.tables[FILE]
    inside = keeping().inside(table, here.space.id, here.actor.id)
    query = select(func.count(), func.coalesce(func.sum(table.c.size), 0)).select_from(table).where(inside)
    files, size = db.session.execute(query).one()
    if files + OTHER_MEMBERS <= MOST_MEMBERS and size <= MOST_BYTES:
        return ""
    return _(
        "This space has %(files)s attached files with %(size)s GB. An archive of it can be kept, but not restored: that ends at "
        "%(most)s files and %(most_size)s GB. Stewards can remove what nobody needs any more.",
        files=f"{files:,}",
        size=f"{size / GB:.1f}",
        most=f"{MOST_MEMBERS - OTHER_MEMBERS:,}",
        most_size=f"{MOST_BYTES // GB}",
    )
