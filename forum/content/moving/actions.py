"""Moving posts from one item to the end of another. All of it is a few statements, however many posts there are.

Numbers are never given twice: what was in the target keeps its own, what comes gets those after its last, in order, and the numbers
that it had lead on from where it was. What has no number, being held, goes along with a whole item only, and has none there either.
Runs inside `transaction()`, while both items are held in the order of their ids.
"""

from collections.abc import Callable, Iterable
from datetime import datetime

from sqlalchemy import ColumnElement, case, func, insert, literal, select, update
from sqlalchemy.orm import aliased

from forum.content.models import Post, PostState
from forum.content.moving.following import marks_follow
from forum.content.moving.models import MovedPost, PostMove
from forum.content.moving.texts import renumber_texts
from forum.content.removing import settle
from forum.core.db import db
from forum.people.models import Person
from forum.spaces.models import Item

SEEN = (PostState.PUBLISHED, PostState.REMOVED)


def move_posts(
    item: Item,
    there: Item,
    which: ColumnElement[bool],
    *,
    by: Person,
    reason: str,
    posts_url: Callable[[str], str],
    is_whole: bool,
    at: datetime,
) -> PostMove:
    """Put those of an item's posts for which `which` holds at the end of another, in the state that they are in.

    What hangs on a post goes with it. What names a post by its number is put right: what it replies to, the posts that it quotes
    (`posts_url` gives their addresses by an item's ref), how far people have read. There has to be at least one that has a number.
    """
    chosen = (Post.item_id == item.id, Post.number.is_not(None), which)
    move = _note(item, there, chosen, by=by, reason=reason, is_whole=is_whole, at=at)
    numbers = literal(there.last_number) + func.row_number().over(order_by=Post.number)
    rows = select(Post.item_id, Post.number, Post.id, literal(move.id), numbers).where(*chosen)
    db.session.execute(insert(MovedPost).from_select(["item_id", "number", "post_id", "move_id", "to_number"], rows))
    of_move = MovedPost.move_id == move.id
    waiting = _take_along_unnumbered(item, there, move) if is_whole else []
    _renumber(item, there, move)
    there.last_number = db.session.scalars(select(func.max(MovedPost.to_number)).where(of_move)).one()
    db.session.flush()
    _forget_loaded(item)
    renumber_texts(item, there, move, more=waiting, posts_url=posts_url)
    marks_follow(item, there, move)
    for one in (item, there):
        settle(one)
    return move


def _note(
    item: Item,
    there: Item,
    chosen: Iterable[ColumnElement[bool]],
    *,
    by: Person,
    reason: str,
    is_whole: bool,
    at: datetime,
) -> PostMove:
    seen = func.count(case((Post.state.in_(SEEN), 1)))
    move = PostMove(
        from_item_id=item.id,
        to_item_id=there.id,
        is_whole=is_whole,
        first_number=there.last_number + 1,
        posts=db.session.scalars(select(seen).where(*chosen)).one(),
        moved_by_id=by.id,
        moved_at=at,
        reason=reason,
    )
    db.session.add(move)
    db.session.flush()
    return move


def _take_along_unnumbered(item: Item, there: Item, move: PostMove) -> list[int]:
    """Put what has no number, being held or declined, where all the rest goes; return which posts that is."""
    moved = (
        update(Post)
        .where(Post.item_id == item.id, Post.number.is_(None))
        .values(item_id=there.id, in_reply_to=_answered(item, there, move))
        .returning(Post.id)
        .execution_options(synchronize_session=False)
    )
    return list(db.session.scalars(moved))


def _renumber(item: Item, there: Item, move: PostMove) -> None:
    """Give the posts their place."""
    was = aliased(MovedPost)
    own = select(was.to_number).where(was.item_id == item.id, was.number == Post.number)
    moved = select(MovedPost.post_id).where(MovedPost.move_id == move.id)
    db.session.execute(
        update(Post)
        .where(Post.id.in_(moved))
        .values(
            item_id=there.id,
            number=own.correlate(Post).scalar_subquery(),
            in_reply_to=_answered(item, there, move),
        )
        .execution_options(synchronize_session=False)
    )


def _answered(item: Item, there: Item, move: PostMove) -> ColumnElement[int | None]:
    """Return what a post that is moved replies to: what it did, if that stands in the same item now; else it becomes a plain one."""
    was, before, answered = aliased(MovedPost), aliased(MovedPost), aliased(Post)
    along = select(was.to_number).where(was.item_id == item.id, was.number == Post.in_reply_to, was.move_id == move.id)
    ahead = (
        select(answered.number)
        .join(before, before.post_id == answered.id)
        .where(
            before.item_id == item.id,
            before.number == Post.in_reply_to,
            before.move_id != move.id,
            answered.item_id == there.id,
        )
    )
    return func.coalesce(along.correlate(Post).scalar_subquery(), ahead.correlate(Post).scalar_subquery())


def _forget_loaded(item: Item) -> None:
    """Read anew whatever this session had loaded of the item's posts."""
    for loaded in db.session.identity_map.values():
        if isinstance(loaded, Post) and loaded.item_id == item.id:
            db.session.expire(loaded)
