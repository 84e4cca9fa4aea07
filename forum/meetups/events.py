"""What happens to meetups."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from forum.core.events import Fact


@dataclass(frozen=True, kw_only=True)
class SeatTaken(Fact):
    """Somebody has a seat. `was_waiting`: one came free for them. `answered` is the version of their answer: the last one is told."""

    occurrence_id: int
    person_id: int
    was_waiting: bool = False
    answered: str = ""


@dataclass(frozen=True, kw_only=True)
class StandingRsvpMade(Fact):
    """Somebody comes every time. `version` is that of what they said: only the last one is told."""

    person_id: int
    version: str = ""


@dataclass(frozen=True, kw_only=True)
class OccurrenceChanged(Fact):
    """One date was moved, changed, or (`is_back`) takes place after all. `sequence` is its version: only the last one is told.

    `before` is when it began until then.
    """

    occurrence_id: int
    sequence: int
    is_back: bool = False
    before: str = ""


@dataclass(frozen=True, kw_only=True)
class OccurrenceCancelled(Fact):
    """One date does not take place."""

    occurrence_id: int
    sequence: int


@dataclass(frozen=True, kw_only=True)
class SeriesChanged(Fact):
    """Dates of a series are other ones now, or its place, or it is paused or goes on. `sequence` is its version.

    `is_end`: it takes place no more after its last date, why is in its row; `is_back`: that was undone.
    `before` is when the first of them began until then.
    """

    sequence: int
    is_end: bool = False
    is_back: bool = False
    before: str = ""


@dataclass(frozen=True, kw_only=True)
class SlotsMoved(Fact):
    """Dates left their slots in the calendars of those who come to them: from an occurrence's id to its slot before."""

    uid: str
    zone: str
    slots: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class ReminderDue(Fact):
    """A date is near. `moves` is the version of its time."""

    occurrence_id: int
    person_id: int
    minutes_before: int
    moves: int
