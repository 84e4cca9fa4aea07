"""What of stories counts on somebody: the fixes that they keep true."""

from collections.abc import Sequence

from sqlalchemy import select

from forum.core.db import db
from forum.core.halves import Span
from forum.core.time import now
from forum.people.models import Person
from forum.spaces.models import Item, Membership, Space
from forum.spaces.parts import Obligation
from forum.spaces.queries import visible_items
from forum.stories.models import Story
from forum.web.links import path_of
from forum.web.words import _

KIND = "story"
MOST = 50


def obligations_of(person: Person, span: Span | None) -> Sequence[Obligation]:
    """Return the stories that somebody keeps true: those that are due while they are away, or all of them."""
    query = (
        select(Story, Item, Space)
        .join(Item, Item.id == Story.id)
        .join(Space, Space.id == Item.space_id)
        .join(Membership, Membership.space_id == Space.id)
        .where(
            Membership.person_id == person.id,
            Membership.ended_at.is_(None),
            Space.archived_at.is_(None),
            Story.holder_id == person.id,
            visible_items(person, now()),
        )
    )
    if span is not None:
        query = query.where(Story.due_on <= span.last_day)
    return [
        Obligation(
            kind=KIND,
            key=str(story.id),
            title=item.title,
            url=path_of("stories.story", slug=space.slug, ref=item.ref),
            space=space,
            item_id=item.id,
            note=_("You are asked whether the fix still works; who covers for you is asked while you are away."),
            is_covered=span is not None,
        )
        for story, item, space in db.session.execute(query.order_by(Story.due_on, Item.id).limit(MOST))
    ]
