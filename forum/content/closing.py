"""What an account that is erased leaves behind in posts: quotes that name it, files it never sent. And its own files, to take along."""

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from sqlalchemy import Row, Table, bindparam, delete, or_, select, union, update

from forum.content.attachments.taking import store
from forum.content.models import Attachment, Post, PostMail, PostRevision
from forum.content.moving.models import MovedPost
from forum.core.db import db
from forum.core.redaction import without_author
from forum.people.models import Person
from forum.spaces.models import Item

Posts = frozenset[tuple[str, int]]

AT_ONCE = 100
QUOTING = "<figcaption>"
POSTS, VERSIONS = (Post.metadata.tables[model.__tablename__] for model in (Post, PostRevision))


def files_of(person: Person) -> Iterator[tuple[str, Path]]:
    """Yield the files that somebody attached, sent or not, as long as they are there."""
    mine = select(Attachment.id, Attachment.ref, Attachment.name, Attachment.sha256).where(
        Attachment.person_id == person.id, Attachment.removed_at.is_(None)
    )
    last = 0
    while found := db.session.execute(mine.where(Attachment.id > last).order_by(Attachment.id).limit(AT_ONCE)).all():
        last = found[-1].id
        for row in found:
            yield f"{row.ref}-{_flat(row.name)}", store().path_of(row.sha256)


def _flat(name: str) -> str:
    """Return a file's name as one part of a path."""
    return name.replace("/", "_").replace("\\", "_").lstrip(".") or "file"


def unname(person: Person) -> None:
    """Have quotes of somebody's posts name nobody, whatever they were called then. Use inside `transaction()`.

    What was trimmed from their mails goes: it holds their signature.
    """
    own = select(Post.id).where(Post.author_id == person.id)
    db.session.execute(update(PostMail).where(PostMail.post_id.in_(own)).values(trimmed=""))
    db.session.execute(delete(Attachment).where(Attachment.person_id == person.id, Attachment.place.is_not(None)))
    posts = posts_of(person)
    if not posts:
        return
    moved = select(MovedPost.item_id).join(Post, Post.id == MovedPost.post_id).where(Post.author_id == person.id)
    items = union(select(Post.item_id).where(Post.author_id == person.id), moved)
    left = select(MovedPost.post_id).where(MovedPost.item_id.in_(items))
    quoting = or_(Post.item_id.in_(items), Post.id.in_(left))  # who quoted them did so there, and may have moved since
    found = select(Post.id, Post.html).where(quoting, Post.html.contains(QUOTING))
    write_unnamed(POSTS, db.session.execute(found), posts)
    versions = (
        select(PostRevision.post_id, PostRevision.version, PostRevision.html)
        .join(Post, Post.id == PostRevision.post_id)
        .where(quoting, PostRevision.html.contains(QUOTING))
    )
    write_unnamed(VERSIONS, db.session.execute(versions), posts)


def posts_of(person: Person) -> Posts:
    """Return the posts of somebody as quotes of them say it, by the item's ref and their number: also where they stood before."""
    now_there = select(Item.ref, Post.number).join(Item, Item.id == Post.item_id).where(Post.number.is_not(None))
    before = (
        select(Item.ref, MovedPost.number)
        .select_from(MovedPost)
        .join(Item, Item.id == MovedPost.item_id)
        .join(Post, Post.id == MovedPost.post_id)
    )
    ways = (query.where(Post.author_id == person.id) for query in (now_there, before))
    return frozenset((ref, number) for ref, number in db.session.execute(union(*ways)))


def write_unnamed(table: Table, rows: Iterable[Row[Any]], posts: Posts) -> None:
    """Write what changes of a table's HTML when quotes of `posts` name nobody. A row has the table's key and `html`.

    All rows with one statement: one each took ten times as long.
    """
    keys, changed = table.primary_key.columns, []
    for row in rows:
        unnamed = without_author(row.html, posts=posts)
        if unnamed != row.html:
            changed.append({"html": unnamed, **{f"key_{key.name}": getattr(row, key.name) for key in keys}})
    if changed:
        here = (key == bindparam(f"key_{key.name}") for key in keys)
        db.session.connection().execute(update(table).where(*here).values(html=bindparam("html")), changed)
