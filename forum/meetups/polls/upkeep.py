"""What a worker does for date polls: a day before answers are wished for, who has not answered is asked once more. Once a poll."""

from datetime import datetime, timedelta

from sqlalchemy import select

from forum.core.db import db, lock, transaction
from forum.core.events import announce
from forum.core.time import local, now
from forum.meetups.polls.events import DatePollNeedsAnswers
from forum.meetups.polls.models import DatePoll
from forum.spaces.models import Item, Space

A_DAY = timedelta(days=1)


def ask_once_more() -> None:
    """Ask those who have not answered, for polls whose last day is today or tomorrow and that were opened before today."""
    at = now()
    query = (
        select(DatePoll.id)
        .join(Item, Item.id == DatePoll.id)
        .join(Space, Space.id == Item.space_id)
        .where(Space.archived_at.is_(None))
        .where(DatePoll.decided_at.is_(None), DatePoll.cancelled_at.is_(None), DatePoll.reminded_at.is_(None))
        .where(DatePoll.answer_by <= (at + 2 * A_DAY).date(), DatePoll.answer_by >= (at - A_DAY).date())
        .order_by(DatePoll.id)
    )
    for poll_id in db.session.scalars(query).all():
        with transaction():
            item = lock(Item, poll_id)
            poll = db.session.get(DatePoll, poll_id, populate_existing=True)
            if item is not None and poll is not None and _is_due(poll, item, at=at):
                poll.reminded_at = at
                announce(DatePollNeedsAnswers(item_id=poll_id, asked=poll.asked))


def _is_due(poll: DatePoll, item: Item, *, at: datetime) -> bool:
    if not poll.is_open or poll.reminded_at is not None or poll.answer_by is None:
        return False
    today = local(at, poll.zone).date()
    return today <= poll.answer_by <= today + A_DAY and at - item.created_at >= A_DAY
