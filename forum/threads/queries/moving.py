"""What would happen if threads were merged, and which posts can be ticked: for pages on which organisers decide."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Self

from sqlalchemy import Row, Select, and_, func, or_, select, true
from sqlalchemy.orm import aliased

from forum.content.models import Post, PostState, Watch, WatchLevel
from forum.core.db import db
from forum.people.models import Person
from forum.spaces.guard import Here
from forum.spaces.models import TITLE_LENGTH, Item
from forum.threads.models import MOST_TAGS, Tag, Thread, ThreadSummary, ThreadTag
from forum.threads.queries.conditions import seen_by, threads_here

OFFERED = 8


@dataclass(frozen=True, kw_only=True)
class Foreseen:
    """What a merge will do, as far as people care."""

    posts: int
    watchers: int
    is_closed: bool
    own_answer: int | None
    answer_comes: bool
    tags_left: int
    summary_stays_behind: bool


def offered(here: Here, item: Item, *, words: str, chosen: str) -> list[tuple[str, str]]:
    """Return ref and title of the threads that have all `words` in their title, but not the one that is organised: the latest.

    What is `chosen` already stands first, whatever its title. Of words that are longer than any title the beginning is looked for.
    """
    is_chosen = Item.ref == chosen
    fits = and_(true(), *(Item.title.icontains(word, autoescape=True) for word in words[:TITLE_LENGTH].split()))
    query = (
        select(Item.ref, Item.title)
        .where(threads_here(), Item.id != item.id, or_(is_chosen, fits))
        .order_by(is_chosen.desc(), Item.last_at.desc(), Item.id.desc())
        .limit(OFFERED)
    )
    return [(ref, title) for ref, title in db.session.execute(query, seen_by(here))]


def foreseen(item: Item, there: Item) -> Foreseen:
    """Return what will come of merging the first thread into the second."""
    own, other = db.session.get_one(Thread, item.id), db.session.get_one(Thread, there.id)
    mine, theirs = _tags_of(own), _tags_of(other)
    return Foreseen(
        posts=how_many_seen(item),
        watchers=_who_will_watch(item, there),
        is_closed=other.closed_at is not None,
        own_answer=own.accepted_number,
        answer_comes=other.is_question and other.accepted_number is None,
        tags_left=max(len(mine | theirs) - MOST_TAGS, 0),
        summary_stays_behind=_has_summary(own) and _has_summary(other),
    )


def how_many_seen(item: Item, *, after: int = 0) -> int:
    """Count the posts that can be seen above a number, gaps included."""
    seen = Post.state.in_((PostState.PUBLISHED, PostState.REMOVED))
    return db.session.scalar(select(func.count()).where(Post.item_id == item.id, Post.number > after, seen)) or 0


@dataclass(frozen=True, kw_only=True)
class Tickable:
    """A post as it can be ticked: what it begins with, or that it is gone."""

    number: int
    author: str | None
    html: str
    is_gone: bool

    @classmethod
    def of(cls, row: Row[*tuple[Any, ...]]) -> Self:
        """Make one of a row of `seen_posts`. What was removed isn't read (A3)."""
        number, name, html, state = row
        is_gone = state is PostState.REMOVED
        return cls(number=number, author=name, html="" if is_gone else html, is_gone=is_gone)


def seen_posts() -> Select[*tuple[Any, ...]]:
    """Return the statement that reads posts as they can be ticked, gaps included: to be narrowed, and read by `Tickable.of`."""
    return (
        select(Post.number, Person.name, Post.html, Post.state)
        .outerjoin(Person, Person.id == Post.author_id)
        .where(Post.state.in_((PostState.PUBLISHED, PostState.REMOVED)))
    )


def tickable(item: Item, *, after: int, size: int) -> Sequence[Tickable]:
    """Return the posts numbered `after` + 1 to `after` + `size` that can be seen."""
    query = seen_posts().where(Post.item_id == item.id, Post.number > after, Post.number <= after + size)
    return [Tickable.of(row) for row in db.session.execute(query.order_by(Post.number))]


def _who_will_watch(item: Item, there: Item) -> int:
    other = aliased(Watch)
    query = (
        select(func.count())
        .select_from(Watch)
        .outerjoin(other, and_(other.person_id == Watch.person_id, other.item_id == there.id))
        .where(
            Watch.item_id == item.id,
            Watch.level == WatchLevel.EVERYTHING,
            other.level.is_distinct_from(WatchLevel.EVERYTHING),
            func.coalesce(other.is_chosen, False) <= Watch.is_chosen,
        )
    )
    return db.session.scalar(query) or 0


def _tags_of(thread: Thread) -> set[int]:
    query = select(ThreadTag.tag_id).join(Tag, Tag.id == ThreadTag.tag_id).where(Tag.retired_at.is_(None))
    return set(db.session.scalars(query.where(ThreadTag.thread_id == thread.id)))


def _has_summary(thread: Thread) -> bool:
    return (
        db.session.scalar(select(ThreadSummary.version).where(ThreadSummary.thread_id == thread.id).limit(1))
        is not None
    )
