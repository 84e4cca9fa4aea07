"""Reads of announcements: which stand out now, and who is told of one."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Integer, Select, and_, bindparam, exists, func, literal, or_, select

from forum.content.models import Post, PostState, ReadMark, WatchLevel, WatchSpace
from forum.content.reading import SPACE, is_unread, my_mark
from forum.core.db import db
from forum.core.markup import opening
from forum.core.prepared import prepared
from forum.notify.models import MailChoice, MailRhythm
from forum.notify.quiet import is_quiet
from forum.people.models import Person, PersonState
from forum.spaces.guard import Here
from forum.spaces.models import Item, Membership
from forum.spaces.queries.visible import visible_to_viewer
from forum.threads.models import Announcement, Thread
from forum.threads.queries.conditions import seen_by, stands_out

OPENING = 120


@dataclass(frozen=True, kw_only=True)
class Announced:
    """An announcement that stands out, as Today shows it."""

    ref: str
    title: str
    html: str
    by: str | None
    at: datetime
    is_new: bool

    @property
    def opening(self) -> str:
        """How it begins."""
        return opening(self.html, length=OPENING)


def announced(here: Here, *, most: int) -> Sequence[Announced]:
    """Return what was announced and stands out, what is new to the person first, then the latest. One query."""
    rows = db.session.execute(_announced(), {**seen_by(here), "most": most})
    return [Announced(**row) for row in rows.mappings()]


@prepared
def _announced() -> Select[*tuple[Any, ...]]:
    unread = is_unread()
    return (
        select(
            Item.ref,
            Item.title,
            Post.html,
            Person.name.label("by"),
            Announcement.made_at.label("at"),
            unread.label("is_new"),
        )
        .join(Thread, Thread.id == Item.id)
        .join(Announcement, Announcement.thread_id == Item.id)
        .join(Post, and_(Post.item_id == Item.id, Post.number == 1, Post.state == PostState.PUBLISHED))
        .outerjoin(Person, Person.id == Item.author_id)
        .outerjoin(ReadMark, my_mark())
        .where(
            Item.space_id + 0 == SPACE, visible_to_viewer(), stands_out()
        )  # "+ 0": begin with the few that are announced
        .order_by(unread.desc(), Announcement.made_at.desc(), Item.id.desc())
        .limit(bindparam("most", type_=Integer))
    )


def is_told(space_id: int) -> ColumnElement[bool]:
    """Return the condition on `Person` that they hear of a space's announcements: all members but those who chose "off" for it."""
    member = exists().where(
        Membership.space_id == space_id, Membership.person_id == Person.id, Membership.ended_at.is_(None)
    )
    is_off = exists().where(
        WatchSpace.space_id == space_id, WatchSpace.person_id == Person.id, WatchSpace.level == WatchLevel.OFF
    )
    return and_(Person.state == PersonState.ACTIVE, member, ~is_off)


def is_mailed(space_id: int, *, mails_demo: bool) -> ColumnElement[bool]:
    """Return the condition on `Person` that a space's announcements are mailed to them.

    Not to those who want no mail about posts, or none of these; nor to people of the demo unless that goes somewhere (`mails_demo`).
    """
    never = exists().where(MailChoice.person_id == Person.id, MailChoice.rhythm == MailRhythm.NEVER)
    is_real = or_(literal(mails_demo), ~Person.is_demo)
    return and_(Person.email.is_not(None), ~never, ~is_quiet(Person.id, space_id), is_real)


def told_by(space_id: int, actor_id: int | None, *, mails_demo: bool) -> Select[int, bool]:
    """Return the query of who is told of what somebody announces in a space, and whether by mail, too: not themselves.

    The one that the teller asks, and of which the form shows the numbers before anything is sent. `mails_demo` as in `is_mailed`.
    """
    told = select(Person.id, is_mailed(space_id, mails_demo=mails_demo).label("by_mail"))
    return told.where(is_told(space_id), Person.id.is_distinct_from(actor_id))


@dataclass(frozen=True, kw_only=True)
class Crowd:
    """How many people are told of an announcement, and how."""

    people: int = 0
    by_mail: int = 0
    back: int = 0
    """Of those by mail: to how many it waits, because it came back before."""

    @property
    def in_app_only(self) -> int:
        """How many read it here, and nowhere else."""
        return self.people - self.by_mail


def how_many_told(here: Here, *, mails_demo: bool) -> Crowd:
    """Return how many people are told of what the person announces here now. `mails_demo` as in `is_mailed`."""
    is_back = Person.mail_paused_at.is_not(None).label("back")
    told = told_by(here.space.id, here.actor.id, mails_demo=mails_demo).add_columns(is_back).subquery()
    people, by_mail, back = db.session.execute(
        select(
            func.count(), func.count().filter(told.c.by_mail), func.count().filter(told.c.by_mail & told.c.back)
        ).select_from(told)
    ).one()
    return Crowd(people=people, by_mail=by_mail, back=back)
