"""Reads of threads, shaped for pages."""

from forum.threads.queries.heads import Head, head_of
from forum.threads.queries.lists import (
    MOST_LISTED,
    PAGE,
    Counted,
    Counts,
    Following,
    Listed,
    Show,
    counted_sections,
    counts,
    listed,
    news,
    next_unread,
    sections_of,
    unread_by_space,
    unread_threads,
)
from forum.threads.queries.personal import AllForMe, Begun, ForMe, begun, waiting_for_me
from forum.threads.queries.waiting import Waiting, waiting

__all__ = [
    "MOST_LISTED",
    "PAGE",
    "AllForMe",
    "Begun",
    "Counted",
    "Counts",
    "Following",
    "ForMe",
    "Head",
    "Listed",
    "Show",
    "Waiting",
    "begun",
    "counted_sections",
    "counts",
    "head_of",
    "listed",
    "news",
    "next_unread",
    "sections_of",
    "unread_by_space",
    "unread_threads",
    "waiting",
    "waiting_for_me",
]
