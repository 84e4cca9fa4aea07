"""A mail server that is out of reach, or that refuses: nothing is lost, and it is seen."""

import dataclasses
import smtplib
from datetime import timedelta

import pytest
import time_machine
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult
from flask import Flask
from sqlalchemy import update

from forum.config import Settings
from forum.core.db import db, transaction
from forum.core.mail import Mail, message_for
from forum.core.outbox import Delivery, DeliveryState
from forum.core.time import now
from forum.notify.backoff import LAST_ATTEMPT
from forum.notify.health import Is, checks, mail_health
from forum.notify.transport import NoServer, ServerDownError, Smtp, transport_for
from forum.notify.worker import Worker
from tests.notify.outbox import CakeBaked, Refusing, deliveries, mail_server, settle, states, tell
from tests.support.databases import settings_for


def mail_state(app: Flask) -> Is:
    with app.test_request_context():
        return {check.name: check.state for check in checks()}["mail"]


@pytest.mark.both_databases
def test_with_a_dead_mail_server_mail_waits_and_readiness_is_red_until_it_is_back(
    app: Flask, worker: Worker, mail_port: int
) -> None:
    """H2: a dead mail server shows, is tried again with growing waits, and costs no message an attempt."""
    tell(app, CakeBaked(addresses=[f"guest{n}@example.org" for n in range(30)]))
    at, waits = now(), []
    with time_machine.travel(at, tick=False) as clock:
        for _outage in range(6):
            settle(worker)
            assert worker._mail_again_at is not None
            waits.append((worker._mail_again_at - now()).total_seconds())
            clock.shift(worker._mail_again_at - now() + timedelta(milliseconds=1))
        assert waits == [0.05, 0.1, 0.2, 0.4, 0.8, 1.0]
        assert states(app) == {"due": 30}
        assert {delivery.attempts for delivery in deliveries(app)} == {0}
        with app.app_context():
            health = mail_health()
        assert (health.waiting, health.failed) == (30, 0)
        assert health.down_since == at
        assert f"127.0.0.1:{mail_port}" in str(health.error)
        assert mail_state(app) is Is.BAD
        with mail_server(mail_port) as post:
            settle(worker)
            assert len(post.messages) == 30
            assert mail_state(app) is Is.GOOD


@pytest.mark.both_databases
def test_a_refused_address_fails_at_once_and_the_others_get_their_mail(
    app: Flask, worker: Worker, post: Refusing
) -> None:
    post.recipient_answer = lambda to: "550 no such person" if "gone" in to else "250 fine"
    tell(app, CakeBaked(addresses=["a@example.org", "gone@example.org", "b@example.org"]))
    settle(worker)
    assert post.recipients == ["a@example.org", "b@example.org"]
    failed = deliveries(app)[1]
    assert failed.state == DeliveryState.FAILED
    assert failed.error == "The mail server answered 550 no such person"
    assert mail_state(app) is Is.CARE


MISCONFIGURED = (
    "554 5.7.1 <guest0@example.org>: Relay access denied",
    "550 relay not permitted",
    "530 5.7.0 Authentication required",
    "550 5.7.60 SMTP; Client does not have permissions to send as this sender",
)


@pytest.mark.parametrize("answer", MISCONFIGURED)
@pytest.mark.parametrize("phase", ["recipient_answer", "answer"])
def test_a_server_that_carries_no_mail_of_ours_is_an_outage_and_loses_none(
    app: Flask, worker: Worker, post: Refusing, answer: str, phase: str
) -> None:
    """H2: every message failed for good at the first try, and readiness stayed green, while a setting was wrong."""
    taking = getattr(post, phase)
    setattr(post, phase, lambda *_whatever: answer)
    tell(app, CakeBaked(addresses=[f"guest{n}@example.org" for n in range(3)]))
    at = now()
    with time_machine.travel(at, tick=False) as clock:
        for _try in range(6):
            settle(worker)
            assert mail_state(app) is Is.BAD  # and it doesn't turn green when the server lets us in again
            clock.shift(timedelta(seconds=2))
        assert states(app) == {"due": 3}
        assert {delivery.attempts for delivery in deliveries(app)} == {0}
        with app.app_context():
            health = mail_health()
        assert health.down_since == at
        assert str(health.error).startswith(f"The mail server answered {answer[:3]} ")
        assert "guest0@" not in str(health.error)
        setattr(post, phase, taking)
        settle(worker)
        assert states(app) == {"sent": 3}
        assert mail_state(app) is Is.GOOD


