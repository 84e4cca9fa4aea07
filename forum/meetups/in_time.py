"""Until when mail about meetups is of use: before the date begins that somebody would turn up for, or miss."""

from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import func, select

from forum.core.db import db
from forum.core.time import now
from forum.meetups.events import (
    OccurrenceCancelled,
    OccurrenceChanged,
    ReminderDue,
    SeatTaken,
    SeriesChanged,
    SlotsMoved,
)
from forum.meetups.models import Occurrence
from forum.meetups.polls.events import DatePollDecided
from forum.meetups.recurrence import slot_at


def until_start(fact: SeatTaken | OccurrenceCancelled | ReminderDue | DatePollDecided) -> datetime | None:
    """Return when the date begins."""
    return _first_to_come(_start(fact.occurrence_id))


def until_either_start(fact: OccurrenceChanged) -> datetime | None:
    """Return when the date begins, or when it would have: whichever comes first."""
    return _first_to_come(_start(fact.occurrence_id), _moment(fact.before))


def until_first(fact: SeriesChanged) -> datetime | None:
    """Return when the first of its dates begins, also one that doesn't take place any more, or would have begun."""
    first = select(func.min(Occurrence.starts_at)).where(
        Occurrence.series_id == fact.item_id, Occurrence.starts_at > now()
    )
    return _first_to_come(db.session.scalar(first), _moment(fact.before))


def until_first_slot(fact: SlotsMoved) -> datetime | None:
    """Return when the first of the slots begins that are left."""
    slots = (slot_at(datetime.fromisoformat(slot), fact.zone) for slot in fact.slots.values())
    return _first_to_come(*(slot.starts_at for slot in slots))


def _start(occurrence_id: int) -> datetime | None:
    one = db.session.get(Occurrence, occurrence_id)
    return one.starts_at if one is not None else None


def _moment(iso: str) -> datetime | None:
    return datetime.fromisoformat(iso) if iso else None


def _first_to_come(*moments: datetime | None) -> datetime | None:
    to_come: Iterable[datetime] = (one for one in moments if one is not None and one > now())
    return min(to_come, default=None)
