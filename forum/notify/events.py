"""What comes about by the clock, for telling."""

from dataclasses import dataclass

from forum.core.events import Fact


@dataclass(frozen=True, kw_only=True)
class DigestDue(Fact):
    """A person's digest was due at a moment."""

    person_id: int
    moment: str
