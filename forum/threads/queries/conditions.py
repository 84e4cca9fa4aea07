"""Conditions and columns that several reads of threads share. Each is built once; `seen_by` gives the values for asking it."""

from sqlalchemy import BindParameter, ColumnElement, Integer, Select, and_, bindparam, exists, func, or_, select

from forum.content.models import Post, PostState, WatchLevel
from forum.content.moving.models import MovedPost
from forum.content.reading import SPACE, reader
from forum.content.watching import effective_level
from forum.core.prepared import prepared
from forum.core.time import now
from forum.people.models import Person
from forum.spaces.guard import Here
from forum.spaces.models import Item
from forum.spaces.queries.visible import VIEWED_AT, VIEWER, viewing, visible_to_viewer
from forum.threads.access import KIND
from forum.threads.models import Announcement, Pin, Thread, WatchSection


def seen_by(here: Here) -> dict[str, object]:
    """Return the values with which a statement about threads is executed."""
    return {**reader(here), **viewing(here.actor, now()), "department_id": here.actor.department_id}


@prepared
def threads_here() -> ColumnElement[bool]:
    """Return the condition on `Item` that holds for the threads of this space that the person can see (A3)."""
    return and_(Item.space_id == SPACE, Item.kind == KIND, visible_to_viewer())


def posts_here() -> ColumnElement[bool]:
    """Return the condition on `Item` of whose posts Today tells: all in this space that the person can see, of any room (A3)."""
    return and_(Item.space_id == SPACE, visible_to_viewer())


@prepared
def is_in_patch_of_viewer() -> ColumnElement[bool]:
    """Return the condition on `Item` that somebody else of the reader's department asked: few threads, which are found by author."""
    others = select(Person.id).where(
        Person.department_id == bindparam("department_id", type_=Integer), Person.id != VIEWER
    )
    return Item.author_id.in_(others)


@prepared
def is_unanswered() -> ColumnElement[bool]:
    """Return the condition, on `Item` and `Thread`, that nobody but the asker has written under a question that is open.

    Who wrote last is asked first: where it is somebody else, no post has to be looked at.
    """
    is_theirs = Item.last_by_id.is_not_distinct_from(Item.author_id)
    is_open = and_(~is_answered(), Thread.closed_at.is_(None))
    return and_(Thread.is_question, is_open, is_theirs, ~has_answers())


@prepared
def is_answered() -> ColumnElement[bool]:
    """Return the condition, on `Item` and `Thread`, that an answer is accepted and can be seen: it may have been removed since."""
    answer = select(Post.id).where(
        Post.item_id == Item.id, Post.number == Thread.accepted_number, Post.state == PostState.PUBLISHED
    )
    return and_(Thread.accepted_number.is_not(None), exists(answer.correlate(Item, Thread)))


@prepared
def has_answers() -> ColumnElement[bool]:
    """Return the condition on `Item` that somebody else than its author has written in it."""
    replies = select(Post.id).where(
        Post.item_id == Item.id,
        Post.number > 1,
        Post.state == PostState.PUBLISHED,
        Post.author_id.is_distinct_from(Item.author_id),
    )
    return exists(replies.correlate(Item))


@prepared
def replies_shown() -> ColumnElement[int]:
    """Return how many replies of an item can be seen: what is held, hidden or removed has an index of its own (A5).

    Numbers of posts that were moved away stand for none.
    """
    unseen = select(func.count()).where(Post.item_id == Item.id, Post.number > 1, Post.state != PostState.PUBLISHED)
    moved = select(func.count()).where(MovedPost.item_id == Item.id)
    return Item.last_number - 1 - unseen.correlate(Item).scalar_subquery() - moved.correlate(Item).scalar_subquery()


@prepared
def my_pin() -> ColumnElement[bool]:
    """Return the condition on which a query of items joins `Pin` (outer): one whose day has passed pins nothing."""
    return and_(Pin.thread_id == Item.id, or_(Pin.until.is_(None), Pin.until > VIEWED_AT))


@prepared
def is_pinned() -> ColumnElement[bool]:
    """Return the condition on `Item` that it stands first in the lists now."""
    return Item.id.in_(_pinned())


@prepared
def is_announced() -> ColumnElement[bool]:
    """Return the condition on `Item` that it is an announcement which stands out now."""
    return Item.id.in_(_announced())


@prepared
def stands_first() -> ColumnElement[bool]:
    """Return the condition on `Item` that it stands above the others in a list: announced, or pinned."""
    return Item.id.in_(_announced().union_all(_pinned()))


@prepared
def _announced() -> Select[int]:
    """Return the ids of what is announced now, in any space: a short table of its own."""
    return select(Announcement.thread_id).where(stands_out())


def stands_out() -> ColumnElement[bool]:
    """Return the condition on `Announcement` that its day hasn't passed."""
    return or_(Announcement.until.is_(None), Announcement.until > VIEWED_AT)


@prepared
def _pinned() -> Select[int]:
    return select(Pin.thread_id).where(Pin.space_id == SPACE, or_(Pin.until.is_(None), Pin.until > VIEWED_AT))


@prepared
def thread_level(person: BindParameter[int]) -> ColumnElement[WatchLevel]:
    """Return the level at which `person` watches a thread: a column beside `Item` and `Thread`."""
    in_section = select(WatchSection.level).where(
        WatchSection.person_id == person, WatchSection.section_id == Thread.section_id
    )
    return effective_level(person, in_section.correlate(Thread).scalar_subquery())
