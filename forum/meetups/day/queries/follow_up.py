"""Actions: of a date, of a series until they are done, of a space, of a person."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, Select, select
from sqlalchemy.orm import aliased

from forum.core.db import db
from forum.core.time import now, today
from forum.meetups.day.models import Action, ActionState
from forum.meetups.models import Occurrence, OccurrenceState, Series
from forum.people.models import Person
from forum.spaces.guard import Here
from forum.spaces.models import Item, Membership, Space
from forum.spaces.queries import viewing, visible_to_viewer

MOST = 200


@dataclass(frozen=True, kw_only=True)
class Promised:
    """An action with the meetup that it is from."""

    action: Action
    holder: Person | None
    one: Occurrence
    series: Series
    item: Item
    space: Space

    @property
    def title(self) -> str:
        """What the meetup was called on that day."""
        return self.one.title or self.item.title

    @property
    def is_open(self) -> bool:
        """Whether it is still to be done."""
        return self.action.state is ActionState.OPEN

    def is_overdue(self, day: date | None = None) -> bool:
        """Whether its day has passed, on the clock of its space."""
        due = self.action.due_on
        return self.is_open and due is not None and due < (day or today(self.space.zone))

    def is_due(self, day: date | None = None) -> bool:
        """Whether its day is today."""
        return self.is_open and self.action.due_on == (day or today(self.space.zone))


def action_for(here: Here, ref: str) -> Promised | None:
    """Return an action of this space that the reader may see."""
    return next(iter(_all(here.actor, Action.ref == ref, Item.space_id == here.space.id)), None)


def actions_of(here: Here, occurrence_id: int) -> Sequence[Promised]:
    """Return what was promised on a date, whatever became of it, in order."""
    return _all(here.actor, Action.occurrence_id == occurrence_id, by=(Action.id,))


def open_in(here: Here, *, mine: bool = False) -> Sequence[Promised]:
    """Return what is open in a space, or what of it is one's own; what is due first, what has no day last."""
    where = [Item.space_id == here.space.id, Action.state == ActionState.OPEN]
    if mine:
        where.append(Action.holder_id == here.actor.id)
    return _all(here.actor, *where)


def settled_in(here: Here) -> Sequence[Promised]:
    """Return what was settled in a space, the latest first."""
    where = Item.space_id == here.space.id, Action.state != ActionState.OPEN
    return _all(here.actor, *where, by=(Action.settled_at.desc(), Action.id.desc()))


def open_of(person: Person) -> Sequence[Promised]:
    """Return what somebody has open, in all spaces that they belong to."""
    belongs = select(Membership.space_id).where(Membership.person_id == person.id, Membership.ended_at.is_(None))
    return _all(person, Action.holder_id == person.id, Action.state == ActionState.OPEN, Item.space_id.in_(belongs))


def brought_forward(here: Here, one: Occurrence) -> Sequence[Promised]:
    """Return what was promised on earlier dates of a series and is still open, for the next agenda; what it goes on from counts."""
    chain = select(Series.id, Series.continues_id).where(Series.id == one.series_id).cte(recursive=True)
    before = aliased(Series)
    chain = chain.union(select(before.id, before.continues_id).join(chain, before.id == chain.c.continues_id))
    return _all(
        here.actor,
        Occurrence.series_id.in_(select(chain.c.id)),
        Occurrence.starts_at < one.starts_at,
        Action.state == ActionState.OPEN,
    )


def is_next(one: Occurrence) -> bool:
    """Say whether a date is the next of its series that takes place, or is under way: on its agenda stands what is still open."""
    following = (
        select(Occurrence.id)
        .where(
            Occurrence.series_id == one.series_id,
            Occurrence.ends_at > now(),
            Occurrence.state == OccurrenceState.PLANNED,
        )
        .order_by(Occurrence.starts_at)
        .limit(1)
    )
    return db.session.scalar(following) == one.id


def _all(viewer: Person, *where: ColumnElement[bool], by: tuple[Any, ...] = ()) -> Sequence[Promised]:
    query: Select[*tuple[Any, ...]] = (
        select(Action, Person, Occurrence, Series, Item, Space)
        .outerjoin(Person, Person.id == Action.holder_id)
        .join(Occurrence, Occurrence.id == Action.occurrence_id)
        .join(Series, Series.id == Occurrence.series_id)
        .join(Item, Item.id == Series.id)
        .join(Space, Space.id == Item.space_id)
        .where(*where, visible_to_viewer())
        .order_by(*(by or (Action.due_on.is_(None), Action.due_on, Action.id)))
        .limit(MOST)
    )
    return [
        Promised(action=action, holder=holder, one=one, series=series, item=item, space=space)
        for action, holder, one, series, item, space in db.session.execute(query, viewing(viewer, now()))
    ]
