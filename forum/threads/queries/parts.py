"""Reads of what a long thread has: the parts before and after it, and the summary on top of it."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import ColumnElement, func, or_, select
from sqlalchemy.orm import joinedload

from forum.core.db import db
from forum.core.prepared import prepared
from forum.core.time import now
from forum.spaces.guard import Here
from forum.spaces.models import Item, Membership, Space
from forum.spaces.queries import viewing, visible_to_viewer
from forum.spaces.queries.suspended import keeps_now
from forum.threads.models import Section, Thread, ThreadSummary

VERSIONS_SHOWN = 20


@dataclass(frozen=True, kw_only=True)
class Part:
    """The thread before or after one, as far as the reader can see it."""

    title: str
    ref: str
    slug: str


def parts_of(here: Here, item: Item) -> tuple[Part | None, Part | None]:
    """Return the thread that this one goes on from, and the one in which it goes on. One query; unseen ones are None (A3)."""
    this = select(Thread.part_of_id).where(Thread.id == item.id).scalar_subquery()
    query = (
        select(Thread.part_of_id == item.id, Item.title, Item.ref, Space.slug)
        .join(Item, Item.id == Thread.id)
        .join(Space, Space.id == Item.space_id)
        .where(or_(Thread.id == this, Thread.part_of_id == item.id), visible_to_viewer())
    )
    found = {
        bool(is_after): Part(title=title, ref=ref, slug=slug)
        for is_after, title, ref, slug in db.session.execute(query, viewing(here.actor, now()))
    }
    return found.get(False), found.get(True)


@prepared
def is_latest_summary() -> ColumnElement[bool]:
    """Return the condition on which a query of threads joins `ThreadSummary` (outer)."""
    latest = select(func.max(ThreadSummary.version)).where(ThreadSummary.thread_id == Thread.id).correlate(Thread)
    return (ThreadSummary.thread_id == Thread.id) & (ThreadSummary.version == latest.scalar_subquery())


def summaries_of(thread: Thread) -> Sequence[ThreadSummary]:
    """Return the versions of a thread's summary, the latest first."""
    query = select(ThreadSummary).where(ThreadSummary.thread_id == thread.id).options(joinedload(ThreadSummary.author))
    return db.session.scalars(query.order_by(ThreadSummary.version.desc()).limit(VERSIONS_SHOWN)).all()


def other_sections(here: Here) -> list[tuple[str, str]]:
    """Return the sections of the other spaces that the person organises, as "space/section" and in words."""
    kept = (
        select(Space.slug, Space.name, Section.slug, Section.name)
        .join(Membership, Membership.space_id == Space.id)
        .join(Section, Section.space_id == Space.id)
        .where(
            Membership.person_id == here.actor.id,
            Membership.ended_at.is_(None),
            keeps_now(Membership, now()),
            Space.archived_at.is_(None),
            Space.id != here.space.id,
        )
        .order_by(Space.name, Space.id, Section.position, Section.id)
    )
    return [(f"{slug}/{section}", f"{name}: {words}") for slug, name, section, words in db.session.execute(kept)]