def test_a_recipient_whose_server_wants_no_mail_of_ours_keeps_nobody_else_waiting(
    app: Flask, worker: Worker, post: Refusing
) -> None:
    """A group that only colleagues may write to answers like a server with a wrong setting. The others tell the two apart."""
    post.recipient_answer = lambda to: "550 5.7.133 not for you" if "group" in to else "250 fine"
    tell(app, CakeBaked(addresses=[f"group{n}@example.org" for n in range(22)]))
    settle(worker)
    assert mail_state(app) is Is.BAD
    at = now()
    with time_machine.travel(at, tick=False) as clock:
        tell(app, CakeBaked(addresses=["guest@example.org"]))
        for _try in range(3):
            clock.shift(timedelta(seconds=2))
            settle(worker)
    assert post.recipients == ["guest@example.org"]
    assert any(delivery.attempts for delivery in deliveries(app))


def test_a_message_that_is_refused_for_itself_fails_in_the_end(app: Flask, worker: Worker, post: Refusing) -> None:
    post.recipient_answer = lambda to: "550 5.7.133 not for you" if "group" in to else "250 fine"
    tell(app, CakeBaked(addresses=["group@example.org", "guest@example.org"]))
    with time_machine.travel(now(), tick=False) as clock:
        for _try in range(LAST_ATTEMPT):
            assert states(app)["failed"] == 0
            settle(worker)
            assert mail_state(app) is not Is.BAD
            clock.shift(timedelta(hours=6))
    assert states(app) == {"failed": 1, "sent": 1}


def test_what_was_refused_and_waits_no_longer_is_no_outage(app: Flask, worker: Worker, post: Refusing) -> None:
    post.recipient_answer = lambda _to: "550 relay not permitted"
    tell(app, CakeBaked(addresses=["guest@example.org"]))
    settle(worker)
    assert mail_state(app) is Is.BAD
    with app.app_context(), transaction():
        db.session.execute(update(Delivery).values(state=DeliveryState.DROPPED))
    with time_machine.travel(now() + timedelta(seconds=2), tick=True):
        settle(worker)
        assert mail_state(app) is Is.GOOD


@pytest.mark.parametrize("phase", ["mail", "rcpt"])
def test_the_check_finds_a_server_that_lets_us_in_and_carries_nothing(
    settings: Settings, post: Refusing, monkeypatch: pytest.MonkeyPatch, phase: str
) -> None:
    """H2: `baton check` was green."""
    Smtp(settings).check()
    monkeypatch.setattr(smtplib.SMTP, phase, lambda *_args, **_others: (530, b"5.7.0 Authentication required"))
    with pytest.raises(ServerDownError, match=r"530 5\.7\.0 Authentication required"):
        Smtp(settings).check()


def test_a_server_that_does_not_like_our_name_is_an_outage(
    app: Flask, worker: Worker, post: Refusing, monkeypatch: pytest.MonkeyPatch
) -> None:
    """H2."""
    for greeting in ("ehlo", "helo"):
        monkeypatch.setattr(smtplib.SMTP, greeting, lambda *_args: (550, b"I know no such host"))
    tell(app, CakeBaked(addresses=["guest@example.org"]))
    settle(worker)
    assert worker._outage is not None
    assert "550 I know no such host" in worker._outage.error
    assert (deliveries(app)[0].state, deliveries(app)[0].attempts) == (DeliveryState.DUE, 0)


@pytest.mark.parametrize("answer", ["451 4.3.0 Temporary lookup failure", "452 4.3.1 Insufficient system storage"])
def test_a_server_that_takes_nothing_for_now_is_an_outage_and_costs_no_attempts(
    app: Flask, worker: Worker, post: Refusing, answer: str
) -> None:
    """H2. Seen to fail: for two days readiness was green and nothing late, and then all was given up."""
    post.answer = lambda *_whatever: answer
    tell(app, CakeBaked(addresses=[f"guest{n}@example.org" for n in range(3)]))
    with time_machine.travel(now(), tick=False) as clock:
        for _try in range(LAST_ATTEMPT + 1):
            settle(worker)
            assert mail_state(app) is Is.BAD
            clock.shift(timedelta(hours=6))
        assert states(app) == {"due": 3}
        assert {delivery.attempts for delivery in deliveries(app)} == {0}
        with app.app_context():
            assert mail_health().tried == 3
        post.answer = lambda *_whatever: "250 taken"
        settle(worker)
    assert states(app) == {"sent": 3}
    assert mail_state(app) is Is.GOOD


