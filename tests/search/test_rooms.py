"""Duties and meetups are found as threads are: by what they say, at once, by whoever may see them."""

from datetime import date

import pytest
from flask import Flask
from sqlalchemy import delete, select, update

from forum.core.db import db, transaction
from forum.core.time import now
from forum.meetups.day.models import AgendaItem
from forum.meetups.models import Occurrence, Series
from forum.meetups.polls.models import DatePoll
from forum.meetups.recurrence import Rhythm
from forum.people.models import Department
from forum.playbooks.models import Playbook
from forum.roster.models import Account, Duty, DutyKind
from forum.search import building
from forum.search.finding import alike
from forum.search.language import read_text
from forum.search.models import SearchDue, SearchEntry
from forum.spaces.models import Audience, Item, ItemState, Space, Visibility
from tests import factories
from tests.cast import Cast
from tests.search.steps import as_made_anew, found_by, indexed, titles

pytestmark = pytest.mark.both_databases


def is_true() -> bool:
    """Say whether the index is as it would be if it were made anew, and nothing waits."""
    db.session.rollback()
    return indexed() == as_made_anew() and db.session.scalar(select(SearchDue.id)) is None


def duty_and_meetup(cast: Cast) -> tuple[Duty, Series]:
    """Make one of each that says a word of its own in every place that is found."""
    duty = factories.make_duty(cast.champions, by=cast.organiser, holder=cast.champion, title="The wombat page")
    meetup = factories.make_meetup(
        cast.champions, by=cast.organiser, title="Wombat hour", place="Burrow 7", rhythm=Rhythm.WEEKLY
    )
    with transaction():
        department = Department(name="Marsupials")
        db.session.add(department)
        db.session.flush()
        found = db.session.get_one(Duty, duty.id)
        found.what, found.why, found.note_html = "Feed the platypus.", "It bites.", "<p>The echidna knows.</p>"
        found.department_id, found.kind = department.id, DutyKind.ACCOUNT
        db.session.add(
            Account(duty_id=duty.id, platform="Quollbook", purpose="Photos", recovery="sesame", vault="cellar")
        )
        db.session.get_one(Series, meetup.id).about_html = "<p>We look at numbats.</p>"
        one = db.session.scalars(select(Occurrence).where(Occurrence.series_id == meetup.id).limit(1)).one()
        one.topic = "A talk on bilbies"
        db.session.add(
            AgendaItem(occurrence_id=one.id, place=1, title="Feeding dibblers", note="At dusk", added_at=now())
        )
    return duty, meetup


def test_each_is_found_by_whatever_it_says_and_shown_with_what_matters(app: Flask, cast: Cast) -> None:
    with app.test_request_context("/"):
        duty_and_meetup(cast)
        for word in ("wombat page", "platypus", "bites", "echidna", "marsupials", "quollbook", "photos"):
            assert titles(found_by(cast.reader, word)) == ["The wombat page"], word
        for word in ("wombat hour", '"burrow 7"', "numbats", "bilbies", "dibblers", "dusk"):
            assert titles(found_by(cast.reader, word)) == ["Wombat hour"], word
        for word in ("sesame", "cellar"):
            assert found_by(cast.steward, word).total == 0, "how an account is got back is nobody's to find"
        assert titles(found_by(cast.reader, "wombat")) == ["Wombat hour", "The wombat page"]
        duty, meetup = (found_by(cast.reader, f"wombat kind:{kind}").hits[0] for kind in ("duty", "meetup"))
        assert (duty.shown.kind, duty.shown.note) == ("Account", "Carla Champion has it now.")
        assert (meetup.shown.kind, meetup.shown.note[:10]) == ("Meetup", "Every week")
        assert "Next: " in meetup.shown.note
        part = found_by(cast.reader, "bilbies").hits[0].parts[0]
        assert (str(part.text)[:32], part.name != "") == ("A talk on <mark>bilbies</mark> F", True)
        assert part.url.rstrip("/").rpartition("/")[2].isdigit(), "it leads to the date, not to the series"
        assert found_by(cast.reader, "wombat kind:account").total == 1
        assert found_by(cast.reader, "wombat kind:question").total == 0
        assert found_by(cast.reader, "kind:seat").total == 0
        assert is_true()


