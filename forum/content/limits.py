"""How much somebody writes in a time: per person, and per network, which is a whole council's (decision 15).

Only what views call this for is counted: posts, replies, edits of one's own, new threads, reactions and the like. What organisers do
to other people's posts and threads never is; nor is approving, so no author's limit stops it (A5).
"""

import enum
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from flask import current_app, request
from sqlalchemy.exc import OperationalError

from forum.config import Settings
from forum.core.db import transaction
from forum.core.errors import BatonError, TooMany
from forum.core.time import local, now
from forum.spaces.guard import Here
from forum.web.limits import give_back, limit, network_of
from forum.web.rendering import viewer_zone
from forum.web.words import _, _n

TEN_MINUTES = timedelta(minutes=10)
HOUR = timedelta(hours=1)
FIRST_DAY = timedelta(days=1)


class Kind(enum.StrEnum):
    """What is counted by itself."""

    POST = "post"
    THREAD = "thread"
    CALL = "call for help"
    PRESS = "press"


@dataclass(frozen=True, kw_only=True)
class Rule:
    """What is counted for whom, and how much is too much."""

    kind: Kind
    by: str
    subject: str
    times: int
    within: timedelta
    is_newcomer: bool = False

    @property
    def name(self) -> str:
        """Under which it is counted."""
        return f"{self.kind} {self.by}"


@dataclass
class Counting:
    """What was counted for one press, which may turn out not to have done anything."""

    began: datetime
    rules: list[Rule] = field(default_factory=list)

    def written(self, at: datetime | None) -> None:
        """Count nothing after all when what stands there stood before: it was a second press."""
        if at is None or at < self.began:
            self.give_back()

    def give_back(self) -> None:
        """Count nothing of it."""
        if not self.rules:
            return
        with transaction():
            for rule in self.rules:
                give_back(rule.name, rule.subject)
        self.rules.clear()


@contextmanager
def counting(here: Here, *kinds: Kind) -> Iterator[Counting]:
    """Count what is written inside; what is refused there isn't counted. Begin no transaction round it.

    Raises TooMany, with a sentence that says when one can go on.
    """
    count = Counting(began=now())
    try:
        for kind in kinds:
            for rule in _rules(here, kind):
                _count(rule)
                count.rules.append(rule)
        yield count
    except BatonError:
        count.give_back()
        raise
    except OperationalError:  # what the database didn't take was not written, whatever else it takes now
        with suppress(OperationalError):
            count.give_back()
        raise


def _count(rule: Rule) -> None:
    try:
        limit(rule.name, rule.subject, times=rule.times, within=rule.within)
    except TooMany as error:
        raise TooMany(error.retry_after, why=f"{_said(rule)} {_goes_on(rule, error)}") from None


def _rules(here: Here, kind: Kind) -> Iterator[Rule]:
    settings: Settings = current_app.extensions["baton"].settings
    most, within, of_network = {
        Kind.POST: (settings.posts_per_person, TEN_MINUTES, settings.posts_per_network),
        Kind.THREAD: (settings.threads_per_person, HOUR, None),
        Kind.CALL: (settings.calls_per_person, HOUR, None),
        Kind.PRESS: (settings.presses_per_person, TEN_MINUTES, settings.presses_per_network),
    }[kind]
    # Whoever makes a space writes its first threads on their own first day; and help is needed on any.
    is_newcomer = kind is not Kind.CALL and not here.is_keeper and now() - here.actor.created_at < FIRST_DAY
    if is_newcomer:
        most = max(1, most * settings.newcomer_percent // 100)
    person = str(here.actor.id)
    yield Rule(kind=kind, by="person", subject=person, times=most, within=within, is_newcomer=is_newcomer)
    if of_network is not None:
        network = network_of(request.remote_addr or "")
        yield Rule(kind=kind, by="network", subject=network, times=of_network, within=within)


def _said(rule: Rule) -> str:
    if rule.by == "network":
        return _("Very much is being sent from your network just now.")
    said = {
        Kind.POST: _n(
            "You have written %(num)s post in 10 minutes.", "You have written %(num)s posts in 10 minutes.", rule.times
        ),
        Kind.THREAD: _n(
            "You have started %(num)s thread in an hour.", "You have started %(num)s threads in an hour.", rule.times
        ),
        Kind.CALL: _n(
            "You have asked for help %(num)s time in an hour.",
            "You have asked for help %(num)s times in an hour.",
            rule.times,
        ),
        Kind.PRESS: _n(
            "You have pressed once in 10 minutes.", "You have pressed %(num)s times in 10 minutes.", rule.times
        ),
    }[rule.kind]
    return f"{said} {_('On the first day that is as much as goes.')}" if rule.is_newcomer else said


def _goes_on(rule: Rule, error: TooMany) -> str:
    """Say when one can go on, to the minute and never too early."""
    clock = f"{local(now() + timedelta(seconds=error.retry_after + 59), viewer_zone()):%H:%M}"
    if rule.kind is Kind.PRESS:
        return _("You can go on at %(clock)s.", clock=clock)
    return _("You can go on at %(clock)s; your text is kept.", clock=clock)
