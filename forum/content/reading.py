"""How far people have read. Reading only lets marks grow; what was written before somebody joined counts as read.

A post is unread when its number is above the person's mark in the item, it was written after they joined and after their
high-water mark of the space, it can be seen, and somebody else wrote it.
"""

import logging
from datetime import UTC, datetime, timedelta

from sqlalchemy import (
    BindParameter,
    ColumnElement,
    Integer,
    ScalarSelect,
    Select,
    and_,
    bindparam,
    case,
    delete,
    exists,
    func,
    literal,
    select,
    update,
)
from sqlalchemy.exc import OperationalError

from forum.content.models import Post, PostState, ReadMark, SpaceMark
from forum.core.db import UtcDateTime, db, insert, transaction_of_marks
from forum.core.prepared import prepared
from forum.core.time import now
from forum.notify.models import Notification
from forum.notify.notices import read_all, unread_again
from forum.people.models import Person
from forum.spaces.guard import Here
from forum.spaces.models import Item, Space
from forum.spaces.queries.visible import VIEWER

SPACE: BindParameter[int] = bindparam("space_id", type_=Integer)
JOINED_AT: BindParameter[datetime] = bindparam("joined_at", type_=UtcDateTime)
NEVER = datetime.max.replace(tzinfo=UTC)

COUNTED = 100
"""Counts of what is unread stop here and are shown as "99+"."""

UNDO = timedelta(hours=1)
"""How long marking everything as read can be taken back."""

logger = logging.getLogger(__name__)


def capped(number: int) -> str:
    """Return a count of what is unread as it is shown: one that stopped at COUNTED is "99+"."""
    return str(number) if number < COUNTED else f"{COUNTED - 1}+"


def reader(here: Here) -> dict[str, object]:
    """Return the values with which a statement made of the conditions below is executed.

    Statements are built once and executed often: building one takes far longer. Whoever is no member joined after all that is.
    """
    joined_at = here.membership.joined_at if here.membership else NEVER
    return {"viewer_id": here.actor.id, "space_id": here.space.id, "joined_at": joined_at}


@prepared
def my_mark() -> ColumnElement[bool]:
    """Return the condition on which a query of items joins `ReadMark` (outer), for the conditions below."""
    return and_(ReadMark.item_id == Item.id, ReadMark.person_id == VIEWER)


@prepared
def is_unread() -> ColumnElement[bool]:
    """Return the condition on `Item` that somebody else's words in it are new to the reader."""
    unread = select(Post.id).where(is_unread_post()).correlate_except(Post)
    return and_(_may_be_unread(), exists(unread))


@prepared
def unread_count() -> ColumnElement[int]:
    """Return how many posts of an item are unread, at most COUNTED: a column beside `Item` and the outer `ReadMark`."""
    some = select(Post.id).where(is_unread_post()).correlate_except(Post).limit(COUNTED)
    counted = select(func.count()).select_from(some.subquery()).scalar_subquery()
    return case((_may_be_unread(), counted), else_=0)


@prepared
def first_unread() -> ColumnElement[int | None]:
    """Return the number of the first unread post of an item, or NULL: a column beside `Item` and the outer `ReadMark`."""
    unread = select(Post.number).where(is_unread_post()).correlate_except(Post)
    first = unread.order_by(Post.number).limit(1).scalar_subquery()
    return case((_may_be_unread(), first), else_=None)


def _may_be_unread() -> ColumnElement[bool]:
    """Return what the item's counters know: of most items it is that nothing is new, and no post has to be looked at."""
    return and_(
        Item.last_number > func.coalesce(ReadMark.last_number, 0),
        Item.last_at > JOINED_AT,
        Item.last_at > _read_until(),
    )


@prepared
def is_unread_post() -> ColumnElement[bool]:
    """Return the condition on `Post` beside its `Item` and the outer `ReadMark` that it is new to the reader."""
    return and_(
        Post.item_id == Item.id,
        Post.number > func.coalesce(ReadMark.last_number, 0),
        Post.state == PostState.PUBLISHED,
        Post.created_at > JOINED_AT,
        Post.created_at > _read_until(),
        Post.author_id.is_distinct_from(VIEWER),
    )


