"""What happens to relays. The facts name neither actor nor item, so that no row but the relay's own ties a person to a question."""

from dataclasses import dataclass

from forum.core.events import Fact


@dataclass(frozen=True, kw_only=True)
class RelayChanged(Fact):
    """The asker or the keeper did something that the other one has to know."""

    relay_id: int
    act: str


@dataclass(frozen=True, kw_only=True)
class RelayOverdue(Fact):
    """A relay has waited long for the keeper who was chosen at a moment. Told only if it still does."""

    relay_id: int
    moment: str
