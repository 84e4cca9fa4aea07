"""What happens to playbooks."""

from dataclasses import dataclass

from forum.core.events import Fact


@dataclass(frozen=True, kw_only=True)
class PlaybookChanged(Fact):
    """A new version of a playbook is in force."""

    number: int


@dataclass(frozen=True, kw_only=True)
class PlaybookDue(Fact):
    """A playbook wants to be looked at again. `day` is when it was due; `person_id` who keeps it."""

    person_id: int
    day: str


@dataclass(frozen=True, kw_only=True)
class PlaybookHeldBy(Fact):
    """Somebody was made the holder of a playbook by another."""

    person_id: int


@dataclass(frozen=True, kw_only=True)
class PlaybookWithdrawn(Fact):
    """A playbook was withdrawn by somebody who didn't write it."""

    log_id: int


@dataclass(frozen=True, kw_only=True)
class ChangeProposed(Fact):
    """Somebody proposed a change to a playbook."""

    proposal_id: int


@dataclass(frozen=True, kw_only=True)
class SentBackDecided(Fact):
    """What a copy sent back was accepted or declined: the stewards of its space hear. `item_id` is the copy's playbook."""

    proposal_id: int


@dataclass(frozen=True, kw_only=True)
class ProposalDecided(Fact):
    """A proposed change was accepted or declined: its proposer hears."""

    proposal_id: int
