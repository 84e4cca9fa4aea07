"""What happens to spaces and in their membership, as facts."""

from dataclasses import dataclass

from forum.core.events import Fact


@dataclass(frozen=True, kw_only=True)
class InvitedToSpace(Fact):
    """An address was invited."""

    invitation_id: int


@dataclass(frozen=True, kw_only=True)
class AskedToJoin(Fact):
    """Somebody asked to be let into a space that is joined by request."""

    request_id: int


@dataclass(frozen=True, kw_only=True)
class JoinRequestDecided(Fact):
    """A request was accepted or declined; which, stands in the request."""

    request_id: int


@dataclass(frozen=True, kw_only=True)
class MemberRemoved(Fact):
    """A membership was ended by somebody else. The reason stands in the log."""

    membership_id: int
    log_id: int


@dataclass(frozen=True, kw_only=True)
class RoleChanged(Fact):
    """Somebody was given another role. From what to what, and why, stands in the log."""

    membership_id: int
    log_id: int


@dataclass(frozen=True, kw_only=True)
class MemberSuspended(Fact):
    """A member only reads in a space until an instant, or until another one than before. Who, by whom and why stands in the log."""

    log_id: int
    until: str


@dataclass(frozen=True, kw_only=True)
class SuspensionEnded(Fact):
    """A suspension was ended before its day."""

    log_id: int
