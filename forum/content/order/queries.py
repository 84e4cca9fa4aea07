"""Reads of what waits for an organiser, and of what its author sees of a post that is held."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from markupsafe import Markup
from sqlalchemy import ColumnElement, Select, and_, exists, func, or_, select, union
from sqlalchemy.orm import aliased, joinedload

from forum.content.attachments.queries import COLUMNS, Attached, not_shown, of_posts
from forum.content.models import Attachment, Post, PostState
from forum.content.order.models import KEPT, PostFlag, PostWait, WaitWhy
from forum.content.reading import SPACE
from forum.core.db import db
from forum.core.markup import opening
from forum.core.prepared import prepared
from forum.core.time import now
from forum.people.models import Person, PersonState
from forum.spaces.guard import Here
from forum.spaces.models import Item, Membership
from forum.spaces.policy import KEEPERS
from forum.spaces.queries.suspended import is_suspended
from forum.spaces.queries.visible import VIEWED_AT, VIEWER, viewing

PAGE = 20
GLANCE = 500


@dataclass(frozen=True, kw_only=True)
class Case:
    """What waits for an organiser: one post, with everything that is said of it."""

    post: Post
    item: Item
    author: Person | None
    since: datetime
    why: WaitWhy | None
    """Why it is out of sight; None for a post that is flagged and can be read."""
    flags: Sequence[PostFlag]
    files: Sequence[Attached]
    hidden_by: str | None

    @property
    def html(self) -> Markup:
        """What the post says."""
        return Markup(self.post.html)  # noqa: S704  # made by the renderer

    @property
    def excerpt(self) -> str:
        """How it begins, of a post that is longer than a glance; "" for one that is shown whole."""
        begun = opening(self.post.html, length=GLANCE)
        return begun if len(begun) < len(opening(self.post.html, length=GLANCE + 1)) else ""

    @property
    def below(self) -> list[Attached]:
        """What is attached, but for the pictures that the text shows."""
        return not_shown(self.files, self.post.html)

    @property
    def upto(self) -> int:
        """The latest flag that is seen."""
        return max((flag.id for flag in self.flags), default=0)

    @property
    def is_held(self) -> bool:
        """Whether nobody has ever read it."""
        return self.post.state is PostState.HELD


@dataclass(frozen=True, kw_only=True)
class Held:
    """A post that waits for an organiser, as its author sees it at its place."""

    post_id: int
    html: Markup
    since: datetime
    files: Sequence[Attached]


def how_many_wait(here: Here) -> int:
    """Count the posts that wait for this organiser of a space. Asked on each of its pages, of those who look after it."""
    return db.session.scalar(_how_many_wait(), _values(here)) or 0


def cases(here: Here, *, size: int = PAGE) -> list[Case]:
    """Return what waits for this organiser, the longest first, at most `size` of it."""
    author, hider = aliased(Person), aliased(Person)
    flagged_at = select(func.min(PostFlag.at)).where(PostFlag.post_id == Post.id, PostFlag.settled_at.is_(None))
    since = func.coalesce(PostWait.since, flagged_at.correlate(Post).scalar_subquery())
    query = (
        select(Post, Item, author, since, PostWait.why, hider.name)
        .join(Item, Item.id == Post.item_id)
        .outerjoin(PostWait, and_(PostWait.post_id == Post.id, PostWait.decided_at.is_(None)))
        .outerjoin(author, author.id == Post.author_id)
        .outerjoin(hider, hider.id == Post.gone_by_id)
        .where(_waits())
        .order_by(since, Post.id)
        .limit(size)
    )
    rows = db.session.execute(query, _values(here)).all()
    ids = [row[0].id for row in rows]
    flags, files = _open_flags(ids), of_posts(ids)
    return [
        Case(
            post=post,
            item=item,
            author=writer,
            since=at,
            why=why,
            flags=flags[post.id],
            files=files.get(post.id, ()),
            hidden_by=hidden_by,
        )
        for post, item, writer, at, why, hidden_by in rows
    ]


def _values(here: Here) -> dict[str, object]:
    return {**viewing(here.actor, now()), "space_id": here.space.id}


def own_held_in(item: Item, person: Person) -> list[Held]:
    """Return what the person wrote in an item that waits for an organiser, in order. One query. Nobody else gets it (A5)."""
    query = (
        select(Post.id, Post.html, Post.created_at, Attachment.id, *COLUMNS)
        .outerjoin(Attachment, and_(Attachment.post_id == Post.id, Attachment.removed_at.is_(None)))
        .where(Post.item_id == item.id, Post.state == PostState.HELD, Post.author_id == person.id)
        .order_by(Post.id, Attachment.id)
    )
    found: dict[int, tuple[str, datetime, list[Attached]]] = {}
    for post_id, html, since, attachment_id, *columns in db.session.execute(query):
        _html, _since, files = found.setdefault(post_id, (html, since, []))
        if attachment_id is not None:
            files.append(Attached.of(columns))
    return [
        Held(post_id=post_id, html=Markup(html), since=since, files=not_shown(files, html))  # noqa: S704  # the renderer's
        for post_id, (html, since, files) in found.items()
    ]


@prepared
def has_own_held() -> ColumnElement[bool]:
    """Return whether something of the viewer's is held in an item: a column beside `Item`."""
    held = exists().where(
        Post.item_id == Item.id,
        Post.state != PostState.PUBLISHED,
        Post.state == PostState.HELD,
        Post.author_id == VIEWER,
    )
    return held.correlate(Item)


@prepared
def _how_many_wait() -> Select[int]:
    return select(func.count()).select_from(Post).join(Item, Item.id == Post.item_id).where(_waits())


def _waits() -> ColumnElement[bool]:
    """Return the condition on `Post` and its `Item` that the viewer, an organiser of this space, has something to decide about it.

    What they wrote themselves waits for the others who look after the space, if there are any now: the suspended decide nothing.
    """
    flagged = select(PostFlag.post_id).where(PostFlag.settled_at.is_(None))
    waiting = select(PostWait.post_id).where(PostWait.decided_at.is_(None))
    some = union(flagged, waiting).subquery()
    others = (
        exists()
        .where(Membership.space_id == SPACE, Membership.ended_at.is_(None), Membership.role.in_(KEEPERS))
        .where(~is_suspended(Membership, VIEWED_AT))
        .where(Person.id == Membership.person_id, Person.state == PersonState.ACTIVE, Person.id != VIEWER)
    )
    is_theirs = or_(Post.author_id.is_distinct_from(VIEWER), ~others)
    of = aliased(Item)  # asked of each of the few posts: joined, it would be every item of the space
    is_here = exists().where(of.id == Post.item_id, of.space_id == SPACE, of.audience.in_(KEPT))
    return and_(Post.id.in_(select(some)), is_here, is_theirs)


def _open_flags(post_ids: Sequence[int]) -> defaultdict[int, list[PostFlag]]:
    found: defaultdict[int, list[PostFlag]] = defaultdict(list)
    query = select(PostFlag).where(PostFlag.post_id.in_(post_ids), PostFlag.settled_at.is_(None))
    for flag in db.session.scalars(query.options(joinedload(PostFlag.person)).order_by(PostFlag.at, PostFlag.id)):
        found[flag.post_id].append(flag)
    return found