def test_messages_that_are_put_off_one_after_the_other_tell_of_an_outage_too(
    app: Flask, worker: Worker, post: Refusing
) -> None:
    """H2: where little is mailed no two messages leave in one round."""
    post.answer = lambda *_whatever: "451 4.3.0 later"
    with time_machine.travel(now(), tick=False) as clock:
        for name in ("first", "second"):
            assert mail_state(app) is not Is.BAD
            tell(app, CakeBaked(addresses=[f"{name}@example.org"]))
            settle(worker)
            clock.shift(timedelta(seconds=1))
        assert mail_state(app) is Is.BAD
        for _try in range(LAST_ATTEMPT + 1):
            clock.shift(timedelta(hours=6))
            settle(worker)
    assert states(app) == {"due": 2}


def test_mailboxes_that_are_full_are_no_outage(app: Flask, worker: Worker, post: Refusing) -> None:
    """Others have mail, or the answers say that it is the mailbox: then each of them waits for itself, and is given up in the end."""
    post.recipient_answer = lambda to: "452 full" if "full" in to else "250 fine"
    tell(app, CakeBaked(addresses=[*(f"full{n}@example.org" for n in range(3)), "guest@example.org"]))
    settle(worker)
    assert sorted(delivery.attempts for delivery in deliveries(app)) == [0, 1, 1, 1]
    post.recipient_answer = lambda _to: "452 4.2.2 mailbox full"
    with time_machine.travel(now(), tick=False) as clock:
        for _try in range(LAST_ATTEMPT):
            clock.shift(timedelta(hours=6))
            settle(worker)
            assert mail_state(app) is not Is.BAD
    assert states(app) == {"sent": 1, "failed": 3}


def test_a_full_mailbox_is_tried_again_later(app: Flask, worker: Worker, post: Refusing) -> None:
    post.recipient_answer = lambda _to: "452 mailbox full"
    tell(app, CakeBaked(addresses=["full@example.org"]))
    settle(worker)
    waiting = deliveries(app)[0]
    assert (waiting.state, waiting.attempts) == (DeliveryState.DUE, 1)
    post.recipient_answer = lambda _to: "250 fine"
    with time_machine.travel(waiting.due_at + timedelta(seconds=1), tick=True):
        settle(worker)
    assert post.recipients == ["full@example.org"]


def test_a_message_that_the_server_won_t_have_fails_alone(app: Flask, worker: Worker, post: Refusing) -> None:
    post.answer = lambda _to, message: "554 spam" if "rum" in str(message["Subject"]) else "250 taken"
    tell(app, CakeBaked(addresses=["a@example.org"], cake="rum"), CakeBaked(addresses=["b@example.org"]))
    settle(worker)
    assert states(app) == {"failed": 1, "sent": 1}


