"""The agenda of a date, as its readers see it."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from sqlalchemy import and_, select, union

from forum.core.db import db
from forum.core.time import now
from forum.meetups.day.models import Action, AgendaItem, Attendance, Decision, Minutes
from forum.people.models import Person
from forum.spaces.guard import Here
from forum.spaces.models import Item
from forum.spaces.queries import visible_items


@dataclass(frozen=True, kw_only=True)
class OnAgenda:
    """Something on the agenda. `carried` is what it carries along, if the reader may see that now (A3)."""

    row: AgendaItem
    brought_by: Person | None
    carried: Item | None

    @property
    def title(self) -> str:
        """What it is called; "" when its name is that of something which the reader can't see."""
        return self.row.title or (self.carried.title if self.carried else "")


def agenda_for(here: Here, occurrence_id: int) -> Sequence[OnAgenda]:
    """Return what is on the agenda of a date, in order: one query."""
    rows = db.session.execute(
        select(AgendaItem, Person, Item)
        .outerjoin(Person, Person.id == AgendaItem.brought_by_id)
        .outerjoin(
            Item,
            and_(Item.id == AgendaItem.item_id, Item.space_id == here.space.id, visible_items(here.actor, now())),
        )
        .where(AgendaItem.occurrence_id == occurrence_id, AgendaItem.place.is_not(None))
        .order_by(AgendaItem.place)
    )
    return [OnAgenda(row=row, brought_by=person, carried=item) for row, person, item in rows]


def with_traces(occurrence_ids: Collection[int]) -> set[int]:
    """Return which of some dates hold something of the day itself: they are never thrown away with the rule that made them."""
    tables = (AgendaItem, Attendance, Minutes, Decision, Action)
    return set(
        db.session.scalars(
            union(*(select(one.occurrence_id).where(one.occurrence_id.in_(occurrence_ids)) for one in tables))
        )
    )
