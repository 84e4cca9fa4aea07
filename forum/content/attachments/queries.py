"""Reads of attached files, shaped for pages and texts."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Self

from sqlalchemy import Integer, Select, and_, bindparam, func, or_, select

from forum.content.attachments.told import NOTHING, Told
from forum.content.models import Attachment, Post, PostState
from forum.core.db import db
from forum.core.files import KINDS, address_name
from forum.core.markup import Picture, attachments_in
from forum.core.prepared import prepared
from forum.people.models import Person
from forum.spaces.models import Space
from forum.spaces.queries.visible import VIEWER

COLUMNS = (
    Attachment.ref,
    Attachment.name,
    Attachment.media_type,
    Attachment.size,
    Attachment.width,
    Attachment.height,
    Attachment.alt,
    Attachment.is_decorative,
)


@dataclass(frozen=True, kw_only=True)
class Attached:
    """An attached file as a page shows it. `is_dropped`: the form says that it is to be taken out."""

    ref: str
    name: str
    media_type: str
    size: int
    width: int | None
    height: int | None
    alt: str
    is_decorative: bool
    is_dropped: bool = False

    @classmethod
    def of(cls, columns: Iterable[Any]) -> Self:
        """Make it of a row of COLUMNS."""
        return cls(**dict(zip((column.key for column in COLUMNS), columns, strict=True)))

    @property
    def url(self) -> str:
        """Its address."""
        return f"/attachments/{self.ref}/{address_name(self.name)}"

    @property
    def is_picture(self) -> bool:
        """Whether a page can show it."""
        return self.width is not None

    @property
    def kind(self) -> str:
        """What people call such a file: "PDF", "DOCX"."""
        ending = self.name.rpartition(".")[2]
        return (ending if ending.lower() in KINDS[self.media_type].suffixes else "file").upper()

    @property
    def is_untold(self) -> bool:
        """A picture of which nobody has said what is to be seen on it."""
        return self.is_picture and not self.alt and not self.is_decorative and not self.is_dropped

    @property
    def markdown(self) -> str:
        """What shows the picture in a text."""
        return f"![]({self.url})"

    def as_told(self, told: Told) -> "Attached":
        """Return it as a form says it is."""
        if self.ref not in told.alts:
            return replace(self, is_dropped=self.ref in told.dropped)
        is_decorative = self.ref in told.decorative
        alt = "" if is_decorative else told.alts[self.ref]
        return replace(self, alt=alt, is_decorative=is_decorative, is_dropped=self.ref in told.dropped)


@dataclass(frozen=True, kw_only=True)
class OnPage:
    """What is attached on a page of posts: to each post, by its number, and what the reader hasn't sent yet."""

    by_number: Mapping[int, Sequence[Attached]] = field(default_factory=dict)
    unsent: Sequence[Attached] = ()

    @classmethod
    def of(cls, files: Iterable[tuple[int | None, Attached]]) -> Self:
        """Sort files by the number of their post; those that weren't sent have none."""
        by_number: dict[int, list[Attached]] = {}
        unsent: list[Attached] = []
        for number, one in files:
            (unsent if number is None else by_number.setdefault(number, [])).append(one)
        return cls(by_number=by_number, unsent=unsent)

    def below(self, number: int, html: str) -> list[Attached]:
        """Return what stands below post `number`: all but the pictures that its text shows."""
        return not_shown(self.by_number.get(number, ()), html)


def not_shown(files: Iterable[Attached], html: str) -> list[Attached]:
    """Return the files that stand below a text: all but the pictures that it shows."""
    return [one for one in files if not (one.is_picture and f'src="{one.url}"' in html)]


@prepared
def attached_to_page() -> Select[*tuple[Any, ...]]:
    """Return the query for what is attached to a page of posts and, with no number, at a place: asked by `forum.content.around`."""
    after, size = bindparam("after", type_=Integer), bindparam("size", type_=Integer)
    posts = select(Post.id).where(
        Post.item_id == bindparam("item_id"),
        Post.number > after,
        Post.number <= after + size,
        Post.state == PostState.PUBLISHED,
    )
    mine = and_(Attachment.place == bindparam("place"), Attachment.person_id == VIEWER)
    return (
        select(Post.number, Attachment.id, *COLUMNS)
        .outerjoin(Post, Post.id == Attachment.post_id)
        .where(or_(Attachment.post_id.in_(posts), mine), Attachment.removed_at.is_(None))
    )


def at_place(person: Person, place: str) -> list[Attached]:
    """Return what somebody attached at a place and hasn't sent yet, in order."""
    return _listed(Attachment.place == place, Attachment.person_id == person.id)


def of_post(post: Post) -> list[Attached]:
    """Return what is attached to a post, in order."""
    return _listed(Attachment.post_id == post.id)


def of_posts(post_ids: Collection[int]) -> dict[int, list[Attached]]:
    """Return what is attached to some posts, by their keys, in order. One query."""
    query = select(Attachment.post_id, *COLUMNS).where(
        Attachment.post_id.in_(post_ids), Attachment.removed_at.is_(None)
    )
    found: dict[int, list[Attached]] = {}
    rows: Iterable[Sequence[Any]] = db.session.execute(query.order_by(Attachment.id))
    for post_id, *columns in rows:
        found.setdefault(post_id, []).append(Attached.of(columns))
    return found


def _listed(*conditions: Any) -> list[Attached]:  # noqa: ANN401  # SQLAlchemy's own
    query = select(*COLUMNS).where(*conditions, Attachment.removed_at.is_(None)).order_by(Attachment.id)
    return [Attached.of(row) for row in db.session.execute(query)]


def pictures_for(
    source: str, *, space: Space, author: Person, item_id: int | None, told: Told = NOTHING
) -> dict[str, Picture]:
    """Return the pictures that a text by `author` may show: their own in this space, and those in the same conversation (A13).

    A text that names any other gets a link, which leads its readers wherever they may go anyway.
    """
    refs = attachments_in(source) - told.dropped
    if not refs:
        return {}
    seen = or_(Attachment.post_id.is_(None), Post.state.in_((PostState.PUBLISHED, PostState.HELD)))
    theirs = and_(Attachment.person_id == author.id, Attachment.space_id == space.id, seen)
    quoted = and_(Post.item_id == item_id, Post.state == PostState.PUBLISHED)
    query = (
        select(*COLUMNS)
        .outerjoin(Post, Post.id == Attachment.post_id)
        .where(
            Attachment.ref.in_(refs),
            Attachment.width.is_not(None),
            Attachment.removed_at.is_(None),
            or_(theirs, quoted) if item_id is not None else theirs,
        )
    )
    found = [Attached.of(row).as_told(told) for row in db.session.execute(query)]
    return {one.url: Picture(width=one.width or 1, height=one.height or 1, alt=one.alt) for one in found}


def count_at(person: Person, place: str) -> int:
    """Count what somebody attached at a place."""
    mine = (Attachment.place == place, Attachment.person_id == person.id, Attachment.removed_at.is_(None))
    return db.session.scalar(select(func.count()).where(*mine)) or 0


def refs_shown(urls: Collection[str]) -> set[str]:
    """Return the refs in addresses of attachments."""
    return {url.split("/")[2] for url in urls}
