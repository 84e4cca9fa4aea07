"""What a feed is made of, whichever room writes it: posts as Atom, and whatever else a room may let people follow."""

from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class FeedNow:
    """What a feed says at a moment to the person whose it is. Nothing long is read before `write` is called."""

    state: str
    """Differs whenever the feed says something else: what the answer "nothing new" (304) goes by."""
    write: Callable[[str], bytes]
    """Makes the document. It is given the feed's own id, a urn that stays the same."""


@dataclass(frozen=True, kw_only=True)
class Followed:
    """What a feed is of, as the person whose it is may see it now."""

    name: str
    url: str
    """Where it is read in a browser, on this site."""
