"""Mail that came back is noted beside the delivery that it was."""

import pytest
from flask import Flask
from sqlalchemy import select, update

from forum.core.db import db, transaction
from forum.core.outbox import Delivery
from forum.notify.bounces import record_bounce
from forum.notify.worker import Worker
from tests.cast import Cast
from tests.notify.outbox import CakeBaked, Refusing, settle, tell

MORE = "550 5.1.1 <carla@fenbridge.example>: no such user\r\nhere"


@pytest.mark.both_databases
def test_a_message_that_came_back_is_noted_once_and_only_for_whom_it_was(
    app: Flask, post: Refusing, worker: Worker, cast: Cast
) -> None:
    """Not for somebody who forwards their mail: they had it, though the copy came back. And no address is kept."""
    tell(app, CakeBaked(people=[cast.champion.id], addresses=["guest@example.org"]))
    settle(worker)
    sent = {str(message["To"]): str(message["Message-ID"]) for message in post.messages}
    theirs = sent[str(cast.champion.email)]
    with app.app_context():
        assert not record_bounce(message_id=theirs, recipient="elsewhere@example.org", why="no")
        assert not record_bounce(message_id="<nothing@example.org>", recipient=str(cast.champion.email), why="no")
        assert not record_bounce(message_id="", recipient="", why="no")
        assert record_bounce(message_id=theirs, recipient=str(cast.champion.email).upper(), why=MORE)
        assert record_bounce(message_id=theirs, recipient=str(cast.champion.email), why="again")
        assert record_bounce(message_id=sent["guest@example.org"], recipient="guest@example.org", why="")
        rows = db.session.scalars(select(Delivery).order_by(Delivery.id)).all()
        assert [row.bounce_reason for row in rows] == ["550 5.1.1 <…>: no such user here", "?"]
        assert all(row.bounced_at for row in rows)


def test_the_message_id_that_it_left_with_is_the_one_that_comes_back(
    app: Flask, post: Refusing, worker: Worker, cast: Cast
) -> None:
    """A message about posts has an id of its own; a delivery's is only the queue's."""
    tell(app, CakeBaked(people=[cast.champion.id]))
    settle(worker)
    with app.app_context():
        row = db.session.scalars(select(Delivery)).one()
        assert row.sent_as == row.message_id == str(post.messages[0]["Message-ID"])
        with transaction():
            db.session.execute(update(Delivery).values(sent_as="<its.own@example.org>"))
        assert record_bounce(message_id="<its.own@example.org>", recipient=str(cast.champion.email), why="no")
