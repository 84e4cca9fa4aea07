"""Who hears that a poll has ended: whoever made it, and whoever started the thread. Once, for the end that came about."""

from collections.abc import Iterable

from sqlalchemy import select

from forum.core.db import db
from forum.core.events import Recipient, Teller
from forum.core.mail import Mail
from forum.core.time import now
from forum.people.models import Person
from forum.spaces.models import Item, Space
from forum.spaces.queries import visible_items
from forum.threads.polls.events import PollEnded
from forum.threads.polls.models import Poll
from forum.threads.polls.queries import poll_shown
from forum.web.letters import letter
from forum.web.links import absolute
from forum.web.words import _


def whose_poll(fact: PollEnded) -> Iterable[Recipient]:
    """Tell who made it and who started the thread, but not who pressed "Close"."""
    poll = db.session.get(Poll, fact.poll_id)
    if poll is None or not _is_its_end(poll, fact):
        return []
    starter = db.session.scalar(select(Item.author_id).where(Item.id == poll.thread_id))
    people = {poll.made_by_id, starter} - {fact.actor_id, None}
    return [Recipient(person_id=person_id) for person_id in sorted(filter(None, people))]


def tell_ended(fact: PollEnded, recipient: Recipient) -> Mail | None:
    """Say how it came out, unless the thread can't be seen any more."""
    poll = db.session.get(Poll, fact.poll_id)
    person = db.session.get(Person, recipient.person_id) if recipient.person_id else None
    if poll is None or not _is_its_end(poll, fact) or person is None or not person.is_active or not person.email:
        return None
    item = db.session.scalar(select(Item).where(Item.id == poll.thread_id, visible_items(person, now())))
    shown = poll_shown(poll.thread_id, person)
    if item is None or shown is None:
        return None
    space = db.session.get_one(Space, item.space_id)
    return letter(
        "threads/poll_ended",
        to=person.email,
        subject=_("The poll “%(question)s” has ended", question=poll.question),
        why=_("You get this because you made the poll, or started its thread."),
        poll=shown,
        title=item.title,
        space=space,
        url=absolute("threads.thread", slug=space.slug, ref=item.ref),
    )


def _is_its_end(poll: Poll, fact: PollEnded) -> bool:
    """Whether the poll ended at the moment of the fact: a day that was put off, or a poll closed before it, is told elsewhere."""
    end = poll.closed_at or poll.ends_at
    return end is not None and end.isoformat() == fact.moment


TELLERS = (Teller(fact=PollEnded, recipients=whose_poll, compose=tell_ended),)
