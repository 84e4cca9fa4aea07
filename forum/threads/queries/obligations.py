"""Questions of somebody's that wait for an answer: what they would leave open while they are away, or when they go."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import select

from forum.core.db import db
from forum.core.time import now
from forum.people.models import Person
from forum.spaces.models import Item, Membership, Space
from forum.spaces.queries import visible_items
from forum.threads.models import Thread

MOST = 50


@dataclass(frozen=True)
class OpenQuestion:
    """A question that somebody asked, to which no answer was accepted yet."""

    item: Item
    space: Space


def open_questions_of(person: Person) -> Sequence[OpenQuestion]:
    """Return the latest questions of somebody's that are open, in the spaces that they belong to."""
    rows = db.session.execute(
        select(Item, Space)
        .join(Thread, Thread.id == Item.id)
        .join(Space, Space.id == Item.space_id)
        .join(Membership, Membership.space_id == Space.id)
        .where(
            Membership.person_id == person.id,
            Membership.ended_at.is_(None),
            Space.archived_at.is_(None),
            Item.author_id == person.id,
            Thread.is_question,
            Thread.accepted_number.is_(None),
            Thread.closed_at.is_(None),
            visible_items(person, now()),
        )
        .order_by(Item.created_at.desc(), Item.id.desc())
        .limit(MOST)
    )
    return [OpenQuestion(item, space) for item, space in rows]
