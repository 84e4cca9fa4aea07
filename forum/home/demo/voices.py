"""What the demo's people vote on, and what one of them asks through an organiser."""

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta

from forum.core.db import db
from forum.core.markup import Rendered
from forum.home.demo import shapes
from forum.spaces.guard import Here
from forum.threads.behind import actions as behind
from forum.threads.models import Section, Thread
from forum.threads.polls import actions as polls
from forum.threads.polls.actions import PollWords
from forum.threads.polls.models import Results


def go_through(
    asking: Here,
    keeper: Here,
    asked: shapes.Asked,
    *,
    words: Rendered,
    then: datetime,
    as_passed: shapes.Thread,
    text: Rendered,
    section: Section,
    at: datetime,
) -> Thread:
    """Have somebody ask in their `words`, and an organiser pass it on as `text`; return the thread that it became."""
    relay = behind.ask(asking, keeper=keeper.actor, title=asked.title, section=section, text=words, at=then)
    post = behind.pass_on(keeper, relay, text=text, title=as_passed.title, section=section, at=at)
    return db.session.get_one(Thread, post.item_id)


def hold_polls(
    demo: shapes.Demo, threads: Mapping[str, Thread], *, here_of: Callable[[str, str], Here], at: datetime
) -> None:
    """Have each poll made by its thread's author, and voted in by others."""
    authors = {thread.ref: thread.posts[0].author for thread in demo.threads}
    for given in demo.polls:
        space, thread = given.thread.partition("/")[0], threads[given.thread]
        words = PollWords(
            question=given.question,
            options=given.options,
            most=given.most,
            results=Results(given.results),
            ends_at=None if given.until is None else at + timedelta(days=given.until),
        )
        poll = polls.save(here_of(authors[given.thread], space), thread, words)
        for handle, places in given.votes.items():
            polls.vote(here_of(handle, space), thread, places, version=poll.version)
