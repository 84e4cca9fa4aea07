"""What would happen if posts of a thread were moved out of it: for the page on which organisers decide, and for the move itself."""

import enum
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from sqlalchemy import ColumnElement, func, select, union

from forum.content.models import Post, PostMention, PostState, Watch
from forum.core.db import db
from forum.spaces.models import Item, Membership
from forum.threads.models import Thread, ThreadSummary
from forum.threads.queries.moving import Tickable, seen_posts

LISTED = 10


class Fate(enum.StrEnum):
    """What becomes of a thread's accepted answer when some of its posts go."""

    STAYS = "stays"
    """It isn't among them, or there is none."""
    COMES = "comes"
    """It is the accepted answer where it goes."""
    LEAVES = "leaves"
    """It is a post like others where it goes."""


@dataclass(frozen=True, kw_only=True)
class ForeseenSplit:
    """What moving the posts will do, as far as people care. `there` is the thread to which they go, None for a new one."""

    there: Item | None
    posts: int
    listed: Sequence[Tickable]
    runs: Sequence[tuple[int, int]]
    """The numbers of those that were ticked, from and to."""
    watchers: int
    answer: int | None
    fate: Fate
    summary_goes: bool
    is_closed: bool


def fate_of_answer(thread: Thread, which: ColumnElement[bool], *, there: Thread | None, is_question: bool) -> Fate:
    """Return what becomes of the accepted answer when the posts for which `which` holds go.

    Without `there` they go to a new thread, which is a question or not, and an answer with which it begins answers nothing.
    """
    going = select(func.min(Post.number)).where(Post.item_id == thread.id, which)
    answer = db.session.scalar(going.where(Post.number == thread.accepted_number))
    if answer is None:
        return Fate.STAYS
    if there is None:
        return Fate.COMES if is_question and answer != db.session.scalar(going) else Fate.LEAVES
    return Fate.COMES if there.is_question and there.accepted_number is None else Fate.LEAVES


def foreseen_split(
    item: Item, which: ColumnElement[bool], *, ticked: Iterable[int], there: Item | None, is_question: bool
) -> ForeseenSplit:
    """Return what will come of moving the posts of a thread for which `which` holds."""
    own = db.session.get_one(Thread, item.id)
    other = db.session.get_one(Thread, there.id) if there is not None else None
    going = seen_posts().where(Post.item_id == item.id, which)
    return ForeseenSplit(
        there=there,
        posts=db.session.scalar(select(func.count()).select_from(going.subquery())) or 0,
        listed=[Tickable.of(row) for row in db.session.execute(going.order_by(Post.number).limit(LISTED))],
        runs=runs_of(ticked),
        watchers=_who_will_watch(item, which, there),
        answer=own.accepted_number,
        fate=fate_of_answer(own, which, there=other, is_question=is_question),
        summary_goes=_stands_on_top(own, which),
        is_closed=other is not None and other.closed_at is not None,
    )


def runs_of(numbers: Iterable[int]) -> Sequence[tuple[int, int]]:
    """Return numbers as runs, in order: 3, 5, 6 and 7 are (3, 3) and (5, 7)."""
    runs: list[tuple[int, int]] = []
    for number in sorted(numbers):
        if runs and runs[-1][1] == number - 1:
            runs[-1] = (runs[-1][0], number)
        else:
            runs.append((number, number))
    return runs


def _who_will_watch(item: Item, which: ColumnElement[bool], there: Item | None) -> int:
    """Count the members who wrote the posts or are named in them, and don't watch the other thread yet."""
    theirs = (Post.item_id == item.id, Post.state == PostState.PUBLISHED, which)
    named = select(PostMention.person_id).join(Post, Post.id == PostMention.post_id).where(*theirs)
    concerned = union(select(Post.author_id.label("person_id")).where(*theirs), named).subquery()
    query = (
        select(func.count())
        .select_from(concerned)
        .join(Membership, Membership.person_id == concerned.c.person_id)
        .where(Membership.space_id == item.space_id, Membership.ended_at.is_(None))
    )
    if there is not None:
        query = query.where(concerned.c.person_id.not_in(select(Watch.person_id).where(Watch.item_id == there.id)))
    return db.session.scalar(query) or 0


def _stands_on_top(thread: Thread, which: ColumnElement[bool]) -> bool:
    latest = select(ThreadSummary.post_number).where(ThreadSummary.thread_id == thread.id)
    number = db.session.scalar(latest.order_by(ThreadSummary.version.desc()).limit(1))
    on_top = select(Post.id).where(Post.item_id == thread.id, Post.number == number, which)
    return number is not None and db.session.scalar(on_top) is not None
