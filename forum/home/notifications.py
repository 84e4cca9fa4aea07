"""What somebody was told: one line for each conversation, what is unread first. What they may not see any more isn't there (A3)."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Integer, Row, Select, bindparam, case, func, select
from sqlalchemy.orm import aliased

from forum.content.models import Post, PostState
from forum.content.queries import beginning_of
from forum.core.db import UtcDateTime, db
from forum.core.markup import opening
from forum.core.notices import STRENGTH, Reason
from forum.core.prepared import prepared
from forum.core.time import now
from forum.notify import heads_up
from forum.notify.models import HeadsUp, Notification
from forum.people.models import Person
from forum.spaces.feature import heads_up_title, heads_up_words, nobody_of, post_url
from forum.spaces.models import Item, Membership, Space
from forum.spaces.queries.visible import VIEWER, viewing, visible_to_viewer
from forum.web.rendering import long_day
from forum.web.words import _l, _n

MOST_UNREAD = 50
MOST_READ = 30
LOOKED_AT = 500
"""So many notifications that were read are looked at, the latest: however many there are, the list costs no more."""
WORDS = 120
COUNTED = 100
"""The count in the bar stops here, and is shown as "99+"."""
STARTED = _l("%(name)s started it")
DID = {
    Reason.MENTION: _l("%(name)s named you"),
    Reason.COVER: _l("%(name)s named somebody you cover for"),
    Reason.REPLY: _l("%(name)s answered you"),
    Reason.QUOTE: _l("%(name)s repeated your words"),
    Reason.ANNOUNCEMENT: _l("%(name)s announced it"),
    Reason.WATCHING: _l("%(name)s wrote"),
    Reason.SEARCH: _l("%(name)s wrote what fits a search you keep"),
}
BY_STRENGTH = {strength: reason for reason, strength in STRENGTH.items()}


@dataclass(frozen=True, kw_only=True)
class Line:
    """A conversation of which somebody was told. `number` is the first of the `posts` that are told of.

    `who` wrote the last, which begins with `words`.
    """

    title: str
    space: str
    url: str
    posts: int
    number: int
    at: datetime
    who: str = ""
    words: str = ""
    reason: Reason | None = None
    said: str = ""
    """What a room says of something that is no post; then there is no reason."""

    @property
    def sentence(self) -> str:
        """What happened there, in a few words."""
        if self.reason is None:
            return self.said
        if self.posts > 1:
            return self._counted if self.reason is not Reason.SEARCH else self._fitting
        is_start = self.number == 1 and self.reason is Reason.WATCHING
        return str(STARTED if is_start else DID[self.reason]) % {"name": self.who}

    @property
    def _fitting(self) -> str:
        return _n("%(num)d post fits a search you keep", "%(num)d posts fit a search you keep", self.posts)

    @property
    def _counted(self) -> str:
        if self.number == 1:
            return _n("%(num)d post, from the start", "%(num)d posts, from the start", self.posts)
        before = self.number - 1
        return _n(
            "%(num)d reply since post %(before)s", "%(num)d replies since post %(before)s", self.posts, before=before
        )


@dataclass(frozen=True, kw_only=True)
class Told:
    """The page: unread lines, whether there are more of them, and lines that were read."""

    unread: list[Line]
    has_more: bool
    read: list[Line]


def told_to(person: Person) -> Told:
    """Return what `person` was told, the latest first, in four queries whatever the number."""
    values = viewing(person, now())
    unread = [_line(row) for row in db.session.execute(_lines(is_read=False), {**values, "most": MOST_UNREAD + 1})]
    read = [_line(row) for row in db.session.execute(_lines(is_read=True), {**values, "most": MOST_READ})]
    unread = _with_heads_up(person, unread, is_read=False)
    read = _with_heads_up(person, read, is_read=True)[:MOST_READ]
    return Told(unread=unread[:MOST_UNREAD], has_more=len(unread) > MOST_UNREAD, read=read)


def _with_heads_up(person: Person, lines: list[Line], *, is_read: bool) -> list[Line]:
    them = [_told_line(*row) for row in heads_up.lines_for(person, is_read=is_read)]
    return sorted([*lines, *them], key=lambda line: line.at, reverse=True)


def _told_line(row: HeadsUp, title: str, space: str) -> Line:
    said = heads_up_words(row.kind, row.number)
    if row.day is not None:
        said = f"{said}: {long_day(row.day)}"
    if row.words:
        said = f"{said}. “{row.words}”"
    return Line(
        title=heads_up_title(row.kind, title), space=space, url=row.path, posts=1, number=0, at=row.at, said=said
    )


def up_to(at: datetime) -> Any:  # noqa: ANN401  # a condition
    """Return the condition on `Notification` that it was there at `at`: when the page was drawn on which "all" was pressed."""
    return Notification.at <= at


@prepared
def conversations_waiting() -> Select[int]:
    """Return the query that counts, up to COUNTED, the conversations with something the VIEWER was told of and hasn't seen.

    The item `but_not` doesn't count.
    """
    items = (
        select(Post.item_id)
        .distinct()
        .select_from(Notification)
        .join(Post, Post.id == Notification.post_id)
        .join(Item, Item.id == Post.item_id)
        .where(*_seen(is_read=False), Post.item_id != bindparam("but_not", type_=Integer))
        .limit(COUNTED)
    )
    return select(func.count()).select_from(items.subquery())


def _seen(*, is_read: bool) -> tuple[Any, ...]:
    read = Notification.read_at.is_not(None) if is_read else Notification.read_at.is_(None)
    return Notification.person_id == VIEWER, read, *may_see()


def may_see() -> tuple[ColumnElement[bool], ...]:
    """Return the conditions on `Post` and `Item` that the VIEWER may read now what they were told of (A3)."""
    mine = select(Membership.space_id).where(Membership.person_id == VIEWER, Membership.ended_at.is_(None))
    return Post.state == PostState.PUBLISHED, visible_to_viewer(), Item.space_id.in_(mine)


def _latest_read() -> ColumnElement[bool]:
    latest = (
        select(Notification.id)
        .where(Notification.person_id == VIEWER, Notification.read_at.is_not(None))
        .order_by(Notification.at.desc(), Notification.id.desc())
        .limit(LOOKED_AT)
    )
    return Notification.id.in_(latest)


@prepared
def _lines(*, is_read: bool) -> Select[*tuple[Any, ...]]:
    strength = case(
        {reason.value: strength for reason, strength in STRENGTH.items()}, value=Notification.reason, else_=0
    )
    at = func.max(Notification.at, type_=UtcDateTime).label("at")
    grouped = (
        select(
            Post.item_id,
            func.count().label("posts"),
            func.min(Post.number).label("first"),
            func.max(Post.number).label("last"),
            at,
            func.max(strength).label("strength"),
        )
        .select_from(Notification)
        .join(Post, Post.id == Notification.post_id)
        .join(Item, Item.id == Post.item_id)
        .where(*_seen(is_read=is_read), *((_latest_read(),) if is_read else ()))
        .group_by(Post.item_id)
        .order_by(at.desc(), Post.item_id.desc())
        .limit(bindparam("most"))
        .subquery()
    )
    last, author = aliased(Post), aliased(Person)
    return (
        select(
            Item,
            Space.name,
            Space.slug,
            grouped.c.posts,
            grouped.c.first,
            grouped.c.at,
            author.name,
            beginning_of(last.html),
            grouped.c.strength,
        )
        .join(Item, Item.id == grouped.c.item_id)
        .join(Space, Space.id == Item.space_id)
        .join(last, (last.item_id == grouped.c.item_id) & (last.number == grouped.c.last))
        .outerjoin(author, author.id == last.author_id)
        .order_by(grouped.c.at.desc(), grouped.c.item_id.desc())
    )


def _line(row: Row[*tuple[Any, ...]]) -> Line:
    item, space, slug, posts, first, at, who, html, strength = row
    return Line(
        title=item.title,
        space=space,
        url=post_url(item, slug, first),
        posts=posts,
        number=first,
        at=at,
        who=who or nobody_of(item, first),
        words=opening(html, length=WORDS),
        reason=BY_STRENGTH[strength],
    )
