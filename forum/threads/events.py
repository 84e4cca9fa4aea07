"""What happens to threads."""

from dataclasses import dataclass

from forum.core.events import Fact


@dataclass(frozen=True, kw_only=True)
class ThreadStarted(Fact):
    """A thread was started, with its first post."""

    post_id: int
    section_id: int
    is_question: bool


@dataclass(frozen=True, kw_only=True)
class AnswerAccepted(Fact):
    """A post was accepted as the answer to a question."""

    post_id: int
    number: int


@dataclass(frozen=True, kw_only=True)
class ThreadClosed(Fact):
    """A thread takes no more replies but from organisers."""


@dataclass(frozen=True, kw_only=True)
class ThreadReopened(Fact):
    """A thread that was closed takes replies again."""


@dataclass(frozen=True, kw_only=True)
class ThreadMoved(Fact):
    """A thread stands in another section now."""

    section_id: int
    before_id: int


@dataclass(frozen=True, kw_only=True)
class PostsMoved(Fact):
    """Posts of other threads stand in this one now: a thread was merged into it, or split."""

    move_id: int


@dataclass(frozen=True, kw_only=True)
class ThreadChanged(Fact):
    """A thread has another title, or became a question or stopped being one."""


@dataclass(frozen=True, kw_only=True)
class AcceptanceWithdrawn(Fact):
    """The accepted answer of a question isn't one any more."""

    number: int


@dataclass(frozen=True, kw_only=True)
class AnnouncementMade(Fact):
    """A thread was started of which all members are told. It takes the place of ThreadStarted, so that nobody is told twice."""

    post_id: int