def test_the_index_follows_what_they_say(app: Flask, cast: Cast) -> None:
    """Plain statements on every table that the index is made from: none is forgotten."""
    with app.test_request_context("/"):
        duty, meetup = duty_and_meetup(cast)
        one = db.session.scalars(select(Occurrence).where(Occurrence.topic != "")).one()
        other = factories.make_meetup(cast.champions, by=cast.organiser, title="Other")
        assert is_true()
        for step in (
            update(Item).where(Item.id == duty.id).values(title="Renamed"),
            update(Item).where(Item.id == meetup.id).values(title="Renamed too"),
            update(Item).where(Item.id == meetup.id).values(audience=Audience.ORGANISERS),
            update(Item).where(Item.id == duty.id).values(state="hidden"),
            update(Item).where(Item.id == duty.id).values(state="published"),
            update(Duty).values(what="Now something else"),
            update(Duty).values(note_html="<p>Now a bandicoot.</p>"),
            update(Account).values(address="https://page.example"),
            update(Department).where(Department.name == "Marsupials").values(name="Monotremes"),
            update(Series).where(Series.id == meetup.id).values(place="Den 9"),
            update(AgendaItem).values(title="Feeding kowaris"),
            update(AgendaItem).values(removed_at=now(), place=None),
            update(AgendaItem).values(removed_at=None, place=2),
            update(Occurrence).where(Occurrence.id == one.id).values(topic="Now of quokkas"),
            update(Occurrence).where(Occurrence.id == one.id).values(series_id=other.id, fold=1),
            update(Occurrence).where(Occurrence.id == one.id).values(topic=""),
            delete(AgendaItem),
            update(Occurrence).where(Occurrence.id == one.id).values(place="Elsewhere", changed_at=now()),
            delete(Occurrence).where(Occurrence.id == one.id),
        ):
            with transaction():
                db.session.execute(step)
            assert is_true(), str(step)


def test_date_polls_are_found_by_what_they_say_and_say_whether_answers_are_wished_for(app: Flask, cast: Cast) -> None:
    """A3: by whoever sees the poll now; the index follows what it says, and its days say nothing."""
    with app.test_request_context("/"):
        poll = factories.make_date_poll(
            cast.champions,
            by=cast.organiser,
            title="When do we feed the wombat?",
            place="Den 4",
            about_html="<p>Numbats</p>",
        )
        for word in ("feed the wombat", '"den 4"', "numbats"):
            assert titles(found_by(cast.reader, word)) == ["When do we feed the wombat?"], word
        hit = found_by(cast.reader, "wombat kind:poll").hits[0]
        assert (hit.shown.kind, hit.shown.note) == ("Date poll", "Answers are wished for.")
        assert found_by(cast.reader, "wombat kind:meetup").total == 0
        for step in (
            update(DatePoll).values(place="Den 5", about_html="<p>Now bilbies</p>"),
            update(Item).where(Item.id == poll.id).values(title="Renamed"),
            update(Item).where(Item.id == poll.id).values(audience=Audience.ORGANISERS),
        ):
            with transaction():
                db.session.execute(step)
            assert is_true(), str(step)
        assert found_by(cast.reader, "bilbies").total == 0
        assert found_by(cast.organiser, "bilbies").total == 1


def test_duties_are_found_by_members_only(app: Flask, cast: Cast) -> None:
    """A3: anybody may look into an open space, but its roster is its members': in search as on its pages. Meetups are for all."""
    with app.test_request_context("/"):
        duty, meetup = duty_and_meetup(cast)
        assert db.session.get_one(Space, cast.champions.id).visibility is Visibility.OPEN
        for typed in ("wombat", "kind:duty", "in:digital-champions", "platypus", "where is the wombat page"):
            found = found_by(cast.outsider, typed)
            assert "The wombat page" not in [hit.shown.title for hit in (*found.hits, *found.loose)], typed
        assert titles(found_by(cast.outsider, "wombat")) == ["Wombat hour"]
        assert titles(found_by(cast.former, "wombat")) == ["Wombat hour"]
        with transaction():
            for key in (duty.id, meetup.id):
                db.session.get_one(Item, key).audience = Audience.ORGANISERS
        assert found_by(cast.champion, "wombat").total == 0
        assert found_by(cast.organiser, "wombat").total == 2


