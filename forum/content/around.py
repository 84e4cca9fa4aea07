"""What stands around the posts of a page: what people said about them, and what is attached to them. One query asks for both (B2)."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import CompoundSelect, and_, null, select, type_coerce, union_all

from forum.content.attachments.queries import Attached, OnPage, attached_to_page
from forum.content.models import Bookmark, Post, ReactionKind
from forum.content.order.models import PostFlag
from forum.content.reacting import Said, said_on_page
from forum.core.db import db
from forum.core.prepared import prepared
from forum.people.models import Person
from forum.spaces.models import Item


@dataclass(frozen=True, kw_only=True)
class Around:
    """What was said, by a post's number and kind, and what is attached."""

    said: Mapping[int, Mapping[ReactionKind, Said]]
    files: OnPage


def around(item: Item, viewer: Person, *, after: int, size: int, place: str) -> Around:
    """Return what stands around the posts numbered `after` + 1 to `after` + `size`, and what `viewer` attached at `place`."""
    values = {"item_id": item.id, "after": after, "size": size, "viewer_id": viewer.id, "place": place}
    said: dict[int, dict[ReactionKind, Said]] = {}
    files: dict[int, tuple[int | None, Attached]] = {}
    for number, kind, people, by_me, key, *columns in db.session.execute(_around(), values):
        if key is None:
            said.setdefault(number, {})[kind] = Said(people=people, by_me=bool(by_me))
        else:
            files[key] = number, Attached.of(columns)
    return Around(said=said, files=OnPage.of(files[key] for key in sorted(files)))


def mine_about(person: Person, item: Item, number: int) -> tuple[Bookmark | None, PostFlag | None]:
    """Return the person's bookmark of a post, and their open flag of it. One query."""
    mark = and_(Bookmark.post_id == Post.id, Bookmark.person_id == person.id)
    flag = and_(PostFlag.post_id == Post.id, PostFlag.person_id == person.id, PostFlag.settled_at.is_(None))
    query = select(Bookmark, PostFlag).select_from(Post).outerjoin(Bookmark, mark).outerjoin(PostFlag, flag)
    row = db.session.execute(query.where(Post.item_id == item.id, Post.number == number)).one_or_none()
    return (row[0], row[1]) if row else (None, None)


@prepared
def _around() -> CompoundSelect[*tuple[Any, ...]]:
    """Put one query behind the other: each leaves the other's columns empty, with their types."""
    said, attached = said_on_page(), attached_to_page()
    number, *about = said.selected_columns
    post_number, *of_files = attached.selected_columns
    return union_all(
        said.with_only_columns(number, *about, *(type_coerce(null(), column.type) for column in of_files)),
        attached.with_only_columns(post_number, *(type_coerce(null(), column.type) for column in about), *of_files),
    )
