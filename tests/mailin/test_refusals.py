"""What becomes no post is answered by its own text, with what was typed; and nothing is answered without end."""

import dataclasses
from collections.abc import Callable
from datetime import timedelta
from email.message import EmailMessage

import pytest
from flask import Flask
from sqlalchemy import delete, func, select, update

from forum.content.answering import reply_address
from forum.content.models import Attachment, PostMail, PostState
from forum.content.models import Post as PostRow
from forum.content.order.models import MemberHold
from forum.core.db import db, transaction
from forum.core.time import now
from forum.mailin import taking
from forum.mailin.models import Became
from forum.mydata.erasing import erase
from forum.notify.models import ReplyKey
from forum.people.models import Person, PersonState
from forum.spaces.models import Item, ItemState, Membership, Suspension
from forum.threads.models import Thread
from tests import factories
from tests.cast import Cast
from tests.mailin.letters import Post, answer, quoted, text_of

TYPED = "My own careful words."


@pytest.fixture
def generous(monkeypatch: pytest.MonkeyPatch) -> None:
    """Answer more often than is right."""
    monkeypatch.setattr(taking, "ANSWERS_A_DAY", 100)


def count(app: Flask) -> int:
    with app.app_context():
        return db.session.scalar(select(func.count()).select_from(PostRow)) or 0


def put(app: Flask, *statements: object) -> Callable[[], None]:
    """Give what changes the database."""

    def change() -> None:
        with app.app_context(), transaction():
            for statement in statements:
                db.session.execute(statement)  # type: ignore[call-overload]

    return change


def standing_changes(
    app: Flask, cast: Cast, thread: Thread
) -> list[tuple[Became, str, Callable[[], None], Callable[[], None]]]:
    """Give what can stand in the way: what becomes of a reply, words of the answer, how it comes about and how it ends."""
    carla, space = cast.champion.id, cast.champions.id
    mine = (Membership.person_id == carla, Membership.space_id == space)

    def suspend() -> None:
        with app.app_context():
            factories.make_suspension(cast.champions, cast.champion, by=cast.steward)

    def hold() -> None:
        with app.app_context():
            factories.make_member_hold(cast.champions, cast.champion, by=cast.organiser)

    return [
        (
            Became.CLOSED,
            "This thread is closed.",
            put(
                app,
                update(Thread)
                .where(Thread.id == thread.id)
                .values(closed_at=now(), closed_by_id=cast.organiser.id, close_reason="Done."),
            ),
            put(
                app,
                update(Thread)
                .where(Thread.id == thread.id)
                .values(closed_at=None, closed_by_id=None, close_reason=None),
            ),
        ),
        (
            Became.NOT_MEMBER,
            "aren’t a member",
            put(app, update(Membership).where(*mine).values(ended_at=now())),
            put(app, update(Membership).where(*mine).values(ended_at=None)),
        ),
        (
            Became.CLOSED,
            "You read along in this space.",
            put(app, update(Membership).where(*mine).values(role="reader")),
            put(app, update(Membership).where(*mine).values(role="champion")),
        ),
        (
            Became.GONE,
            "can’t be seen by you",
            put(app, update(Item).where(Item.id == thread.id).values(state=ItemState.HIDDEN)),
            put(app, update(Item).where(Item.id == thread.id).values(state=ItemState.PUBLISHED)),
        ),
        (Became.SUSPENDED, "You are suspended in this space", suspend, put(app, delete(Suspension))),
        (
            Became.SUSPENDED,
            "Your account is suspended.",
            put(app, update(Person).where(Person.id == carla).values(state=PersonState.SUSPENDED)),
            put(app, update(Person).where(Person.id == carla).values(state=PersonState.ACTIVE)),
        ),
        (
            Became.TOO_OLD,
            "too old by now",
            put(app, update(ReplyKey).values(made_at=now() - timedelta(days=91))),
            put(app, update(ReplyKey).values(made_at=now())),
        ),
        (Became.HELD, "waits for an organiser", hold, put(app, delete(MemberHold))),
    ]


