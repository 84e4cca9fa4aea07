"""What happens on the day of a meetup and after."""

from dataclasses import dataclass

from forum.core.events import Fact


@dataclass(frozen=True, kw_only=True)
class AgendaItemTakenOut(Fact):
    """Somebody else took off the agenda what a member had brought. `removed` is when: of several times only the last one is told."""

    agenda_id: int
    removed: str = ""


@dataclass(frozen=True, kw_only=True)
class MinutesPublished(Fact):
    """The minutes of a date can be read."""

    occurrence_id: int


@dataclass(frozen=True, kw_only=True)
class ActionGiven(Fact):
    """Somebody gave an action to its holder, perhaps from another. `version` is that of the action: only the last one is told."""

    action_id: int
    version: int
    previous_id: int | None = None


@dataclass(frozen=True, kw_only=True)
class ActionSettled(Fact):
    """Somebody else says that an action of `person_id` is done, or that nobody needs to do it. `version` is that of the action."""

    action_id: int
    person_id: int
    version: int = 0


@dataclass(frozen=True, kw_only=True)
class ActionDue(Fact):
    """The day of an action has come."""

    action_id: int
    version: int


@dataclass(frozen=True, kw_only=True)
class ActionsLeft(Fact):
    """Who had promised these actions is gone from their space, and nobody has them."""

    space_id: int
    actions: tuple[int, ...] = ()
