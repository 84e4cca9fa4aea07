"""Polls are made, corrected until the first vote, voted in, and closed. Each holds the thread's item, inside `transaction()`.

So a vote comes before the end or is refused by it, and of two votes of one person the later one stands.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy import delete

from forum.content.access import hold_item, post_for
from forum.core.db import db
from forum.core.errors import Invalid, Missing, RuleBroken
from forum.core.events import announce
from forum.core.text import one_line
from forum.core.time import now
from forum.spaces.guard import Here
from forum.spaces.log import record
from forum.spaces.models import Item
from forum.spaces.policy import Can
from forum.threads.access import allow, held_thread, own_or_organisers, why_not_reword
from forum.threads.models import Thread
from forum.threads.polls.events import PollEnded
from forum.threads.polls.models import (
    FEWEST_OPTIONS,
    MOST_OPTIONS,
    OPTION_LENGTH,
    POLL_QUESTION_LENGTH,
    Poll,
    PollOption,
    PollVote,
    Results,
)
from forum.threads.polls.queries import has_votes, options_of, poll_of
from forum.web.words import _


@dataclass(frozen=True, kw_only=True)
class PollWords:
    """What a poll asks, and how. `ends_at` None: until somebody closes it."""

    question: str
    options: Sequence[str]
    most: int = 1
    results: Results = Results.ALWAYS
    ends_at: datetime | None = None


class PollIsOver(RuleBroken):
    """The poll came to its end before the vote arrived."""


class PollChanged(RuleBroken):
    """The poll says something else than the page that was voted on."""


def save(here: Here, thread: Thread, words: PollWords, *, at: datetime | None = None) -> Poll:
    """Give a thread a poll, or let the one it has say `words`. What is the same stays as it is.

    Raises Missing, Denied, Invalid, and RuleBroken once somebody has voted.
    """
    here, item = hold_item(here, thread.id, power=Can.SEE_THREADS)
    allow(own_or_organisers(here, item, Can.CHANGE_ANY_THREAD))
    allow(why_not_reword(here, item))
    words, poll, at = _tidied(words), poll_of(held_thread(item)), at or now()
    if poll is not None and _words_of(poll) == words:
        return poll
    check(words, at=at)
    is_new = poll is None
    if poll is None:
        poll = Poll(thread_id=item.id, made_by_id=here.actor.id, made_at=at, question="")
        db.session.add(poll)
    else:
        _require_untouched(poll)
        db.session.execute(delete(PollOption).where(PollOption.poll_id == poll.id))
        poll.version += 1
    item.version += 1
    poll.question, poll.most, poll.results, poll.ends_at = words.question, words.most, words.results, words.ends_at
    db.session.flush()
    db.session.add_all(
        PollOption(poll_id=poll.id, place=place, words=option) for place, option in enumerate(words.options, start=1)
    )
    db.session.flush()
    if poll.ends_at is not None:
        announce(PollEnded(item_id=item.id, poll_id=poll.id, moment=poll.ends_at.isoformat()), due=poll.ends_at)
    _record("added poll" if is_new else "changed poll", here, item, at=at)
    return poll


def remove(here: Here, thread: Thread) -> None:
    """Take a poll away in which nobody has voted; without one nothing happens. Raises Missing, Denied, RuleBroken."""
    here, item = hold_item(here, thread.id, power=Can.SEE_THREADS)
    allow(own_or_organisers(here, item, Can.CHANGE_ANY_THREAD))
    poll = poll_of(held_thread(item))
    if poll is None:
        return
    _require_untouched(poll)
    db.session.execute(delete(Poll).where(Poll.id == poll.id))
    item.version += 1
    _record("removed poll", here, item)


def close(here: Here, thread: Thread, *, at: datetime | None = None) -> None:
    """End a poll now. Ended already, nothing changes. Raises Missing, Denied."""
    here, item = hold_item(here, thread.id, power=Can.SEE_THREADS)
    allow(own_or_organisers(here, item, Can.CHANGE_ANY_THREAD))
    poll, at = poll_of(held_thread(item)), at or now()
    if poll is None:
        raise Missing
    if poll.has_ended(at):
        return
    poll.closed_at, poll.closed_by_id = at, here.actor.id
    announce(PollEnded(actor_id=here.actor.id, item_id=item.id, poll_id=poll.id, moment=at.isoformat()))
    record("closed poll", actor=here.actor, space=here.space, item=item, at=at)


def vote(here: Here, thread: Thread, places: Collection[int], *, version: int, at: datetime | None = None) -> None:
    """Choose options by their places, instead of what the person chose before; none takes their vote back.

    `version` is the one of the words they saw. Raises Missing, Denied, PollIsOver, PollChanged, and Invalid for `option`.
    """
    here, item = hold_item(here, thread.id, power=Can.VOTE)
    post_for(item, 1)
    poll, at = poll_of(held_thread(item)), at or now()
    if poll is None:
        raise Missing
    if poll.has_ended(at):
        raise PollIsOver(_("This poll came to its end before your vote arrived, so it isn’t counted."))
    if poll.version != version:
        raise PollChanged(_("This poll was changed after you opened the page. Look at it again before you vote."))
    chosen = sorted(set(places))
    if not set(chosen) <= set(range(1, len(options_of(poll)) + 1)):
        raise Invalid({"option": [_("Choose one of the list.")]})
    if len(chosen) > poll.most:
        raise Invalid({"option": [_("Choose %(most)s at the most, and vote again.", most=poll.most)]})
    db.session.execute(delete(PollVote).where(PollVote.poll_id == poll.id, PollVote.person_id == here.actor.id))
    db.session.add_all(
        PollVote(poll_id=poll.id, person_id=here.actor.id, slot=slot, most=poll.most, place=place, at=at)
        for slot, place in enumerate(chosen, start=1)
    )
    db.session.flush()


def check(words: PollWords, *, at: datetime) -> None:
    """Look at what a poll would say. Raises Invalid, naming the fields of `forum.threads.polls.forms`."""
    words = _tidied(words)
    problems: dict[str, list[str]] = {}
    if not words.question:
        problems["poll_question"] = [_("Say what people vote on.")]
    elif len(words.question) > POLL_QUESTION_LENGTH:
        problems["poll_question"] = [_("Keep it under %(most)s characters.", most=POLL_QUESTION_LENGTH)]
    said = _wrong_with(words.options)
    if said:
        problems["poll_options"] = [said]
    elif not 1 <= words.most <= len(words.options):
        problems["poll_most"] = [_("Between 1 and %(most)s: there are no more options.", most=len(words.options))]
    if words.ends_at is not None and words.ends_at <= at:
        problems["poll_until"] = [_("That day has passed. Pick today or a later one.")]
    if problems:
        raise Invalid(problems)


def _tidied(words: PollWords) -> PollWords:
    """Return what a poll says as it is kept."""
    options = [option for option in map(one_line, words.options) if option]
    return replace(words, question=one_line(words.question), options=options)


def _wrong_with(options: Sequence[str]) -> str:
    if not FEWEST_OPTIONS <= len(options) <= MOST_OPTIONS:
        return _(
            "Give %(fewest)s to %(most)s options, each on a line of its own.", fewest=FEWEST_OPTIONS, most=MOST_OPTIONS
        )
    if len({option.casefold() for option in options}) < len(options):
        return _("Two of the options say the same.")
    if any(len(option) > OPTION_LENGTH for option in options):
        return _("Keep each option under %(most)s characters.", most=OPTION_LENGTH)
    return ""


def _words_of(poll: Poll) -> PollWords:
    return PollWords(
        question=poll.question,
        options=options_of(poll),
        most=poll.most,
        results=poll.results,
        ends_at=poll.ends_at,
    )


def _require_untouched(poll: Poll) -> None:
    if poll.closed_at is not None or has_votes(poll):
        raise RuleBroken(
            _(
                "Somebody has voted already, and chose between the words as they are. Close this poll, and start another."
            )
            if poll.closed_at is None
            else _("This poll is closed. It stays as it is.")
        )


def _record(verb: str, here: Here, item: Item, *, at: datetime | None = None) -> None:
    """Note in the log what somebody else did to a thread; its author's own pressing is on the page for all to see."""
    if item.author_id != here.actor.id:
        record(verb, actor=here.actor, space=here.space, item=item, at=at)
