"""What happens to posts."""

from collections.abc import Sequence
from dataclasses import dataclass

from forum.core.events import Fact


@dataclass(frozen=True, kw_only=True)
class PostWritten(Fact):
    """A reply was added to an item's conversation. What begins with a first post has a fact of its own room."""

    post_id: int
    number: int


@dataclass(frozen=True, kw_only=True)
class PostRemoved(Fact):
    """Somebody else than its author removed a post."""

    post_id: int
    number: int


@dataclass(frozen=True, kw_only=True)
class PostEdited(Fact):
    """A post says something else now. Whoever it names for the first time stands in `newly_named`, as person ids."""

    post_id: int
    number: int
    version: int
    newly_named: Sequence[int] = ()
