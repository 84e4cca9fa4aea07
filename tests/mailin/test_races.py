"""The same message twice at the same moment, and a rule that changes while a message is read."""

from functools import partial

import pytest
from flask import Flask
from sqlalchemy import select, update

from forum.content.models import Attachment
from forum.content.naming import text_for
from forum.core.db import db, transaction
from forum.core.errors import Crowded
from forum.core.time import now
from forum.mailin import posting, taking
from forum.mailin.models import Became
from forum.spaces.models import Membership, Space, Visibility
from forum.threads.models import Thread
from tests.cast import Cast
from tests.content.steps import at_once
from tests.factories.attachments import picture_bytes
from tests.mailin.letters import Post, answer
from tests.mailin.test_refusals import TYPED, count

pytestmark = pytest.mark.both_databases


def test_of_copies_that_come_at_once_one_is_posted(
    app: Flask, mail: Post, thread: Thread, cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    """B8: a pipe beside a mailbox. Seen to fail where a conflict of the unique key was not minded."""
    told = mail.told(thread, cast.colleague)
    before = count(app)
    message = answer(told, TYPED)
    message.add_attachment(picture_bytes(), maintype="image", subtype="png", filename="bin.png")
    raw = bytes(message)
    monkeypatch.setattr(taking, "_came_before", lambda _mail: False)
    done = at_once(app, [lambda: taking.take(raw) for _copy in range(2)], workers=2)
    assert sorted(done, key=str) == [None, Became.POSTED]
    assert count(app) == before + 1
    assert [line.became for line in mail.received()] == [Became.POSTED]


def test_of_the_same_words_that_come_at_once_under_two_ids_one_is_posted(
    app: Flask, mail: Post, thread: Thread, cast: Cast
) -> None:
    """The item is held while it is asked what stands there."""
    told = mail.told(thread, cast.colleague)
    before = count(app)
    raws = [bytes(answer(told, TYPED)) for _copy in range(2)]
    done = at_once(app, [partial(taking.take, raw) for raw in raws], workers=2)
    assert sorted(done, key=str) == [None, Became.POSTED]
    assert count(app) == before + 1


def test_copies_do_not_take_each_others_files(
    app: Flask, mail: Post, thread: Thread, cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each has a place of its own for them. Seen to fail with one for both: the reply was refused because of its copy's picture."""
    message = answer(mail.told(thread, cast.colleague), TYPED)
    message.add_attachment(picture_bytes(), maintype="image", subtype="png", filename="bin.png")
    raw = bytes(message)
    copies: list[Became | None] = []

    def with_a_copy(*given: object, **more: object) -> object:
        monkeypatch.setattr(posting, "text_for", text_for)
        copies.extend(at_once(app, [lambda: taking.take(raw)], workers=1))
        return text_for(*given, **more)  # type: ignore[arg-type]

    monkeypatch.setattr(posting, "text_for", with_a_copy)
    assert [mail.take(raw), *copies] == [None, Became.POSTED]
    with app.app_context():
        kept = select(Attachment.post_id).where(Attachment.removed_at.is_(None))
        assert len(db.session.scalars(kept).all()) == 1


def test_who_left_while_the_message_was_read_posts_nothing(
    app: Flask, mail: Post, thread: Thread, cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A3: asked again inside the transaction."""
    told = mail.told(thread, cast.colleague)
    before = count(app)

    def leave(*given: object, **more: object) -> object:
        text = text_for(*given, **more)  # type: ignore[arg-type]
        with transaction():
            db.session.execute(
                update(Membership).where(Membership.person_id == cast.champion.id).values(ended_at=now())
            )
            db.session.execute(update(Space).values(visibility=Visibility.PRIVATE))
        return text

    monkeypatch.setattr(posting, "text_for", leave)
    assert mail.take(answer(told, TYPED)) is Became.GONE
    assert count(app) == before


def test_a_busy_moment_is_no_answer(
    app: Flask, mail: Post, thread: Thread, cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    """B7: the mail server brings it again. Seen to be refused for good, as a text that can't be laid out."""
    told = mail.told(thread, cast.colleague)

    def crowd(*_given: object, **_more: object) -> object:
        raise Crowded({"body": ["Baton is busy laying out texts."]})

    message = answer(told, TYPED)
    with monkeypatch.context() as crowded:
        crowded.setattr(posting, "text_for", crowd)
        with pytest.raises(posting.Later):
            mail.take(message)
    assert mail.received() == []
    assert mail.take(message) is Became.POSTED
