"""What a poll says to somebody: its options, how many chose each if they may know, and what they chose themselves."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Select, and_, bindparam, distinct, func, select

from forum.content.models import Post, PostState
from forum.core.db import db
from forum.core.prepared import prepared
from forum.core.time import now
from forum.people.models import Person
from forum.spaces.queries.visible import VIEWER
from forum.threads.models import Thread
from forum.threads.polls.models import Poll, PollOption, PollVote, Results


@dataclass(frozen=True, kw_only=True)
class Option:
    """An option as it is shown. `votes` is None for who may not know yet."""

    place: int
    words: str
    votes: int | None
    is_mine: bool


@dataclass(frozen=True, kw_only=True)
class PollShown:
    """A poll as one person sees it. `voters` voted so far, whatever they chose."""

    poll: Poll
    options: Sequence[Option]
    voters: int
    has_ended: bool

    @property
    def is_mine(self) -> bool:
        """Whether this person has voted."""
        return any(option.is_mine for option in self.options)

    @property
    def shows_counts(self) -> bool:
        """Whether this person may know who leads."""
        return shows_counts(self.poll, has_voted=self.is_mine, at=now())

    def percent(self, option: Option) -> int:
        """Return how many of a hundred voters chose an option."""
        return round(100 * (option.votes or 0) / self.voters) if self.voters else 0


def shows_counts(poll: Poll, *, has_voted: bool, at: datetime) -> bool:
    """Say whether somebody may know the counts of a poll now."""
    if poll.results is Results.ALWAYS or poll.has_ended(at):
        return True
    return poll.results is Results.AFTER_VOTING and has_voted


def poll_shown(thread_id: int, viewer: Person) -> PollShown | None:
    """Return the poll of a thread that `viewer` was let into, in one query; None when there is none, or its post is gone (A5)."""
    rows = db.session.execute(_poll(), {"thread_id": thread_id, "viewer_id": viewer.id}).all()
    if not rows:
        return None
    poll, voters, at = rows[0][0], rows[0][1], now()
    may_know = shows_counts(poll, has_voted=any(mine for *_rest, mine in rows), at=at)
    return PollShown(
        poll=poll,
        options=[
            Option(place=place, words=words, votes=votes if may_know else None, is_mine=bool(mine))
            for _poll, _voters, place, words, votes, mine in rows
        ],
        voters=voters,
        has_ended=poll.has_ended(at),
    )


@prepared
def _poll() -> Select[*tuple[Any, ...]]:
    of_poll = select(func.count(distinct(PollVote.person_id))).where(PollVote.poll_id == Poll.id)
    of_option = (
        select(func.count())
        .select_from(PollVote)
        .where(and_(PollVote.poll_id == Poll.id, PollVote.place == PollOption.place))
    )
    mine = of_option.where(PollVote.person_id == VIEWER)
    return (
        select(
            Poll,
            of_poll.correlate(Poll).scalar_subquery(),
            PollOption.place,
            PollOption.words,
            of_option.correlate(Poll, PollOption).scalar_subquery(),
            mine.correlate(Poll, PollOption).scalar_subquery(),
        )
        .join(PollOption, PollOption.poll_id == Poll.id)
        .join(Post, and_(Post.item_id == Poll.thread_id, Post.number == 1, Post.state == PostState.PUBLISHED))
        .where(Poll.thread_id == bindparam("thread_id"))
        .order_by(PollOption.place)
    )


def poll_of(thread: Thread) -> Poll | None:
    """Return the poll of a thread, read anew."""
    query = select(Poll).where(Poll.thread_id == thread.id).execution_options(populate_existing=True)
    return db.session.scalar(query)


def options_of(poll: Poll) -> list[str]:
    """Return the words of a poll's options, in order."""
    query = select(PollOption.words).where(PollOption.poll_id == poll.id).order_by(PollOption.place)
    return list(db.session.scalars(query))


def lines_of(thread_ids: Sequence[int]) -> dict[int, list[str]]:
    """Return what polls say, seen or not, by their thread: the question, then each option. One query."""
    query = (
        select(Poll.thread_id, Poll.question, PollOption.words)
        .join(PollOption, PollOption.poll_id == Poll.id)
        .where(Poll.thread_id.in_(thread_ids))
        .order_by(Poll.thread_id, PollOption.place)
    )
    found: dict[int, list[str]] = {}
    for thread_id, question, words in db.session.execute(query):
        found.setdefault(thread_id, [question]).append(words)
    return found


def has_votes(poll: Poll) -> bool:
    """Say whether somebody has voted."""
    return db.session.scalar(select(PollVote.slot).where(PollVote.poll_id == poll.id).limit(1)) is not None


def has_poll(thread_id: int) -> bool:
    """Say whether a thread has a poll, open or ended."""
    return db.session.scalar(select(Poll.id).where(Poll.thread_id == thread_id)) is not None
