"""Where posts went that were moved."""

from collections.abc import Collection
from dataclasses import dataclass

from sqlalchemy import or_, select
from sqlalchemy.orm import aliased

from forum.content.models import Post, PostState
from forum.content.moving.models import MovedPost, PostMove
from forum.core.db import db
from forum.core.time import now
from forum.people.models import Person
from forum.spaces.models import FormerPlace, Item, ItemState, Space
from forum.spaces.queries import viewing, visible_to_viewer


@dataclass(frozen=True, kw_only=True)
class Place:
    """Where a post stands now; `from_id` is the item whose old address led there."""

    from_id: int
    item_id: int
    slug: str
    ref: str
    number: int


def numbering(from_id: int, to_id: int) -> dict[int, int]:
    """Return what the posts that had numbers in one item are called in another, as far as they stand there now."""
    query = (
        select(MovedPost.number, Post.number)
        .join(Post, Post.id == MovedPost.post_id)
        .where(MovedPost.item_id == from_id, Post.item_id == to_id)
    )
    return {row[0]: row[1] for row in db.session.execute(query)}


def where_all_went(item: Item) -> Item:
    """Return the item in which all posts of one stand now, through every move of the whole: itself, if it was never moved so."""
    went = select(Item).join(PostMove, PostMove.to_item_id == Item.id).where(PostMove.is_whole)
    while (then := db.session.scalar(went.where(PostMove.from_item_id == item.id))) is not None:
        item = then
    return item


def ids_of(before: str, ref: str) -> tuple[int, int] | None:
    """Return the keys of the item at `before` and of the one at `ref`, if posts of the first went to the second."""
    source = aliased(Item)
    query = (
        select(source.id, Item.id)
        .select_from(MovedPost)
        .join(source, source.id == MovedPost.item_id)
        .join(Post, Post.id == MovedPost.post_id)
        .join(Item, Item.id == Post.item_id)
        .where(source.ref == before, Item.ref == ref)
        .limit(1)
    )
    row = db.session.execute(query).one_or_none()
    return None if row is None else (row[0], row[1])


def place_of(viewer: Person, slug: str, ref: str, number: int, *, or_after: bool = False) -> Place | None:
    """Return where the post stands that had `number` in the item at `ref`, in the space at `slug`; None when it wasn't moved.

    None, too, for who may not see where it stands (A3). `or_after`: if there was none, the next of those that went along is meant.
    """
    source, home, there = aliased(Item), aliased(Space), aliased(Space)
    former = select(FormerPlace.item_id).join(home, home.id == FormerPlace.space_id).where(home.slug == slug)
    at_home = select(Space.id).where(Space.slug == slug)
    query = (
        select(source.id, Item.id, there.slug, Item.ref, Post.number)
        .select_from(MovedPost)
        .join(source, source.id == MovedPost.item_id)
        .join(Post, Post.id == MovedPost.post_id)
        .join(Item, Item.id == Post.item_id)
        .join(there, there.id == Item.space_id)
        .where(
            source.ref == ref,
            or_(source.space_id.in_(at_home), source.id.in_(former)),
            MovedPost.number >= number if or_after else MovedPost.number == number,
            visible_to_viewer(),
        )
        .order_by(MovedPost.number)
        .limit(1)
    )
    row = db.session.execute(query, viewing(viewer, now())).one_or_none()
    return None if row is None else Place(from_id=row[0], item_id=row[1], slug=row[2], ref=row[3], number=row[4])


def authors_of_moved(space: Space, item_id: int, numbers: Collection[int]) -> dict[int, str]:
    """Return who wrote posts that had these numbers in an item and stand elsewhere in its space now; "" for a former member."""
    query = (
        select(MovedPost.number, Person.name)
        .join(Post, Post.id == MovedPost.post_id)
        .join(Item, Item.id == Post.item_id)
        .outerjoin(Person, Person.id == Post.author_id)
        .where(
            MovedPost.item_id == item_id,
            MovedPost.number.in_(numbers),
            Item.space_id == space.id,
            Item.state == ItemState.PUBLISHED,
            Post.state == PostState.PUBLISHED,
        )
    )
    return {number: name or "" for number, name in db.session.execute(query)}
