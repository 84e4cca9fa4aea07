"""What a webhook tells other services of, whichever room it comes from."""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, kw_only=True)
class News:
    """Something that happened, as every member of its space may know it."""

    what: str
    """A short sentence of ours, such as "Carla wrote in “Bins”": names and titles in it are as they were typed."""
    title: str
    url: str
    """The whole address on this site."""
    author: str
    words: str
    """How it begins, as plain text in one line; "" for nothing."""
    at: datetime