@pytest.mark.both_databases
@pytest.mark.usefixtures("generous")
def test_where_one_stands_is_asked_when_the_mail_comes(app: Flask, mail: Post, thread: Thread, cast: Cast) -> None:
    """A3, A5, A8. Seen to fail for NOT_MEMBER without the look at the membership in `_standing`."""
    told = mail.told(thread, cast.colleague)
    for became, words, begin, end in standing_changes(app, cast, thread):
        begin()
        before, answered = count(app), len(mail.answers())
        assert mail.take(answer(told, f"{TYPED}\n\n{quoted(told)}")) is became
        with app.app_context():
            seen = db.session.scalars(select(PostRow.source).where(PostRow.state == PostState.PUBLISHED)).all()
            assert TYPED not in seen, became
        assert count(app) == before + (became is Became.HELD)
        [*_others, last] = mail.answers()
        assert len(mail.answers()) == answered + 1
        assert words in text_of(last), became
        assert (TYPED in text_of(last)) is (became is not Became.HELD)
        end()
    assert mail.take(answer(told, f"{TYPED} And more.")) is Became.POSTED  # the same as what was held would be a copy


def too_long(told: EmailMessage) -> EmailMessage:
    return answer(told, "word " * 11_000)


def with_file(told: EmailMessage, text: str, name: str, data: bytes) -> EmailMessage:
    made = answer(told, text)
    made.add_attachment(data, maintype="application", subtype="octet-stream", filename=name)
    return made


@pytest.mark.usefixtures("generous")
def test_what_the_message_lacks_is_said(app: Flask, mail: Post, thread: Thread, cast: Cast) -> None:
    told = mail.told(thread, cast.colleague)
    with app.test_request_context("/"):
        at_digest = reply_address(cast.champion, None)
    digest, keyless, aged = answer(told, TYPED), answer(told, TYPED), answer(told, TYPED)
    digest.replace_header("To", at_digest)
    keyless.replace_header("To", "reply@example.org")
    aged.replace_header("To", f"reply+{'0' * 48}@example.org")
    cases = (
        (Became.EMPTY, "nothing in it but quoted text", answer(told, f"{quoted(told)}\n\n-- \nCarla")),
        (Became.NOT_LAID_OUT, "and 50,000 fit", too_long(told)),
        (Became.FILES, "“run.exe” is of a kind", with_file(told, "-- \nCarla", "run.exe", b"MZ\x90\x00\x03" * 50)),
        (Became.DIGEST, "you answered a digest", digest),
        (Became.NO_KEY, "leads to no thread", keyless),
        (Became.NO_KEY, "leads to no thread", aged),
    )
    before = count(app)
    for became, words, message in cases:
        assert mail.take(message) is became, words
        [*_others, last] = mail.answers()
        assert words in text_of(last)
        if became in {Became.DIGEST, Became.NO_KEY}:
            assert TYPED in text_of(last)
        assert str(last["In-Reply-To"]) == str(message["Message-ID"])
    assert mail.take(bytes(answer(told, TYPED)), is_cut=True) is Became.TOO_BIG
    assert "too large" in text_of(mail.answers()[-1])
    assert TYPED in text_of(mail.answers()[-1])
    assert count(app) == before
    assert mail.take(with_file(told, TYPED, "run.exe", b"MZ\x90\x00\x03" * 50)) is Became.PARTLY
    assert "“run.exe” is of a kind" in text_of(mail.answers()[-1])
    app.extensions["baton"] = dataclasses.replace(
        app.extensions["baton"], settings=dataclasses.replace(app.extensions["baton"].settings, posts_per_person=1)
    )
    assert mail.take(answer(told, TYPED)) is Became.LIMIT
    assert "You have written 1 post in 10 minutes." in text_of(mail.answers()[-1])
    assert count(app) == before + 1
    with app.app_context():
        assert db.session.scalars(select(Attachment).where(Attachment.removed_at.is_(None))).all() == []


