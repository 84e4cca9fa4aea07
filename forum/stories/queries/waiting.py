"""What waits for a second reader, as those see it who may be one."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Select, and_, bindparam, exists, func, or_, select

from forum.content.models import Post, PostState
from forum.content.order.holding import why_held_now
from forum.core.db import db
from forum.core.prepared import prepared
from forum.people.models import Person, PersonState
from forum.spaces.guard import Here
from forum.spaces.models import Audience, Item, ItemState, Membership
from forum.spaces.policy import Can
from forum.stories.models import CoAuthor, Story, Waiting


@dataclass(frozen=True, kw_only=True)
class ToRead:
    """A story that waits for somebody to read it before the others do."""

    ref: str
    title: str
    author: str | None
    since: datetime


def to_read(here: Here) -> list[ToRead]:
    """Return the stories that wait for this person to be their second reader, the longest first."""
    if not here.may(Can.TELL_STORY):
        return []
    values = {"space_id": here.space.id, "reader": here.actor.id, "keeps": here.is_keeper}
    rows = db.session.execute(_to_read(), values).all()
    if not rows or why_held_now(here) is not None:
        return []
    return [ToRead(ref=row.ref, title=row.title, author=row.name, since=row.since) for row in rows]


def how_many_wait(here: Here) -> int:
    """Count all that waits for a second reader in a space: for its organisers, who see that it isn't forgotten."""
    waits = select(func.count()).select_from(Waiting).join(Item, Item.id == Waiting.story_id)
    query = waits.where(Item.space_id == here.space.id, Item.state == ItemState.DRAFT, Waiting.publish_at.is_(None))
    return db.session.scalar(query) or 0


@prepared
def _to_read() -> Select[str, str, str | None, datetime]:
    belongs = exists().where(
        Membership.space_id == Item.space_id,
        Membership.person_id == Item.author_id,
        Membership.ended_at.is_(None),
        Person.id == Item.author_id,
        Person.state == PersonState.ACTIVE,
    )
    tells = exists().where(CoAuthor.story_id == Story.id, CoAuthor.person_id == bindparam("reader"))
    return (
        select(Item.ref, Item.title, Person.name, Waiting.since)
        .join(Story, Story.id == Item.id)
        .join(Waiting, Waiting.story_id == Story.id)
        .join(Post, and_(Post.item_id == Item.id, Post.number == 1, Post.state == PostState.HELD))
        .outerjoin(Person, Person.id == Item.author_id)
        .where(
            Item.space_id == bindparam("space_id"),
            Item.state == ItemState.DRAFT,
            Waiting.publish_at.is_(None),
            Waiting.sent_back_at.is_(None),
            Item.author_id.is_distinct_from(bindparam("reader")),
            ~tells,
            or_(Item.audience == Audience.SPACE, bindparam("keeps")),
            or_(belongs.correlate(Item, Person), Story.key_hash.is_not(None)),
        )
        .order_by(Waiting.since, Item.id)
        .limit(50)
    )
