"""What waits for an organiser: flags, held posts, and members whose posts are held."""

from datetime import datetime, timedelta
from html import escape

from forum.content.models import Post, PostState
from forum.content.order.models import FlagReason, MemberHold, PostFlag, PostWait, WaitWhy
from forum.core.db import db, transaction
from forum.core.time import now
from forum.people.models import Person
from forum.spaces.models import Space
from forum.threads.models import Thread


def make_flag(post: Post, *, by: Person, reason: FlagReason = FlagReason.UNKIND, note: str = "") -> PostFlag:
    """Have somebody flag a post."""
    with transaction():
        flag = PostFlag(post_id=post.id, person_id=by.id, reason=reason, note=note, at=now())
        db.session.add(flag)
    return flag


def make_held(thread: Thread, *, author: Person, text: str = "A reply that waits.") -> Post:
    """Have somebody's reply to a thread wait for an organiser."""
    with transaction():
        post = Post(
            item_id=thread.id,
            author_id=author.id,
            source=text,
            html=f"<p>{escape(text)}</p>",
            renderer=1,
            state=PostState.HELD,
            created_at=now(),
        )
        db.session.add(post)
        db.session.flush()
        db.session.add(PostWait(post_id=post.id, why=WaitWhy.MEMBER, since=now()))
    return post


def make_member_hold(space: Space, person: Person, *, by: Person, until: datetime | None = None) -> None:
    """Have what somebody writes in a space held until a moment, tomorrow if none is given."""
    with transaction():
        db.session.add(
            MemberHold(
                space_id=space.id,
                person_id=person.id,
                held_by_id=by.id,
                at=now() - timedelta(days=1),
                until=until or now() + timedelta(days=1),
                reason="To calm down.",
            )
        )
