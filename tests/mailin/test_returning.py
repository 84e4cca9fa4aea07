"""Mail that comes back to the address from which just this message left: it is known which, whatever the report says."""

import re
from collections.abc import Iterator

import pytest
from flask import Flask
from sqlalchemy import select, update

from forum.core.db import db, transaction
from forum.core.outbox import Delivery
from forum.mailin.models import Became
from forum.notify.models import Notification
from forum.people.models import Person
from forum.threads.models import Thread
from tests.cast import Cast
from tests.mailin.letters import Post, answer, text_of

PLAIN = """\
From: MAILER-DAEMON@mx.example.net
To: {to}
Subject: failure notice
Message-ID: <{number}@mx.example.net>

Hi. This is the mail program at mx.example.net.
I'm afraid I wasn't able to deliver your message.{named}
550 5.1.1 no such user
"""
REPORT = """\
From: postmaster@mx.example.net
To: {to}
Subject: Undeliverable
Message-ID: <{number}@mx.example.net>
MIME-Version: 1.0
Content-Type: multipart/report; report-type=delivery-status; boundary="b"

--b
Content-Type: text/plain

It did not arrive.
--b
Content-Type: message/delivery-status

Reporting-MTA: dns; mx.example.net

{named}Action: {action}
Status: 5.2.2
--b--
"""
AWAY = """\
From: {sender}
To: {to}
Subject: Out of office: Bin texts
Message-ID: <{number}@mx.example.net>
Auto-Submitted: auto-replied

I am away until 550 5.1.1 Monday.
"""


@pytest.fixture
def numbers() -> Iterator[int]:
    """Give a number for each message."""
    return iter(range(1000))


def sent(mail: Post, thread: Thread, by: Person) -> tuple[str, str]:
    """Send Carla a message; return where it comes back to, and her address."""
    told = mail.told(thread, by)
    place = next(at for at, one in enumerate(mail.server.messages) if one is told)
    return mail.server.senders[place], str(told["To"])


def bounced(app: Flask) -> list[tuple[str, str]]:
    """List whose messages came back, and why."""
    with app.app_context():
        rows = db.session.execute(
            select(Person.handle, Delivery.bounce_reason)
            .join(Delivery, Delivery.person_id == Person.id)
            .where(Delivery.bounced_at.is_not(None))
            .order_by(Delivery.id)
        )
        return [(handle, str(why)) for handle, why in rows]


@pytest.mark.both_databases
def test_each_message_leaves_from_an_address_of_its_own(app: Flask, mail: Post, thread: Thread, cast: Cast) -> None:
    """By aiosmtpd's own account of the envelope; the message itself is from the installation's address."""
    mail.told(thread, cast.colleague)
    mail.told(thread, cast.organiser, name="colin")
    assert len(set(mail.server.senders)) == len(mail.server.messages) >= 3
    for sender in mail.server.senders:
        assert re.fullmatch(r"reply\+[0-9a-f]+-[0-9a-f]{32}@example\.org", sender), sender
        assert len(sender.partition("@")[0]) <= 64
    assert all("<baton@example.org>" in str(one["From"]) for one in mail.server.messages)


@pytest.mark.both_databases
def test_what_comes_back_is_known_though_nothing_is_quoted(
    app: Flask, mail: Post, thread: Thread, cast: Cast, numbers: Iterator[int]
) -> None:
    """Person and message, by the address alone: in words, in a report that names nobody, and to the header or the envelope only.

    Seen to fail without `deliveries_in` in `_came_back`.
    """
    for made in (
        PLAIN.format(to="{to}", number=next(numbers), named=""),
        PLAIN.format(to="{to}", number=next(numbers), named="\n<{theirs}>: write to postmaster@mx.example.net\n"),
        REPORT.format(to="{to}", number=next(numbers), named="", action="failed"),
        REPORT.format(
            to="undisclosed:;", number=next(numbers), named="Final-Recipient: rfc822; {theirs}\n", action="failed"
        ),
    ):
        with app.app_context(), transaction():
            db.session.execute(update(Person).values(mail_paused_at=None))  # three in two weeks pause it
        before = bounced(app)
        sender, theirs = sent(mail, thread, cast.colleague)
        raw = made.format(to=sender, theirs=theirs.upper()).encode()
        assert mail.take(raw, recipients=sender, envelope_sender="") is Became.BOUNCE
        assert mail.take(raw, recipients=sender, envelope_sender="") is None
        assert [whose for whose, _why in bounced(app)[len(before) :]] == ["carla.champion"], made
    assert {why for _whose, why in bounced(app)} == {"550 5.1.1 no such user", "5.2.2"}
    with app.app_context():
        told = db.session.scalars(select(Notification).where(Notification.mailed_at.is_not(None))).all()
        of_it = [
            db.session.scalars(
                select(Delivery.bounced_at).where(Delivery.fact_id == one.fact_id, Delivery.person_id == one.person_id)
            ).one()
            for one in told
            if one.person_id == cast.champion.id
        ]
        assert None not in of_it, "the ledger of each post says so"
    assert mail.answers("MAILER") == mail.answers("postmaster") == []


def test_what_is_no_bounce_of_theirs_counts_as_none(
    app: Flask, mail: Post, thread: Thread, cast: Cast, numbers: Iterator[int]
) -> None:
    """Who is away, what is only late, a copy that was sent on, an address that somebody made up, and a reply.

    Seen to fail without `SERVERS`, without `LATE`, without `_is_to`, and without `compare_digest`.
    """
    sender, theirs = sent(mail, thread, cast.colleague)
    forged = re.sub(r"-[0-9a-f]{32}@", f"-{'0' * 32}@", sender)
    for raw, expected in (
        (AWAY.format(sender=theirs, to=sender, number=next(numbers)), Became.AUTOMATIC),
        (
            PLAIN.format(to=sender, number=next(numbers), named="").replace("failure notice", "Warning: delayed"),
            Became.AUTOMATIC,
        ),
        (PLAIN.format(to=sender, number=next(numbers), named="\n<else@example.net>:"), Became.BOUNCE),
        (PLAIN.format(to=forged, number=next(numbers), named=""), Became.AUTOMATIC),
        (REPORT.format(to=sender, number=next(numbers), named="", action="delayed"), Became.AUTOMATIC),
        (REPORT.format(to=forged, number=next(numbers), named="", action="failed"), Became.BOUNCE),
        (
            REPORT.format(
                to=sender, number=next(numbers), named="Final-Recipient: rfc822; else@example.net\n", action="failed"
            ),
            Became.BOUNCE,
        ),
    ):
        assert mail.take(raw.encode(), envelope_sender="") is expected, raw
    assert bounced(app) == []
    told = mail.to()[-1]
    reply = answer(told, "I wrote to the wrong address.")
    del reply["To"]
    reply["To"] = sender
    assert mail.take(reply) is Became.NO_KEY
    assert "leads to no thread" in text_of(mail.answers()[-1])
    loop = PLAIN.format(to=sender, number=next(numbers), named="").replace("MAILER-DAEMON@mx.example.net", sender)
    assert mail.take(loop.encode()) is Became.LOOP
