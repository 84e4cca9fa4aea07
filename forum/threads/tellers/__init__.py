"""Whom the facts of threads concern, and what their mails say. Each is asked again at sending whether it still holds (A3)."""

from collections.abc import Iterable

from forum.content.letters import tell_posts
from forum.content.telling import nobody, notices_of
from forum.core.events import Teller
from forum.core.notices import Notice
from forum.threads.events import AnnouncementMade, PostsMoved, ThreadStarted
from forum.threads.tellers.announced import all_members, tell_announced, told_of_announcement, until_over
from forum.threads.tellers.moved import authors_of, tell_moved


def told_of_start(fact: ThreadStarted) -> Iterable[Notice]:
    """Tell those who are named in the first post, and those who hear of everything there."""
    return notices_of(fact.post_id)


TELLERS = (
    Teller(fact=ThreadStarted, recipients=nobody, notices=told_of_start, compose=tell_posts),
    Teller(
        fact=AnnouncementMade,
        recipients=all_members,
        notices=told_of_announcement,
        compose=tell_announced,
        of_use_until=until_over,
    ),
    Teller(fact=PostsMoved, recipients=authors_of, compose=tell_moved),
)
