"""Files to attach, as bytes, and files that are attached."""

import io
from functools import cache
from typing import Any

from flask import current_app
from PIL import Image

from forum.content.models import Attachment, Post
from forum.core.db import db, transaction
from forum.core.files import Store
from forum.core.text import new_ref
from forum.core.time import now
from forum.people.models import Person
from forum.spaces.models import Item, Space


@cache
def picture_bytes(kind: str = "PNG", *, width: int = 60, height: int = 40, exif: bytes = b"") -> bytes:
    """Return a small picture, bright on one side, so that one sees how it is turned."""
    picture = Image.new("RGB", (width, height), "navy")
    picture.paste("gold", (0, 0, width // 2, height))
    held, more = io.BytesIO(), {"exif": exif} if exif else {}
    picture.save(held, kind, **more)
    return held.getvalue()


def store() -> Store:
    """Return where the app keeps attached files."""
    return Store(current_app.extensions["baton"].settings.var / "attachments")


def make_attachment(
    space: Space,
    *,
    by: Person,
    to: Post | None = None,
    place: str = "",
    name: str = "notes.txt",
    data: bytes = b"Notes.",
    ref: str | None = None,
    **others: Any,  # noqa: ANN401  # columns of the table
) -> Attachment:
    """Attach a file to a post, or at a place; `others` are columns. A picture's width and height say that it is one."""
    kept = store()
    with kept.held(), kept.arriving() as folder:
        path = folder / "file"
        path.write_bytes(data)
        sha256 = kept.keep(path)
    columns = {"media_type": "text/plain", "created_at": now(), **others}
    with transaction():
        if to is not None:
            space = db.session.get_one(Space, db.session.get_one(Item, to.item_id).space_id)
        attachment = Attachment(
            ref=ref or new_ref(),
            space_id=space.id,
            person_id=by.id,
            post_id=to.id if to else None,
            place=None if to else place,
            name=name,
            size=len(data),
            sha256=sha256,
            **columns,
        )
        db.session.add(attachment)
    return attachment
