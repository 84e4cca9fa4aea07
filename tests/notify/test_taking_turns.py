"""Several workers at once: each takes rows that no other has, and waits for nobody."""

import threading
from collections.abc import Sequence
from contextlib import ExitStack

import pytest
from flask import Flask
from sqlalchemy import select

from forum.config import Settings
from forum.core.db import db, transaction
from forum.core.outbox import Delivery, FactRow
from forum.notify import expansion, sending
from forum.notify.worker import Worker
from tests.cast import Cast
from tests.content.steps import at_once
from tests.notify.killing import wait_until, worker_process
from tests.notify.outbox import CakeBaked, Refusing, states, tell

pytestmark = pytest.mark.both_databases


def test_a_worker_passes_over_the_rows_that_another_is_just_taking(app: Flask, worker: Worker) -> None:
    """PostgreSQL's SKIP LOCKED. Seen to fail without `skip_locked` in either claim: the second waited for the first."""
    tell(app, *(CakeBaked(addresses=[f"guest{n}@example.org"]) for n in range(4)))
    with app.app_context():
        if db.engine.dialect.name == "sqlite":
            pytest.skip("SQLite has one writer at a time")
        assert passing_over(app, FactRow, lambda: expansion.claim_facts(limit=4)) == 2
    for fact in range(1, 5):
        with app.app_context():
            expansion.expand(fact, book=worker._book)
    assert passing_over(app, Delivery, lambda: sending.claim_deliveries(limit=4)) == 2


def passing_over(app: Flask, table: type[FactRow] | type[Delivery], claim) -> int:  # type: ignore[no-untyped-def]  # noqa: ANN001
    """Hold two rows, and return how many another worker takes meanwhile without waiting."""
    taken: list[int] = []

    def take() -> None:
        with app.app_context():
            taken.append(len(claim()))

    with app.app_context(), transaction():
        db.session.execute(select(table.id).order_by(table.id).limit(2).with_for_update()).all()
        other = threading.Thread(target=take, daemon=True)
        other.start()
        other.join(20)
        assert taken, "it waited"
    return taken[0]


def test_what_several_take_at_once_is_shared_out(app: Flask, worker: Worker) -> None:
    tell(app, CakeBaked(addresses=[f"guest{n}@example.org" for n in range(40)]))
    worker._expand_some()
    claims = at_once(app, [lambda: sending.claim_deliveries(limit=5)] * 6, workers=6)
    ids = [claim.delivery_id for some in claims for claim in some]
    assert len(ids) == len(set(ids)) == 30


def test_two_workers_never_have_messages_to_one_person_at_once(app: Flask, worker: Worker, cast: Cast) -> None:
    """Each would tell of all that is new in a conversation. Seen to fail without the condition."""
    people = {cast.champion.id, cast.colleague.id, cast.organiser.id}
    tell(app, *(CakeBaked(people=sorted(people), addresses=["guest@example.org"]) for _ in range(4)))
    worker._expand_some()
    claims = at_once(app, [lambda: sending.claim_deliveries(limit=4)] * 4, workers=4)
    with app.app_context():
        hands = [whose(some) for some in claims]
        assert sum(map(len, hands)) == len(set().union(*hands)) > 0
        assert whose(sending.claim_deliveries(limit=50)) == people - set().union(*hands)
        assert whose(sending.claim_deliveries(limit=50, asked_for=[CakeBaked.kind()]))


def test_nor_when_the_other_is_just_taking_them(app: Flask, worker: Worker, cast: Cast) -> None:
    """Seen to fail without locking the people: PostgreSQL doesn't show a claim that isn't committed."""
    tell(app, *(CakeBaked(people=[cast.champion.id], addresses=["guest@example.org"]) for _ in range(2)))
    worker._expand_some()
    taken: list[set[int]] = []

    def take() -> None:
        with app.app_context():
            taken.append(whose(sending.claim_deliveries(limit=4)))

    with app.app_context():
        if db.engine.dialect.name == "sqlite":
            pytest.skip("SQLite has one writer at a time")
        with transaction():
            assert whose(sending.claim_deliveries(limit=1)) == {cast.champion.id}
            other = threading.Thread(target=take, daemon=True)
            other.start()
            other.join(20)
    assert taken == [set()]


def whose(claims: Sequence[sending.Claim]) -> set[int]:
    """Return to whom these messages go, as far as they are people."""
    ids = [claim.delivery_id for claim in claims]
    found = select(Delivery.person_id).where(Delivery.id.in_(ids), Delivery.person_id.is_not(None))
    return {person_id for person_id in db.session.scalars(found) if person_id is not None}


def test_several_worker_processes_send_each_message_once(app: Flask, settings: Settings, post: Refusing) -> None:
    """As many `baton worker` as one likes."""
    post.takes = 0.01
    tell(app, *(CakeBaked(addresses=[f"guest{n}@example.org", f"other{n}@example.org"]) for n in range(30)))
    with ExitStack() as running:
        for _worker in range(2):
            running.enter_context(worker_process(settings))
        wait_until(lambda: states(app) == {"sent": 60})
    assert set(post.ids.values()) == {1}
    assert len(post.ids) == 60
