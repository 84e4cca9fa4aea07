"""What stands round the posts on a thread's page, in one query."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import and_, func, select
from sqlalchemy.orm import aliased

from forum.content.models import Draft, Post, PostState, ReadMark
from forum.content.reading import first_unread, my_mark, unread_count
from forum.core.db import db
from forum.core.errors import Missing
from forum.people.models import Person
from forum.spaces.guard import Here
from forum.spaces.models import Item
from forum.threads.models import Section, Thread
from forum.threads.queries.conditions import threads_in, unseen_replies


@dataclass(frozen=True, kw_only=True)
class Head:
    """What a thread's page says besides its posts. Numbers are post numbers."""

    item: Item
    starter: str | None
    is_question: bool
    replies: int
    section: str
    section_slug: str
    answer: int | None
    answerer: str | None
    read_to: int
    read_at: datetime | None
    first_unread: int | None
    first_unread_at: datetime | None
    unread: int
    draft_body: str
    draft_version: int
    draft_at: datetime | None


def head_of(here: Here, ref: str, *, place: str) -> Head:
    """Load what stands round a thread's posts, with the draft at `place`. Loading and authorising are one step: raises Missing."""
    starter, answer, answerer, unread = aliased(Person), aliased(Post), aliased(Person), aliased(Post)
    first = first_unread(here)
    row = db.session.execute(
        select(
            Item,
            starter.name,
            Thread.is_question,
            Item.last_number - 1 - unseen_replies(),
            Section.name,
            Section.slug,
            answer.number,
            answerer.name,
            func.coalesce(ReadMark.last_number, 0),
            ReadMark.read_at,
            unread.number,
            unread.created_at,
            unread_count(here),
            func.coalesce(Draft.body, ""),
            func.coalesce(Draft.version, 0),
            Draft.saved_at,
        )
        .join(Thread, Thread.id == Item.id)
        .join(Section, Section.id == Thread.section_id)
        .outerjoin(ReadMark, my_mark(here))
        .outerjoin(starter, starter.id == Item.author_id)
        .outerjoin(
            answer,
            and_(
                answer.item_id == Item.id,
                answer.number == Thread.accepted_number,
                answer.state == PostState.PUBLISHED,
            ),
        )
        .outerjoin(answerer, answerer.id == answer.author_id)
        .outerjoin(unread, and_(unread.item_id == Item.id, unread.number == first))
        .outerjoin(Draft, and_(Draft.person_id == here.actor.id, Draft.place == place))
        .where(Item.ref == ref, threads_in(here))
    ).one_or_none()
    if row is None:
        raise Missing
    return Head(**dict(zip(Head.__dataclass_fields__, row, strict=True)))
