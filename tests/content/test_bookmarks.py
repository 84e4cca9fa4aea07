"""Bookmarks: a note to oneself, and a morning on which one is reminded."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from flask import Flask
from sqlalchemy import select

from forum.content import bookmarks
from forum.content.access import post_for
from forum.content.bookmarks import keep, marked_by, morning_of, next_week, settle_reminder
from forum.content.events import BookmarkDue
from forum.content.models import Bookmark, Post, PostState
from forum.content.tellers import tell_due
from forum.core.db import db, transaction
from forum.core.events import Recipient
from forum.core.outbox import FactRow
from forum.core.time import now
from forum.people.models import Person
from forum.spaces.models import Membership, Space, Visibility
from forum.threads.models import Thread
from tests import factories
from tests.cast import Browserless, Cast
from tests.content.steps import address, item_of

AsPerson = Callable[[Person], Browserless]
LATER = timedelta(days=2)


@pytest.fixture
def thread(context: None, cast: Cast) -> Thread:
    """A question of Carla's with a reply by Colin."""
    made = factories.make_thread(cast.champions, author=cast.champion, title="Bins", texts=["Who empties them?"])
    factories.make_post(made, author=cast.colleague, text="The depot.")
    return made


def mark(person: Person, thread: Thread, *, note: str = "", remind_at: datetime | None = None) -> Post:
    """Mark the second post."""
    post = post_for(item_of(thread), 2)
    with transaction():
        keep(person, post, note=note, remind_at=remind_at)
    return post


@pytest.mark.both_databases
def test_a_post_is_marked_once_and_the_note_can_be_changed(thread: Thread, cast: Cast) -> None:
    mark(cast.champion, thread, note="Look up.")
    post = mark(cast.champion, thread, note="Looked up.")
    [one] = marked_by(cast.champion)
    assert (one.number, one.note, one.excerpt, one.author, one.is_due) == (
        2,
        "Looked up.",
        "The depot.",
        "Colin Colleague",
        False,
    )
    assert marked_by(cast.steward) == []
    with transaction():
        bookmarks.drop(cast.champion, post)
    assert bookmarks.how_many(cast.champion) == 0


@pytest.mark.both_databases
def test_a_reminder_is_told_on_its_day_and_not_before(thread: Thread, cast: Cast) -> None:
    """The fact waits in the outbox until then; a mark that was changed since is told of by its newer fact only."""
    at = now()
    mark(cast.champion, thread, note="Ask the depot.", remind_at=at + LATER)
    post = mark(cast.champion, thread, note="Ask the depot.", remind_at=at + 2 * LATER)
    first, second = db.session.scalars(select(FactRow).order_by(FactRow.due_at)).all()
    assert (first.due_at, second.due_at) == (at + LATER, at + 2 * LATER)
    to = Recipient(person_id=cast.champion.id)

    def told(row: FactRow) -> bool:
        return tell_due(BookmarkDue(item_id=row.item_id, **row.payload), to) is not None

    assert [told(first), told(second)] == [False, True]
    with transaction():
        bookmarks.drop(cast.champion, post)
    assert not told(second)


def test_nobody_is_reminded_of_what_they_cannot_see_any_more(thread: Thread, cast: Cast) -> None:
    """A3: asked again at sending, and on the page. Planted defect: without `visible_items` in both, the private words were told."""
    moment = now() + LATER
    post = mark(cast.colleague, thread, note="Mine.", remind_at=moment)
    fact = BookmarkDue(
        item_id=thread.id, post_id=post.id, person_id=cast.colleague.id, number=2, moment=moment.isoformat()
    )
    to = Recipient(person_id=cast.colleague.id)
    assert tell_due(fact, to) is not None
    with transaction():
        db.session.get_one(Space, cast.champions.id).visibility = Visibility.PRIVATE
        db.session.scalars(select(Membership).where(Membership.person_id == cast.colleague.id)).one().ended_at = now()
    assert tell_due(fact, to) is None
    assert marked_by(cast.colleague) == []


