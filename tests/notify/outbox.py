"""Facts of the tests, tellers for them, and a mail server that can be told to misbehave."""

import asyncio
import dataclasses
import socket
import threading
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from email import message_from_bytes, policy
from email.message import EmailMessage
from typing import Any

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session
from flask import Flask
from sqlalchemy import select

from forum.core.db import db, transaction
from forum.core.events import Fact, Recipient, Teller, announce
from forum.core.mail import Mail
from forum.core.outbox import Delivery, FactRow
from forum.notify.worker import Pace, Worker
from forum.people.models import Person

HURRY = Pace(
    look_every=0.05,
    outage_first=timedelta(milliseconds=50),
    outage_most=timedelta(seconds=1),
    error_wait=0.1,
    insist_for=5.0,
)


@dataclass(frozen=True, kw_only=True)
class CakeBaked(Fact):
    """Somebody brought a cake: tells people, and addresses without an account."""

    people: list[int] = field(default_factory=list)
    addresses: list[str] = field(default_factory=list)
    cake: str = "lemon"


@dataclass(frozen=True, kw_only=True)
class KettleBroke(Fact):
    """A fact whose teller stumbles."""


@dataclass(frozen=True, kw_only=True)
class SomethingElse(Fact):
    """A fact that concerns nobody's mail: no teller speaks for it."""


def recipients(fact: CakeBaked) -> Iterable[Recipient]:
    """Name whom a cake concerns."""
    yield from (Recipient(person_id=number) for number in fact.people)
    yield from (Recipient(address=address) for address in fact.addresses)


def compose(fact: CakeBaked, recipient: Recipient) -> Mail | None:
    """Write of a cake. Poison can't be composed; a cake that is eaten is told to nobody."""
    if fact.cake == "poison":
        raise RuntimeError("this cake can't be described")
    if fact.cake == "eaten":
        return None
    to = recipient.address or str(db.session.get_one(Person, recipient.person_id).email)
    return Mail(to=to, subject=f"Cake: {fact.cake}", text=f"There is {fact.cake} cake.\n", html=f"<p>{fact.cake}</p>")


def stumble(fact: KettleBroke) -> Iterable[Recipient]:
    """Fail, as a teller with a mistake in it does."""
    raise RuntimeError("the kettle is broken")


TELLERS = (
    Teller(fact=CakeBaked, recipients=recipients, compose=compose, at_any_hour=True),
    Teller(fact=KettleBroke, recipients=stumble, compose=compose),
)


def with_tellers(app: Flask, *tellers: Teller) -> Flask:
    """Let the app know the tests' facts, and no others."""
    app.extensions["baton"] = dataclasses.replace(app.extensions["baton"], tellers=tellers or TELLERS)
    return app


def tell(app: Flask, *facts: Fact) -> None:
    """Announce facts, as an action does."""
    with app.app_context(), transaction():
        for fact in facts:
            announce(fact)


def settle(worker: Worker, *, steps: int = 50) -> None:
    """Let a worker do everything there is to do now."""
    for _step in range(steps):
        if not worker.step():
            return


def deliveries(app: Flask) -> list[Delivery]:
    """Return all deliveries, in order."""
    with app.app_context():
        return list(db.session.scalars(select(Delivery).order_by(Delivery.id)))


def facts(app: Flask) -> list[FactRow]:
    """Return all facts, in order."""
    with app.app_context():
        return list(db.session.scalars(select(FactRow).order_by(FactRow.id)))


def states(app: Flask) -> Counter[str]:
    """Count the deliveries in each state."""
    return Counter(str(delivery.state) for delivery in deliveries(app))


class Refusing:
    """How a mail server answers: by default it takes everything."""

    def __init__(self) -> None:
        self.messages: list[EmailMessage] = []
        self.senders: list[str] = []
        """Of each message, the envelope's."""
        self.sender_answer: Callable[[str], str] = lambda _from: "250 fine"
        self.answer: Callable[[str, EmailMessage], str] = lambda _to, _message: "250 taken"
        self.recipient_answer: Callable[[str], str] = lambda _to: "250 fine"
        self.takes = 0.0  # seconds for each message
        self.lock = threading.Lock()

    async def handle_MAIL(  # noqa: N802  # aiosmtpd's name
        self, _server: SMTP, _session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        """Take or refuse a sender."""
        answer = self.sender_answer(address)
        if answer.startswith("2"):
            envelope.mail_from = address
            envelope.mail_options.extend(options)
        return answer

    async def handle_RCPT(  # noqa: N802  # aiosmtpd's name
        self, _server: SMTP, _session: Session, envelope: Envelope, address: str, _options: list[str]
    ) -> str:
        """Take or refuse a recipient."""
        answer = self.recipient_answer(address)
        if answer.startswith("2"):
            envelope.rcpt_tos.append(address)
        return answer

    async def handle_DATA(self, _server: SMTP, _session: Session, envelope: Envelope) -> str:  # noqa: N802  # as above
        """Take or refuse a message."""
        await asyncio.sleep(self.takes)
        content = envelope.content
        assert isinstance(content, bytes)
        message: Any = message_from_bytes(content, policy=policy.default)
        answer = self.answer(envelope.rcpt_tos[0], message)
        if answer.startswith("2"):
            with self.lock:
                self.messages.append(message)
                self.senders.append(str(envelope.mail_from))
        return answer

    @property
    def ids(self) -> Counter[str]:
        """Count how often each message came."""
        with self.lock:
            return Counter(str(message["Message-ID"]) for message in self.messages)

    @property
    def recipients(self) -> list[str]:
        """List whom the messages went to, in order."""
        with self.lock:
            return [str(message["To"]) for message in self.messages]


def free_port() -> int:
    """Return a port that nothing listens on."""
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port: int = probe.getsockname()[1]
        return port


@contextmanager
def mail_server(port: int) -> Iterator[Refusing]:
    """Run a mail server on this machine."""
    handler = Refusing()
    controller = Controller(handler, hostname="127.0.0.1", port=port)
    controller.start()
    try:
        yield handler
    finally:
        controller.stop()
