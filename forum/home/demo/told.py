"""What the demo's people were told in the last days: nobody is mailed of the past, and what they have read they have seen."""

from datetime import datetime, timedelta

from flask import current_app
from sqlalchemy import select, update

from forum.content.models import Post, ReadMark
from forum.content.reading import is_unread_post, my_mark, reader
from forum.core.db import db
from forum.core.outbox import FactRow
from forum.notify.book import book_of, fact_of
from forum.notify.models import Notification
from forum.notify.notices import note_all
from forum.spaces.guard import Here
from forum.spaces.models import Item

LAST_DAYS = timedelta(days=14)


def tell_of_the_last_days(standing: list[Here], *, at: datetime) -> None:
    """Write the notifications that the last days' facts bring about, for everybody who stands in a space. Inside `transaction()`."""
    book = book_of(current_app)
    for row in db.session.scalars(select(FactRow).order_by(FactRow.id)):
        teller = book.get(row.kind)
        if teller is None or teller.notices is None:
            continue
        post = db.session.get_one(Post, row.payload["post_id"])
        if post.created_at > at - LAST_DAYS:
            note_all(teller.notices(fact_of(row, book)), at=post.created_at)
    for here in standing:
        _read_what_is_read(here, at=at)
    db.session.execute(update(Notification).values(mailed_at=at))


def _read_what_is_read(here: Here, *, at: datetime) -> None:
    of_space = select(Post.id).join(Item, Item.id == Post.item_id).where(Item.space_id == here.space.id)
    unread = (
        select(Post.id)
        .join(Item, Item.id == Post.item_id)
        .outerjoin(ReadMark, my_mark())
        .where(Item.space_id == here.space.id, is_unread_post())
    )
    ids = list(db.session.scalars(unread, reader(here)))
    db.session.execute(
        update(Notification)
        .where(
            Notification.person_id == here.actor.id,
            Notification.post_id.in_(of_space),
            Notification.post_id.not_in(ids),
        )
        .values(read_at=at)
        .execution_options(synchronize_session=False)
    )
