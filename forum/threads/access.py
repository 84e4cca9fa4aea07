"""Loading a thread and authorising are one step."""

from sqlalchemy import Select, bindparam, select

from forum.content.models import Post
from forum.content.order.holding import why_not_change
from forum.core.db import db
from forum.core.errors import Denied, Missing, RuleBroken
from forum.core.prepared import prepared
from forum.core.time import now
from forum.spaces.guard import Here
from forum.spaces.models import Item, ItemState
from forum.spaces.policy import Can
from forum.spaces.queries import viewing, visible_to_viewer
from forum.threads.models import Section, Tag, Thread
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


@prepared
def _visible_thread() -> Select[Thread, Item]:
    return (
        select(Thread, Item)
        .join(Item, Item.id == Thread.id)
        .where(Item.ref == bindparam("ref"), Item.space_id == bindparam("space_id"), visible_to_viewer())
    )


def held_thread(item: Item) -> Thread:
    """Read the thread of an item that is held anew. Raises Missing for an item of another kind."""
    thread = db.session.get(Thread, item.id, populate_existing=True)
    if thread is None:
        raise Missing
    return thread


def first_post(thread: Thread) -> Post:
    """Return the post that a thread was started with, of a thread that was just let through."""
    return db.session.scalars(select(Post).where(Post.item_id == thread.id, Post.number == 1)).one()


def section_for(here: Here, slug: str) -> Section:
    """Load a section of this space. Raises Missing."""
    section = None
    if slug.isprintable():  # PostgreSQL takes no NUL
        section = db.session.scalar(select(Section).where(Section.space_id == here.space.id, Section.slug == slug))
    if section is None:
        raise Missing
    return section


def tag_for(here: Here, slug: str) -> Tag:
    """Load a tag of this space, in use or not. Raises Missing."""
    tag = None
    if slug.isprintable():
        tag = db.session.scalar(select(Tag).where(Tag.space_id == here.space.id, Tag.slug == slug))
    if tag is None:
        raise Missing
    return tag


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


class IsClosed(RuleBroken):
    """The thread takes no more replies from this person."""


def own_or_organisers(here: Here, item: Item, power: Can) -> str:
    """Return "" when the person may do to this thread what its author and those with `power` may, else why not."""
    if here.may(power, item):
        return ""
    if not here.may(Can.START_THREAD):
        return here.why_not(Can.START_THREAD)
    if item.author_id != here.actor.id:
        return _("Whoever started the thread can do this, or an organiser.")
    return ""


def why_not_reword(here: Here, item: Item) -> str:
    """Return "" unless the person is held and this is a thread of theirs that everybody reads: no words of theirs stand in it unread.

    While it waits itself they may: an organiser reads it all. Asked besides `own_or_organisers`.
    """
    if item.state is not ItemState.PUBLISHED or here.may(Can.CHANGE_ANY_THREAD, item):
        return ""
    return why_not_change(here)


def why_not_reopen(here: Here, item: Item, *, closed_by_id: int | None) -> str:
    """Return "" when the person may open this closed thread again: an organiser, or its author when they closed it themselves."""
    why = own_or_organisers(here, item, Can.CLOSE_ANY_THREAD)
    if not why and not here.may(Can.CLOSE_ANY_THREAD, item) and closed_by_id != here.actor.id:
        return _("An organiser closed this thread. Ask one to open it again.")
    return why


def why_not_reply(here: Here, item: Item, *, is_closed: bool) -> str:
    """Return "" when the person may reply here now, else the sentence that says why not."""
    if not here.may(Can.WRITE_POST):
        return here.why_not(Can.WRITE_POST)
    if item.state is not ItemState.PUBLISHED:
        return _("This waits for an organiser, and can be replied to when everybody can read it.")
    if is_closed and not here.may(Can.CLOSE_ANY_THREAD, item):
        return _("This thread is closed. Start another one, or ask an organiser to open it again.")
    return ""


def why_not_reply_now(here: Here, item: Item) -> str:
    """Likewise, of a thread's item: for what spans rooms."""
    return why_not_reply(here, item, is_closed=held_thread(item).closed_at is not None)


def allow(why: str) -> None:
    """Raise Denied with the reason, if there is one."""
    if why:
        raise Denied(why)
