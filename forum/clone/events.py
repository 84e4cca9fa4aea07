"""What happened in showcases, for those whom it concerns."""

from dataclasses import dataclass

from forum.core.events import Fact


@dataclass(frozen=True, kw_only=True)
class ConsentAsked(Fact):
    """A steward wants to show to others what somebody wrote."""

    person_id: int


@dataclass(frozen=True, kw_only=True)
class ArchiveReady(Fact):
    """An archive of a space can be downloaded."""

    archive_id: int
