"""What the demo's people were told in the last days: nobody is mailed of the past, and what they have read they have seen."""

from collections.abc import Mapping
from datetime import datetime, timedelta

from flask import current_app
from sqlalchemy import and_, select, update

from forum.content.models import Post, ReadMark
from forum.content.reading import is_unread_post, my_mark, reader
from forum.core.db import db
from forum.core.notices import Reason
from forum.core.outbox import Delivery, DeliveryState, FactRow
from forum.notify.book import book_of, fact_of
from forum.notify.expansion import new_message_id
from forum.notify.models import MailRhythm, Notification
from forum.notify.notices import note_all
from forum.notify.quiet import hush
from forum.notify.rhythm import choose
from forum.people.models import Person
from forum.spaces.guard import Here
from forum.spaces.models import Item

LAST_DAYS = timedelta(days=14)


COMES_BACK = "comes back"
APP_ONLY = "no announcements"
"""They stopped the mail of their spaces' announcements, and have the rest at once."""
FEW = 2
"""So many of the last messages came back: one more, and mail would wait."""


def tell_of_the_last_days(standing: list[Here], mail: Mapping[int, str], *, at: datetime) -> None:
    """Write the notifications that the last days' facts bring about, for everybody who stands in a space. Inside `transaction()`.

    `mail` says by a person's id when they have mail, or that it comes back.
    """
    book = book_of(current_app)
    for row in db.session.scalars(select(FactRow).order_by(FactRow.id)):
        teller = book.get(row.kind)
        if teller is None or teller.notices is None:
            continue
        post = db.session.get_one(Post, row.payload["post_id"])
        if post.created_at > at - LAST_DAYS:
            note_all(teller.notices(fact_of(row, book)), at=post.created_at, fact_id=row.id)
    for here in standing:
        _read_what_is_read(here, at=at)
        if mail.get(here.actor.id) == APP_ONLY:
            hush(here.actor.id, here.space.id)
    _mail(mail)


def _mail(mail: Mapping[int, str]) -> None:
    """Say by which way everybody was told, long ago as far as the worker is concerned."""
    choosing = [person_id for person_id, when in mail.items() if when not in {"", COMES_BACK, APP_ONLY}]
    hushed = [person_id for person_id, when in mail.items() if when == APP_ONLY]
    is_hushed = and_(Notification.person_id.in_(hushed), Notification.reason == Reason.ANNOUNCEMENT)
    db.session.execute(
        update(Notification)
        .where(Notification.person_id.not_in(choosing), ~is_hushed)
        .values(mailed_at=Notification.at)
    )
    for person_id, when in mail.items():
        if person_id in choosing:
            choose(db.session.get_one(Person, person_id), rhythm=MailRhythm(when), hour=8, weekday=0)
    back = select(Notification).where(
        Notification.person_id.in_([person_id for person_id, when in mail.items() if when == COMES_BACK])
    )
    for told in db.session.scalars(back.order_by(Notification.at.desc(), Notification.id).limit(FEW)):
        db.session.add(
            Delivery(
                fact_id=told.fact_id,
                person_id=told.person_id,
                state=DeliveryState.SENT,
                due_at=told.at,
                sent_at=told.at,
                message_id=new_message_id(),
                bounced_at=told.at,
                bounce_reason="550 5.1.1 There is no such mailbox here",
            )
        )


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