def test_a_removed_post_is_not_listed(thread: Thread, cast: Cast) -> None:
    """A5: its mark stays, in case it is put back."""
    post = mark(cast.champion, thread)
    with transaction():
        held = db.session.get_one(Post, post.id)
        held.state, held.gone_at = PostState.REMOVED, now()
    assert marked_by(cast.champion) == []
    assert db.session.get(Bookmark, (cast.champion.id, post.id)) is not None


def test_what_is_due_stands_first_and_on_today_until_it_is_done(thread: Thread, cast: Cast) -> None:
    post = mark(cast.champion, thread, note="Due.", remind_at=now() - timedelta(minutes=1))
    other = factories.make_thread(cast.champions, author=cast.steward)
    with transaction():
        keep(cast.champion, post_for(item_of(other), 1), note="Newer.")
    assert [one.note for one in marked_by(cast.champion)] == ["Due.", "Newer."]
    assert [one.is_due for one in marked_by(cast.champion)] == [True, False]
    with transaction():
        settle_reminder(cast.champion, post)
    assert [one.is_due for one in marked_by(cast.champion)] == [False, False]
    assert {one.note for one in marked_by(cast.champion)} == {"Due.", "Newer."}


def test_mornings_are_the_persons_own(context: None, cast: Cast) -> None:
    """Nine o'clock where they are, on either side of a change of the clocks; a week begins on their first working day."""
    person = cast.champion
    with time_machine.travel(datetime(2026, 10, 23, 12, tzinfo=UTC)):
        assert morning_of(bookmarks.tomorrow(person), person).astimezone(UTC).hour == 8
        assert morning_of(next_week(person), person).astimezone(UTC) == datetime(2026, 10, 26, 9, tzinfo=UTC)
        with transaction():
            person.working_days = 0b0001000
        assert next_week(person).isoformat() == "2026-10-29"


@pytest.mark.both_databases
def test_a_post_is_marked_from_its_page(app: Flask, cast: Cast, as_person: AsPerson, thread: Thread) -> None:
    url = address(app, thread)
    carla = as_person(cast.champion)
    assert "No bookmarks yet" in carla.get("/me/bookmarks").get_data(as_text=True)
    answer = carla.send(f"{url}posts/2/bookmark", note="Ask the depot.", remind="tomorrow")
    assert (answer.status_code, answer.location) == (303, f"{url}#p2")
    assert f'action="{url}posts/2/bookmark/drop"' in carla.get(url).get_data(as_text=True)
    listed = carla.get("/me/bookmarks").get_data(as_text=True)
    assert f'href="{url}#p2"' in listed
    assert "Ask the depot." in listed
    assert 'value="Ask the depot."' in carla.get(f"{url}posts/2/more").get_data(as_text=True)
    with time_machine.travel(now() + timedelta(days=1, hours=12), tick=True):
        today = carla.get("/s/champions/").get_data(as_text=True)
        assert "You wanted to be reminded" in today
        assert carla.send(f"{url}posts/2/bookmark/done").status_code == 303
        assert "You wanted to be reminded" not in carla.get("/s/champions/").get_data(as_text=True)
    assert carla.send(f"{url}posts/2/bookmark/drop").status_code == 303
    assert carla.send(f"{url}posts/2/bookmark/drop").status_code == 303


@pytest.mark.parametrize(
    "fields, problem",
    [
        ({"note": "x" * 201}, "Use 200 characters or fewer"),
        ({"remind": "never mind"}, "Choose one of the list"),
        ({"remind": "day", "day": ""}, "Say on which day"),
        ({"remind": "day", "day": "2020-01-01"}, "from tomorrow on"),
        ({"remind": "day", "day": "soon"}, "Give a day of the calendar"),
    ],
)
def test_a_bookmark_with_a_mistake_comes_back_as_it_was(
    app: Flask, cast: Cast, as_person: AsPerson, thread: Thread, fields: dict[str, str], problem: str
) -> None:
    answer = as_person(cast.champion).send(
        f"{address(app, thread)}posts/2/bookmark", **{"note": "Later.", "remind": "none", **fields}
    )
    html = answer.get_data(as_text=True)
    assert answer.status_code == 422
    assert problem in html
    assert fields.get("note", "Later.") in html
