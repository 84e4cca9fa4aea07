"""What is to change because of stories: of one story, and of one person."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import ColumnElement, select

from forum.content.promises import PromiseState, in_order, is_overdue
from forum.core.db import db
from forum.core.time import now, today
from forum.people.models import Person
from forum.spaces.guard import Here
from forum.spaces.models import Item, Membership, Space
from forum.spaces.queries import visible_items
from forum.stories.models import StoryAction

MOST = 100


@dataclass(frozen=True, kw_only=True)
class ToChange:
    """An action with its story."""

    action: StoryAction
    holder: Person | None
    item: Item
    space: Space

    def is_overdue(self, day: date | None = None) -> bool:
        """Whether its day has passed, on the clock of its space."""
        return is_overdue(self.action, day or today(self.space.zone))


def actions_of(here: Here, story_id: int) -> Sequence[ToChange]:
    """Return what is to change because of a story, what is open first. One query."""
    found = {one.action.id: one for one in _all(here.actor, StoryAction.story_id == story_id)}
    return [found[action.id] for action in in_order([one.action for one in found.values()])]


def action_for(here: Here, ref: str) -> ToChange | None:
    """Return an action of a story of this space that the reader may see."""
    return next(iter(_all(here.actor, StoryAction.ref == ref, Item.space_id == here.space.id)), None)


def mine_here(here: Here) -> Sequence[ToChange]:
    """Return what the reader has open in this space, or is asked to do; what is due first."""
    theirs = (Item.space_id == here.space.id, StoryAction.holder_id == here.actor.id)
    return _all(here.actor, StoryAction.state == PromiseState.OPEN, *theirs)


def open_of(person: Person) -> Sequence[ToChange]:
    """Return what somebody has said yes to and not done, in all spaces that they belong to."""
    belongs = select(Membership.space_id).where(Membership.person_id == person.id, Membership.ended_at.is_(None))
    return _all(
        person,
        StoryAction.holder_id == person.id,
        StoryAction.state == PromiseState.OPEN,
        StoryAction.accepted_at.is_not(None),
        Item.space_id.in_(belongs),
        Space.archived_at.is_(None),
    )


def _all(viewer: Person, *where: ColumnElement[bool]) -> Sequence[ToChange]:
    query = (
        select(StoryAction, Person, Item, Space)
        .outerjoin(Person, Person.id == StoryAction.holder_id)
        .join(Item, Item.id == StoryAction.story_id)
        .join(Space, Space.id == Item.space_id)
        .where(*where, visible_items(viewer, now()))
        .order_by(StoryAction.due_on.is_(None), StoryAction.due_on, StoryAction.id)
        .limit(MOST)
    )
    return [
        ToChange(action=action, holder=holder, item=item, space=space)
        for action, holder, item, space in db.session.execute(query)
    ]
