"""What came of mail, for telling."""

from dataclasses import dataclass

from forum.core.events import Fact


@dataclass(frozen=True, kw_only=True)
class MailAnswered(Fact):
    """Nothing, or not all, could come of a message, and whoever sent it is told."""

    received_id: int
