"""Mail to an address that doesn't take it waits, until somebody puts that right."""

from collections.abc import Callable, Iterator
from datetime import timedelta

import pytest
import time_machine
from flask import Flask
from sqlalchemy import select

from forum.config import Settings
from forum.core.db import db, transaction
from forum.core.events import announce
from forum.core.outbox import Delivery, DeliveryState
from forum.core.time import now
from forum.notify.bounces import record_bounce
from forum.notify.health import mail_health
from forum.notify.worker import Worker
from forum.people.actions.secrets import _move
from forum.people.events import LinkMade
from forum.people.mails import TELLERS as OF_ACCOUNTS
from forum.people.models import LinkPurpose, Person
from forum.spaces.models import LogEntry
from tests import factories
from tests.cast import Browserless, Cast
from tests.notify.outbox import TELLERS, CakeBaked, Refusing, settle, states, tell, with_tellers
from tests.support.server import make_app

AsPerson = Callable[[Person], Browserless]
NOBODY = "550 5.1.1 no such person"


@pytest.fixture
def app(settings: Settings) -> Iterator[Flask]:
    """Give the app, which knows cakes, and the links that accounts ask for."""
    for app in make_app(settings):
        yield with_tellers(app, *TELLERS, *OF_ACCOUNTS)


def paused_at(app: Flask, person: Person) -> bool:
    """Say whether mail to somebody waits."""
    with app.app_context():
        return db.session.get_one(Person, person.id).mail_paused_at is not None


def bake(app: Flask, worker: Worker, *people: Person) -> None:
    """Tell people of a cake."""
    tell(app, CakeBaked(people=[person.id for person in people]))
    settle(worker)


@pytest.mark.both_databases
def test_after_three_refusals_mail_waits_and_a_press_of_the_person_takes_it_up(
    app: Flask, post: Refusing, worker: Worker, cast: Cast, as_person: AsPerson
) -> None:
    """Nothing is lost, nobody else waits. Seen to fail without `may_leave`: the fourth was tried and failed, too."""
    post.recipient_answer = lambda to: NOBODY if "carla" in to else "250 fine"
    for cake in range(3):
        assert paused_at(app, cast.champion) is False
        assert b"came back, so it waits" not in as_person(cast.champion).get("/me/mail").data
        bake(app, worker, cast.champion)
        assert states(app)["failed"] == cake + 1
    assert paused_at(app, cast.champion)
    bake(app, worker, cast.champion, cast.colleague)
    assert post.recipients == [cast.colleague.email]
    assert states(app) == {"failed": 3, "sent": 1, "due": 1}
    with time_machine.travel(now() + timedelta(hours=1)), app.app_context():
        health = mail_health()
        assert (health.waiting, health.late, health.paused) == (0, 0, 1)
    carla = as_person(cast.champion)
    assert b"Mail to carla.champion@" in carla.get("/me/mail").data
    post.recipient_answer = lambda _to: "250 fine"
    assert carla.send("/me/mail/again").status_code == 303
    assert b"came back, so it waits" not in carla.get("/me/mail").data
    settle(worker)
    assert post.recipients == [cast.colleague.email, cast.champion.email]
    post.recipient_answer = lambda _to: NOBODY
    bake(app, worker, cast.champion)
    assert not paused_at(app, cast.champion), "what came back before says nothing any more"


@pytest.mark.both_databases
def test_bounces_that_come_back_count_once_each_and_within_two_weeks(
    app: Flask, post: Refusing, worker: Worker, cast: Cast
) -> None:
    with time_machine.travel(now() - timedelta(days=20), tick=True) as clock:
        for _old in range(2):
            bake(app, worker, cast.champion)
        _bounce_all(app, post, cast.champion)
        clock.shift(timedelta(days=16))
        for _new in range(2):
            bake(app, worker, cast.champion)
        _bounce_all(app, post, cast.champion)
        _bounce_all(app, post, cast.champion)
        assert not paused_at(app, cast.champion)
        bake(app, worker, cast.champion)
        _bounce_all(app, post, cast.champion)
        assert paused_at(app, cast.champion)


