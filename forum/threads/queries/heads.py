"""What stands round the posts on a thread's page, in one query."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, bindparam, case, exists, func, or_, select
from sqlalchemy.orm import aliased

from forum.content.models import Draft, Post, PostState, ReadMark, Watch, WatchLevel, WatchReason, WatchSpace
from forum.content.moving.models import PostMove
from forum.content.order.holding import holds_viewer
from forum.content.order.queries import has_own_held
from forum.content.reading import first_told, first_unread, my_mark, space_mark, space_marked_at, unread_count
from forum.core.db import db
from forum.core.errors import Missing
from forum.core.prepared import prepared
from forum.people.models import Person
from forum.spaces.feature import made_of
from forum.spaces.guard import Here
from forum.spaces.models import Item
from forum.spaces.queries.visible import VIEWER
from forum.threads.behind.conditions import is_for_colleague, my_relay
from forum.threads.models import Announcement, Pin, Section, Thread, ThreadSummary, WatchSection
from forum.threads.polls.models import Poll
from forum.threads.queries.conditions import (
    is_unanswered,
    my_pin,
    replies_shown,
    seen_by,
    thread_level,
    threads_here,
)
from forum.threads.queries.parts import is_latest_summary
from forum.threads.queries.tags import TagShown, shown, tags_on


@dataclass(frozen=True, kw_only=True)
class Head:
    """What a thread's page says besides its posts. Numbers are post numbers."""

    item: Item
    starter: Person | None
    is_question: bool
    is_unanswered: bool
    replies: int
    section: str
    section_slug: str
    answer: int | None
    answerer: str | None
    read_to: int
    first_told: int | None
    read_at: datetime | None
    read_until: datetime | None
    marked_at: datetime | None
    first_unread: int | None
    first_unread_at: datetime | None
    unread: int
    draft_body: str
    draft_reply_to: int | None
    draft_version: int
    draft_at: datetime | None
    closed_at: datetime | None
    closed_by_id: int | None
    closer: str | None
    close_reason: str | None
    pinned_at: datetime | None
    pinned_until: datetime | None
    announced_at: datetime | None
    announced_until: datetime | None
    level: WatchLevel
    chosen_level: WatchLevel | None
    section_level: WatchLevel | None
    space_level: WatchLevel | None
    watch_reason: WatchReason | None
    tag_lines: str | None
    has_parts: bool
    has_moves: bool
    latest_number: int
    has_poll: bool
    for_colleague: bool
    asked_ref: str | None
    """Of the viewer's own relay, where they asked this question through an organiser."""
    summary_version: int | None
    summary_html: str | None
    summary_post: int | None
    summary_as_of: int | None
    summary_at: datetime | None
    summary_by: str | None
    has_own_held: bool
    """Something that the reader wrote here waits for an organiser."""
    holds_viewer: bool
    """What the reader writes here would wait for an organiser, unless they are one."""
    made_of_it: str | None
    """What another room made of it, as that reads it."""

    @property
    def tags(self) -> list[TagShown]:
        """The thread's tags, by name."""
        return shown(self.tag_lines)


def head_of(here: Here, ref: str, *, place: str) -> Head:
    """Load what stands round a thread's posts, with the draft at `place`. Loading and authorising are one step: raises Missing."""
    row = db.session.execute(_head(), {**seen_by(here), "ref": ref, "place": place}).one_or_none()
    if row is None:
        raise Missing
    return Head(**dict(zip(Head.__dataclass_fields__, row, strict=True)))


@prepared
def _head() -> Select[*tuple[Any, ...]]:
    starter, answer, answerer, unread = aliased(Person), aliased(Post), aliased(Person), aliased(Post)
    closer, summariser, summarising, after = aliased(Person), aliased(Person), aliased(Post), aliased(Thread)
    is_answer = and_(
        answer.item_id == Item.id, answer.number == Thread.accepted_number, answer.state == PostState.PUBLISHED
    )
    return (
        select(
            Item,
            starter,
            Thread.is_question,
            is_unanswered(),
            replies_shown(),
            Section.name,
            Section.slug,
            answer.number,
            answerer.name,
            func.coalesce(ReadMark.last_number, 0),
            first_told(),
            ReadMark.read_at,
            space_mark(),
            space_marked_at(),
            unread.number,
            unread.created_at,
            unread_count(),
            func.coalesce(Draft.body, ""),
            Draft.in_reply_to,
            func.coalesce(Draft.version, 0),
            Draft.saved_at,
            Thread.closed_at,
            Thread.closed_by_id,
            closer.name,
            Thread.close_reason,
            Pin.pinned_at,
            Pin.until,
            Announcement.made_at,
            Announcement.until,
            thread_level(VIEWER),
            case((Watch.is_chosen, Watch.level)),
            WatchSection.level,
            WatchSpace.level,
            Watch.reason,
            tags_on(),
            or_(Thread.part_of_id.is_not(None), exists().where(after.part_of_id == Thread.id)),
            _has_moves(),
            _latest_number(),
            exists().where(Poll.thread_id == Item.id),
            is_for_colleague(),
            my_relay(),
            ThreadSummary.version,
            func.coalesce(ThreadSummary.html, summarising.html),
            ThreadSummary.post_number,
            ThreadSummary.as_of,
            ThreadSummary.at,
            summariser.name,
            has_own_held(),
            holds_viewer(),
            made_of(),
        )
        .join(Thread, Thread.id == Item.id)
        .join(Section, Section.id == Thread.section_id)
        .outerjoin(ReadMark, my_mark())
        .outerjoin(starter, starter.id == Item.author_id)
        .outerjoin(answer, is_answer)
        .outerjoin(answerer, answerer.id == answer.author_id)
        .outerjoin(unread, and_(unread.item_id == Item.id, unread.number == first_unread()))
        .outerjoin(closer, closer.id == Thread.closed_by_id)
        .outerjoin(Pin, my_pin())
        .outerjoin(Announcement, Announcement.thread_id == Item.id)
        .outerjoin(Watch, and_(Watch.item_id == Item.id, Watch.person_id == VIEWER))
        .outerjoin(WatchSection, and_(WatchSection.section_id == Section.id, WatchSection.person_id == VIEWER))
        .outerjoin(WatchSpace, and_(WatchSpace.space_id == Item.space_id, WatchSpace.person_id == VIEWER))
        .outerjoin(ThreadSummary, is_latest_summary())
        .outerjoin(summariser, summariser.id == ThreadSummary.author_id)
        .outerjoin(
            summarising,
            and_(
                summarising.item_id == Item.id,
                summarising.number == ThreadSummary.post_number,
                summarising.state == PostState.PUBLISHED,
            ),
        )
        .outerjoin(Draft, and_(Draft.person_id == VIEWER, Draft.place == bindparam("place")))
        .where(Item.ref == bindparam("ref"), threads_here())
    )


def _has_moves() -> ColumnElement[bool]:
    """Posts of the thread went elsewhere, or came from there."""
    went = exists().where(PostMove.from_item_id == Item.id)
    return or_(went, exists().where(PostMove.to_item_id == Item.id))


def _latest_number() -> ColumnElement[int]:
    """Return the number of the last post, or gap of a removed one, that stands in the thread still."""
    seen = select(Post.number).where(Post.item_id == Item.id, Post.state.in_((PostState.PUBLISHED, PostState.REMOVED)))
    numbered = seen.where(Post.number.is_not(None))  # a reply that was declined is removed and has none
    return func.coalesce(numbered.order_by(Post.number.desc()).limit(1).scalar_subquery(), 1)
