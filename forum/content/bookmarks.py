"""Bookmarks: posts that a person wants to find again, with a note to themselves and a morning on which they are reminded.

Nobody but the person ever sees one. A post that can't be seen any more isn't listed; its bookmark stays, in case it comes back.
"""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import Select, delete, func, select, update
from sqlalchemy.orm import aliased

from forum.content.events import BookmarkDue
from forum.content.models import Bookmark, Post, PostState
from forum.core.db import db, insert
from forum.core.events import announce
from forum.core.markup import opening
from forum.core.time import now, today
from forum.people.models import Person
from forum.spaces.feature import kinds_of_one_text
from forum.spaces.models import Item, Space
from forum.spaces.queries import viewing, visible_to_viewer
from forum.spaces.queries.sharing import known_name, read_at
from forum.spaces.queries.visible import VIEWER, stays_inside
from forum.web.words import _

MORNING = time(9)
EXCERPT = 140
PAGE = 30


@dataclass(frozen=True, kw_only=True)
class Marked:
    """A bookmark as its page shows it."""

    item: Item
    space: str
    slug: str
    number: int
    author: str | None
    excerpt: str
    note: str
    remind_at: datetime | None
    is_due: bool


def keep(person: Person, post: Post, *, note: str = "", remind_at: datetime | None = None) -> None:
    """Mark a post that the person was let into, or change what is noted of it. Use inside `transaction()`."""
    values = {"note": note, "remind_at": remind_at}
    mark = insert(Bookmark).values({**values, "person_id": person.id, "post_id": post.id, "made_at": now()})
    db.session.execute(mark.on_conflict_do_update(index_elements=[Bookmark.person_id, Bookmark.post_id], set_=values))
    if remind_at is not None:
        fact = BookmarkDue(
            item_id=post.item_id, post_id=post.id, person_id=person.id, number=post.number, moment=remind_at.isoformat()
        )
        announce(fact, due=remind_at)


def drop(person: Person, post: Post) -> None:
    """Take a mark away; without one nothing happens. Use inside `transaction()`."""
    db.session.execute(delete(Bookmark).where(Bookmark.person_id == person.id, Bookmark.post_id == post.id))


def settle_reminder(person: Person, post: Post) -> None:
    """Note that a reminder did its work: the mark stays, and isn't due any more. Use inside `transaction()`."""
    db.session.execute(
        update(Bookmark)
        .where(Bookmark.person_id == person.id, Bookmark.post_id == post.id, Bookmark.remind_at <= now())
        .values(remind_at=None)
    )


def how_many(person: Person) -> int:
    """Count the person's marks on what they can see."""
    return db.session.scalar(select(func.count()).select_from(_marked().subquery()), viewing(person, now())) or 0


def marked_by(person: Person, *, before: int = 0, size: int = PAGE) -> list[Marked]:
    """Return the person's marks: those that are due first, then the latest."""
    query = _marked()
    is_due = (Bookmark.remind_at.is_not(None)) & (Bookmark.remind_at <= now())
    query = query.order_by(is_due.desc(), Bookmark.made_at.desc()).offset(before).limit(size)
    rows = db.session.execute(query, viewing(person, now()))
    return [
        Marked(
            item=item,
            space=space or _("another space"),
            slug=slug,
            number=number,
            author=author,
            excerpt=opening(html, length=EXCERPT),
            note=note,
            remind_at=remind_at,
            is_due=remind_at is not None and remind_at <= now(),
        )
        for item, space, slug, number, html, author, note, remind_at in rows
    ]


def _marked() -> Select[*tuple[Any, ...]]:
    author = aliased(Person)
    return (
        select(Item, known_name(), read_at(), Post.number, Post.html, author.name, Bookmark.note, Bookmark.remind_at)
        .select_from(Bookmark)
        .join(Post, Post.id == Bookmark.post_id)
        .join(Item, Item.id == Post.item_id)
        .join(Space, Space.id == Item.space_id)
        .outerjoin(author, author.id == Post.author_id)
        .where(
            Bookmark.person_id == VIEWER,
            Post.state == PostState.PUBLISHED,
            visible_to_viewer(),
            stays_inside(Post.number, kinds_of_one_text()),
            read_at().is_not(None),
        )
    )


def tomorrow(person: Person) -> date:
    """Return the day after today, where the person is."""
    return today(person.zone) + timedelta(days=1)


def next_week(person: Person) -> date:
    """Return the first day of the person's next working week."""
    this = today(person.zone)
    monday = this + timedelta(days=7 - this.weekday())
    days = (monday + timedelta(days=later) for later in range(7))
    return next((day for day in days if person.works_on(day.weekday())), monday)


def morning_of(day: date, person: Person) -> datetime:
    """Return nine o'clock on a day, on the person's clock."""
    return datetime.combine(day, MORNING, ZoneInfo(person.zone))
