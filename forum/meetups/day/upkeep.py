"""What a worker looks after: people are reminded of what they promised on its day, and what is left by who went is nobody's."""

from collections.abc import Sequence
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import exists, or_, select

from forum.core.db import db, lock, transaction
from forum.core.events import announce
from forum.core.time import now
from forum.meetups.day.actions.follow_up import leave_all
from forum.meetups.day.actions.telling import tell_due
from forum.meetups.day.events import ActionDue
from forum.meetups.day.models import Action, ActionState
from forum.meetups.models import Occurrence
from forum.people.models import Person, PersonState
from forum.spaces.models import Item, Membership, Space

AT_ONCE = 200
MORNING = time(8)
A_DAY = timedelta(days=1)


def remind_of_promises() -> bool:
    """Announce that the day of an action has come, once for each holder and day (C9). One that missed its day goes out late."""
    found = _due(now())
    if found:
        with transaction():
            for action_id in found:
                _announce_once(action_id)
    return bool(found)


def let_go_of_promises() -> None:
    """Let nobody have what is still noted as that of somebody who belongs to the space no more."""
    for space_id, person_id in _gone():
        with transaction():
            space = lock(Space, space_id)
            if space is not None:
                leave_all(space, person_id, at=now())


def _due(at: datetime) -> Sequence[int]:
    """Return the actions whose day has come: from eight in the morning on, on the clock of their space."""
    rows = db.session.execute(
        select(Action.id, Action.due_on, Space.zone)
        .join(Occurrence, Occurrence.id == Action.occurrence_id)
        .join(Item, Item.id == Occurrence.series_id)
        .join(Space, Space.id == Item.space_id)
        .where(
            Action.state == ActionState.OPEN,
            Action.holder_id.is_not(None),
            Action.reminded < Action.version,
            Action.due_on <= (at + A_DAY).date(),
            Space.archived_at.is_(None),
        )
        .order_by(Action.id)
        .limit(AT_ONCE)
    )
    return [row.id for row in rows if datetime.combine(row.due_on, MORNING, ZoneInfo(row.zone)) <= at]


def _announce_once(action_id: int) -> None:
    action = lock(Action, action_id)
    if action is None or action.holder_id is None or action.state is not ActionState.OPEN:
        return
    if action.reminded < action.version:
        action.reminded = action.version
        one = db.session.get_one(Occurrence, action.occurrence_id)
        announce(ActionDue(item_id=one.series_id, action_id=action.id, version=action.version))
        tell_due(action, one)


def _gone() -> Sequence[tuple[int, int]]:
    belongs = exists().where(
        Membership.space_id == Item.space_id, Membership.person_id == Person.id, Membership.ended_at.is_(None)
    )
    rows = db.session.execute(
        select(Item.space_id, Person.id)
        .distinct()
        .join(Occurrence, Occurrence.series_id == Item.id)
        .join(Action, Action.occurrence_id == Occurrence.id)
        .join(Person, Person.id == Action.holder_id)
        .where(Action.state == ActionState.OPEN, or_(~belongs, Person.state == PersonState.CLOSED))
        .order_by(Item.space_id, Person.id)
    )
    return [(space_id, person_id) for space_id, person_id in rows]
