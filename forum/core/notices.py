"""Notices: that somebody is told of a post, once, for the strongest of the reasons (B4)."""

import enum
from dataclasses import dataclass


class Reason(enum.StrEnum):
    """Why somebody is told of a post, the strongest first."""

    MENTION = "mention"
    COVER = "cover"
    """It names somebody for whom they cover."""
    REPLY = "reply"
    QUOTE = "quote"
    ANNOUNCEMENT = "announcement"
    WATCHING = "watching"
    SEARCH = "search"
    """It fits a search that they keep. Mail about it is one of its own, so no other message tells of it."""


STRENGTH = {reason: len(Reason) - place for place, reason in enumerate(Reason)}
"""The stronger the reason, the larger the number."""


@dataclass(frozen=True, kw_only=True)
class Notice:
    """A person, the post that they are told of, and why. One for each person and post, whatever the number of reasons."""

    person_id: int
    post_id: int
    reason: Reason
    is_quiet: bool = False
    """They are told in the app only: they are away, or have a message of its own."""
