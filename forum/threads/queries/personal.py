"""What waits for one person, and what they have begun to write: both nobody else's business."""

import enum
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Integer, Select, String, and_, bindparam, case, cast, func, literal, null, or_, select, union_all
from sqlalchemy.orm import aliased

from forum.content.models import Bookmark, Draft, Post, PostMention, PostState, ReadMark
from forum.content.reading import is_unread_post, my_mark
from forum.core.db import db
from forum.core.notices import Reason
from forum.core.prepared import prepared
from forum.notify.models import Notification
from forum.people.models import Department, Person
from forum.spaces.guard import Here
from forum.spaces.models import Item
from forum.spaces.policy import Can
from forum.spaces.queries.visible import VIEWED_AT, VIEWER
from forum.threads.addresses import REPLY, start_place
from forum.threads.models import Thread
from forum.threads.queries.conditions import (
    has_answers,
    is_answered,
    is_in_patch_of_viewer,
    is_unanswered,
    posts_here,
    seen_by,
    threads_here,
)

NO_NOTE, NOBODY = cast(null(), String), cast(null(), Integer)


class Why(enum.IntEnum):
    """Why something waits for somebody, what is most their own first."""

    REMINDED = 0
    """They marked a post, and wanted to be reminded of it by now."""
    CALLED = 1
    """An unread post names them."""
    COVERED = 2
    """An unread post names somebody who is away, and they cover for them (D9)."""
    REPLIED = 3
    """Their own question is open and has answers, of which none is accepted: that is up to them."""
    IN_PATCH = 4
    """A question from their department, which nobody has answered."""


@dataclass(frozen=True, kw_only=True)
class ForMe:
    """A thread, or another item with posts, that waits for this person.

    `who` wrote the post `number`, replied last, or asked; `department` is theirs. `named` is who is away, if the post names one.

    `note` is what this person wrote to themselves when they marked the post.
    """

    why: Why
    kind: str
    ref: str
    title: str
    number: int | None
    note: str | None
    at: datetime
    who: Person | None
    department: str | None
    named: Person | None


@dataclass(frozen=True, kw_only=True)
class AllForMe:
    """What waits for a person: the first of it, and how much there is of each kind."""

    first: list[ForMe]
    reminded: int = 0
    called: int = 0
    covered: int = 0
    replied: int = 0
    in_patch: int = 0

    @property
    def number(self) -> int:
        """How much there is in all."""
        return self.reminded + self.called + self.covered + self.replied + self.in_patch

    @property
    def more_reminded(self) -> int:
        """How many marked posts aren't among the first."""
        return self.reminded - self._listed(Why.REMINDED)

    @property
    def more_called(self) -> int:
        """How many posts that name them aren't among the first."""
        return self.called - self._listed(Why.CALLED)

    @property
    def more_covered(self) -> int:
        """How many posts that name somebody for whom they cover aren't among the first."""
        return self.covered - self._listed(Why.COVERED)

    @property
    def more_replied(self) -> int:
        """How many of their own questions aren't among the first."""
        return self.replied - self._listed(Why.REPLIED)

    @property
    def more_in_patch(self) -> int:
        """How many questions from their patch aren't among the first."""
        return self.in_patch - self._listed(Why.IN_PATCH)

    def _listed(self, why: Why) -> int:
        return sum(one.why is why for one in self.first)


@dataclass(frozen=True, kw_only=True)
class Begun:
    """A draft: of a reply to the thread at `ref`, whose last post is `last_number`, or of a new thread when `ref` is None."""

    ref: str | None
    title: str
    last_number: int | None
    saved_at: datetime


def waiting_for_me(here: Here, *, most: int) -> AllForMe:
    """Return what waits for the person, and count all of it, in one query. Questions wait for those who can write (A3, A5)."""
    query = _waiting_for_me(may_answer=here.may(Can.WRITE_POST))
    rows = db.session.execute(query, {**seen_by(here), "most": most}).all() if here.membership else []
    if not rows:
        return AllForMe(first=[])
    reminded, called, covered, replied, in_patch = rows[0][-len(Why) :]
    first = [
        ForMe(
            why=Why(why),
            kind=kind,
            ref=ref,
            title=title,
            number=number,
            note=note,
            at=at,
            who=who,
            department=department,
            named=named,
        )
        for why, kind, ref, title, number, note, at, who, department, named, *_totals in rows
    ]
    return AllForMe(first=first, reminded=reminded, called=called, covered=covered, replied=replied, in_patch=in_patch)


def begun(here: Here, *, most: int) -> list[Begun]:
    """Return what the person has begun to write in this space, the latest first. A thread that they can't see any more is left out."""
    values = {**seen_by(here), "start": start_place(here.space), "most": most}
    return [Begun(**row) for row in db.session.execute(_begun(), values).mappings()]


