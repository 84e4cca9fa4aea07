"""What happens to polls."""

from dataclasses import dataclass

from forum.core.events import Fact


@dataclass(frozen=True, kw_only=True)
class PollEnded(Fact):
    """A poll came to its end at a moment. Announced for its last day too, and told then only if that still is its end."""

    poll_id: int
    moment: str
