"""What is older than the settings say ends; a dry run says exactly what (A15)."""

import dataclasses
from collections.abc import Iterator
from contextlib import suppress
from datetime import timedelta
from threading import Thread

import pytest
from flask import Flask
from sqlalchemy import event, select, update

from forum.clone.archive.models import Restore, SpaceArchive
from forum.config import Settings, SettingsError
from forum.content import removing
from forum.content.models import Attachment, Draft, Post, PostRevision, PostState
from forum.content.order.models import PostFlag, PostWait
from forum.core.db import db, transaction
from forum.core.errors import RuleBroken
from forum.core.leased import WorkState
from forum.core.notices import Reason
from forum.core.outbox import Delivery, FactRow, KeptMail
from forum.core.time import now
from forum.mydata import keeping
from forum.notify.models import Notification
from forum.notify.worker import Worker
from forum.people.models import SecretLink, WebSession
from forum.spaces.models import Invitation, LogEntry
from forum.threads.behind.models import Relay
from tests import factories
from tests.cast import Cast
from tests.content.steps import standing
from tests.mydata.furnished import everything_stored, furnish
from tests.support.databases import settings_for
from tests.support.server import make_app

pytestmark = pytest.mark.both_databases
LONG = timedelta(days=4000)
LATER = {"facts that everybody was told of", "files that were not sent or were taken out"}
"""They go with the run after the one that ends their messages and drafts."""


@pytest.fixture
def short(database_url: str) -> Iterator[Flask]:
    """Give an app that keeps everything for ten days at the most, with something in every table."""
    settings = settings_for(database_url)
    days = {field.name: 10 for field in dataclasses.fields(Settings) if field.name.startswith("keep_")}
    for app in make_app(dataclasses.replace(settings, **days)):  # type: ignore[arg-type]  # each is a number of days
        with app.test_request_context("/"):
            furnish()
            thread = factories.make_thread(factories.make_space(), author=factories.make_person())
            factories.make_post(thread, author=factories.make_person(), state=PostState.REMOVED)
            with transaction():
                db.session.execute(update(FactRow).values(expanded_at=now()))
                db.session.execute(update(WebSession).values(ended_at=now()))
                for archives in (SpaceArchive, Restore):
                    db.session.execute(update(archives).values(state=WorkState.OVER))
            yield app


def test_a_dry_run_says_what_the_run_then_does(short: Flask) -> None:
    """Kind by kind, and it changes nothing. Of every kind there was a row."""
    at = now() + LONG
    before = sorted(everything_stored())
    planned = keeping.plan(at=at)
    assert sorted(everything_stored()) == before
    done = keeping.run(at=at)
    assert done == planned
    keeping.run(at=at)  # what waited for another kind
    left = {line.what: line.rows for line in keeping.run(at=at)}
    assert {line.what for line in planned if line.rows} >= {line.what for line in planned} - LATER
    assert set(left.values()) == {0}


def test_nothing_younger_ends(short: Flask) -> None:
    """Before its time everything is still there, but what was taken out or ran out before."""
    models = (Draft, LogEntry, KeptMail, Delivery, Invitation, PostRevision, SecretLink, WebSession)
    counted = {model: len(db.session.execute(select(model)).all()) for model in models}
    keeping.run(at=now() + timedelta(days=8))
    assert {model: len(db.session.execute(select(model)).all()) for model in models} == counted


def test_what_is_kept_for_good_stays(app: Flask, cast: Cast, context: None) -> None:
    """0 days: versions and logs, unless somebody chose otherwise."""
    thread = factories.make_thread(cast.champions, author=cast.champion)
    factories.make_revision(factories.make_post(thread, author=cast.champion), text="Before.", editor=cast.champion)
    lines = {line.setting: line for line in keeping.run(at=now() + LONG)}
    assert (lines["keep_revisions_days"].before, lines["keep_log_days"].before) == (None, None)
    assert db.session.scalars(select(PostRevision)).all()


def test_the_text_of_a_removed_post_ends_and_its_gap_stays(cast: Cast, context: None) -> None:
    """With its versions and files; it can't be put back then, and the number stays. The others are untouched."""
    thread = factories.make_thread(cast.champions, author=cast.colleague)
    kept = factories.make_post(thread, author=cast.champion, text="Stays.")
    gone = factories.make_post(thread, author=cast.champion, text="Said in anger.")
    factories.make_revision(gone, text="Said before.", editor=cast.champion)
    file = factories.make_attachment(cast.champions, by=cast.champion, to=gone)
    with transaction():
        removing.remove(standing(cast.champion), gone)
    keeping.run(at=now() + timedelta(days=89))
    assert db.session.get_one(Post, gone.id, populate_existing=True).source == "Said in anger."
    keeping.run(at=now() + timedelta(days=91))
    empty = db.session.get_one(Post, gone.id, populate_existing=True)
    assert (empty.source, empty.html, empty.number, empty.state) == ("", "", gone.number, PostState.REMOVED)
    assert not db.session.scalars(select(PostRevision).where(PostRevision.post_id == gone.id)).all()
    assert db.session.get_one(Attachment, file.id, populate_existing=True).removed_at is not None
    assert db.session.get_one(Post, kept.id, populate_existing=True).source == "Stays."
    with pytest.raises(RuleBroken), transaction():
        removing.put_back(standing(cast.champion), empty)