def test_a_server_that_ends_the_connection_after_each_message_gets_them_all_once(
    app: Flask, worker: Worker, post: Refusing, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Many servers take only so many messages on one connection."""
    real = smtplib.SMTP.mail
    used: set[smtplib.SMTP] = set()

    def mail(self: smtplib.SMTP, *args: object, **kwargs: object) -> tuple[int, bytes]:
        if self in used:
            return 421, b"enough for today"
        used.add(self)
        return real(self, *args, **kwargs)  # type: ignore[arg-type]

    monkeypatch.setattr(smtplib.SMTP, "mail", mail)
    tell(app, CakeBaked(addresses=[f"guest{n}@example.org" for n in range(5)]))
    settle(worker)
    assert len(used) == 5
    assert sorted(post.ids.values()) == [1] * 5


def test_a_message_at_which_the_connection_breaks_off_waits_and_the_others_leave(
    app: Flask, worker: Worker, post: Refusing, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A poisoned message is told apart from a dead server: the next one goes through."""
    real = smtplib.SMTP.data

    def data(self: smtplib.SMTP, msg: bytes) -> tuple[int, bytes]:
        if b"rum" in msg:
            self.close()
            raise smtplib.SMTPServerDisconnected("gone")
        return real(self, msg)

    monkeypatch.setattr(smtplib.SMTP, "data", data)
    tell(app, CakeBaked(addresses=["a@example.org"], cake="rum"), CakeBaked(addresses=["b@example.org"]))
    settle(worker)
    poisoned, other = deliveries(app)
    assert (poisoned.state, poisoned.attempts) == (DeliveryState.DUE, 1)
    assert other.state == DeliveryState.SENT


def test_a_server_that_takes_no_mail_from_us_is_an_outage(
    app: Flask, worker: Worker, post: Refusing, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(smtplib.SMTP, "mail", lambda *_args, **_others: (553, b"not your address"))
    tell(app, CakeBaked(addresses=["a@example.org"]))
    settle(worker)
    assert worker._outage is not None
    assert "takes no mail from Baton <baton@localhost>: 553 not your address" in worker._outage.error
    assert deliveries(app)[0].attempts == 0


def test_a_server_that_takes_mail_from_our_address_only_has_it_from_that_one(
    settings: Settings, post: Refusing, mail_port: int
) -> None:
    """Some let nobody send from another address than the one they signed in for. Seen to fail: an outage, and no mail at all."""
    post.sender_answer = lambda sender: "250 fine" if sender == "baton@localhost" else "553 5.7.1 not your address"
    letters = [
        message_for(
            Mail(to="a@example.org", subject="Cake", text="Cake.", html="<p>Cake.</p>"),
            sender=settings.mail_from,
            message_id=f"<{number}@example.org>",
            at=now(),
        )
        for number in range(2)
    ]
    smtp = Smtp(settings)
    for number, letter in enumerate(letters):
        smtp.send(letter, comes_back_to=f"reply+{number}-0@example.org")
    smtp.close()
    assert post.senders == ["baton@localhost", "baton@localhost"]
    post.sender_answer = lambda _sender: "553 5.7.1 not your address"
    with pytest.raises(ServerDownError, match="takes no mail from"):
        Smtp(settings).send(letters[0], comes_back_to="reply+1-0@example.org")


def test_a_server_without_starttls_is_told_so(settings: Settings, post: Refusing, mail_port: int) -> None:
    smtp = Smtp(settings_for(settings.database_url, mail_host="127.0.0.1", mail_port=mail_port))
    with pytest.raises(ServerDownError, match="STARTTLS"):
        smtp.check()


@pytest.mark.filterwarnings("ignore:Requiring AUTH")  # of the test's own server, on this machine
def test_a_wrong_password_is_an_outage_that_says_so(settings: Settings, mail_port: int) -> None:
    controller = Controller(
        Refusing(), hostname="127.0.0.1", port=mail_port, auth_require_tls=False, auth_required=True
    )
    controller.start()
    try:
        others = {"mail_user": "baton", "mail_password": "wrong", "mail_security": "none"}
        smtp = Smtp(settings_for(settings.database_url, mail_host="127.0.0.1", mail_port=mail_port, **others))
        with pytest.raises(ServerDownError) as caught:
            smtp.check()
    finally:
        controller.stop()
    assert "535" in str(caught.value)
    assert "wrong" not in str(caught.value)


@pytest.mark.filterwarnings("ignore:Requiring AUTH")  # of the test's own server, on this machine
def test_whatever_the_library_makes_of_a_wrong_setting_is_an_outage(settings: Settings, mail_port: int) -> None:
    """H2. Seen to fail: an error that nobody caught cost each message its attempts, and readiness stayed green."""
    controller = Controller(
        Refusing(),
        hostname="127.0.0.1",
        port=mail_port,
        auth_require_tls=False,
        authenticator=lambda *_whatever: AuthResult(success=True),
    )
    controller.start()
    try:
        smtp = Smtp(dataclasses.replace(settings, mail_user="baton", mail_password="pass£word"))
        with pytest.raises(ServerDownError, match="can’t be used: UnicodeEncodeError") as caught:
            smtp.check()
    finally:
        controller.stop()
    assert "xa3" not in str(caught.value)
    assert "£" not in str(caught.value)


def test_production_without_a_mail_server_lets_mail_wait_and_says_what_is_missing(database_url: str) -> None:
    settings = settings_for(database_url, env="production")
    app = Flask("empty")
    app.extensions["baton"] = type("Baton", (), {"settings": settings})
    transport = transport_for(app)
    assert isinstance(transport, NoServer)
    with pytest.raises(ServerDownError, match="BATON_MAIL_HOST"):
        transport.check()


def test_an_address_that_is_none_fails_without_asking_the_server(app: Flask, worker: Worker, post: Refusing) -> None:
    tell(app, CakeBaked(addresses=["not an address"]))
    settle(worker)
    assert states(app) == {"failed": 1}
