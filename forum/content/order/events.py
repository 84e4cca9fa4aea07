"""What happens when order is kept."""

from dataclasses import dataclass

from forum.core.events import Fact


@dataclass(frozen=True, kw_only=True)
class PostFlagged(Fact):
    """Somebody flagged a post that had no open flag. Another flag beside an open one is no news."""

    post_id: int


@dataclass(frozen=True, kw_only=True)
class FlagSettled(Fact):
    """A flag was settled; how, stands in it."""

    flag_id: int


@dataclass(frozen=True, kw_only=True)
class PostHidden(Fact):
    """A post was hidden; why, stands in what waits."""

    post_id: int
    wait_id: int


@dataclass(frozen=True, kw_only=True)
class PostHeld(Fact):
    """A post waits for an organiser before anybody sees it."""

    post_id: int
    wait_id: int


@dataclass(frozen=True, kw_only=True)
class HeldPostDecided(Fact):
    """A held post was approved or declined; which, stands in what waited."""

    post_id: int
    wait_id: int


@dataclass(frozen=True, kw_only=True)
class PostChangedForAuthor(Fact):
    """Somebody else than its author edited a post. Why, stands in the log."""

    post_id: int
    log_id: int


@dataclass(frozen=True, kw_only=True)
class MemberHeld(Fact):
    """What a member writes is held for a time, or no longer. Which, until when and why, stands in the log."""

    person_id: int
    log_id: int
