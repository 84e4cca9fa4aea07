"""Searches that somebody keeps, and the mail that tells what is new."""

from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import func, select

from forum.content.digest import tell_digest
from forum.content.models import Post, PostState
from forum.core.db import db, transaction
from forum.core.errors import Missing, RuleBroken
from forum.core.events import Recipient
from forum.core.notices import Reason
from forum.core.outbox import Delivery, FactRow
from forum.core.time import now
from forum.home.ledger import BECAUSE
from forum.home.notifications import DID
from forum.notify.book import book_of, fact_of
from forum.notify.events import DigestDue
from forum.notify.models import MailRhythm
from forum.notify.rhythm import choose
from forum.people.models import Person
from forum.search import saving
from forum.search.events import SearchFound
from forum.search.models import SavedSearch
from forum.search.tellers import tell_found
from forum.search.telling import look_at_saved
from tests import factories
from tests.cast import Cast
from tests.content.steps import at_once
from tests.content.test_telling import work
from tests.search.steps import AsPerson

SOON = timedelta(minutes=5)


def facts(app: Flask) -> list[FactRow]:
    return list(db.session.scalars(select(FactRow).where(FactRow.kind == "search found")))


@pytest.mark.both_databases
def test_a_kept_search_tells_once_of_what_others_wrote_since(app: Flask, cast: Cast) -> None:
    """A3, A5: what was hidden since isn't in the mail, and without anything left there is none."""
    with app.test_request_context("/"):
        saved = factories.make_saved_search(cast.champion, query="wombats", looked_at=now() - timedelta(hours=3))
        before = factories.make_thread(
            cast.champions, author=cast.colleague, texts=["Wombats."], at=now() - timedelta(days=2)
        )
        own = factories.make_thread(
            cast.champions, author=cast.champion, texts=["Wombats."], at=now() - timedelta(hours=1)
        )
        look_at_saved()
        assert facts(app) == []
        with transaction():
            db.session.get_one(SavedSearch, saved.id).looked_at = now() - timedelta(hours=3)
        new = factories.make_thread(
            cast.champions, author=cast.colleague, title="New", texts=["Wombats."], at=now() - timedelta(hours=1)
        )
        look_at_saved()
        look_at_saved()
        fact = fact_of(facts(app)[0], book_of(app))
        assert isinstance(fact, SearchFound)
        assert len(facts(app)) == 1
        mail = tell_found(fact, Recipient(person_id=cast.champion.id))
        assert mail is not None
        assert "New, Champions" in mail.text
        assert mail.text.count("/s/champions/threads/") == 1
        with transaction():
            db.session.scalars(select(Post).where(Post.item_id == new.id)).one().state = PostState.HIDDEN
        assert tell_found(fact, Recipient(person_id=cast.champion.id)) is None
        assert before.id != own.id


def test_a_search_that_does_not_tell_is_not_looked_at_and_none_tells_somebody_else(app: Flask, cast: Cast) -> None:
    with app.test_request_context("/"):
        quiet = factories.make_saved_search(cast.champion, query="wombats", tells=False)
        factories.make_thread(cast.champions, author=cast.colleague, texts=["Wombats."], at=now() - timedelta(hours=1))
        look_at_saved()
        assert facts(app) == []
        with transaction():
            saving.change(db.session.get_one(Person, cast.champion.id), quiet.ref, tells=True)
        for other in (cast.colleague, cast.admin):
            with pytest.raises(Missing), transaction():
                saving.drop(db.session.get_one(Person, other.id), quiet.ref)


@pytest.mark.both_databases
def test_two_presses_keep_one_search_and_thirty_are_enough(app: Flask, cast: Cast) -> None:
    def keep() -> None:
        with transaction():
            saving.save(db.session.get_one(Person, cast.champion.id), "wombats", tells=True)

    assert at_once(app, [keep] * 4, workers=4) == [None] * 4
    with app.app_context():
        assert db.session.scalar(select(func.count()).select_from(SavedSearch)) == 1
        person = db.session.get_one(Person, cast.champion.id)
        with transaction():
            for number in range(29):
                saving.save(person, f"wombat {number}", tells=False)
        with pytest.raises(RuleBroken), transaction():
            saving.save(person, "one too many", tells=False)


def test_searches_are_kept_changed_and_deleted_without_script(app: Flask, cast: Cast, as_person: AsPerson) -> None:
    client = as_person(cast.champion)
    assert "Keep it" in client.get("/search?q=wombats").get_data(as_text=True)
    client.send("/me/searches", q="wombats in:champions", tells="yes")
    page = client.get("/me/searches").get_data(as_text=True)
    assert "wombats in:champions" in page
    assert "Stop telling me" in page
    with app.app_context():
        ref = db.session.scalars(select(SavedSearch.ref)).one()
    client.send(f"/me/searches/{ref}/tells", tells="no")
    assert ">Tell me<" in client.get("/me/searches").get_data(as_text=True)
    client.send("/search", q="quolls")
    client.send("/me/searches/forget")
    client.send(f"/me/searches/{ref}/delete")
    page = client.get("/me/searches").get_data(as_text=True)
    assert "You keep no search yet." in page
    assert "quolls" not in page


@pytest.mark.both_databases
def test_what_is_new_stands_in_the_app_too_and_is_mailed_once(app: Flask, cast: Cast, as_person: AsPerson) -> None:
    """A3, B4: one mail, of the search; no digest and no other mail tells of it again; the bell forgets what is gone."""
    client = as_person(cast.champion)
    with app.test_request_context("/"):
        factories.make_saved_search(cast.champion, query="wombats", looked_at=now() - timedelta(hours=3))
        factories.make_thread(
            cast.champions, author=cast.colleague, title="New", texts=["Wombats."], at=now() - timedelta(hours=1)
        )
        look_at_saved()
        work(app)
        work(app)
    page = client.get("/me/notifications").get_data(as_text=True)
    assert "Colin Colleague wrote what fits a search you keep" in page
    with app.test_request_context("/"):
        rows = db.session.execute(
            select(Delivery.person_id, FactRow.kind).join(FactRow, FactRow.id == Delivery.fact_id)
        )
        assert [row.kind for row in rows if row.person_id == cast.champion.id] == ["search found"]
        with transaction():
            choose(db.session.get_one(Person, cast.champion.id), rhythm=MailRhythm.DAILY, hour=8, weekday=0)
        due = DigestDue(person_id=cast.champion.id, moment="")
        assert tell_digest(due, Recipient(person_id=cast.champion.id)) is None
        with transaction():
            db.session.scalars(select(Post)).one().state = PostState.HIDDEN
    assert "fits a search" not in client.get("/me/notifications").get_data(as_text=True)


def test_every_reason_for_being_told_has_its_words() -> None:
    """One without them would be an error on the page of whoever was told for it."""
    for words in (DID, BECAUSE):
        assert set(words) == set(Reason)


def test_a_search_too_long_to_keep_is_refused_and_never_cut(app: Flask, cast: Cast) -> None:
    """Half of the words, or without its filters, it would be another search."""
    long = "wombat " * 60
    with app.test_request_context("/"):
        with transaction():
            saving.note_recent(cast.champion, long)
        assert saving.recent(cast.champion) == []
        with pytest.raises(RuleBroken, match="up to 300"), transaction():
            saving.save(cast.champion, long, tells=True)
        assert not saving.is_saved(cast.champion, long)