def _bounce_all(app: Flask, post: Refusing, person: Person) -> None:
    with app.app_context():
        for message in post.messages:
            assert record_bounce(message_id=str(message["Message-ID"]), recipient=str(person.email), why=NOBODY)


def test_what_a_message_says_or_a_server_that_is_busy_pauses_nobody(
    app: Flask, post: Refusing, worker: Worker, cast: Cast
) -> None:
    post.answer = lambda _to, _message: "552 too large"
    for _cake in range(4):
        bake(app, worker, cast.champion)
    post.recipient_answer = lambda _to: "452 mailbox full"
    for _cake in range(4):
        bake(app, worker, cast.champion)
    assert not paused_at(app, cast.champion)
    with app.app_context():
        assert db.session.scalars(select(Delivery.id).where(Delivery.bounced_at.is_not(None))).all() == []


def test_a_link_that_somebody_asks_for_leaves_though_their_mail_waits(
    app: Flask, post: Refusing, worker: Worker, cast: Cast
) -> None:
    """Or nobody who signs in by a link could come in and put it right."""
    with app.app_context():
        with transaction():
            db.session.get_one(Person, cast.champion.id).mail_paused_at = now()
        link = factories.make_secret_link(
            LinkPurpose.SIGN_IN, token="a link", address=str(cast.champion.email), person=cast.champion
        )
        with transaction():
            announce(LinkMade(link_id=link.id))
    bake(app, worker, cast.champion)
    [message] = post.messages
    assert str(message["Subject"]).startswith("Your link to sign in")


def test_another_address_takes_mail_up_again(app: Flask, post: Refusing, worker: Worker, cast: Cast) -> None:
    with app.app_context(), transaction():
        db.session.get_one(Person, cast.champion.id).mail_paused_at = now()
    bake(app, worker, cast.champion)
    assert post.messages == []
    with app.app_context(), transaction():
        _move(db.session.get_one(Person, cast.champion.id), address="carla.new@example.org")
    settle(worker)
    assert post.recipients == ["carla.new@example.org"]


def test_admins_see_to_whom_mail_waits_and_take_it_up(app: Flask, cast: Cast, as_person: AsPerson) -> None:
    with app.app_context(), transaction():
        db.session.get_one(Person, cast.champion.id).mail_paused_at = now()
    admin = as_person(cast.admin)
    page = admin.get("/admin/mail").data.decode()
    assert "To whom mail waits" in page
    assert "@carla.champion" in page
    assert "Mail to one person comes back, and waits." in admin.get("/admin").data.decode()
    assert admin.send("/admin/mail/again/nobody.here").status_code == 404
    assert admin.send("/admin/mail/again/carla.champion").status_code == 303
    assert not paused_at(app, cast.champion)
    assert "To whom mail waits" not in admin.get("/admin/mail").data.decode()
    with app.app_context():
        [line] = db.session.scalars(select(LogEntry).where(LogEntry.verb == "took up mail"))
        assert line.person_id == cast.champion.id
    assert "go out again, which had waited" in admin.get("/admin/log").data.decode()


@pytest.mark.both_databases
def test_trying_again_forgets_that_it_was_refused(
    app: Flask, post: Refusing, worker: Worker, cast: Cast, as_person: AsPerson
) -> None:
    post.recipient_answer = lambda _to: NOBODY
    bake(app, worker, cast.champion)
    post.recipient_answer = lambda _to: "250 fine"
    as_person(cast.admin).send("/admin/mail/retry")
    settle(worker)
    with app.app_context():
        row = db.session.scalars(select(Delivery)).one()
        assert (row.state, row.bounced_at) == (DeliveryState.SENT, None)
