"""What happens in the roster."""

from dataclasses import dataclass

from forum.core.events import Fact


@dataclass(frozen=True, kw_only=True)
class DutyOffered(Fact):
    """Somebody is offered a duty, or to be its deputy."""

    holding_id: int


@dataclass(frozen=True, kw_only=True)
class DutyAnswered(Fact):
    """They took it or declined."""

    holding_id: int


@dataclass(frozen=True, kw_only=True)
class DutyLeft(Fact):
    """Somebody holds a duty no longer, because another person ended it. `until` is its day; `ending` the version of a duty's end.

    Of several times only the last one is told.
    """

    holding_id: int
    until: str = ""
    ending: int = 0


@dataclass(frozen=True, kw_only=True)
class DutyTakenUp(Fact):
    """A duty that had ended, or somebody's part in it, is there again. `ending` is the version of the duty's end.

    `with_covers`: what was covered is so again, too.
    """

    holding_id: int
    ending: int = 0
    with_covers: bool = False


@dataclass(frozen=True, kw_only=True)
class TurnsSet(Fact):
    """A duty rotates, in another order, or no longer. `person_ids` have a turn and hadn't before, `gone_ids` haven't any more."""

    duty_id: int
    person_ids: tuple[int, ...] = ()
    gone_ids: tuple[int, ...] = ()


@dataclass(frozen=True, kw_only=True)
class SwapAsked(Fact):
    """Somebody asks a colleague to swap turns."""

    swap_id: int


@dataclass(frozen=True, kw_only=True)
class SwapAnswered(Fact):
    """The colleague agreed or declined, or took back that they agreed. `state` is what became of it: only the last one is told."""

    swap_id: int
    state: str = ""


@dataclass(frozen=True, kw_only=True)
class CoverSwapAsked(Fact):
    """Somebody asks a colleague to swap covers."""

    swap_id: int


@dataclass(frozen=True, kw_only=True)
class CoverSwapAnswered(Fact):
    """The colleague agreed, declined, or took back that they agreed. `state` is what became of it: only the last one is told."""

    swap_id: int
    state: str = ""


@dataclass(frozen=True, kw_only=True)
class AbsenceFiled(Fact):
    """An organiser filed an absence for somebody."""

    absence_id: int


@dataclass(frozen=True, kw_only=True)
class AbsenceTakenBack(Fact):
    """An organiser took back that they filed an absence for somebody."""

    absence_id: int


@dataclass(frozen=True, kw_only=True)
class CoverAsked(Fact):
    """Somebody in particular is asked to cover."""

    request_id: int
    person_ids: tuple[int, ...] = ()


@dataclass(frozen=True, kw_only=True)
class CoverTaken(Fact):
    """Somebody covers. `taken` is since when they say so: only who says so last is told of."""

    request_id: int
    taken: str = ""


@dataclass(frozen=True, kw_only=True)
class CoverDeclined(Fact):
    """Somebody who was asked can't."""

    request_id: int
    person_id: int


@dataclass(frozen=True, kw_only=True)
class CoverOver(Fact):
    """Somebody's cover ended or became shorter, because it isn't needed any more. `version` is that of the request."""

    request_id: int
    version: int = 0


@dataclass(frozen=True, kw_only=True)
class CoverGoesOn(Fact):
    """Somebody's cover that had ended or become shorter is as before: what ended it was undone. `version` is that of the request."""

    request_id: int
    version: int = 0


@dataclass(frozen=True, kw_only=True)
class CoverLost(Fact):
    """Whoever covered can't any more; somebody else is wanted for `request_id`, who was covered by `person_id`."""

    request_id: int
    person_id: int


@dataclass(frozen=True, kw_only=True)
class GapsAhead(Fact):
    """Nobody holds some duties of a space from some day on: each is a duty's key, and the first and last half-day as numbers."""

    space_id: int
    gaps: tuple[tuple[int, int, int], ...] = ()


@dataclass(frozen=True, kw_only=True)
class AbsencesTakenOver(Fact):
    """An organiser noted absences for somebody, from a calendar."""

    person_id: int
    space_id: int
    absence_ids: tuple[int, ...] = ()


