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
