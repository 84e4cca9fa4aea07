"""What the space's log says of somebody's post that somebody else changed."""

from datetime import datetime

from forum.content.models import Post
from forum.core.db import db
from forum.people.models import Person
from forum.spaces.guard import Here
from forum.spaces.log import record
from forum.spaces.models import Item, LogEntry
from forum.spaces.policy import Can


def record_of_post(
    verb: str, here: Here, item: Item, post: Post, *, power: Can, reason: str = "", at: datetime | None = None
) -> LogEntry:
    """Write the line and return it, naming the author, and who lent `power` if it was lent. To be committed with the change."""
    entry = record(
        verb,
        actor=here.actor,
        on_behalf_of=here.on_behalf_of(power, item),
        space=here.space,
        item=item,
        person=db.session.get(Person, post.author_id) if post.author_id else None,
        reason=reason,
        at=at,
        number=str(post.number),
    )
    db.session.flush()
    return entry
