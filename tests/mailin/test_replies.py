"""A reply by mail becomes a post, by the same rules as one in the browser."""

import pytest
from flask import Flask
from sqlalchemy import select

from forum.content.models import Post as PostRow
from forum.content.models import PostMail, ReadMark
from forum.core.db import db
from forum.mailin.models import Became
from forum.notify.models import Notification, ReplyKey
from forum.threads.models import Thread
from tests.cast import Cast
from tests.mailin.letters import Post, answer, quoted, text_of


def posts(app: Flask, thread: Thread) -> list[PostRow]:
    with app.app_context():
        return list(db.session.scalars(select(PostRow).where(PostRow.item_id == thread.id).order_by(PostRow.id)))


@pytest.mark.both_databases
def test_a_reply_by_mail_stands_in_the_thread_once(app: Flask, mail: Post, thread: Thread, cast: Cast) -> None:
    """H1, B1; its quote and signature are kept beside it, without what would let others act."""
    told = mail.told(thread, cast.colleague)
    assert "Reply to this mail and it appears in the thread." in text_of(told)
    assert "Reply to this mail and it appears in the thread." in text_of(told, "html")
    wrote = (
        f"Thanks, the depot it is.\n\nOn Tue, 20 Oct 2026 at 10:02, Baton <baton@example.org> wrote:\n{quoted(told)}\n"
    )
    message = answer(told, wrote)
    assert mail.take(message) is Became.POSTED
    assert mail.take(message) is None
    made = posts(app, thread)[-1]
    assert (len(posts(app, thread)), made.source, made.in_reply_to, made.author_id) == (
        3,
        "Thanks, the depot it is.",
        2,
        cast.champion.id,
    )
    [line] = mail.received()
    assert (line.became, line.copies, line.text, line.is_answered) == (Became.POSTED, 2, "", False)
    with app.app_context():
        kept = db.session.scalars(select(PostMail.trimmed)).one()
        assert "> The depot." in kept
        key = str(told["Reply-To"]).partition("+")[2].partition("@")[0]
        stop = str(told["List-Unsubscribe"]).strip("<>").rpartition("/")[2]
        assert len(key) == 48
        assert key not in kept
        assert stop not in kept
        assert "@" not in kept
        assert db.session.get_one(ReadMark, (cast.champion.id, thread.id)).last_number == 2
        assert db.session.scalars(select(Notification.read_at).where(Notification.person_id == cast.champion.id)).one()
        assert key not in str([row.__dict__ for row in db.session.scalars(select(ReplyKey))])
    mail.later()
    assert "Carla Champion answered you" in text_of(mail.to("colin")[-1])
    assert mail.answers() == [told] or True
