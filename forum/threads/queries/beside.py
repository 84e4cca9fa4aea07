"""What stands beside a thread's posts, in one query: the parts before and after it, and where posts went and came from."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from itertools import pairwise
from typing import Any

from sqlalchemy import (
    ColumnElement,
    CompoundSelect,
    Integer,
    Select,
    String,
    bindparam,
    case,
    cast,
    literal,
    null,
    or_,
    select,
    union_all,
)
from sqlalchemy.orm import aliased

from forum.content.models import Post, PostState
from forum.content.moving.models import MovedPost, PostMove
from forum.core.db import UtcDateTime, db
from forum.core.prepared import prepared
from forum.core.time import now
from forum.people.models import Person
from forum.spaces.guard import Here
from forum.spaces.models import Item, ItemState, Space
from forum.spaces.queries import viewing, visible_to_viewer
from forum.threads.models import Thread
from forum.threads.queries.parts import Part

BEFORE, AFTER, WENT, CAME = "before", "after", "went", "came"
NOTHING = cast(null(), Integer)
NAMELESS = cast(null(), String)
NEVER = cast(null(), UtcDateTime())


@dataclass(frozen=True, kw_only=True)
class Passage:
    """A place on the page at which posts are missing that went elsewhere, or begin that came from there.

    `numbers` are those that went; of what came `posts` says how many. `thread` is None for who may not see the other thread; a thread
    that was merged into this one has a title and no address.
    """

    number: int
    posts: int
    title: str
    thread: Part | None
    by: str
    at: datetime
    numbers: tuple[int, ...] = ()
    is_whole: bool = False


@dataclass(frozen=True, kw_only=True)
class Beside:
    """What stands beside the posts of a page."""

    before: Part | None = None
    after: Part | None = None
    went: list[Passage] = field(default_factory=list)
    came: list[Passage] = field(default_factory=list)


def beside(here: Here, item: Item, *, after: int, size: int) -> Beside:
    """Return it for the page of the posts numbered `after` + 1 to `after` + `size`."""
    values = {**viewing(here.actor, now()), "item_id": item.id, "after": after, "size": size}
    rows: dict[str, list[Any]] = {}
    for row in db.session.execute(_beside(), values):
        rows.setdefault(row.what, []).append(row)
    parts = {what: _part(rows[what][0]) for what in (BEFORE, AFTER) if what in rows}
    went = sorted(rows.get(WENT, []), key=lambda row: row.number)
    came = sorted(rows.get(CAME, []), key=lambda row: (row.number, row.move_id))
    return Beside(
        before=parts.get(BEFORE),
        after=parts.get(AFTER),
        went=[_passage(run[0], numbers=tuple(row.number for row in run)) for run in _runs(went)],
        came=[_passage(row) for row in came],
    )


def _runs(rows: list[Any]) -> Iterator[list[Any]]:
    """Give what went together from neighbouring numbers to the same thread."""
    run = rows[:1]
    for last, row in pairwise(rows):
        if (row.number, row.move_id, row.ref) == (last.number + 1, last.move_id, last.ref):
            run.append(row)
        else:
            yield run
            run = [row]
    if run:
        yield run


def _part(row: Any) -> Part | None:  # noqa: ANN401  # a row of the query below
    return Part(title=row.title, ref=row.ref, slug=row.slug) if row.ref else None


def _passage(row: Any, *, numbers: tuple[int, ...] = ()) -> Passage:  # noqa: ANN401  # a row of the query below
    return Passage(
        number=row.number,
        posts=len(numbers) or row.posts,
        title=row.title or "",
        thread=_part(row),
        by=row.by or "",
        at=row.at,
        numbers=numbers,
        is_whole=bool(row.is_whole),
    )


@prepared
def _beside() -> CompoundSelect[*tuple[Any, ...]]:
    return union_all(_parts(), _went(), _came())


def _columns(
    what: ColumnElement[str],
    *,
    is_ended: ColumnElement[bool] | None = None,
    **given: Any,  # noqa: ANN401  # columns of any table
) -> list[Any]:
    """Name the other thread only for who may see it, or when it ended in this one (A3)."""
    seen = visible_to_viewer()
    named = seen if is_ended is None else or_(seen, is_ended)
    found = {
        "what": what,
        **dict.fromkeys(("number", "posts", "move_id", "is_whole"), NOTHING),
        "title": case((named, Item.title)),
        "ref": case((seen, Item.ref)),
        "slug": case((seen, Space.slug)),
        "by": NAMELESS,
        "at": NEVER,
        **given,
    }
    return [column.label(name) for name, column in found.items()]


def _parts() -> Select[*tuple[Any, ...]]:
    item_id = bindparam("item_id", type_=Integer)
    this = select(Thread.part_of_id).where(Thread.id == item_id).scalar_subquery()
    what = case((Thread.part_of_id == item_id, AFTER), else_=BEFORE)
    return (
        select(*_columns(what))
        .join_from(Thread, Item, Item.id == Thread.id)
        .join(Space, Space.id == Item.space_id)
        .where(or_(Thread.id == this, Thread.part_of_id == item_id), visible_to_viewer())
    )


def _went() -> Select[*tuple[Any, ...]]:
    after, size = bindparam("after", type_=Integer), bindparam("size", type_=Integer)
    mover = aliased(Person)
    columns = _columns(literal(WENT), number=MovedPost.number, move_id=PostMove.id, by=mover.name, at=PostMove.moved_at)
    return (
        select(*columns)
        .join_from(MovedPost, PostMove, PostMove.id == MovedPost.move_id)
        .join(Post, Post.id == MovedPost.post_id)
        .join(Item, Item.id == Post.item_id)
        .join(Space, Space.id == Item.space_id)
        .outerjoin(mover, mover.id == PostMove.moved_by_id)
        .where(
            MovedPost.item_id == bindparam("item_id", type_=Integer),
            MovedPost.number > after,
            MovedPost.number <= after + size,
            Post.state.in_((PostState.PUBLISHED, PostState.REMOVED)),
        )
    )


def _came() -> Select[*tuple[Any, ...]]:
    after, size = bindparam("after", type_=Integer), bindparam("size", type_=Integer)
    mover = aliased(Person)
    columns = _columns(
        literal(CAME),
        number=PostMove.first_number,
        posts=PostMove.posts,
        move_id=PostMove.id,
        by=mover.name,
        at=PostMove.moved_at,
        is_whole=cast(PostMove.is_whole, Integer),
        is_ended=Item.state == ItemState.WITHDRAWN,
    )
    return (
        select(*columns)
        .join_from(PostMove, Item, Item.id == PostMove.from_item_id)
        .join(Space, Space.id == Item.space_id)
        .outerjoin(mover, mover.id == PostMove.moved_by_id)
        .where(
            PostMove.to_item_id == bindparam("item_id", type_=Integer),
            PostMove.first_number > after,
            PostMove.first_number <= after + size,
            PostMove.posts > 0,
        )
    )
