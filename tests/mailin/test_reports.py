"""A mail server says that a message did not arrive: noted beside the delivery, and nobody is answered."""

from email import message_from_bytes, policy
from email.message import EmailMessage

from flask import Flask
from sqlalchemy import select

from forum.core.db import db
from forum.core.outbox import Delivery
from forum.mailin.models import Became
from forum.threads.models import Thread
from tests.cast import Cast
from tests.mailin.letters import Post

REPORT = """\
From: MAILER-DAEMON@mx.example.net
To: baton@example.org
Subject: Undelivered Mail Returned to Sender
Auto-Submitted: auto-replied
Message-ID: <report{number}@mx.example.net>
MIME-Version: 1.0
Content-Type: multipart/report; report-type=delivery-status; boundary="b"

--b
Content-Type: text/plain

I'm sorry to have to inform you that your message could not be delivered.

--b
Content-Type: message/delivery-status

Reporting-MTA: dns; mx.example.net
Arrival-Date: Tue, 20 Oct 2026 10:02:00 +0000

Final-Recipient: rfc822; {to}
Action: {action}
Status: 5.1.1
Diagnostic-Code: smtp; 550 5.1.1 <{to}>: Recipient address rejected: no such user

--b
{original}
--b--
"""


def original(told: EmailMessage, kind: str) -> str:
    if kind == "headers":
        return f"Content-Type: text/rfc822-headers\n\nMessage-ID: {told['Message-ID']}\nSubject: x\n"
    return f"Content-Type: message/rfc822\n\nMessage-ID: {told['Message-ID']}\nSubject: x\n\nWords.\n"


def test_a_report_is_noted_beside_what_did_not_arrive(app: Flask, mail: Post, thread: Thread, cast: Cast) -> None:
    told = mail.told(thread, cast.colleague)

    def bounced() -> list[str | None]:
        with app.app_context():
            return list(db.session.scalars(select(Delivery.bounce_reason).where(Delivery.bounced_at.is_not(None))))

    for number, (action, to, expected) in enumerate(
        [
            ("delayed", told["To"], Became.AUTOMATIC),
            ("failed", "somebody.else@example.net", Became.BOUNCE),
        ]
    ):
        raw = REPORT.format(number=number, to=to, action=action, original=original(told, "whole")).encode()
        assert mail.take(raw) is expected
    assert bounced() == []
    for number, kind in enumerate(["headers", "whole"], 10):
        raw = REPORT.format(number=number, to=told["To"], action="failed", original=original(told, kind)).encode()
        assert message_from_bytes(raw, policy=policy.default).get_content_type() == "multipart/report"
        assert mail.take(raw) is Became.BOUNCE
        assert bounced() == ["550 5.1.1 <…>: Recipient address rejected: no such user"]
    assert mail.answers("MAILER") == []
