"""Reads of threads, shaped for pages."""

from forum.threads.queries.announced import Announced, Crowd, announced, how_many_told, is_mailed, is_told, told_by
from forum.threads.queries.beside import Beside, Passage, beside
from forum.threads.queries.counts import (
    Counted,
    Counts,
    all_threads_in,
    counted_sections,
    counts,
    unread_by_space,
    unread_threads,
)
from forum.threads.queries.heads import Head, head_of
from forum.threads.queries.lists import (
    MOST_LISTED,
    PAGE,
    Listed,
    Order,
    Show,
    ids_in,
    listed,
    section_after,
    sections_of,
)
from forum.threads.queries.parts import Part, other_sections, parts_of, summaries_of
from forum.threads.queries.personal import AllForMe, Begun, ForMe, begun, waiting_for_me
from forum.threads.queries.tags import (
    TagCounted,
    TagShown,
    own_wishes,
    tag_after,
    tags_of,
    wishes_waiting,
)
from forum.threads.queries.unread import Following, news, next_unread
from forum.threads.queries.waiting import Waiting, waiting
from forum.threads.queries.watching import watched_in_section

__all__ = [
    "MOST_LISTED",
    "PAGE",
    "AllForMe",
    "Announced",
    "Begun",
    "Beside",
    "Counted",
    "Counts",
    "Crowd",
    "Following",
    "ForMe",
    "Head",
    "Listed",
    "Order",
    "Part",
    "Passage",
    "Show",
    "TagCounted",
    "TagShown",
    "Waiting",
    "all_threads_in",
    "announced",
    "begun",
    "beside",
    "counted_sections",
    "counts",
    "head_of",
    "how_many_told",
    "ids_in",
    "is_mailed",
    "is_told",
    "listed",
    "news",
    "next_unread",
    "other_sections",
    "own_wishes",
    "parts_of",
    "section_after",
    "sections_of",
    "summaries_of",
    "tag_after",
    "tags_of",
    "told_by",
    "unread_by_space",
    "unread_threads",
    "waiting",
    "waiting_for_me",
    "watched_in_section",
    "wishes_waiting",
]
