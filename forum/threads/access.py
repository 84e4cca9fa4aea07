"""Loading a thread and authorising are one step."""

from functools import cache

from sqlalchemy import Select, bindparam, select

from forum.core.db import db
from forum.core.errors import Denied, Missing
from forum.core.time import now
from forum.spaces.guard import Here
from forum.spaces.models import Item
from forum.spaces.policy import Can
from forum.spaces.queries import viewing, visible_to_viewer
from forum.threads.models import Section, Thread
from forum.web.words import _

KIND = "thread"


def thread_for(here: Here, ref: str) -> tuple[Thread, Item]:
    """Load the thread at `ref` in this space. Raises Missing when the person can't see it, or it stands elsewhere (A1, A2)."""
    values = {**viewing(here.actor, now()), "space_id": here.space.id, "ref": ref}
    row = db.session.execute(_visible_thread(), values).one_or_none()
    if row is None:
        raise Missing
    thread, item = row
    return thread, item


@cache
def _visible_thread() -> Select[Thread, Item]:
    return (
        select(Thread, Item)
        .join(Item, Item.id == Thread.id)
        .where(Item.ref == bindparam("ref"), Item.space_id == bindparam("space_id"), visible_to_viewer())
    )


def section_for(here: Here, slug: str) -> Section:
    """Load a section of this space. Raises Missing."""
    section = db.session.scalar(select(Section).where(Section.space_id == here.space.id, Section.slug == slug))
    if section is None:
        raise Missing
    return section


def why_not_accept(here: Here, item: Item) -> str:
    """Return "" when the person may accept an answer to this question now, else the sentence that says why not."""
    if here.may(Can.ACCEPT_ANY_ANSWER, item):
        return ""
    if not here.may(Can.WRITE_POST):
        return here.why_not(Can.WRITE_POST)
    if item.author_id != here.actor.id:
        return _("Whoever asked the question accepts the answer, or an organiser does.")
    return ""


def require_accept(here: Here, item: Item) -> None:
    """Raise Denied with the reason when `here.actor` may not accept an answer here now."""
    why = why_not_accept(here, item)
    if why:
        raise Denied(why)
