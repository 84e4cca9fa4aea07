"""The order of a space's sections, and what becomes of one that isn't needed. Space before sections before items, everywhere."""

from collections.abc import Sequence
from typing import Literal

from sqlalchemy import func, select, update

from forum.core.db import db, lock
from forum.core.errors import Invalid, Missing, RuleBroken
from forum.spaces import guard
from forum.spaces.guard import Here
from forum.spaces.log import record
from forum.spaces.models import Space
from forum.spaces.policy import Can
from forum.threads.models import Section, SectionAlias, Thread, WatchSection
from forum.web.words import _


def shift_section(here: Here, section: Section, way: Literal["up", "down"]) -> None:
    """Let a section change places with the one before or after it; at an end it stays. Raises Missing, Denied."""
    here = guard.hold(here, Can.CHANGE_SPACE)
    ordered = list(_sections(here.space))
    place = next((index for index, one in enumerate(ordered) if one.id == section.id), None)
    if place is None:
        raise Missing
    other = place - 1 if way == "up" else place + 1
    if 0 <= other < len(ordered):
        ordered[place], ordered[other] = ordered[other], ordered[place]
    for position, one in enumerate(ordered):
        one.position = position


def remove_section(here: Here, section: Section) -> None:
    """Remove a section in which no thread stands. Raises Missing, Denied, RuleBroken."""
    here, held = _hold(here, section)
    if len(_sections(here.space)) == 1:
        raise RuleBroken(_("A space needs a section. Add another one first."))
    if db.session.scalar(select(func.count()).select_from(Thread).where(Thread.section_id == held.id)):
        raise RuleBroken(_("There are threads in “%(name)s”. Merge it into another section instead.", name=held.name))
    record("removed section", actor=here.actor, space=here.space, name=held.name)
    db.session.delete(held)
    db.session.flush()


def merge_section(here: Here, section: Section, *, into: Section) -> None:
    """Put all threads of a section into another one, and let its address lead there.

    Who watches the one watches the other, unless they chose for that already. Raises Missing, Denied, Invalid for `into`.
    """
    here = guard.hold(here, Can.CHANGE_SPACE)
    if into.id == section.id:
        raise Invalid({"into": [_("Choose another section than this one.")]})
    for held_id in sorted((section.id, into.id)):
        lock(Section, held_id)
    here, held = _hold(here, section)
    there = db.session.get(Section, into.id)
    if there is None or there.space_id != here.space.id:
        raise Invalid({"into": [_("Choose one of the sections of this space.")]})
    have = select(WatchSection.person_id).where(WatchSection.section_id == there.id)
    carried = update(WatchSection).where(WatchSection.section_id == held.id, WatchSection.person_id.not_in(have))
    now_there = {"section_id": there.id}
    for moved in (
        carried,
        update(Thread).where(Thread.section_id == held.id),
        update(SectionAlias).where(SectionAlias.section_id == held.id),
    ):
        db.session.execute(moved.values(now_there).execution_options(synchronize_session=False))
    record("merged section", actor=here.actor, space=here.space, name=held.name, into=there.name)
    address = held.slug
    db.session.delete(held)
    db.session.flush()
    db.session.add(SectionAlias(space_id=here.space.id, slug=address, section_id=there.id))
    db.session.flush()


def _hold(here: Here, section: Section) -> tuple[Here, Section]:
    """Lock the space, then the section: what starts a thread in it, or moves one into it, waits and then finds it gone."""
    here = guard.hold(here, Can.CHANGE_SPACE)
    held = lock(Section, section.id)
    if held is None or held.space_id != here.space.id:
        raise Missing
    return here, held


def _sections(space: Space) -> Sequence[Section]:
    query = select(Section).where(Section.space_id == space.id).order_by(Section.position, Section.id)
    return db.session.scalars(query.execution_options(populate_existing=True)).all()
