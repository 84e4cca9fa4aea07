"""The conversation of a shared story stays at home, whichever way somebody once came to it: bookmark, reminder, file, brief, feed."""

from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import select, update

from forum.content import bookmarks
from forum.content.attachments.access import attachment_for
from forum.content.briefing import brief
from forum.content.events import BookmarkDue
from forum.content.feeds.kinds import CONVERSATION, KINDS
from forum.content.models import Attachment, Bookmark, Post
from forum.content.tellers import tell_due
from forum.core.db import db, transaction
from forum.core.errors import Missing
from forum.core.events import Recipient
from forum.core.notices import Reason
from forum.core.time import now
from forum.notify.models import Notification
from forum.people.models import Person
from forum.spaces.models import Item, Membership
from tests import factories
from tests.cast import Cast
from tests.stories.test_sharing import bridge, in_private, put

pytestmark = pytest.mark.both_databases

CANARY = "Bandicoot"
A_DAY = timedelta(days=1)


def _meet(person: Person, post: Post, file: Attachment) -> str:
    """Return all that somebody who marked a post and was told of it reads of it, by every way."""
    mark = db.session.get_one(Bookmark, (person.id, post.id))
    moment = mark.remind_at.isoformat() if mark.remind_at else ""
    due = BookmarkDue(item_id=post.item_id, post_id=post.id, person_id=person.id, number=post.number, moment=moment)
    mail = tell_due(due, Recipient(person_id=person.id))
    kind = next(kind for kind in KINDS if kind.name == CONVERSATION)
    feed = kind.now(person, db.session.get_one(Item, post.item_id).uuid)
    try:
        given = attachment_for(person, *file.url.split("/")[-2:]).name
    except Missing:
        given = ""
    marks = [(one.excerpt, one.space, one.slug) for one in bookmarks.marked_by(person) if one.number == post.number]
    told = [line for part in brief(person, now() - A_DAY, now() + A_DAY) for line in part.lines]
    return "\n".join([
        *(f"mark: {mark}" for mark in marks),
        f"mail: {mail.subject} {mail.text} {mail.html}" if mail else "",
        f"file: {given}" if given else "",
        *(f"brief: {line}" for line in told if ("#p" in line.url) is (post.number > 1)),
        f"feed: {feed.write('urn:x').decode()}" if feed else "",
    ])  # fmt: skip


@pytest.mark.parametrize("everywhere", [False, True], ids=["one space", "everywhere"])
def test_whoever_left_reads_what_was_shared_and_nothing_that_was_written_to_it(
    app: Flask, cast: Cast, *, everywhere: bool
) -> None:
    """A3: bookmarks, the mail that reminds, files, what one missed, feeds; and no private space's name."""
    with app.test_request_context("/"):
        story = in_private(cast)
        factories.make_membership(cast.night_desk, cast.colleague)
        bridge(cast)
        put(cast, story, *([] if everywhere else [cast.champions]), everywhere=everywhere)
        first, reply = db.session.scalars(select(Post).where(Post.item_id == story.id).order_by(Post.number)).all()
        files = {
            post.number: factories.make_attachment(
                cast.night_desk,
                by=cast.insider,
                to=post,
                name=f"log{post.number}.txt",
                data=b"x",
                media_type="text/plain",
            )
            for post in (first, reply)
        }
        with transaction():
            for post in (first, reply):
                bookmarks.keep(cast.colleague, post, remind_at=now() + A_DAY)
                db.session.add(
                    Notification(person_id=cast.colleague.id, post_id=post.id, reason=Reason.MENTION, at=now())
                )
        person = db.session.get_one(Person, cast.colleague.id)
        inside = _meet(person, reply, files[2])
        assert all(f"{way}:" in inside for way in ("mark", "mail", "file", "brief", "feed"))
        assert CANARY in inside
        with transaction():
            gone = Membership.person_id == person.id, Membership.space_id == cast.night_desk.id
            db.session.execute(update(Membership).where(*gone).values(ended_at=now()))
        db.session.expire_all()
        outside = _meet(person, reply, files[2])
        assert CANARY not in outside
        assert not any(f"{way}:" in outside for way in ("mark", "mail", "file", "brief"))
        shared = _meet(person, first, files[1])
        assert all(f"{way}:" in shared for way in ("mark", "mail", "file", "brief", "feed"))
        assert cast.night_desk.name not in shared
        assert f"/s/{cast.night_desk.slug}/" not in shared
        assert bookmarks.how_many(person) == 1
