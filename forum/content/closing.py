"""What an account that is erased leaves behind in posts: quotes that name it, files it never sent. And its own files, to take along."""

from collections.abc import Iterator
from pathlib import Path

from sqlalchemy import delete, select, update

from forum.content.attachments.taking import store
from forum.content.models import Attachment, Post, PostRevision
from forum.core.db import db
from forum.core.redaction import without_author
from forum.people.models import Person

AT_ONCE = 100
QUOTING = "<figcaption>"


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
    """Have quotes of somebody's posts name nobody, whatever they were called then. Use inside `transaction()`."""
    db.session.execute(delete(Attachment).where(Attachment.person_id == person.id, Attachment.place.is_not(None)))
    items = select(Post.item_id).where(Post.author_id == person.id).distinct()
    for item_id in db.session.scalars(items).all():
        mine = select(Post.number).where(Post.item_id == item_id, Post.author_id == person.id)
        numbers = frozenset(db.session.scalars(mine))
        posts = select(Post.id, Post.html).where(Post.item_id == item_id, Post.html.contains(QUOTING))
        for key, html in db.session.execute(posts).all():
            _write(Post, [Post.id == key], html, numbers)
        versions = (
            select(PostRevision.post_id, PostRevision.version, PostRevision.html)
            .join(Post, Post.id == PostRevision.post_id)
            .where(Post.item_id == item_id, PostRevision.html.contains(QUOTING))
        )
        for key, version, html in db.session.execute(versions).all():
            _write(PostRevision, [PostRevision.post_id == key, PostRevision.version == version], html, numbers)


def _write(model: type[Post | PostRevision], where: list[object], html: str, numbers: frozenset[int]) -> None:
    changed = without_author(html, numbers=numbers)
    if changed != html:
        statement = update(model).where(*where).values(html=changed)  # type: ignore[arg-type]  # conditions of SQLAlchemy
        db.session.execute(statement.execution_options(synchronize_session=False))
