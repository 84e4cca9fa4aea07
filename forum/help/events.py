"""What happens to calls for help."""

from dataclasses import dataclass

from forum.core.events import Fact


@dataclass(frozen=True, kw_only=True)
class HelpAsked(Fact):
    """Somebody asked for help, with the case's first post."""

    post_id: int


@dataclass(frozen=True, kw_only=True)
class HelpPaged(Fact):
    """These people are asked to help, in a round of a case."""

    round: int
    step: int
    person_ids: tuple[int, ...]


@dataclass(frozen=True, kw_only=True)
class HelpTaken(Fact):
    """Somebody has taken a case; `before_id` is who had it and handed it on."""

    round: int
    person_id: int
    before_id: int | None = None


@dataclass(frozen=True, kw_only=True)
class HelpOffered(Fact):
    """Whoever has a case asks somebody to take it over."""

    person_id: int


@dataclass(frozen=True, kw_only=True)
class HelpDeclined(Fact):
    """Whoever was asked to take a case over can't."""

    person_id: int


@dataclass(frozen=True, kw_only=True)
class HelpAskedAnew(Fact):
    """A case is nobody's any more and is asked round again: it was given back, or opened again."""

    round: int


@dataclass(frozen=True, kw_only=True)
class HelpUnanswered(Fact):
    """Everybody was asked who could be, and nobody has taken it."""

    round: int


@dataclass(frozen=True, kw_only=True)
class HelpClosed(Fact):
    """A case is closed. `was_open`: nobody had it, so whoever was asked needn't come."""

    round: int
    was_open: bool
