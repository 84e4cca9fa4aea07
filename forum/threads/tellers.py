"""Whom the facts of threads concern."""

from collections.abc import Iterable

from forum.content.letters import tell_posts
from forum.content.telling import nobody, notices_of
from forum.core.events import Teller
from forum.core.notices import Notice
from forum.threads.events import ThreadStarted


def told_of_start(fact: ThreadStarted) -> Iterable[Notice]:
    """Tell those who are named in the first post, and those who hear of everything there."""
    return notices_of(fact.post_id)


TELLERS = (Teller(fact=ThreadStarted, recipients=nobody, notices=told_of_start, compose=tell_posts),)
