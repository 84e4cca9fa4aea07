"""Working hours on the way of a message, and what passes them: a fact that its teller declares urgent for somebody."""

from collections.abc import Callable, Iterable, Iterator
from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from flask import Flask

from forum.config import Settings
from forum.content.events import PostWritten
from forum.content.telling import nobody
from forum.core.db import db, transaction
from forum.core.events import Recipient, Teller
from forum.core.mail import Mail
from forum.core.notices import Notice, Reason
from forum.notify.models import MailRhythm
from forum.notify.rhythm import choose
from forum.notify.worker import Worker
from forum.people.models import Person
from forum.threads.models import Thread
from tests import factories
from tests.cast import Cast
from tests.notify.outbox import HURRY, Refusing, deliveries, settle, states, tell, with_tellers
from tests.support.server import make_app

FRIDAY_NIGHT = datetime(2026, 10, 23, 20, 0, tzinfo=UTC)  # 21:00 in London
Traveller = time_machine.Traveller


@pytest.fixture
def app(settings: Settings) -> Iterator[Flask]:
    """Give the app, which mails to a server on this machine."""
    yield from make_app(settings)


@pytest.fixture
def clock() -> Iterator[Traveller]:
    """Stand at a Friday night."""
    with time_machine.travel(FRIDAY_NIGHT, tick=False) as traveller:
        yield traveller


@pytest.fixture
def thread(clock: Traveller, app: Flask, cast: Cast) -> Thread:
    """Give a thread of Carla's; she and Colin have mail from nine to five."""
    with app.app_context():
        thread = factories.make_thread(cast.champions, author=cast.champion, posts=2)
        with transaction():
            for person in (cast.champion, cast.colleague):
                choose(
                    db.session.get_one(Person, person.id),
                    rhythm=MailRhythm.AT_ONCE,
                    hour=8,
                    weekday=0,
                    from_hour=9,
                    to_hour=17,
                )
        return thread


def worker_for(app: Flask, cast: Cast, *, urgent_for: Callable[[object], Iterable[int]] | None) -> Worker:
    """Let a test's own teller speak for a post: to Carla and Colin, in the app and by mail."""

    def notices(fact: PostWritten) -> Iterable[Notice]:
        people = (cast.champion.id, cast.colleague.id)
        return [Notice(person_id=one, post_id=fact.post_id, reason=Reason.WATCHING) for one in people]

    def compose(_fact: PostWritten, recipient: Recipient) -> Mail:
        to = str(db.session.get_one(Person, recipient.person_id).email)
        return Mail(to=to, subject="Help", text="Now.\n", html="<p>Now.</p>")

    teller = Teller(fact=PostWritten, recipients=nobody, notices=notices, compose=compose, urgent_for=urgent_for)
    return Worker(with_tellers(app, teller), pace=HURRY)


@pytest.mark.both_databases
def test_what_is_urgent_for_somebody_passes_night_days_off_and_the_two_minutes_and_nothing_else_does(
    app: Flask, clock: Traveller, post: Refusing, thread: Thread, cast: Cast
) -> None:
    """Seen to fail without `urgent` in `moments_of`, and without `urgent_for` in `_check_hours`: then Carla's waited, too."""
    carla = cast.champion.id
    worker = worker_for(app, cast, urgent_for=lambda _fact: [carla])
    tell(app, PostWritten(item_id=thread.id, post_id=thread.id, number=1))
    settle(worker)
    assert post.recipients == [cast.champion.email]
    clock.shift(timedelta(days=1))
    settle(worker)
    assert len(post.recipients) == 1
    clock.move_to(datetime(2026, 10, 26, 8, 59, tzinfo=UTC))
    settle(worker)
    assert len(post.recipients) == 1
    clock.shift(timedelta(minutes=1))
    settle(worker)
    assert post.recipients == [cast.champion.email, cast.colleague.email]
    worker._transport.close()


@pytest.mark.both_databases
def test_what_was_held_up_until_after_hours_waits_for_the_next_ones_and_loses_no_attempt(
    app: Flask, clock: Traveller, post: Refusing, thread: Thread, cast: Cast
) -> None:
    """A mail server that is back in the evening wakes nobody. Seen to fail without `_check_hours`."""
    worker = worker_for(app, cast, urgent_for=None)
    clock.move_to(FRIDAY_NIGHT - timedelta(hours=5))
    tell(app, PostWritten(item_id=thread.id, post_id=thread.id, number=1))
    settle(worker)
    clock.move_to(FRIDAY_NIGHT)
    settle(worker)
    assert post.recipients == []
    assert states(app) == {"due": 2}
    assert {one.due_at for one in deliveries(app)} == {datetime(2026, 10, 26, 9, tzinfo=UTC)}
    assert {one.attempts for one in deliveries(app)} == {0}
    clock.move_to(datetime(2026, 10, 26, 9, tzinfo=UTC))
    settle(worker)
    assert states(app) == {"sent": 2}
    worker._transport.close()
