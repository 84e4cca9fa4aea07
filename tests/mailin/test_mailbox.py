"""Replies are fetched from a mailbox: each is marked when what came of it is committed, and none keeps others from their turn."""

import dataclasses
from collections.abc import Callable, Iterator

import pytest
from flask import Flask
from sqlalchemy.exc import OperationalError

from forum.config import Settings
from forum.mailin import mailbox as fetching
from forum.mailin.arriving import settle as settle_message
from forum.mailin.mailbox import MailboxError, fetch
from forum.mailin.models import Became
from forum.notify.jobs import Jobs
from forum.people.models import Person
from forum.threads.models import Thread
from tests.cast import Browserless, Cast
from tests.mailin.letters import Post, answer
from tests.mailin.test_refusals import TYPED, count
from tests.support.imap import Mailbox, mailbox_server

AsPerson = Callable[[Person], Browserless]


@pytest.fixture
def mailbox() -> Iterator[Mailbox]:
    """Give a mailbox on this machine."""
    with mailbox_server() as running:
        yield running


@pytest.fixture
def settings(settings: Settings, mailbox: Mailbox) -> Settings:
    """Give settings that name it."""
    return dataclasses.replace(
        settings,
        imap_host="127.0.0.1",
        imap_port=mailbox.port,
        imap_user="reply",
        imap_password=mailbox.password,
        imap_security="none",
        mail_in_mb=1,
    )


def set_(app: Flask, **values: object) -> None:
    baton = app.extensions["baton"]
    app.extensions["baton"] = dataclasses.replace(baton, settings=dataclasses.replace(baton.settings, **values))


