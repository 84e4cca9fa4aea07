"""What the demo's people vote on, and what one of them asks through an organiser."""

from collections.abc import Mapping
from datetime import datetime, timedelta

from forum.core.db import db
from forum.core.markup import Rendered
from forum.home.demo import shapes
from forum.spaces.guard import Here
from forum.threads.behind import actions as behind
from forum.threads.behind.models import Relay
from forum.threads.models import Section, Thread
from forum.threads.polls import actions as polls
from forum.threads.polls.actions import PollWords
from forum.threads.polls.models import Results


def passed_on(here: Here, relay: Relay, *, title: str, section: Section, text: Rendered, at: datetime) -> Thread:
    """Have an organiser pass on what they were asked, and return the thread that it became."""
    post = behind.pass_on(here, relay, text=text, title=title, section=section, at=at)
    return db.session.get_one(Thread, post.item_id)


def hold_poll(here: Here, thread: Thread, given: shapes.Poll, *, voters: Mapping[str, Here], at: datetime) -> None:
    """Have a thread's author make its poll, and others vote."""
    words = PollWords(
        question=given.question,
        options=given.options,
        most=given.most,
        results=Results(given.results),
        ends_at=None if given.until is None else at + timedelta(days=given.until),
    )
    poll = polls.save(here, thread, words)
    for handle, places in given.votes.items():
        polls.vote(voters[handle], thread, places, version=poll.version)