def test_they_are_no_answers_and_no_suggestions(app: Flask, cast: Cast) -> None:
    """While somebody asks, threads are suggested: a meetup of that name would be in the way."""
    with app.test_request_context("/"):
        duty_and_meetup(cast)
        factories.make_thread(cast.champions, author=cast.champion, title="Why does the wombat page bite?")
        hits = alike(cast.reader, read_text("The wombat page bites me"), at=now())
        assert [hit.shown.title for hit in hits] == ["Why does the wombat page bite?"]


def test_a_story_of_the_same_thing_is_suggested_beside_a_long_thread_that_holds_every_word(
    app: Flask, cast: Cast
) -> None:
    """E5: somebody who tells what went wrong sees that it was told before; what only shares a word isn't suggested."""
    with app.test_request_context("/"):
        thread = factories.make_thread(cast.champions, author=cast.champion, title="Wording for wombat days")
        for text in ("Is every road shut?", "The road page says shut.", "A page for wombats.", "Roads, shut, wombats."):
            factories.make_post(thread, author=cast.colleague, text=text)
        factories.make_story(cast.champions, author=cast.champion, title="The wombat page stood still")
        factories.make_story(cast.champions, author=cast.champion, title="Nobody told the desk that a road was mended")
        hits = alike(cast.reader, read_text("The wombat page says all roads are shut"), at=now())
        assert [hit.shown.title for hit in hits] == ["Wording for wombat days", "The wombat page stood still"]
        hits = alike(cast.reader, read_text("The wombat page says all roads are shut"), at=now(), most=1)
        assert [hit.shown.title for hit in hits] == ["Wording for wombat days"]
        for _number in range(6):
            other = factories.make_thread(cast.champions, author=cast.champion, title="Wording for wombat days")
            factories.make_post(other, author=cast.colleague, text="The road page says shut. Roads, shut, wombats.")
        hits = alike(cast.reader, read_text("The wombat page says all roads are shut"), at=now())
        assert [hit.shown.title for hit in hits] == ["Wording for wombat days"] * 4 + ["The wombat page stood still"]


def test_a_rebuild_finds_all_of_them_again(app: Flask, cast: Cast) -> None:
    with app.test_request_context("/"):
        duty_and_meetup(cast)
        factories.make_thread(cast.champions, author=cast.champion, title="A wombat of words")
        with transaction():
            db.session.execute(delete(SearchEntry))
        assert found_by(cast.reader, "wombat").total == 0
        building.begin()
        while building.build_piece(size=1):
            pass
        assert found_by(cast.reader, "wombat").total == 3
        assert is_true()


def test_a_duty_that_is_over_says_so(app: Flask, cast: Cast) -> None:
    with app.test_request_context("/"):
        duty = factories.make_duty(cast.champions, by=cast.organiser, title="Gnus")
        assert found_by(cast.reader, "gnus").hits[0].shown.note == "Nobody has it now."
        with transaction():
            found = db.session.get_one(Duty, duty.id)
            found.ended_on, found.ended_by_id = date(2020, 1, 1), cast.organiser.id
        assert found_by(cast.reader, "gnus").hits[0].shown.note == "It has ended."


def test_a_playbook_is_found_by_its_steps_and_follows_its_versions(app: Flask, cast: Cast) -> None:
    """By title, when it is used, and each step with its warning; never by an earlier version, or by what is only proposed."""
    with app.test_request_context("/"):
        playbook = factories.make_playbook(
            cast.champions, author=cast.champion, title="Gnu drill", when="It is yakky.", steps=("Feed the okapi",),
            warning="Mind the tapir", proof="The quoll sleeps",
        )  # fmt: skip
        factories.make_proposal(playbook, by=cast.colleague, steps=("Feed the zorilla",))
        for word in ("gnu drill", "yakky", "okapi", "tapir", "quoll"):
            assert titles(found_by(cast.reader, f"{word} kind:playbook")) == ["Gnu drill"], word
        assert found_by(cast.reader, "gnu").hits[0].shown.note == "1 step"
        assert found_by(cast.organiser, "zorilla").total == 0
        factories.make_edition(playbook, by=cast.champion, title="Gnu drill", steps=("Feed the numbat",), number=2)
        with transaction():
            db.session.get_one(Playbook, playbook.id).version = 2
        assert titles(found_by(cast.reader, "numbat")) == ["Gnu drill"]
        assert found_by(cast.reader, "okapi").total == 0
        assert is_true()
        with transaction():
            db.session.get_one(Item, playbook.id).state = ItemState.WITHDRAWN
        assert found_by(cast.champion, "gnu").total == 0
