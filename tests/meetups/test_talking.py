"""The conversation of a date: a thread like any other, begun by what is written first."""

from collections.abc import Callable
from functools import partial

import pytest
from flask import Flask
from sqlalchemy import func, select

from forum.core.db import db, transaction
from forum.meetups.actions.talking import write
from forum.meetups.models import OccurrenceTalk
from forum.people.models import Person
from forum.spaces.models import Item, ItemState
from forum.threads.models import Thread
from tests import factories
from tests.cast import Browserless, Cast
from tests.content.steps import at_once, said, standing
from tests.meetups.test_pages import HOME, REF

AsPerson = Callable[[Person], Browserless]


def date_page(app: Flask, cast: Cast) -> str:
    """Make a meetup and return the page of its date."""
    with app.app_context():
        factories.make_section(cast.champions, name="Housekeeping")
        (one,) = factories.dates_of(factories.make_meetup(cast.champions, by=cast.organiser, ref=REF))
        return f"{HOME}{REF}/{one.id}/"


@pytest.mark.both_databases
def test_what_is_written_on_a_date_is_a_thread_that_leads_back(app: Flask, cast: Cast, as_person: AsPerson) -> None:
    """Without script. A second press writes nothing twice (B1); the thread is found in Threads, and replies there stand here."""
    page = date_page(app, cast)
    carla, oscar = as_person(cast.champion), as_person(cast.organiser)
    assert "Nobody has written about this date yet." in carla.get(page).get_data(as_text=True)
    sent = [
        carla.send(f"{page}talk", body="Shall we *bring* forms?", place="housekeeping", once="a" * 32)
        for _n in range(2)
    ]
    assert [one.status_code for one in sent] == [303, 303]
    reply = [oscar.send(f"{page}talk", body="Yes, please.", once="b" * 32) for _n in range(2)]
    assert [one.status_code for one in reply] == [303, 303]
    html = oscar.get(page).get_data(as_text=True)
    for words in ("All 2 posts", "<em>bring</em>", "Yes, please.", "Carla Champion"):
        assert words in html, words
    with app.app_context():
        thread = db.session.scalars(select(Item).join(Thread, Thread.id == Item.id)).one()
        assert (thread.last_number, thread.title.startswith("Show and tell, ")) == (2, True)
        there = f"/s/champions/threads/{thread.ref}/"
    html = carla.get(there).get_data(as_text=True)
    assert page in html
    assert "Yes, please." in html
    assert thread.title in carla.get("/s/champions/threads/").get_data(as_text=True)


def test_an_empty_message_is_asked_for_and_who_reads_only_sees_no_field(
    app: Flask, cast: Cast, as_person: AsPerson
) -> None:
    """What else was chosen is still there."""
    page = date_page(app, cast)
    carla, rita = as_person(cast.champion), as_person(cast.reader)
    wrong = carla.send(f"{page}talk", body=" ", place="housekeeping", once="a" * 32)
    assert wrong.status_code == 422
    assert "Write something first." in wrong.get_data(as_text=True)
    lost = carla.send(f"{page}talk", body="Hello there.", place="nowhere", once="a" * 32)
    assert lost.status_code == 422
    assert "Hello there." in lost.get_data(as_text=True)
    assert rita.send(f"{page}talk", body="Hello.", place="housekeeping", once="a" * 32).status_code == 403
    assert 'name="body"' not in rita.get(page).get_data(as_text=True)


def test_a_conversation_that_was_hidden_is_nowhere_and_a_new_one_can_begin(
    app: Flask, cast: Cast, as_person: AsPerson
) -> None:
    """A5: neither its words nor that it was there."""
    page = date_page(app, cast)
    carla = as_person(cast.champion)
    carla.send(f"{page}talk", body="Rude words.", place="housekeeping", once="a" * 32)
    with app.app_context(), transaction():
        thread = db.session.scalars(select(Item).join(Thread, Thread.id == Item.id)).one()
        thread.state = ItemState.HIDDEN
    html = as_person(cast.colleague).get(page).get_data(as_text=True)
    assert "Rude words." not in html
    assert "Nobody has written about this date yet." in html
    as_person(cast.colleague).send(f"{page}talk", body="Kind words.", place="housekeeping", once="c" * 32)
    assert "Kind words." in carla.get(page).get_data(as_text=True)


@pytest.mark.both_databases
def test_two_who_write_first_at_once_write_in_one_conversation(app: Flask, cast: Cast) -> None:
    """Seen to fail without the lock in `hold_item`: then both begin one, and the key refuses the second with an error."""
    with app.app_context():
        factories.make_section(cast.champions, name="Housekeeping")
        (one,) = factories.dates_of(factories.make_meetup(cast.champions, by=cast.organiser))

    def write_as(person: Person, words: str) -> int:
        with transaction():
            return write(
                standing(person), one.series_id, one.id, text=said(words), place="housekeeping", once=words * 8
            ).id

    people = (cast.champion, cast.organiser, cast.colleague, cast.steward)
    done = at_once(app, [partial(write_as, who, f"w{n}") for n, who in enumerate(people)], workers=4)
    with app.app_context():
        assert len(set(done)) == 1
        assert db.session.scalar(select(func.count()).select_from(Thread)) == 1
        assert db.session.get_one(Item, done[0]).last_number == 4
        assert db.session.scalar(select(func.count()).select_from(OccurrenceTalk)) == 1