@pytest.mark.both_databases
def test_a_key_posts_for_nobody_but_whose_it_is(app: Flask, mail: Post, thread: Thread, cast: Cast) -> None:
    """A3, A8: a message that was forwarded, several senders. Seen to fail without the comparison in `_owner`."""
    told = mail.told(thread, cast.colleague)
    before = count(app)
    colin = str(cast.colleague.email)
    assert mail.take(answer(told, TYPED, sender=f"Colin <{colin}>")) is Became.WRONG_SENDER
    assert "for somebody else" in text_of(mail.answers("colin")[-1])
    assert mail.take(answer(told, TYPED, sender="stranger@example.net")) is Became.UNKNOWN_SENDER
    assert "nobody has an account" in text_of(mail.answers("stranger")[-1])
    for said in (
        f"{cast.champion.email}, {colin}",
        f'"{cast.champion.email}" <{colin}>',
        f"<{cast.champion.email}> <{colin}>",
        f"{colin} ({cast.champion.email})",
    ):
        raw = bytes(answer(told, TYPED)).replace(f"From: {told['To']}".encode(), f"From: {said}".encode())
        assert mail.take(raw) in {Became.UNREADABLE, Became.WRONG_SENDER, None}, said
    twice = bytes(answer(told, TYPED)).replace(b"Subject:", f"From: {colin}\r\nSubject:".encode(), 1)
    assert mail.take(twice) is Became.UNREADABLE
    assert count(app) == before
    assert mail.take(answer(told, TYPED, sender=f"CARLA <{str(cast.champion.email).upper()}>")) is Became.POSTED


def test_spam_without_a_key_is_dropped_with_a_line(app: Flask, mail: Post, thread: Thread, cast: Cast) -> None:
    """An answer would go to whomever it claims to be from."""
    told = mail.told(thread, cast.colleague)
    spam = answer(told, "Buy.", sender="victim@example.net")
    spam.replace_header("To", "reply@example.org")
    assert mail.take(spam) is Became.UNKNOWN_SENDER
    assert mail.answers("victim") == []
    assert [line.is_answered for line in mail.received()] == [False]


def test_machines_are_not_answered(app: Flask, mail: Post, thread: Thread, cast: Cast) -> None:
    """RFC 3834, and our own mail that comes back: no loop."""
    told = mail.told(thread, cast.colleague)
    automatic = (
        {"Auto-Submitted": "auto-replied"},
        {"Auto-Submitted": "auto-generated (away)"},
        {"Precedence": "bulk"},
        {"X-Auto-Response-Suppress": "All"},
        {"Return-Path": "<>"},
        {"X-Autoreply": "yes"},
    )
    before = count(app)
    for headers in automatic:
        assert mail.take(answer(told, TYPED, headers=headers)) is Became.AUTOMATIC, headers
    assert mail.take(answer(told, TYPED), envelope_sender="") is Became.AUTOMATIC
    assert mail.take(answer(told, TYPED, sender="MAILER-DAEMON@example.net")) is Became.AUTOMATIC
    assert mail.take(answer(told, TYPED, headers={"List-Id": str(told["List-Id"])})) is Became.LOOP
    assert mail.take(answer(told, TYPED, sender="baton@example.org")) is Became.LOOP
    assert mail.take(answer(told, TYPED, sender=str(told["Reply-To"]))) is Became.LOOP
    assert mail.take(bytes(told)) in {Became.LOOP, Became.AUTOMATIC}
    assert mail.take(answer(told, TYPED, headers={"Auto-Submitted": "no"})) is Became.POSTED
    assert count(app) == before + 1
    assert mail.answers() == []
    assert not any(line.is_answered or line.text for line in mail.received())


def test_whoever_goes_on_writing_is_answered_five_times_a_day(
    app: Flask, mail: Post, thread: Thread, cast: Cast
) -> None:
    told = mail.told(thread, cast.colleague)
    for _number in range(8):
        assert mail.take(answer(told, quoted(told))) is Became.EMPTY
    assert len(mail.answers()) == 5
    assert [line.is_answered for line in mail.received()] == [True] * 5 + [False] * 3
    last = mail.answers()[-1]
    assert last["Reply-To"] is None
    assert last["Auto-Submitted"] == "auto-generated"


def test_keys_end_with_the_account(app: Flask, mail: Post, thread: Thread, cast: Cast) -> None:
    """A15: what came in goes, too."""
    told = mail.told(thread, cast.colleague)
    mail.take(answer(told, f"{TYPED}\n-- \nCarla, 01234 567890"))
    with app.test_request_context("/"):
        with transaction():
            erase(db.session.get_one(Person, cast.champion.id))
        assert db.session.scalars(select(ReplyKey).where(ReplyKey.person_id == cast.champion.id)).all() == []
    assert [line.sender for line in mail.received()] == []
    assert mail.take(answer(told, TYPED)) is Became.UNKNOWN_SENDER
    assert mail.answers() == []
    with app.app_context():
        assert db.session.scalars(select(PostMail.trimmed)).all() == [""]
