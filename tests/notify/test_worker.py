"""The worker: facts become deliveries, deliveries become mail."""

import threading
import time
from contextlib import suppress
from dataclasses import replace
from datetime import timedelta
from email.message import EmailMessage

import pytest
import time_machine
from flask import Flask
from sqlalchemy import func, select, update
from sqlalchemy.exc import OperationalError

from forum.core.db import db, transaction
from forum.core.events import bell
from forum.core.outbox import Delivery, DeliveryState, FactRow, Heartbeat, KeptMail
from forum.core.time import now
from forum.notify import expansion, sending
from forum.notify.backoff import LAST_ATTEMPT, wait_after
from forum.notify.book import Book
from forum.notify.worker import Pace, Worker
from forum.people.models import Person, PersonState
from forum.spaces.feature import Feature
from tests import factories
from tests.notify.outbox import (
    HURRY,
    CakeBaked,
    KettleBroke,
    Refusing,
    SomethingElse,
    deliveries,
    facts,
    settle,
    states,
    tell,
)

pytestmark = pytest.mark.both_databases


def test_a_fact_becomes_one_mail_for_each_recipient(app: Flask, worker: Worker, post: Refusing) -> None:
    with app.app_context():
        people = [factories.make_person(name=f"Eater {number}").id for number in range(3)]
    tell(app, CakeBaked(people=people, addresses=["guest@example.org"]))
    settle(worker)
    assert sorted(post.recipients) == [
        "eater.0@example.org",
        "eater.1@example.org",
        "eater.2@example.org",
        "guest@example.org",
    ]
    assert states(app) == {"sent": 4}
    assert facts(app)[0].expanded_at is not None


def test_a_recipient_named_twice_gets_one_mail(app: Flask, worker: Worker, post: Refusing) -> None:
    tell(app, CakeBaked(addresses=["guest@example.org", "guest@example.org"]))
    settle(worker)
    assert post.recipients == ["guest@example.org"]


def test_expanding_a_fact_again_adds_nothing(app: Flask, worker: Worker, post: Refusing) -> None:
    tell(app, CakeBaked(addresses=["guest@example.org"]))
    settle(worker)
    with app.app_context(), transaction():
        db.session.execute(update(FactRow).values(expanded_at=None, due_at=now()))
    settle(worker)
    assert post.recipients == ["guest@example.org"]
    assert facts(app)[0].expanded_at is not None
    assert facts(app)[0].error is None


def test_a_fact_that_no_teller_knows_is_expanded_to_nothing(app: Flask, worker: Worker) -> None:
    tell(app, SomethingElse())
    settle(worker)
    assert facts(app)[0].expanded_at is not None
    assert deliveries(app) == []


def test_a_poisoned_fact_keeps_its_error_and_blocks_nobody(app: Flask, worker: Worker, post: Refusing) -> None:
    """H1: nothing is swallowed, and what fails holds up nothing else."""
    tell(app, KettleBroke(), CakeBaked(addresses=["guest@example.org"]))
    settle(worker)
    broken, baked = facts(app)
    assert post.recipients == ["guest@example.org"]
    assert baked.expanded_at is not None
    assert broken.expanded_at is None
    assert broken.error == "RuntimeError: the kettle is broken"
    assert broken.attempts == 1
    assert broken.due_at > now()


def test_a_poisoned_fact_waits_longer_each_time(app: Flask, worker: Worker) -> None:
    tell(app, KettleBroke())
    settle(worker)
    waits = []
    for _try in range(3):
        row = facts(app)[0]
        waits.append(row.due_at - now())
        with time_machine.travel(row.due_at + timedelta(seconds=1), tick=True):
            settle(worker)
            waits[-1] = facts(app)[0].due_at - now()
    assert facts(app)[0].attempts == 4
    assert waits == sorted(waits)
    assert waits[-1] > timedelta(minutes=3)