@prepared
def space_mark() -> ScalarSelect[datetime]:
    """Return up to when everything in the space counts as read, or NULL: a column."""
    mark = select(SpaceMark.read_until).where(SpaceMark.person_id == VIEWER, SpaceMark.space_id == SPACE)
    return mark.scalar_subquery()


@prepared
def space_marked_at() -> ScalarSelect[datetime | None]:
    """Return when that mark was set, or NULL: a column."""
    mark = select(SpaceMark.marked_at).where(SpaceMark.person_id == VIEWER, SpaceMark.space_id == SPACE)
    return mark.scalar_subquery()


def _read_until() -> ColumnElement[datetime]:
    return func.coalesce(space_mark(), JOINED_AT)


def read_up_to(person: Person, item: Item, number: int, *, at: datetime | None = None) -> None:
    """Note that `person` has seen an item's posts up to `number`. A smaller number changes nothing (B3).

    Use inside `transaction()`.
    """
    _grow(person.id, item.id, number, at=at or now())


def _grow(person_id: int, item_id: int, number: int, *, at: datetime) -> None:
    mark = insert(ReadMark).values(person_id=person_id, item_id=item_id, last_number=number, read_at=at)
    db.session.execute(
        mark.on_conflict_do_update(
            index_elements=[ReadMark.person_id, ReadMark.item_id],
            set_={"last_number": mark.excluded.last_number, "read_at": mark.excluded.read_at},
            where=ReadMark.last_number < mark.excluded.last_number,
        )
    )


def note_read(person_id: int, item_id: int, number: int, *, told_since: int | None = None) -> None:
    """Write a mark after its page was read, in a short transaction of its own.

    With `told_since`, notifications of posts after that number are read, too.

    A database that is locked just then costs the mark, which the next visit writes, and never the page.
    """
    try:
        with transaction_of_marks():
            _grow(person_id, item_id, number, at=now())
            if told_since is not None:
                read_all(person_id, is_told_of(item_id, after=told_since, up_to=number))
    except OperationalError as error:
        logger.warning("a read mark was not written: %s", type(error.orig).__name__)


def is_told_of(item_id: int, *, after: int, up_to: int) -> ColumnElement[bool]:
    """Return the condition on `Notification` that it is about one of these posts of an item."""
    posts = select(Post.id).where(Post.item_id == item_id, Post.number > after, Post.number <= up_to)
    return Notification.post_id.in_(posts)


@prepared
def first_told() -> ScalarSelect[int | None]:
    """Return the number of the first post of an item of which the reader was told and which they haven't seen, or NULL: a column."""
    told = (
        select(func.min(Post.number))
        .join(Notification, Notification.post_id == Post.id)
        .where(Post.item_id == Item.id, Notification.person_id == VIEWER, Notification.read_at.is_(None))
    )
    return told.correlate(Item).scalar_subquery()


def read_everything(person: Person, space: Space, *, until: datetime) -> bool:
    """Count everything written in `space` up to `until` as read. An earlier instant changes nothing (B3).

    True: `until_then` can take it back for a while, also when this was the second of two presses. Use inside `transaction()`.
    """
    mark = insert(SpaceMark).values(person_id=person.id, space_id=space.id, read_until=until, marked_at=now())
    db.session.execute(
        mark.on_conflict_do_update(
            index_elements=[SpaceMark.person_id, SpaceMark.space_id],
            set_={
                "read_until": mark.excluded.read_until,
                "read_before": SpaceMark.read_until,
                "marked_at": mark.excluded.marked_at,
            },
            where=SpaceMark.read_until < mark.excluded.read_until,
        )
    )
    marked_at = db.session.scalar(select(SpaceMark.marked_at).where(*_last_marked(person, space, until=until)))
    read_all(person.id, _is_told_in(space, Post.created_at <= until), at=marked_at)
    return marked_at is not None


