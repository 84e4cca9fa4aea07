"""What follows posts that were moved: how far people have read, and who watches."""

from typing import Any

from sqlalchemy import ColumnElement, Integer, Select, and_, case, func, literal, or_, select, union_all
from sqlalchemy import String as Text
from sqlalchemy.orm import aliased

from forum.content.models import (
    Post,
    PostMention,
    PostState,
    ReadMark,
    SpaceMark,
    Watch,
    WatchLevel,
    WatchReason,
)
from forum.content.moving.models import MovedPost, PostMove
from forum.content.watching import AUTOMATIC, RANK
from forum.core.db import UtcDateTime, db, insert
from forum.spaces.models import Item, Membership

FULLNESS = {WatchLevel.OFF.value: 0, WatchLevel.MINE.value: 1, WatchLevel.EVERYTHING.value: 2}


def marks_follow(item: Item, there: Item, move: PostMove) -> None:
    """Let who has read posts where they stood have read them where they stand now. Marks only grow (B3).

    One mark says how far somebody has read, so it can pass what was in the target only for those to whom nothing of that is unread.
    To the others the posts that came are unread once more: that is better than losing what they never saw.
    """
    read, own, space = aliased(ReadMark), aliased(ReadMark), aliased(SpaceMark)
    reached = (
        select(MovedPost.to_number)
        .where(MovedPost.item_id == item.id, MovedPost.move_id == move.id, MovedPost.number <= read.last_number)
        .order_by(MovedPost.number.desc())
        .limit(1)
        .correlate(read)
        .scalar_subquery()
    )
    unread = select(Post.id).where(
        Post.item_id == there.id,
        Post.number < move.first_number,
        Post.number > func.coalesce(own.last_number, 0),
        Post.state == PostState.PUBLISHED,
        Post.author_id.is_distinct_from(read.person_id),
        Post.created_at > Membership.joined_at,
        Post.created_at > func.coalesce(space.read_until, Membership.joined_at),
    )
    rows = (
        select(read.person_id, literal(there.id), reached, read.read_at)
        .join(
            Membership,
            and_(
                Membership.person_id == read.person_id,
                Membership.space_id == there.space_id,
                Membership.ended_at.is_(None),
            ),
        )
        .outerjoin(own, and_(own.person_id == read.person_id, own.item_id == there.id))
        .outerjoin(space, and_(space.person_id == read.person_id, space.space_id == there.space_id))
        .where(
            read.item_id == item.id,
            reached.is_not(None),
            ~unread.correlate(read, own, space, Membership).exists(),
        )
    )
    mark = insert(ReadMark).from_select(["person_id", "item_id", "last_number", "read_at"], rows)
    later = case((mark.excluded.read_at > ReadMark.read_at, mark.excluded.read_at), else_=ReadMark.read_at)
    db.session.execute(
        mark.on_conflict_do_update(
            index_elements=[ReadMark.person_id, ReadMark.item_id],
            set_={"last_number": mark.excluded.last_number, "read_at": later},
            where=ReadMark.last_number < mark.excluded.last_number,
        )
    )


def all_watch(item: Item, there: Item) -> None:
    """Let everybody who watches an item watch another, in which all of it stands now."""
    reason = case(
        (Watch.reason == WatchReason.STARTED, literal(WatchReason.REPLIED, type_=Watch.reason.type)), else_=Watch.reason
    )
    _take(
        select(Watch.person_id, literal(there.id), Watch.level, reason, Watch.is_chosen, Watch.since).where(
            Watch.item_id == item.id
        )
    )


def concerned_watch(item: Item, there: Item, move: PostMove) -> None:
    """Let members who wrote the posts that were moved, or are named in them, watch where they stand now.

    At the level that they chose for the item from which the posts come, if they chose one.
    """
    seen = and_(Post.item_id == there.id, Post.number >= move.first_number, Post.state == PostState.PUBLISHED)
    wrote = select(Post.author_id.label("person_id"), _strength_of_writing().label("strength")).where(
        seen, Post.author_id.is_not(None)
    )
    named = select(PostMention.person_id, literal(RANK[WatchReason.MENTIONED], Integer)).join(
        Post, Post.id == PostMention.post_id
    )
    every = union_all(wrote, named.where(seen)).subquery()
    strongest = (
        select(every.c.person_id, func.max(every.c.strength).label("strength")).group_by(every.c.person_id).subquery()
    )
    level, reason = (
        case(
            *((strongest.c.strength == RANK[one], literal(what, type_=column.type)) for one, what in words),
            else_=literal(None, type_=column.type),
        )
        for column, words in (
            (Watch.level, [(one, AUTOMATIC[one]) for one in WatchReason]),
            (Watch.reason, [(one, one) for one in WatchReason]),
        )
    )
    chosen = and_(Watch.person_id == strongest.c.person_id, Watch.item_id == item.id, Watch.is_chosen)
    member = and_(
        Membership.person_id == strongest.c.person_id,
        Membership.space_id == there.space_id,
        Membership.ended_at.is_(None),
    )
    since = literal(move.moved_at, type_=UtcDateTime())
    _take(
        select(
            strongest.c.person_id,
            literal(there.id),
            func.coalesce(Watch.level, level),
            reason,
            Watch.person_id.is_not(None),
            since,
        )
        .join(Membership, member)
        .outerjoin(Watch, chosen)
        .where(Membership.ended_at.is_(None))
    )


def _strength_of_writing() -> ColumnElement[int]:
    return case((Post.number == 1, RANK[WatchReason.STARTED]), else_=RANK[WatchReason.REPLIED])


def _take(rows: Select[*tuple[Any, ...]]) -> None:
    """Write watches. Chosen comes before automatic; of two that were chosen the fuller holds, of two automatic the stronger reason."""
    columns = ["person_id", "item_id", "level", "reason", "is_chosen", "since"]
    made = insert(Watch).from_select(columns, rows)
    new = made.excluded
    is_stronger = _rank(RANK, new.reason) > _rank(RANK, Watch.reason)
    is_fuller = _rank(FULLNESS, new.level) > _rank(FULLNESS, Watch.level)
    takes = or_(
        and_(new.is_chosen, Watch.is_chosen, is_fuller),
        and_(new.is_chosen, ~Watch.is_chosen),
        and_(~new.is_chosen, ~Watch.is_chosen, is_stronger),
    )
    db.session.execute(
        made.on_conflict_do_update(
            index_elements=[Watch.person_id, Watch.item_id],
            set_={
                "level": case((takes, new.level), else_=Watch.level),
                "reason": case((is_stronger, new.reason), else_=Watch.reason),
                "is_chosen": or_(Watch.is_chosen, new.is_chosen),
            },
        )
    )


def _rank(ranks: Any, column: Any) -> ColumnElement[int]:  # noqa: ANN401  # words and a column of any table
    return case(ranks, value=column.cast(Text), else_=-1)
