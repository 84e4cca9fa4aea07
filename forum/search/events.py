"""What happens in the search."""

from dataclasses import dataclass

from forum.core.events import Fact


@dataclass(frozen=True, kw_only=True)
class SearchFound(Fact):
    """A search that somebody keeps found something that was written between two moments."""

    saved_id: int
    after: str
    until: str
