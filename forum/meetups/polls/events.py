"""What happens to date polls."""

from collections.abc import Sequence
from dataclasses import dataclass

from forum.core.events import Fact


@dataclass(frozen=True, kw_only=True)
class DatePollOpened(Fact):
    """Somebody asks when people can, or asks on. `asked` is the version of the question: only the last one is told."""

    asked: str = ""


@dataclass(frozen=True, kw_only=True)
class DatePollNeedsAnswers(Fact):
    """Those who have not answered are asked once more. `asked` likewise."""

    asked: str = ""


@dataclass(frozen=True, kw_only=True)
class DatePollDecided(Fact):
    """A day was chosen. `occurrence_id` is the date of the meetup; `gave_up`: who came to it before it moved, and can't now."""

    occurrence_id: int
    gave_up: Sequence[int] = ()


@dataclass(frozen=True, kw_only=True)
class DatePollCancelled(Fact):
    """Nothing comes of it. `cancelled` is when: of several times only the last one is told."""

    cancelled: str = ""
