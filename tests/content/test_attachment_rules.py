"""Rules of attaching that must hold in a race, and what is cleaned (A13)."""

import os
from datetime import timedelta
from functools import partial

import pytest
from flask import Flask
from sqlalchemy import func, select, update

from forum.config import Settings
from forum.content import actions as posts
from forum.content.attachments.access import attachment_for
from forum.content.attachments.actions import attach, send_with
from forum.content.attachments.cleaning import clean
from forum.content.attachments.told import NOTHING, Told
from forum.content.models import Attachment, Post
from forum.core.db import db, transaction
from forum.core.errors import Denied, Invalid, Missing
from forum.core.files import Examined
from forum.core.time import now
from forum.mydata import keeping
from forum.notify.worker import Worker
from forum.people.models import Person
from forum.spaces.models import Item, Membership
from forum.spaces.policy import Can
from tests import factories
from tests.cast import Cast
from tests.content.steps import at_once, said, standing
from tests.support import home
from tests.support.databases import settings_for

pytestmark = pytest.mark.both_databases
PLACE = "reply:0000000000"
MB = 1024 * 1024
LARGEST = 10 * MB
TEXT = Examined(media_type="text/plain")


@pytest.fixture
def settings(database_url: str) -> Settings:
    """Let the files lie in a folder of this process: workers of other tests clean the one that all share."""
    return settings_for(database_url, var=home.folder(f"attachments-{os.getpid()}"))


def attached(person: Person, *, number: int = 0, size: int = 6, already: int = 0) -> int:
    """Attach a file at `PLACE`, the bytes of which are of no interest; return its id."""
    here = standing(person)
    with transaction():
        row = attach(
            here,
            PLACE,
            power=Can.WRITE_POST,
            found=TEXT,
            name=f"{number}.txt",
            size=size,
            sha256=f"{number:064x}",
            largest=LARGEST,
            already=already,
        )
        return row.id


def test_of_thirty_at_once_twenty_are_taken(app: Flask, cast: Cast) -> None:
    """Planted: without the lock on the person's row all thirty were taken on PostgreSQL."""
    results = at_once(app, [partial(attached, cast.champion, number=number) for number in range(30)])
    refused = [result for result in results if isinstance(result, Invalid)]
    assert len(refused) == 10, results
    with app.app_context():
        assert db.session.scalar(select(func.count(Attachment.id))) == 20


def test_the_days_limit_holds_for_two_at_once(app: Flask, cast: Cast) -> None:
    """Planted: without the lock more than 200 MB were taken on PostgreSQL."""
    results = at_once(app, [partial(attached, cast.champion, number=number, size=50 * MB) for number in range(10)])
    assert sum(isinstance(result, int) for result in results) == 4, results


def test_the_same_file_at_the_same_place_is_one(app: Flask, cast: Cast) -> None:
    """A reload sends it again."""
    results = at_once(app, [lambda: attached(cast.champion)] * 10)
    assert len(set(results)) == 1, results


def test_what_the_post_has_counts(app: Flask, cast: Cast, context: None) -> None:
    attached(cast.champion, number=1, already=19)
    with pytest.raises(Invalid, match="A post takes 20 files"):
        attached(cast.champion, number=2, already=19)


def test_rights_are_looked_at_again_when_the_file_has_been_looked_at(cast: Cast, context: None) -> None:
    """Between the request and the row lie seconds. Planted: with the page's own `here` it was attached."""
    here = standing(cast.champion)
    with transaction():
        db.session.execute(update(Membership).where(Membership.person_id == cast.champion.id).values(role="reader"))
    more = {"found": TEXT, "name": "a.txt", "size": 1, "sha256": "0" * 64, "largest": LARGEST}
    with pytest.raises(Denied), transaction():
        attach(here, PLACE, power=Can.WRITE_POST, **more)  # type: ignore[arg-type]  # as in `attached`
    with transaction():
        db.session.execute(update(Person).where(Person.id == cast.champion.id).values(state="suspended"))
    with pytest.raises(Missing), transaction():
        attach(here, PLACE, power=Can.WRITE_POST, **more)  # type: ignore[arg-type]  # as above


def sent(cast: Cast, *, by: Person, told: Told = NOTHING) -> Post:
    """Send a reply with what lies at `PLACE`."""
    thread = factories.make_thread(cast.champions, author=cast.champion)
    here, text = standing(by), said("With a file.")
    with transaction():
        post = posts.reply(here, thread.id, text=text)
        send_with(here, post, place=PLACE, told=told, text=text)
    return post


def test_only_ones_own_files_go_with_a_post(cast: Cast, context: None) -> None:
    """A2: two people may write at one place. Planted: without the person in the condition both went."""
    mine = factories.make_attachment(cast.champions, by=cast.champion, place=PLACE)
    theirs = factories.make_attachment(cast.champions, by=cast.colleague, place=PLACE)
    post = sent(cast, by=cast.champion, told=Told(dropped=frozenset({theirs.ref})))
    found = db.session.execute(select(Attachment.id, Attachment.post_id).order_by(Attachment.id))
    assert [tuple(row) for row in found] == [(mine.id, post.id), (theirs.id, None)]
    assert db.session.get_one(Attachment, theirs.id, populate_existing=True).removed_at is None