@dataclass(frozen=True, kw_only=True)
class AccountDue(Fact):
    """What is known of an account hasn't been looked at for long."""


@dataclass(frozen=True, kw_only=True)
class EndorsementAsked(Fact):
    """Somebody is asked to stand behind a seat; `again`: they are reminded."""

    endorsement_id: int
    again: bool = False


@dataclass(frozen=True, kw_only=True)
class EndorsementAnswered(Fact):
    """A sponsor stands behind a seat, or declined."""

    endorsement_id: int


@dataclass(frozen=True, kw_only=True)
class SeatCalled(Fact):
    """Colleagues of a vacant seat's department are asked whether they would take it."""

    person_ids: tuple[int, ...] = ()


@dataclass(frozen=True, kw_only=True)
class SeatChanged(Fact):
    """A seat with a sponsor is somebody's from a day on, (`is_end`) until one, with nobody after them, or (`again`) after all."""

    holding_id: int
    is_end: bool = False
    again: bool = False


@dataclass(frozen=True, kw_only=True)
class VolunteerCame(Fact):
    """Somebody puts themselves forward for a duty."""

    volunteer_id: int


@dataclass(frozen=True, kw_only=True)
class VolunteerAnswered(Fact):
    """An organiser agreed, or declined."""

    volunteer_id: int


@dataclass(frozen=True, kw_only=True)
class CoverUntaken(Fact):
    """Nobody has taken a request for cover so far: `person_ids`, the deputy or organisers, are asked to look at it."""

    request_id: int
    person_ids: tuple[int, ...] = ()


@dataclass(frozen=True, kw_only=True)
class ReturnDue(Fact):
    """Somebody's first working day after an absence has come, if it is still the one of this `version`."""

    absence_id: int
    version: int


@dataclass(frozen=True, kw_only=True)
class HandoverOffered(Fact):
    """Somebody is offered a duty with its checklist."""

    handover_id: int


@dataclass(frozen=True, kw_only=True)
class HandoverAnswered(Fact):
    """They accepted or declined."""

    handover_id: int


@dataclass(frozen=True, kw_only=True)
class HandoverMoved(Fact):
    """A duty that was accepted passes on another `day`, because its giver leaves on another. Only the last `version` is told."""

    handover_id: int
    day: str = ""
    version: int = 0


@dataclass(frozen=True, kw_only=True)
class LineAsked(Fact):
    """Something is asked beside a line of a handover."""

    question_id: int


@dataclass(frozen=True, kw_only=True)
class LineAnswered(Fact):
    """It is answered."""

    question_id: int


@dataclass(frozen=True, kw_only=True)
class RehearsalAsked(Fact):
    """A deputy is asked to run a duty for a day."""

    rehearsal_id: int


@dataclass(frozen=True, kw_only=True)
class RehearsalNoted(Fact):
    """The deputy noted what was missing."""

    rehearsal_id: int


@dataclass(frozen=True, kw_only=True)
class LeavingFiled(Fact):
    """An organiser set the last day of somebody, or another one, or (without `last_day`) took it back. Only the last one is told.

    `version` is that of the day that was set.
    """

    leaving_id: int
    last_day: str = ""
    version: int = 0


@dataclass(frozen=True, kw_only=True)
class LeavingStuck(Fact):
    """Somebody's last day in a space has passed, and they stay as its only steward."""

    leaving_id: int


@dataclass(frozen=True, kw_only=True)
class LeavingOffered(Fact):
    """Somebody is asked to take what a colleague leaves: `successor_id`, if nobody was asked since. `version` is that of asking.

    `others` are what they were asked for with the same press: each its key and its version.
    """

    left_id: int
    successor_id: int | None = None
    version: int = 0
    others: tuple[tuple[int, int], ...] = ()


@dataclass(frozen=True, kw_only=True)
class LeavingAnswered(Fact):
    """They took it or declined."""

    left_id: int
    accepts: bool | None = None


@dataclass(frozen=True, kw_only=True)
class LeftVacant(Fact):
    """Somebody went, and what nobody took is vacant."""

    leaving_id: int
    space_id: int
