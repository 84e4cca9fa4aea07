"""What happens to date polls."""

from dataclasses import dataclass

from forum.core.events import Fact


@dataclass(frozen=True, kw_only=True)
class DatePollOpened(Fact):
    """Somebody asks when people can."""


@dataclass(frozen=True, kw_only=True)
class DatePollNeedsAnswers(Fact):
    """Those who have not answered are asked once more."""


@dataclass(frozen=True, kw_only=True)
class DatePollDecided(Fact):
    """A day was chosen. `occurrence_id` is the date of the meetup."""

    occurrence_id: int


@dataclass(frozen=True, kw_only=True)
class DatePollCancelled(Fact):
    """Nothing comes of it."""
