"""What happens to stories."""

from dataclasses import dataclass

from forum.core.events import Fact


@dataclass(frozen=True, kw_only=True)
class StoryTold(Fact):
    """A story was told, with its first post."""

    post_id: int


@dataclass(frozen=True, kw_only=True)
class StorySaved(Fact):
    """A story saved somebody: its author is thanked."""

    person_id: int


@dataclass(frozen=True, kw_only=True)
class StoryDue(Fact):
    """The fix of a story wants to be looked at again. `day` is when it was due; `person_id` who keeps it."""

    person_id: int
    day: str


@dataclass(frozen=True, kw_only=True)
class StoryWithdrawn(Fact):
    """An organiser withdrew a story of somebody's."""

    log_id: int


@dataclass(frozen=True, kw_only=True)
class StoryShared(Fact):
    """Somebody is asked into the telling of a story."""

    person_id: int


@dataclass(frozen=True, kw_only=True)
class StoryHeldBy(Fact):
    """Somebody was made the holder of a story's fix by another."""

    person_id: int


@dataclass(frozen=True, kw_only=True)
class StoryGoesOut(Fact):
    """A story was shared with another space, or with everybody."""

    share_id: int


@dataclass(frozen=True, kw_only=True)
class StoryTakenOff(Fact):
    """Organisers of a space with which a story was shared took it off. `space_id` is that space."""

    space_id: int


@dataclass(frozen=True, kw_only=True)
class StoryPassed(Fact):
    """A second reader published a story."""


@dataclass(frozen=True, kw_only=True)
class StorySentBack(Fact):
    """A second reader sent a story back to who told it, with a note."""


@dataclass(frozen=True, kw_only=True)
class StoryActionOffered(Fact):
    """Somebody is asked to do what is to change because of a story. `version` is which holder and day it was then."""

    action_id: int
    version: int


@dataclass(frozen=True, kw_only=True)
class StoryActionAnswered(Fact):
    """Whoever was asked said yes, or gave it back."""

    action_id: int
    is_yes: bool


@dataclass(frozen=True, kw_only=True)
class StoryActionDue(Fact):
    """The day of an action has come: `person_id` has it, or covers for who does."""

    action_id: int
    version: int
    person_id: int


@dataclass(frozen=True, kw_only=True)
class StoryActionSettled(Fact):
    """An action is done, or nobody needs to do it any more."""

    action_id: int