def test_a_post_put_back_meanwhile_keeps_all_of_its_text(app: Flask, cast: Cast, context: None) -> None:
    """H1: it is put back between the look for old posts and the deleting. Seen to fail without the second look."""
    thread = factories.make_thread(cast.champions, author=cast.colleague)
    gone = factories.make_post(thread, author=cast.champion, text="Said in anger.")
    factories.make_revision(gone, text="Said before.", editor=cast.champion)
    with transaction():
        removing.remove(standing(cast.champion), gone)

    def put_back() -> None:
        with app.test_request_context("/"), suppress(RuleBroken), transaction():
            removing.put_back(standing(cast.champion), db.session.get_one(Post, gone.id))

    other = Thread(target=put_back)

    def meanwhile(_connection: object, _cursor: object, statement: str, *_others: object) -> None:
        # SQLite lets the other in when the run is over: then there is no text any more, and nothing is put back.
        if other.ident is None and statement.startswith(("SELECT DISTINCT post.item_id", "SELECT post.id")):
            other.start()
            other.join(1)

    event.listen(db.engine, "after_cursor_execute", meanwhile)
    keeping.run(at=now() + timedelta(days=91))
    event.remove(db.engine, "after_cursor_execute", meanwhile)
    other.join(20)
    after = db.session.get_one(Post, gone.id, populate_existing=True)
    versions = len(db.session.scalars(select(PostRevision).where(PostRevision.post_id == gone.id)).all())
    if db.engine.dialect.name == "sqlite":
        assert (after.state, after.source, versions) == (PostState.REMOVED, "", 0)
    else:
        assert (after.state, after.source, versions) == (PostState.PUBLISHED, "Said in anger.", 1)


def test_what_still_waits_is_kept(cast: Cast, context: None) -> None:
    """Unread notifications, open flags, held posts, questions that wait or were passed on: however old they are."""
    thread = factories.make_thread(cast.champions, author=cast.colleague)
    post = factories.make_post(thread, author=cast.colleague)
    factories.make_flag(post, by=cast.champion)
    factories.make_held(thread, author=cast.champion)
    factories.make_relay(cast.champions, asker=cast.champion, keeper=cast.organiser)
    factories.make_relay(cast.champions, asker=cast.champion, keeper=cast.organiser, passed=thread)
    with transaction():
        told = {"person_id": cast.champion.id, "post_id": post.id, "reason": Reason.WATCHING}
        db.session.add(Notification(**told, at=now()))
    keeping.run(at=now() + LONG)
    models = (Notification, PostFlag, PostWait, Relay)
    assert [len(db.session.scalars(select(model)).all()) for model in models] == [1, 1, 1, 2]


def test_the_worker_does_it(app: Flask, cast: Cast, context: None) -> None:
    """When nothing waits to be told."""
    factories.make_draft(cast.champion, place="reply:0000000000", body="Begun.")
    with transaction():
        db.session.execute(update(Draft).values(saved_at=now() - timedelta(days=366)))
    Worker(app).step()
    assert not db.session.scalars(select(Draft)).all()


def test_a_session_that_ran_out_goes_at_once_and_an_open_one_never(cast: Cast, context: None) -> None:
    """No history of devices grows."""
    over, ended, in_use = (factories.make_web_session(cast.champion, token=f"browser {number}") for number in range(3))
    with transaction():
        db.session.execute(
            update(WebSession).where(WebSession.id == over.id).values(expires_at=now() - timedelta(seconds=1))
        )
        db.session.execute(
            update(WebSession).where(WebSession.id == ended.id).values(ended_at=now() - timedelta(days=29), device="")
        )
    keeping.run()
    assert set(db.session.scalars(select(WebSession.id))) == {ended.id, in_use.id}


def test_every_period_is_a_setting_that_is_checked() -> None:
    """A mistake stops the start, with a sentence that says which."""
    for name, days in (("KEEP_DRAFTS", "-1"), ("CLOSING", "0"), ("KEEP_SESSIONS", "0"), ("KEEP_LOG", "99999")):
        with pytest.raises(SettingsError, match=f"BATON_{name}_DAYS"):
            Settings.from_environ({f"BATON_{name}_DAYS": days})


def test_every_setting_of_a_kind_exists(context: None) -> None:
    """Named as `Settings` names it."""
    assert {line.setting for line in keeping.plan()} <= {field.name for field in dataclasses.fields(Settings)}
