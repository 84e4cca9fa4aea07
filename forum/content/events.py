"""What happens to posts."""

from collections.abc import Sequence
from dataclasses import dataclass

from forum.core.events import Fact


@dataclass(frozen=True, kw_only=True)
class PostWritten(Fact):
    """A reply was added to an item's conversation. What begins with a first post has a fact of its own room.

    `quoted` are the ids of the posts whose words it repeats: posts can be moved before anybody is told.
    """

    post_id: int
    number: int
    quoted: Sequence[int] = ()


@dataclass(frozen=True, kw_only=True)
class PostRemoved(Fact):
    """Somebody else than its author removed a post."""

    post_id: int
    number: int


@dataclass(frozen=True, kw_only=True)
class BookmarkDue(Fact):
    """A person wanted to be reminded of a post at a moment. It is told only if that is still what they want."""

    post_id: int
    person_id: int
    number: int
    moment: str


@dataclass(frozen=True, kw_only=True)
class PostEdited(Fact):
    """A post says something else now. Whoever it names for the first time stands in `newly_named`, as person ids."""

    post_id: int
    number: int
    version: int
    newly_named: Sequence[int] = ()