def test_a_refused_picture_leaves_no_post(cast: Cast, context: None) -> None:
    """B5: all of it or nothing; the file waits where it was."""
    row = factories.make_attachment(
        cast.champions, by=cast.champion, place=PLACE, name="a.png", media_type="image/png", width=6, height=4
    )
    with pytest.raises(Invalid, match=r"Say what “a\.png” shows"):
        sent(cast, by=cast.champion)
    assert db.session.scalars(select(Post.number)).all() == [1]
    assert db.session.get_one(Attachment, row.id, populate_existing=True).place == PLACE
    post = sent(cast, by=cast.champion, told=Told(alts={row.ref: "Bins"}))
    assert db.session.get_one(Attachment, row.id, populate_existing=True).post_id == post.id


def test_what_nobody_needs_is_cleaned(cast: Cast, context: None) -> None:
    """Unsent for a week without a draft, and taken out yesterday: rows first, then bytes to which no row leads."""
    ago = {days: now() - timedelta(days=days) for days in (1, 2, 6, 8)}
    champion, thread = cast.champion, factories.make_thread(cast.champions, author=cast.champion)
    post = factories.make_post(thread, author=champion)

    def made(data: bytes, **others: object) -> Attachment:
        return factories.make_attachment(cast.champions, by=champion, data=data, **others)  # type: ignore[arg-type]

    factories.make_draft(champion, place="reply:drafted000", body="Begun.")
    gone = [
        made(b"forgotten", place=PLACE, created_at=ago[8]),
        made(b"taken out", to=post, created_at=ago[8], removed_at=ago[2]),
        made(b"taken out unsent", place=PLACE, created_at=ago[2], removed_at=ago[2]),
    ]
    kept = [
        made(b"sent", to=post, created_at=ago[8]),
        made(b"drafted", place="reply:drafted000", created_at=ago[8]),
        made(b"fresh", place=PLACE, created_at=ago[6]),
        made(b"counts for the day", to=post, removed_at=now()),
        made(b"forgotten", to=post, created_at=ago[8]),
    ]
    store = factories.store()
    for _sha256, path in store.kept():
        os.utime(path, (ago[2].timestamp(), ago[2].timestamp()))
    bytes_gone = [row.sha256 for row in gone[1:]]
    assert sum(line.rows for line in keeping.run() if line.setting == "keep_unsent_days") == len(gone)
    files = clean(store, at=now())
    assert files >= 2  # other tests share the folder
    assert set(db.session.scalars(select(Attachment.id))) == {row.id for row in kept}
    assert all(store.path_of(row.sha256).is_file() for row in kept)
    assert not any(store.path_of(sha256).is_file() for sha256 in bytes_gone)


def test_a_worker_cleans_once_an_hour(app: Flask, cast: Cast, context: None) -> None:
    """And goes on with its other work, also when cleaning fails."""
    worker, week_ago = Worker(app), now() - timedelta(days=8)
    for times in (1, 0):
        factories.make_attachment(cast.champions, by=cast.champion, place=PLACE, created_at=week_ago)
        worker.step()
        assert (db.session.scalar(select(func.count(Attachment.id))) == 0) == bool(times)
        db.session.rollback()


def test_a_file_that_has_just_come_is_not_cleaned_before_its_row_is_there(cast: Cast, context: None) -> None:
    """Planted: without the day of grace it went."""
    store = factories.store()
    with store.held(), store.arriving() as folder:
        path = folder / "file"
        path.write_bytes(b"On its way.")
        sha256 = store.keep(path)
    clean(store, at=now())
    assert store.path_of(sha256).is_file()


@pytest.mark.parametrize(
    "wrong",
    [
        {"place": None},
        {"place": PLACE, "person_id": None},
        {"place": PLACE, "size": 0},
        {"place": PLACE, "width": 5},
        {"place": PLACE, "alt": "Bins", "is_decorative": True},
    ],
)
def test_the_database_refuses_rows_that_make_no_sense(cast: Cast, context: None, wrong: dict[str, object]) -> None:
    row = factories.make_attachment(cast.champions, by=cast.champion, place=PLACE)
    with pytest.raises(Exception, match=r"(?i)constraint"), transaction():
        db.session.execute(update(Attachment).where(Attachment.id == row.id).values(**wrong))


def test_a_moved_post_takes_its_files_along(cast: Cast, context: None) -> None:
    """B2: they hang on the post, wherever it stands."""
    here = factories.make_thread(cast.champions, author=cast.champion)
    there = factories.make_thread(cast.champions, author=cast.champion, posts=1)
    post = factories.make_post(here, author=cast.champion)
    row = factories.make_attachment(cast.champions, by=cast.champion, to=post)
    with transaction():
        db.session.execute(update(Post).where(Post.id == post.id).values(item_id=there.id, number=2))
        db.session.get_one(Item, there.id).last_number = 2
    assert attachment_for(cast.reader, row.ref, "notes.txt").id == row.id