def test_new_mail_is_fetched_once_and_by_one_at_a_time(
    app: Flask, mail: Post, thread: Thread, cast: Cast, mailbox: Mailbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    """By the worker's own jobs, as in production."""
    monkeypatch.setattr(fetching, "_looked", {})
    told = mail.told(thread, cast.colleague)
    before = count(app)
    mailbox.put(bytes(answer(told, TYPED)))
    jobs = Jobs(app, stopping=mail.worker._stopping)
    assert jobs.step()
    assert (count(app), mailbox.new()) == (before + 1, [])
    mailbox.put(bytes(answer(told, "More.")))
    monkeypatch.setattr(fetching, "_looked", {})  # another worker, a moment later
    assert not jobs.step()
    assert count(app) == before + 1
    mail.clock.shift(61)
    monkeypatch.setattr(fetching, "_looked", {})
    assert jobs.step()
    assert count(app) == before + 2


def test_a_message_that_cannot_be_settled_waits_and_the_next_ones_go_on(
    app: Flask, mail: Post, thread: Thread, cast: Cast, mailbox: Mailbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    """H1: seen to fail with the mark before the message is settled."""
    told = mail.told(thread, cast.colleague)
    before = count(app)
    poisoned = answer(told, "Poisoned.")
    mailbox.put(b"\x00\xff" * 100)
    kept = mailbox.put(bytes(poisoned))
    mailbox.put(bytes(answer(told, TYPED)))

    def settle(app: Flask, raw: bytes, **more: object) -> Became | None:
        if b"Poisoned." in raw:
            raise OperationalError("the database is away", None, Exception())
        return settle_message(app, raw, **more)  # type: ignore[arg-type]

    monkeypatch.setattr(fetching, "settle", settle)
    assert fetch(app) == 2
    assert count(app) == before + 1
    assert mailbox.new() == [kept]
    monkeypatch.setattr(fetching, "settle", settle_message)
    assert fetch(app) == 1
    assert fetch(app) == 0
    assert count(app) == before + 2


def test_what_was_settled_and_not_marked_is_no_second_post(
    app: Flask, mail: Post, thread: Thread, cast: Cast, mailbox: Mailbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    """H1: as after a kill between the two."""
    told = mail.told(thread, cast.colleague)
    before = count(app)
    mailbox.put(bytes(answer(told, TYPED)))
    monkeypatch.setattr(fetching, "_mark", lambda *_all, **_more: None)
    assert fetch(app) == 1
    monkeypatch.undo()
    set_(app, imap_done_folder="Done")
    assert fetch(app) == 1
    assert count(app) == before + 1
    assert (mailbox.folders["INBOX"], len(mailbox.folders["Done"])) == ([], 1)
    assert [line.copies for line in mail.received()] == [2]


def test_of_a_message_that_is_too_large_only_the_beginning_is_fetched(
    app: Flask, mail: Post, thread: Thread, cast: Cast, mailbox: Mailbox
) -> None:
    told = mail.told(thread, cast.colleague)
    large = answer(told, TYPED)
    large.add_attachment(b"x" * 3_000_000, maintype="application", subtype="octet-stream", filename="large.bin")
    mailbox.put(bytes(large))
    assert fetch(app) == 1
    assert mailbox.fetched <= 256 * 1024
    assert [line.became for line in mail.received()] == [Became.TOO_BIG]


def test_a_mailbox_that_cannot_be_used_is_said_in_a_line(app: Flask, mailbox: Mailbox) -> None:
    set_(app, imap_folder="Nowhere")
    with pytest.raises(MailboxError, match="There is no folder Nowhere"):
        fetch(app)
    mailbox.password = "another one"
    with pytest.raises(MailboxError, match="not you"):
        fetch(app)
    set_(app, imap_port=1)
    with pytest.raises(MailboxError, match="can’t be used"):
        fetch(app)


def test_messages_that_can_t_be_settled_come_last_the_next_time(
    app: Flask, mail: Post, mailbox: Mailbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Seen to fail: as many as are taken at once were always the first ones, and no other was ever looked at."""
    monkeypatch.setattr(fetching, "AT_ONCE", 2)
    monkeypatch.setattr(fetching, "_stuck", set())

    def settle(app: Flask, raw: bytes, **_how: object) -> None:
        if b"stuck" in raw:
            raise RuntimeError("it can't be settled")

    monkeypatch.setattr(fetching, "settle", settle)
    for words in (b"stuck", b"stuck", b"fine"):
        mailbox.put(b"From: a@example.org\r\n\r\n" + words)
    assert [fetch(app), fetch(app)] == [0, 1]
    assert len(mailbox.new()) == 2


@pytest.mark.both_databases
def test_an_outage_is_shown_with_its_beginning_and_the_last_time_that_was_good(
    app: Flask, mail: Post, mailbox: Mailbox, cast: Cast, as_person: AsPerson, monkeypatch: pytest.MonkeyPatch
) -> None:
    """H2: on the admins' pages and in `/readyz`, where Baton stays ready. Seen to fail without `_note`, and with a new `down_since`."""
    jobs, admin = Jobs(app, stopping=mail.worker._stopping), as_person(cast.admin)

    def look(*, minutes: int) -> tuple[str, str, str]:
        mail.clock.shift(minutes * 60)
        monkeypatch.setattr(fetching, "_looked", {})
        jobs.step()
        checks = app.test_client().get("/readyz").get_json()["checks"]
        return checks["mailbox"]["is"], checks["mailbox"]["says"], admin.get("/admin/mail/received").text

    assert app.test_client().get("/readyz").get_json()["checks"]["mailbox"]["is"] == "care"
    assert "The mailbox wasn’t read so far." in admin.get("/admin/mail/received").text
    state, says, page = look(minutes=0)
    assert (state, says) == ("good", "The mailbox for replies was read last at 2026-10-20 09:00 UTC.")
    assert "The mailbox was last read" in page
    mailbox.password, password = "another one", mailbox.password
    for minutes in (5, 5):
        state, says, page = look(minutes=minutes)
        down = "The mailbox for replies can’t be used since 2026-10-20 09:05 UTC. Last read: 2026-10-20 09:00 UTC."
        assert (state, says) == ("care", down)
    assert "not you" in page
    assert password not in page
    assert "The mailbox can’t be used." in admin.get("/admin").text
    mailbox.password = password
    assert look(minutes=5)[0] == "good"
    assert "The mailbox can’t be used." not in admin.get("/admin").text
    mail.clock.shift(3600)
    assert app.test_client().get("/readyz").get_json()["checks"]["mailbox"]["is"] == "care", "nobody looks any more"