def test_a_fact_that_kills_its_worker_takes_no_others_with_it(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    """H1. Seen to fail: what was claimed after it was claimed after it each time, and never told."""

    class Killed(BaseException):
        pass

    worker, real = Worker(app, pace=HURRY), expansion.expand
    tell(app, *(CakeBaked(addresses=[f"guest{n}@example.org"]) for n in range(3)))
    first = facts(app)[0].id

    def expand(fact_id: int, *, book: Book) -> None:
        if fact_id == first:
            raise Killed
        real(fact_id, book=book)

    monkeypatch.setattr(expansion, "expand", expand)
    with time_machine.travel(now(), tick=False) as clock:
        for _life in range(6):
            with suppress(Killed):
                worker._expand_some()
            clock.shift(timedelta(minutes=2))
        tell(app, CakeBaked(addresses=["late@example.org"]))
        with suppress(Killed):
            worker._expand_some()
    assert [fact.expanded_at is not None for fact in facts(app)] == [False, True, True, True]


def test_a_poisoned_delivery_keeps_its_error_and_blocks_nobody(app: Flask, worker: Worker, post: Refusing) -> None:
    """H1: a message that can't be composed waits; the others leave."""
    tell(app, CakeBaked(addresses=["a@example.org"], cake="poison"), CakeBaked(addresses=["b@example.org"]))
    settle(worker)
    poisoned, other = deliveries(app)
    assert post.recipients == ["b@example.org"]
    assert other.state == DeliveryState.SENT
    assert poisoned.state == DeliveryState.DUE
    assert poisoned.error == "RuntimeError: this cake can't be described"
    assert (poisoned.attempts, poisoned.claimed_until) == (1, None)


class Stumbling:
    """A way out that stumbles over one message as no way out should, and takes the others."""

    def __init__(self) -> None:
        self.sent: list[str] = []

    def send(self, message: EmailMessage, *, comes_back_to: str = "") -> None:
        """Take a message."""
        del comes_back_to
        if "poison" in str(message["To"]):
            raise UnicodeEncodeError("ascii", "x", 0, 1, "odd")
        self.sent.append(str(message["To"]))

    def check(self) -> None:
        """Nothing is wrong."""

    def close(self) -> None:
        """Nothing to let go of."""


def test_a_message_over_which_the_way_out_stumbles_is_that_message_s_failure(app: Flask) -> None:
    """H1. Seen to fail: the messages that were claimed with it each lost an attempt, and were given up in the end."""
    way_out = Stumbling()
    worker = Worker(app, transport=way_out, pace=HURRY)
    tell(app, CakeBaked(addresses=["poison@example.org", "a@example.org", "b@example.org"]))
    settle(worker)
    assert way_out.sent == ["a@example.org", "b@example.org"]
    poisoned = deliveries(app)[0]
    assert (poisoned.state, poisoned.attempts, poisoned.claimed_until) == (DeliveryState.DUE, 1, None)
    assert str(poisoned.error).startswith("UnicodeEncodeError")


def test_where_a_worker_stumbles_it_gives_back_what_it_has_not_begun(
    app: Flask, post: Refusing, monkeypatch: pytest.MonkeyPatch
) -> None:
    """H1. Seen to fail: what was claimed with it waited until the claims ran out, and each lost an attempt."""
    worker = Worker(app, pace=HURRY)
    tell(app, CakeBaked(addresses=[f"guest{n}@example.org" for n in range(3)]))

    def compose(*_whatever: object, **_more: object) -> None:
        raise OperationalError("SELECT", {}, Exception("the database is away"))

    with monkeypatch.context() as patch:
        patch.setattr(sending, "compose", compose)
        with pytest.raises(OperationalError):
            settle(worker)
    assert sorted(delivery.claimed_until is None for delivery in deliveries(app)) == [False, True, True]
    assert {delivery.attempts for delivery in deliveries(app)} == {0}
    settle(worker)
    assert len(post.messages) == 2


def test_a_delivery_that_keeps_failing_ends_as_failed_and_stays_visible(app: Flask, worker: Worker) -> None:
    """H2: what could not be told stays in the table until somebody looks."""
    tell(app, CakeBaked(addresses=["a@example.org"], cake="poison"))
    settle(worker)
    with app.app_context(), transaction():
        db.session.execute(update(Delivery).values(attempts=LAST_ATTEMPT - 1, due_at=now()))
    settle(worker)
    delivery = deliveries(app)[0]
    assert delivery.state == DeliveryState.FAILED
    assert delivery.attempts == LAST_ATTEMPT
    assert delivery.error is not None


def test_a_cake_that_was_eaten_meanwhile_is_told_to_nobody(app: Flask, worker: Worker, post: Refusing) -> None:
    """A3, A5: what a mail may say is asked again at sending; nobody to tell means no mail."""
    tell(app, CakeBaked(addresses=["guest@example.org"], cake="eaten"))
    settle(worker)
    assert states(app) == {"dropped": 1}
    assert post.messages == []


def test_somebody_suspended_after_the_fact_gets_no_mail(app: Flask, worker: Worker, post: Refusing) -> None:
    """A3: queued mail stops with the account."""
    with app.app_context():
        person = factories.make_person(name="Susan Suspended")
    tell(app, CakeBaked(people=[person.id]))
    with app.app_context():
        worker._expand_some()
        with transaction():
            db.session.execute(update(Person).values(state=PersonState.SUSPENDED))
    settle(worker)
    assert states(app) == {"dropped": 1}
    assert post.messages == []


def test_people_of_the_demo_get_no_mail_from_a_real_mail_server(app: Flask, worker: Worker, post: Refusing) -> None:
    """A14: their addresses are made up."""
    with app.app_context():
        person = factories.make_person(name="Dan Demo")
        with transaction():
            db.session.execute(update(Person).values(is_demo=True))
    tell(app, CakeBaked(people=[person.id]))
    settle(worker)
    assert states(app) == {"dropped": 1}
    assert post.messages == []


def test_two_workers_at_once_send_each_mail_once(app: Flask, post: Refusing) -> None:
    """H1, the normal case: a delivery is one worker's until it is marked."""
    tell(app, *(CakeBaked(addresses=[f"guest{n}@example.org", f"friend{n}@example.org"]) for n in range(60)))
    workers = [Worker(app, pace=Pace(mails_at_once=5, facts_at_once=5)) for _worker in range(4)]
    threads = [threading.Thread(target=settle, args=(each,)) for each in workers]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    settle(workers[0])
    assert states(app) == {"sent": 120}
    assert set(post.ids.values()) == {1}
    assert len(post.ids) == 120


def test_a_claim_that_ran_out_is_sent_by_another_worker_as_the_same_message(app: Flask, post: Refusing) -> None:
    """H1: at least once, with a stable Message-ID."""
    tell(app, CakeBaked(addresses=["guest@example.org"]))
    first, second = (Worker(app, pace=HURRY) for _worker in range(2))
    with app.app_context():
        first._expand_some()
        (claim,) = sending.claim_deliveries(limit=5)
    composed = sending.compose(app, claim, book=first._book)
    assert composed is not None
    first._transport.send(composed.message, comes_back_to=composed.comes_back_to)  # and here the worker dies
    first._transport.close()
    settle(second)
    assert len(post.messages) == 1
    with time_machine.travel(claim.until + timedelta(seconds=1), tick=True):
        settle(second)
    assert post.recipients == ["guest@example.org", "guest@example.org"]
    assert len(post.ids) == 1
    assert deliveries(app)[0].attempts == 1


def test_a_worker_that_comes_back_to_a_claim_it_lost_marks_nothing(app: Flask, worker: Worker) -> None:
    tell(app, CakeBaked(addresses=["guest@example.org"]))
    with app.app_context():
        worker._expand_some()
        (claim,) = sending.claim_deliveries(limit=5)
    with time_machine.travel(claim.until + timedelta(seconds=1), tick=True), app.app_context():
        (newer,) = sending.claim_deliveries(limit=5)
        assert newer.was_lost
        assert not sending.mark_sent(claim)
        assert sending.mark_sent(newer)


def test_a_message_that_kills_every_worker_is_given_up(app: Flask, worker: Worker, post: Refusing) -> None:
    tell(app, CakeBaked(addresses=["guest@example.org"]))
    with app.app_context():
        worker._expand_some()
        with transaction():
            db.session.execute(update(Delivery).values(attempts=LAST_ATTEMPT - 1, claimed_until=now()))
    settle(worker)
    assert states(app) == {"failed": 1}
    assert post.messages == []


def test_a_worker_that_stops_gives_back_what_it_has_not_begun(app: Flask, worker: Worker, post: Refusing) -> None:
    tell(app, CakeBaked(addresses=[f"guest{n}@example.org" for n in range(5)]))

    def answer(_to: str, _message: EmailMessage) -> str:
        worker.stop()
        return "250 taken"

    post.answer = answer
    worker.run()
    assert len(post.messages) == 1
    assert states(app) == {"sent": 1, "due": 4}
    assert {delivery.claimed_until for delivery in deliveries(app)} == {None}
    with app.app_context():
        assert db.session.scalar(select(func.count()).select_from(Heartbeat)) == 0


def test_a_worker_beside_the_web_wakes_up_when_a_fact_is_committed(app: Flask, post: Refusing) -> None:
    worker = Worker(app, pace=Pace(look_every=60))
    thread = threading.Thread(target=worker.run)
    thread.start()
    try:
        time.sleep(0.3)
        started = time.monotonic()
        tell(app, CakeBaked(addresses=["guest@example.org"]))
        while not post.messages and time.monotonic() - started < 5:
            time.sleep(0.01)
        assert post.recipients == ["guest@example.org"]
        assert time.monotonic() - started < 1
    finally:
        worker.stop()
        thread.join(10)
    assert not thread.is_alive()


def test_mail_does_not_wait_for_all_that_rooms_look_after(app: Flask, post: Refusing) -> None:
    """What is announced while a worker looks after the rooms leaves before it goes on with that."""
    seen: list[int] = []

    def look_and_tell() -> None:
        seen.append(len(post.messages))
        tell(app, CakeBaked(addresses=["guest@example.org"]))

    def look() -> None:
        seen.append(len(post.messages))

    baton = app.extensions["baton"]
    app.extensions["baton"] = replace(baton, features=[Feature(name="a room", upkeep=(look_and_tell, look))])
    worker = Worker(app, pace=HURRY)
    for _step in range(6):
        worker.step()
    assert seen == [0, 1]


def test_the_bell_is_silent_when_no_fact_was_committed(app: Flask) -> None:
    bell.clear()
    with app.app_context():
        factories.make_person(name="No Fact")
    assert not bell.is_set()
    tell(app, SomethingElse())
    assert bell.is_set()


def test_mail_is_kept_once_where_there_is_no_mail_server(keeping: Flask) -> None:
    worker = Worker(keeping, pace=HURRY)
    tell(keeping, CakeBaked(addresses=["guest@example.org"], cake="käse"))
    settle(worker)
    with keeping.app_context(), transaction():
        db.session.execute(update(Delivery).values(state=DeliveryState.DUE, due_at=now()))
    settle(worker)
    with keeping.app_context():
        (kept,) = db.session.scalars(select(KeptMail))
    assert (kept.recipient, kept.subject) == ("guest@example.org", "Cake: käse")
    assert kept.text == "There is käse cake.\n"
    assert kept.html == "<p>käse</p>\n"


def test_waits_double_up_to_a_limit() -> None:
    assert [wait_after(n).total_seconds() for n in (0, 1, 2, 3)] == [30, 30, 60, 120]
    assert wait_after(1000) == timedelta(hours=6)
