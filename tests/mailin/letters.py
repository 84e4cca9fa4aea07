"""What tests of replies by mail share: a thread, the mail that tells of it, and replies as mail programmes make them."""

import email
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.message import EmailMessage
from email.utils import make_msgid

import time_machine
from flask import Flask
from sqlalchemy import select

from forum.core.db import db, transaction
from forum.mailin.arriving import settle as settle_message
from forum.mailin.models import Became, ReceivedMail
from forum.notify.worker import Worker
from forum.people.models import Person
from forum.threads import actions
from forum.threads.models import Section, Thread
from tests.content.steps import said, standing
from tests.notify.outbox import Refusing, settle

Traveller = time_machine.Traveller
TUESDAY = datetime(2026, 10, 20, 9, 0, tzinfo=UTC)


def start_thread(app: Flask, who: Person, *, title: str = "Bin texts") -> Thread:
    """Start a question."""
    with app.test_request_context("/"):
        here = standing(who)
        section = db.session.scalars(select(Section).where(Section.space_id == here.space.id)).first()
        assert section is not None
        with transaction():
            return actions.start(here, title=title, section=section, text=said("Who?"), is_question=True)


@dataclass
class Post:
    """The mail that goes out, and the mail that comes in."""

    app: Flask
    clock: Traveller
    server: Refusing
    worker: Worker

    def reply_in_browser(self, who: Person, thread: Thread, text: str, **more: object) -> int:
        """Write a reply; return its number."""
        with self.app.test_request_context("/"), transaction():
            return actions.reply(standing(who), thread, text=said(text), **more).number  # type: ignore[arg-type]

    def later(self, *, minutes: float = 3) -> None:
        """Let the worker expand, wait, and send."""
        settle(self.worker)
        self.clock.shift(timedelta(minutes=minutes))
        settle(self.worker)

    def to(self, name: str = "carla") -> list[EmailMessage]:
        """Return the messages to somebody, in order."""
        return [message for message in self.server.messages if name in str(message["To"])]

    def told(self, thread: Thread, by: Person, text: str = "The depot.", *, name: str = "carla") -> EmailMessage:
        """Let somebody write, and return the message that tells of it."""
        self.reply_in_browser(by, thread, text)
        self.later()
        return self.to(name)[-1]

    def take(self, message: EmailMessage | bytes, **more: object) -> Became | None:
        """Let a message come in."""
        raw = message if isinstance(message, bytes) else bytes(message)
        return settle_message(self.app, raw, **more)  # type: ignore[arg-type]

    def answers(self, name: str = "carla") -> list[EmailMessage]:
        """Let the worker send, and return what was answered to somebody."""
        settle(self.worker)
        return [message for message in self.to(name) if message["List-Id"] is None]

    def received(self) -> list[ReceivedMail]:
        """Return the lines about what came in."""
        with self.app.app_context():
            return list(db.session.scalars(select(ReceivedMail).order_by(ReceivedMail.id)))


def text_of(message: EmailMessage, kind: str = "plain") -> str:
    """Return one of a message's two texts."""
    part = message.get_body((kind,))
    assert part is not None
    return str(part.get_content())


def answer(
    to: EmailMessage, text: str, *, sender: str = "", html: str = "", headers: dict[str, str] | None = None
) -> EmailMessage:
    """Return a reply to a message: to its reply address, from whom it went to."""
    made = EmailMessage(policy=email.policy.SMTP)
    made["From"] = sender or str(to["To"])
    made["To"] = str(to["Reply-To"])
    made["Subject"] = f"Re: {to['Subject']}"
    made["Message-ID"] = make_msgid(domain="fenbridge.example")
    made["In-Reply-To"] = str(to["Message-ID"])
    made["References"] = str(to["Message-ID"])
    for name, value in (headers or {}).items():
        made[name] = value
    made.set_content(text)
    if html:
        made.add_alternative(html, subtype="html")
    return made


def quoted(message: EmailMessage) -> str:
    """Return a message's text as mail programmes quote it."""
    return "\n".join(f"> {line}".rstrip() for line in text_of(message).splitlines())
