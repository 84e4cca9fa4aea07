"""Reads of threads, shaped for pages."""

from forum.threads.queries.heads import Head, head_of
from forum.threads.queries.lists import (
    MOST_LISTED,
    PAGE,
    Counted,
    Counts,
    Listed,
    Order,
    Show,
    all_threads_in,
    counted_sections,
    counts,
    ids_in,
    listed,
    section_after,
    sections_of,
    unread_threads,
)
from forum.threads.queries.waiting import ForMe, Waiting, new_since, waiting, waiting_for_me

__all__ = [
    "MOST_LISTED",
    "PAGE",
    "Counted",
    "Counts",
    "ForMe",
    "Head",
    "Listed",
    "Order",
    "Show",
    "Waiting",
    "all_threads_in",
    "counted_sections",
    "counts",
    "head_of",
    "ids_in",
    "listed",
    "new_since",
    "section_after",
    "sections_of",
    "unread_threads",
    "waiting",
    "waiting_for_me",
]
