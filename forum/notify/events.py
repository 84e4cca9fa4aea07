"""What comes about by the clock, for telling."""

from dataclasses import dataclass

from forum.core.events import Fact


@dataclass(frozen=True, kw_only=True)
class DigestDue(Fact):
    """A person's digest was due at a moment. `is_last`: they chose mail at once, and what waited until then comes by this one."""

    person_id: int
    moment: str
    is_last: bool = False