@prepared
def _waiting_for_me(*, may_answer: bool) -> Select[*tuple[Any, ...]]:
    for_all = (_reminded(), _called(), _covered())
    some = union_all(*for_all, *((_replied(), _in_patch()) if may_answer else ())).subquery()
    who, named = aliased(Person), aliased(Person)
    totals = [func.sum(case((some.c.why == why.value, 1), else_=0)).over() for why in Why]
    return (
        select(
            some.c.why,
            Item.kind,
            Item.ref,
            Item.title,
            some.c.number,
            some.c.note,
            some.c.at,
            who,
            Department.name,
            named,
            *totals,
        )
        .join(Item, Item.id == some.c.item_id)
        .outerjoin(who, who.id == some.c.who_id)
        .outerjoin(Department, Department.id == who.department_id)
        .outerjoin(named, named.id == some.c.named_id)
        .order_by(some.c.why, some.c.at.desc(), some.c.item_id.desc(), some.c.number.desc())
        .limit(bindparam("most", type_=Integer))
    )


def _reminded() -> Select[*tuple[Any, ...]]:
    columns = _waits(Why.REMINDED, number=Post.number, note=Bookmark.note, who=Post.author_id, at=Bookmark.remind_at)
    return (
        select(*columns)
        .select_from(Bookmark)
        .join(Post, Post.id == Bookmark.post_id)
        .join(Item, Item.id == Post.item_id)
        .where(
            Bookmark.person_id == VIEWER,
            Bookmark.remind_at <= VIEWED_AT,
            Post.state == PostState.PUBLISHED,
            posts_here(),
        )
    )


def _called() -> Select[*tuple[Any, ...]]:
    return (
        select(*_waits(Why.CALLED, number=Post.number, who=Post.author_id, at=Post.created_at))
        .select_from(PostMention)
        .join(Post, Post.id == PostMention.post_id)
        .join(Item, Item.id == Post.item_id)
        .outerjoin(ReadMark, my_mark())
        .where(PostMention.person_id == VIEWER, posts_here(), is_unread_post())
    )


def _covered() -> Select[*tuple[Any, ...]]:
    """Posts of which they were told as who covers. Whom they cover is who was named and told quietly, where that is one person."""
    theirs, away = aliased(Notification), aliased(Notification)
    quietly = and_(away.post_id == Post.id, away.is_quiet, away.reason == Reason.MENTION, away.person_id != VIEWER)
    only = select(func.min(away.person_id)).where(quietly).having(func.count() == 1).correlate(Post).scalar_subquery()
    return (
        select(*_waits(Why.COVERED, number=Post.number, who=Post.author_id, at=Post.created_at, named=only))
        .select_from(theirs)
        .join(Post, Post.id == theirs.post_id)
        .join(Item, Item.id == Post.item_id)
        .outerjoin(ReadMark, my_mark())
        .where(
            theirs.person_id == VIEWER,
            theirs.read_at.is_(None),
            theirs.reason == Reason.COVER,
            posts_here(),
            is_unread_post(),
        )
    )


def _replied() -> Select[*tuple[Any, ...]]:
    by_others = Item.last_by_id.is_distinct_from(VIEWER)
    is_open = and_(Thread.is_question, Thread.closed_at.is_(None), ~is_answered())
    return (
        select(*_waits(Why.REPLIED, number=cast(null(), Integer), who=Item.last_by_id, at=Item.last_at))
        .join(Thread, Thread.id == Item.id)
        .where(threads_here(), Item.author_id == VIEWER, by_others, is_open, has_answers())
    )


def _in_patch() -> Select[*tuple[Any, ...]]:
    return (
        select(*_waits(Why.IN_PATCH, number=cast(null(), Integer), who=Item.author_id, at=Item.created_at))
        .join(Thread, Thread.id == Item.id)
        .where(threads_here(), is_in_patch_of_viewer(), is_unanswered())
    )


def _waits(
    why: Why,
    *,
    number: Any,  # noqa: ANN401  # columns of any table
    who: Any,  # noqa: ANN401
    at: Any,  # noqa: ANN401
    note: Any = NO_NOTE,  # noqa: ANN401
    named: Any = NOBODY,  # noqa: ANN401
) -> tuple[Any, ...]:
    whose = {"who_id": who, "named_id": named}
    columns = {"why": literal(why.value), "item_id": Item.id, "number": number, "note": note, **whose, "at": at}
    return tuple(column.label(name) for name, column in columns.items())


@prepared
def _begun() -> Select[*tuple[Any, ...]]:
    answered = and_(Draft.place.startswith(REPLY), Item.ref == func.substr(Draft.place, len(REPLY) + 1), threads_here())
    return (
        select(Item.ref, func.coalesce(Item.title, Draft.title).label("title"), Item.last_number, Draft.saved_at)
        .select_from(Draft)
        .outerjoin(Item, answered)
        .where(
            Draft.person_id == VIEWER,
            or_(Draft.body != "", Draft.title != ""),
            or_(Item.id.is_not(None), Draft.place == bindparam("start")),
        )
        .order_by(Draft.saved_at.desc())
        .limit(bindparam("most", type_=Integer))
    )
