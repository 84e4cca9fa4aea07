"""What the pages of a space say, read in the order in which they are written, a few rows in memory at a time."""

from collections.abc import Iterator, Sequence
from typing import Any

from sqlalchemy import Connection, Executable, Select, select

from forum.clone.archive import AT_ONCE, ITEM
from forum.clone.archive.pages.leading import POSTS_A_PAGE, Place, Places
from forum.clone.archive.rooms import published
from forum.content.attachments.taking import store
from forum.content.models import Attachment, Post, PostState
from forum.content.moving.models import MovedPost
from forum.core.db import Base
from forum.core.files import address_name
from forum.people.models import Person
from forum.spaces.models import Item, Space
from forum.web.links import whole

FILES = "files"


def streamed(connection: Connection, query: Executable) -> Iterator[Any]:
    """Give the rows of a query, some at a time."""
    return iter(connection.execute(query, execution_options={"stream_results": True, "yield_per": AT_ONCE}))


class InStep:
    """Rows that are ordered by `of_item`, given item after item while others are read likewise."""

    def __init__(self, rows: Iterator[Any]) -> None:
        self.rows = rows
        self.next: Any = next(rows, None)

    def of(self, item_id: int) -> Iterator[Any]:
        """Give those of an item. Those of earlier items, for which nobody asked, are passed over."""
        while self.next is not None and self.next.of_item <= item_id:
            row, self.next = self.next, next(self.rows, None)
            if row.of_item == item_id:
                yield row


class Reading:
    """A space as `asker` may give it away: what is for all its members."""

    def __init__(self, connection: Connection, space: Space, asker: int) -> None:
        self.connection, self.space = connection, space
        self.items = select(Item.id).where(published().inside(Base.metadata.tables[ITEM], space.id, asker))

    def places(self) -> Places:
        """Return where everything lies on the pages."""
        columns = (Item.id, Item.ref, Item.kind, Item.title, Item.created_at, Item.inherited)
        found = Places(site=whole("").rstrip("/"), slug=self.space.slug)
        for number, row in enumerate(self._all(select(*columns).where(Item.id.in_(self.items)).order_by(Item.id)), 1):
            found.items[row.id] = Place(row.id, row.kind, row.title, row.created_at, number, row.inherited)
            found.refs[row.ref] = row.id
        for item_id, number in self._all(self._posts(Post.item_id, Post.number)):
            found.items[item_id].note(number)
        found.files = dict(self._files())
        moved = select(MovedPost.item_id, MovedPost.number, Post.item_id, Post.number, Item.ref)
        moved = moved.join(Post, Post.id == MovedPost.post_id).join(Item, Item.id == MovedPost.item_id)
        moved = moved.where(Item.space_id == self.space.id, Post.number.is_not(None))
        for item_id, number, to_item, to_number, ref in self._all(moved):
            found.refs[ref] = item_id
            found.moved[item_id, number] = (to_item, to_number)
        return found

    def posts(self) -> InStep:
        """Give the posts of all items, those of one after the other's."""
        query = self._posts(
            Post.item_id.label("of_item"), Post.id, Post.number, Person.name, Post.created_at, Post.edited_at, Post.html
        )
        return InStep(self._all(query.outerjoin(Person, Person.id == Post.author_id)))

    def attached(self) -> InStep:
        """Give the names and refs of attached files, likewise."""
        return InStep(self._all(self._attached(Post.item_id.label("of_item"), Post.number)))

    def _all(self, query: Executable) -> Iterator[Any]:
        return streamed(self.connection, query)

    def _posts(self, *columns: Any) -> Select[*tuple[Any, ...]]:  # noqa: ANN401  # whatever can be selected
        shown = (Post.item_id.in_(self.items), Post.state == PostState.PUBLISHED, Post.number.is_not(None))
        return select(*columns).select_from(Post).where(*shown).order_by(Post.item_id, Post.number)

    def _attached(self, *columns: Any) -> Select[*tuple[Any, ...]]:  # noqa: ANN401  # whatever can be selected
        query = self._posts(*columns, Attachment.ref, Attachment.sha256, Attachment.name)
        query = query.join(Attachment, Attachment.post_id == Post.id).where(Attachment.removed_at.is_(None))
        return query.order_by(Attachment.id)

    def _files(self) -> Iterator[tuple[str, tuple[str, str]]]:
        """Give of each file that is on the disk its ref, its hash, and where it lies among the pages."""
        for number, row in enumerate(self._all(self._attached()), 1):
            if store().path_of(row.sha256).is_file():
                yield row.ref, (row.sha256, f"{FILES}/{number}-{address_name(row.name)}")


def by_page(posts: Iterator[Any], pages: Sequence[int]) -> Iterator[tuple[int, list[Any]]]:
    """Give the posts of an item page by page, with those that hold none."""
    waiting: Any = next(posts, None)
    for page in pages:
        some: list[Any] = []
        while waiting is not None and (waiting.number - 1) // POSTS_A_PAGE <= page:
            some.append(waiting)
            waiting = next(posts, None)
        yield page, some
