"""Reads of posts, shaped for pages."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from markupsafe import Markup
from sqlalchemy import ColumnElement, Integer, Select, and_, bindparam, case, func, select
from sqlalchemy.orm import InstrumentedAttribute, aliased

from forum.content.models import Post, PostMail, PostRevision, PostState
from forum.core import text
from forum.core.db import db
from forum.core.markup import BEGINNING
from forum.core.prepared import prepared
from forum.people.models import Department, Person


@dataclass(frozen=True)
class Author:
    """Somebody as they stand beside what they wrote."""

    id: int
    handle: str
    name: str
    department: str | None

    @property
    def initials(self) -> str:
        """One or two capitals for the tile."""
        return text.initials(self.name)

    @property
    def hue(self) -> int:
        """The colour of the tile, 1 to 8."""
        return text.hue(self.id)


def beginning_of(html: InstrumentedAttribute[str]) -> ColumnElement[str]:
    """Return the column of a text's beginning, enough for its `opening`: a list doesn't read whole texts."""
    return func.substr(html, 1, BEGINNING)


@dataclass(frozen=True, kw_only=True)
class Gone:
    """The gap where a post stood: when it was removed or hidden, by whom ("" for its author), and why."""

    at: datetime
    by: str
    because: str
    is_hidden: bool = False


@dataclass(frozen=True, kw_only=True)
class PostShown:
    """A post as a page shows it. No author: somebody who left no name behind. Of one that is gone nothing is read but the gap."""

    number: int
    html: Markup
    author: Author | None
    in_reply_to: int | None
    created_at: datetime
    edited_at: datetime | None
    version: int
    gone: Gone | None = None
    for_colleague: bool = False
    """An organiser passed it on for somebody whose name isn't shown."""
    by_mail: bool = False
    trimmed: str = ""
    """Quoted text and a signature that came with it by mail: for its author and those who keep order."""


@dataclass(frozen=True, kw_only=True)
class Version:
    """What a post said at some time, when that was written, and by whom. Whoever sees the post may read all of its versions."""

    version: int
    source: str
    written_at: datetime
    writer: str | None


def posts_between(item_id: int, *, after: int, size: int) -> list[PostShown]:
    """Return the posts numbered `after` + 1 to `after` + `size` that can be seen: a step into the index, wherever it is (B2).

    The numbers bound it, so it needs no LIMIT, and what is hidden leaves a page shorter instead of moving all that follow.
    """
    rows = db.session.execute(_posts_between(), {"item_id": item_id, "after": after, "size": size})
    return [_shown(*row) for row in rows]


def _shown(  # noqa: PLR0917  # the columns of the query below, in their order
    number: int,
    html: str,
    in_reply_to: int | None,
    created_at: datetime,
    edited_at: datetime | None,
    version: int,
    for_colleague: bool,  # noqa: FBT001  # likewise
    trimmed: str | None,
    state: PostState,
    gone_at: datetime | None,
    gone_because: str | None,
    gone_by: str | None,
    person_id: int | None,
    handle: str,
    name: str,
    department: str | None,
) -> PostShown:
    is_hidden = state is PostState.HIDDEN
    gone = Gone(at=gone_at or created_at, by=gone_by or "", because=gone_because or "", is_hidden=is_hidden)
    return PostShown(
        number=number,
        html=Markup(html),  # noqa: S704  # made by the renderer, which lets nothing through but its own tags
        author=Author(person_id, handle, name, department) if person_id else None,
        in_reply_to=in_reply_to,
        created_at=created_at,
        edited_at=edited_at,
        version=version,
        for_colleague=for_colleague,
        by_mail=trimmed is not None,
        trimmed=trimmed or "",
        gone=None if state is PostState.PUBLISHED else gone,
    )


@prepared
def _posts_between() -> Select[*tuple[Any, ...]]:
    after, size = bindparam("after", type_=Integer), bindparam("size", type_=Integer)
    remover = aliased(Person)
    html = case((Post.state == PostState.PUBLISHED, Post.html), else_="")
    gone = (Post.state, Post.gone_at, Post.gone_because, remover.name)
    columns = (Post.number, html, Post.in_reply_to, Post.created_at, Post.edited_at, Post.version, Post.for_colleague)
    who = (Person.id, Person.handle, Person.name, Department.name)
    return (
        select(*columns, PostMail.trimmed, *gone, *who)
        .outerjoin(PostMail, PostMail.post_id == Post.id)
        .outerjoin(Person, Person.id == Post.author_id)
        .outerjoin(Department, Department.id == Person.department_id)
        .outerjoin(remover, and_(remover.id == Post.gone_by_id, Post.gone_by_id.is_distinct_from(Post.author_id)))
        .where(
            Post.item_id == bindparam("item_id"),
            Post.number > after,
            Post.number <= after + size,
            Post.state != PostState.HELD,
        )
        .order_by(Post.number)
    )


def author_of(item_id: int, number: int) -> str | None:
    """Return the name of a post's author, "" for somebody who left none behind, None when the post can't be seen."""
    query = select(func.coalesce(Person.name, "")).select_from(Post).outerjoin(Person, Person.id == Post.author_id)
    return db.session.scalar(
        query.where(Post.item_id == item_id, Post.number == number, Post.state == PostState.PUBLISHED)
    )


def stands(item_id: int, number: int) -> bool:
    """Say whether a post with this number stands in an item, in whatever state: not when it was moved elsewhere."""
    return db.session.scalar(select(Post.id).where(Post.item_id == item_id, Post.number == number)) is not None


def source_of(item_id: int, number: int) -> str | None:
    """Return what was typed as a post, None when it can't be seen."""
    return db.session.scalar(
        select(Post.source).where(Post.item_id == item_id, Post.number == number, Post.state == PostState.PUBLISHED)
    )


def newer_than(item_id: int, number: int, *, but_not_by: int, most: int) -> int:
    """Count the posts above `number` that somebody else wrote, at most `most`."""
    some = (
        select(Post.id)
        .where(
            Post.item_id == item_id,
            Post.number > number,
            Post.state == PostState.PUBLISHED,
            Post.author_id.is_distinct_from(but_not_by),
        )
        .limit(most)
    )
    return db.session.scalar(select(func.count()).select_from(some.subquery())) or 0


def versions_of(post: Post, *, newest: int, size: int) -> Sequence[Version]:
    """Return up to `size` versions of a post, the newest first, from version `newest` down.

    A revision's editor is who replaced it, so each version was written by the editor of the one before it.
    """
    earlier = aliased(PostRevision)
    rows = db.session.execute(
        select(PostRevision.version, PostRevision.source, PostRevision.written_at, Person.name)
        .outerjoin(earlier, (earlier.post_id == PostRevision.post_id) & (earlier.version == PostRevision.version - 1))
        .outerjoin(Person, Person.id == func.coalesce(earlier.editor_id, post.author_id))
        .where(PostRevision.post_id == post.id, PostRevision.version <= newest)
        .order_by(PostRevision.version.desc())
        .limit(size)
    )
    found = [
        Version(version=version, source=source, written_at=written_at, writer=name)
        for version, source, written_at, name in rows
    ]
    return [_current(post), *found][:size] if newest >= post.version else found


def _current(post: Post) -> Version:
    last = (
        select(Person.name)
        .join(PostRevision, PostRevision.editor_id == Person.id)
        .where(PostRevision.post_id == post.id, PostRevision.version == post.version - 1)
    )
    author = select(Person.name).where(Person.id == post.author_id)
    return Version(
        version=post.version,
        source=post.source,
        written_at=post.edited_at or post.created_at,
        writer=db.session.scalar(last if post.version > 1 else author),
    )
