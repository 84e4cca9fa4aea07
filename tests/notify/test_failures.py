"""Mail that was given up: somebody can see it, knows why, and can have it tried again (H2)."""

from collections.abc import Callable
from datetime import timedelta

import pytest
import time_machine
from flask import Flask
from sqlalchemy import select, update

from forum.core.db import db, transaction
from forum.core.outbox import Delivery, DeliveryState
from forum.core.time import now
from forum.notify.book import book_of
from forum.notify.failures import failures, try_again
from forum.notify.heartbeat import Outage, beat
from forum.notify.words import WHAT
from forum.notify.worker import Worker
from forum.people.models import Person
from forum.spaces.models import LogEntry
from tests import factories
from tests.cast import Browserless, Cast
from tests.cli.process import baton, environment
from tests.notify.outbox import CakeBaked, KettleBroke, Refusing, deliveries, facts, settle, states, tell
from tests.support.databases import settings_for
from tests.support.server import make_app

As = Callable[[Person], Browserless]


@pytest.fixture
def given_up(app: Flask, worker: Worker, post: Refusing) -> None:
    """Two messages that no server takes: one to an account, one to an address without."""
    with app.app_context():
        priya = factories.make_person(name="Priya Nair")
    post.recipient_answer = lambda to: f"550 5.1.1 <{to}>: no such person"
    tell(app, CakeBaked(people=[priya.id], addresses=["guest@wrong.example"]))
    settle(worker)
    assert states(app) == {"failed": 2}


@pytest.mark.both_databases
@pytest.mark.usefixtures("given_up")
def test_what_was_given_up_is_sent_when_somebody_has_it_tried_again(app: Flask, worker: Worker, post: Refusing) -> None:
    """H2: a row that failed stayed so for good, and nothing listed it."""
    before = [delivery.message_id for delivery in deliveries(app)]
    post.recipient_answer = lambda _to: "250 fine"
    with app.app_context():
        assert try_again() == 2
        assert try_again() == 0
    settle(worker)
    assert states(app) == {"sent": 2}
    assert sorted(post.ids) == sorted(before)


@pytest.mark.both_databases
def test_what_waits_for_its_next_try_is_tried_too(app: Flask, worker: Worker, post: Refusing) -> None:
    post.recipient_answer = lambda _to: "452 mailbox full"
    tell(app, CakeBaked(addresses=["full@example.org"]), KettleBroke())
    settle(worker)
    assert deliveries(app)[0].due_at > now()
    with app.app_context():
        assert try_again() == 0
    waiting, broken = deliveries(app)[0], facts(app)[1]
    assert (waiting.state, waiting.attempts) == (DeliveryState.DUE, 0)
    assert max(waiting.due_at, broken.due_at) <= now()
    post.recipient_answer = lambda _to: "250 fine"
    settle(worker)
    assert post.recipients == ["full@example.org"]


@pytest.mark.both_databases
def test_what_a_worker_holds_is_left_to_it(app: Flask, worker: Worker, post: Refusing) -> None:
    """Taken from it, the message would be sent twice. Without the condition on the claim this fails."""
    tell(app, CakeBaked(addresses=["guest@example.org"]))
    worker._expand_some()
    until = now() + timedelta(minutes=3)
    with app.app_context():
        with transaction():
            db.session.execute(update(Delivery).values(claimed_until=until, due_at=until))
        try_again()
    assert deliveries(app)[0].due_at == until


@pytest.mark.usefixtures("given_up")
def test_failures_name_no_more_than_is_needed(app: Flask) -> None:
    with app.test_request_context():
        guest, priya = failures()
    assert (priya.handle, priya.domain) == ("priya.nair", "")
    assert (guest.handle, guest.domain) == (None, "wrong.example")
    assert guest.why == priya.why == "The mail server answered 550 5.1.1 <…>: no such person"


@pytest.mark.usefixtures("given_up")
def test_the_command_lists_what_failed_and_tries_it_again(
    app: Flask, worker: Worker, post: Refusing, database_url: str, tmp_path: object
) -> None:
    env = environment(tmp_path, database_url=database_url)  # type: ignore[arg-type]  # a path
    listed = baton("mail", env=env)
    assert listed.returncode == 1
    assert "Given up: 2 messages. Try again with: baton mail --retry" in listed.stdout
    assert "to somebody at wrong.example, tries: 1. The mail server answered 550 5.1.1" in listed.stdout
    assert "to @priya.nair, tries: 1." in listed.stdout
    assert "@wrong" not in listed.stdout
    assert "priya.nair@" not in listed.stdout
    post.recipient_answer = lambda _to: "250 fine"
    assert baton("mail", "--retry", env=env).stdout.startswith("2 messages given up before")
    settle(worker)
    healthy = baton("mail", env=env)
    assert healthy.returncode == 0
    assert "Given up: 0 messages.\n" in healthy.stdout


@pytest.mark.usefixtures("given_up")
def test_admins_see_how_mail_is_doing_and_press_to_try_again(
    app: Flask, worker: Worker, post: Refusing, cast: Cast, as_person: As
) -> None:
    """H2."""
    admin = as_person(cast.admin)
    assert "2 messages could not be sent." in admin.get("/admin").text
    page = admin.get("/admin/mail").text
    assert "Wants a look" in page
    assert "To somebody at wrong.example" in page
    assert "guest@" not in page
    assert 'href="/admin/people/priya.nair"' in page
    assert "550 5.1.1 &lt;…&gt;: no such person" in page
    post.recipient_answer = lambda _to: "250 fine"
    assert admin.send("/admin/mail/retry").headers["Location"] == "/admin/mail"
    settle(worker)
    assert states(app) == {"sent": 2}
    page = admin.get("/admin/mail").text
    assert "Nothing was given up." in page
    assert "<b>Ada Admin</b> had mail that could not be sent tried again." in admin.get("/admin/log").text


def test_pressing_again_when_nothing_was_given_up_writes_no_line(app: Flask, cast: Cast, as_person: As) -> None:
    assert as_person(cast.admin).send("/admin/mail/retry").status_code == 303
    with app.app_context():
        assert db.session.scalar(select(LogEntry.id).where(LogEntry.verb == "tried mail again")) is None


def test_the_page_says_since_when_the_mail_server_is_out_of_reach(app: Flask, cast: Cast, as_person: As) -> None:
    """H2: with what the server said, which strangers aren't told."""
    tell(app, CakeBaked(addresses=["guest@example.org"]))
    Worker(app)._expand_some()
    with app.app_context():
        beat("somebody", outage=Outage(now() - timedelta(hours=1), "554 <b>Relay</b> access denied"))
    client = as_person(cast.admin)
    page = client.get("/admin/mail").text
    assert "Nothing has left since <time" in page
    assert "554 &lt;b&gt;Relay&lt;/b&gt; access denied" in page
    assert "Waiting since" in page
    assert "The mail server can’t be used." in client.get("/admin").text
    with time_machine.travel(now() + timedelta(minutes=5), tick=True):
        assert "No worker is running" in client.get("/admin/mail").text


def test_every_message_is_named_in_words(database_url: str) -> None:
    for whole in make_app(settings_for(database_url)):
        assert set(book_of(whole)) == set(WHAT)
