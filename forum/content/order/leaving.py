"""What waits of somebody whose account is erased: nobody can publish it any more."""

from sqlalchemy import select, update

from forum.content.models import Attachment, Post, PostState
from forum.content.order.models import PostWait, WaitOutcome
from forum.core.db import db, lock
from forum.core.time import now
from forum.people.models import Person
from forum.spaces.models import Item, ItemState


def take_back_held(person: Person) -> None:
    """Take back what somebody wrote that is held, without its text and files. Items before posts, as everywhere.

    Use inside `transaction()`.
    """
    held = (Post.author_id == person.id, Post.state == PostState.HELD)
    items = select(Post.item_id).where(*held).distinct().order_by(Post.item_id)
    for item_id in db.session.scalars(items).all():
        item = lock(Item, item_id)
        mine = select(Post).where(*held, Post.item_id == item_id).order_by(Post.id)
        for post in db.session.scalars(mine.with_for_update().execution_options(populate_existing=True)):
            _end(post)
            if item is not None and post.number == 1:
                item.state = ItemState.WITHDRAWN
    db.session.flush()


def _end(post: Post) -> None:
    at = now()
    post.source = post.html = ""
    post.state, post.gone_at, post.gone_by_id = PostState.REMOVED, at, post.author_id
    db.session.execute(update(Attachment).where(Attachment.post_id == post.id).values(removed_at=at))
    open_wait = (PostWait.post_id == post.id, PostWait.decided_at.is_(None))
    values = {"decided_at": at, "decided_by_id": post.author_id, "outcome": WaitOutcome.WITHDRAWN}
    db.session.execute(update(PostWait).where(*open_wait).values(values))
