"""Moving posts from one item to the end of another. All of it is a few statements, however many posts there are.

Numbers are never given twice: what was in the target keeps its own, what comes gets those after its last, in order, and the numbers
that it had lead on from where it was. Runs inside `transaction()`, while both items are held in the order of their ids.
"""

from collections.abc import Callable
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
    (`posts_url` gives their addresses by an item's ref), how far people have read. There has to be at least one.
    """
    move = _note(item, there, which, by=by, reason=reason, is_whole=is_whole, at=at)
    chosen = (Post.item_id == item.id, which)
    numbers = literal(there.last_number) + func.row_number().over(order_by=Post.number)
    rows = select(Post.item_id, Post.number, Post.id, literal(move.id), numbers).where(*chosen)
    db.session.execute(insert(MovedPost).from_select(["item_id", "number", "post_id", "move_id", "to_number"], rows))
    of_move = MovedPost.move_id == move.id
    _renumber(item, there, move)
    there.last_number = db.session.scalars(select(func.max(MovedPost.to_number)).where(of_move)).one()
    db.session.flush()
    _forget_loaded(item)
    renumber_texts(item, there, move, posts_url=posts_url)
    marks_follow(item, there, move)
    for one in (item, there):
        settle(one)
    return move


def _note(
    item: Item,
    there: Item,
    which: ColumnElement[bool],
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
        posts=db.session.scalars(select(seen).where(Post.item_id == item.id, which)).one(),
        moved_by_id=by.id,
        moved_at=at,
        reason=reason,
    )
    db.session.add(move)
    db.session.flush()
    return move


def _renumber(item: Item, there: Item, move: PostMove) -> None:
    """Give the posts their place. A reply follows what it answers if that stands in the same item now; else it becomes a plain one."""
    was, before, answered = aliased(MovedPost), aliased(MovedPost), aliased(Post)
    own = select(was.to_number).where(was.item_id == item.id, was.number == Post.number)
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
    moved = select(MovedPost.post_id).where(MovedPost.move_id == move.id)
    db.session.execute(
        update(Post)
        .where(Post.id.in_(moved))
        .values(
            item_id=there.id,
            number=own.correlate(Post).scalar_subquery(),
            in_reply_to=func.coalesce(along.correlate(Post).scalar_subquery(), ahead.correlate(Post).scalar_subquery()),
        )
        .execution_options(synchronize_session=False)
    )


def _forget_loaded(item: Item) -> None:
    """Read anew whatever this session had loaded of the item's posts."""
    for loaded in db.session.identity_map.values():
        if isinstance(loaded, Post) and loaded.item_id == item.id:
            db.session.expire(loaded)
