"""What tests of copies do again and again."""

from collections.abc import Collection
from datetime import timedelta

from sqlalchemy import select

from forum.clone.access import Look, showcase_for
from forum.clone.actions import copying, showing
from forum.clone.models import CloneJob, Consent
from forum.clone.rooms import house
from forum.core.db import db, transaction
from forum.core.time import local, now
from forum.people.models import Person
from forum.spaces.guard import here_for
from forum.spaces.models import Cloth, Item, Space
from forum.stories.models import Story
from forum.threads.models import Thread


def every_part() -> list[str]:
    """Return the names of all parts."""
    return [part.name for part in house().parts]


def show(steward: Person, space: Space, *, parts: Collection[str] | None = None, is_open: bool = True) -> None:
    """Open a space's showcase, with all there is."""
    wish = showing.Wish(
        is_open=is_open,
        offers_copy=True,
        shows_numbers=True,
        parts=every_part() if parts is None else parts,
        how=None,
    )
    with transaction():
        showing.describe(here_for(steward, space.slug), wish)


def agree(steward: Person, space: Space, *items: Thread | Story) -> None:
    """Choose items, and let everybody agree who wrote them."""
    for one in items:
        item = db.session.get_one(Item, one.id)
        with transaction():
            showing.choose(here_for(steward, space.slug), item.ref)
        for person_id in db.session.scalars(select(Consent.person_id).where(Consent.item_id == item.id)).all():
            person = db.session.get_one(Person, person_id)
            with transaction():
                showing.answer(here_for(person, space.slug), item.ref, agrees=True)


def begin(actor: Person, space: Space, *, look: Look | None = None, later: int = 0) -> CloneJob:
    """Begin a copy and name it; its first day is today, or so many days later."""
    with transaction():
        job = copying.begin(actor, look or showcase_for(actor, space.slug))
        name(job, actor, later=later)
    return job


def name(job: CloneJob, actor: Person, *, called: str = "Ward clerks online", slug: str = "", later: int = 0) -> None:
    """Name what is begun."""
    copying.name_it(
        job,
        name=called,
        slug=slug,
        cloth=Cloth.PLUM,
        first_day=local(now(), actor.zone).date() + timedelta(days=later),
        actor=actor,
    )


def make(job: CloneJob, actor: Person) -> Space:
    """Look at what comes along, and press."""
    seen = copying.bundle_of(job, actor, parts=job.parts).digest
    ready = copying.ready_for(job, actor)
    with transaction():
        return copying.make_copy(actor, job, ready, seen=seen)


def copy(actor: Person, space: Space) -> Space:
    """Make a copy of a space, with all it offers."""
    return make(begin(actor, space), actor)