def until_then(person: Person, space: Space, *, until: datetime) -> bool:
    """Undo `read_everything` up to `until`: what was unread before it is unread again, but for what was looked at since.

    Only the last mark, and only within UNDO: False when it is another one by now, or too old, and nothing changes. Nothing that
    was never shown gets lost on the way (B3): so long, marks of threads hold what was shown and no more; see `is_undoable`. Use
    inside `transaction()`.
    """
    last = _last_marked(person, space, until=until)
    marked_at = db.session.scalar(select(SpaceMark.marked_at).where(*last))
    back = (
        update(SpaceMark)
        .where(*last, SpaceMark.read_before.is_not(None))
        .values(read_until=SpaceMark.read_before, read_before=None, marked_at=None)
        .returning(SpaceMark.space_id)
        .execution_options(synchronize_session=False)
    )
    gone = (
        delete(SpaceMark)
        .where(*last, SpaceMark.read_before.is_(None))
        .returning(SpaceMark.space_id)
        .execution_options(synchronize_session=False)
    )
    is_done = db.session.scalar(back) is not None or db.session.scalar(gone) is not None
    if is_done and marked_at is not None:
        told_again(person, _is_told_in(space), marked_at=marked_at)
    return is_done


def told_again(person: Person, *where: ColumnElement[bool], marked_at: datetime) -> int:
    """Let those notifications be unread again that one press let count as read, `marked_at` then; return how many.

    Only within UNDO, and not those of posts that were looked at since. Use inside `transaction()`.
    """
    if not is_undoable(marked_at):
        return 0
    looked_at = (
        select(Post.id)
        .join(ReadMark, and_(ReadMark.item_id == Post.item_id, ReadMark.person_id == person.id))
        .where(Post.id == Notification.post_id, ReadMark.last_number >= Post.number, ReadMark.read_at > marked_at)
    )
    return unread_again(person.id, ~looked_at.exists(), *where, at=marked_at)


def _is_told_in(space: Space, *where: ColumnElement[bool]) -> ColumnElement[bool]:
    posts = select(Post.id).join(Item, Item.id == Post.item_id).where(Item.space_id == space.id, *where)
    return Notification.post_id.in_(posts)


def is_undoable(marked_at: datetime | None) -> bool:
    """Say whether a space's mark that was set at `marked_at` may still be taken back."""
    return marked_at is not None and marked_at > now() - UNDO


def _last_marked(person: Person, space: Space, *, until: datetime) -> tuple[ColumnElement[bool], ...]:
    return (
        SpaceMark.person_id == person.id,
        SpaceMark.space_id == space.id,
        SpaceMark.read_until == until,
        SpaceMark.marked_at > now() - UNDO,
    )


def read_items(person: Person, ids: Select[int], *, until: datetime) -> None:
    """Count everything that was written in some items up to `until` as read. Marks only grow (B3).

    `ids` are the items', of which nothing is shown by this. Use inside `transaction()`.
    """
    at = now()
    posts = select(Post.id).where(Post.item_id.in_(ids), Post.created_at <= until)
    read_all(person.id, Notification.post_id.in_(posts))
    # Posts that were moved here are older than some before them, so the first newer one is what ends it.
    newer = func.min(case((Post.created_at > until, Post.number)))
    read_to = func.coalesce(newer - 1, func.max(Post.number))
    last = (
        select(literal(person.id), Post.item_id, read_to, literal(at, type_=UtcDateTime))
        .where(Post.item_id.in_(ids))
        .group_by(Post.item_id)
        .having(read_to > 0)
    )
    mark = insert(ReadMark).from_select(["person_id", "item_id", "last_number", "read_at"], last)
    db.session.execute(
        mark.on_conflict_do_update(
            index_elements=[ReadMark.person_id, ReadMark.item_id],
            set_={"last_number": mark.excluded.last_number, "read_at": mark.excluded.read_at},
            where=ReadMark.last_number < mark.excluded.last_number,
        )
    )
