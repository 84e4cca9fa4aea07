"""Read marks only grow, and what is unread is counted from joining (B3)."""

from datetime import timedelta
from functools import partial

import pytest
from flask import Flask
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from forum.content import reading
from forum.content.models import PostState, ReadMark, SpaceMark
from forum.core.db import db, transaction
from forum.core.time import now
from forum.people.models import Person
from forum.spaces.models import Audience, Item, ItemState, Membership
from forum.threads import queries
from forum.threads.models import Thread
from forum.threads.queries import Show
from tests import factories
from tests.cast import Cast
from tests.content.steps import at_once, item_of, standing


def mark_of(person: Person, thread: Thread) -> int | None:
    """Return how far a person has read a thread."""
    return db.session.scalar(
        select(ReadMark.last_number).where(ReadMark.person_id == person.id, ReadMark.item_id == thread.id)
    )


def new_for(person: Person) -> dict[str, int]:
    """Return how many posts are unread for a person, by title, as the list counts them."""
    return {row.title: row.new for row in queries.listed(standing(person), show=Show.UNREAD)}


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(numbers=st.lists(st.integers(min_value=1, max_value=60), min_size=1, max_size=12))
def test_a_mark_is_the_largest_number_ever_read(context: None, cast: Cast, numbers: list[int]) -> None:
    """B3: reading an earlier page again takes nothing back."""
    thread = factories.make_thread(cast.champions, author=cast.champion)
    for position, number in enumerate(numbers, start=1):
        with transaction():
            reading.read_up_to(cast.colleague, item_of(thread), number)
        assert mark_of(cast.colleague, thread) == max(numbers[:position])


@pytest.mark.both_databases
def test_marks_written_at_once_end_at_the_largest(app: Flask, cast: Cast) -> None:
    """B3. Planted defect: an upsert without its WHERE ends anywhere."""
    with app.app_context():
        thread = factories.make_thread(cast.champions, author=cast.champion)
        person_id, item_id = cast.colleague.id, thread.id
    numbers = [*range(40, 0, -1), 41, 3, 2]
    assert at_once(app, [partial(reading.note_read, person_id, item_id, number) for number in numbers]) == [None] * 43
    with app.app_context():
        assert mark_of(cast.colleague, thread) == 41


@pytest.mark.both_databases
def test_the_mark_of_a_space_only_grows(app: Flask, cast: Cast) -> None:
    """B3: the high-water mark."""
    noon = now()
    with app.app_context():
        for until in (noon, noon - timedelta(hours=1), noon + timedelta(hours=1), noon):
            with transaction():
                reading.read_everything(cast.colleague, cast.champions, until=until)
        kept = db.session.scalar(select(SpaceMark.read_until).where(SpaceMark.person_id == cast.colleague.id))
    assert kept == noon + timedelta(hours=1)


@pytest.mark.both_databases
def test_what_others_wrote_since_joining_is_unread(app: Flask, cast: Cast) -> None:
    """B3: however long ago that was; there is no two-day cut-off. One's own posts are never unread."""
    with app.app_context():
        joined = now() - timedelta(days=50)
        factories.make_thread(cast.champions, author=cast.champion, title="Before", at=joined - timedelta(days=1))
        factories.make_thread(
            cast.champions, author=cast.champion, title="Long ago", at=joined + timedelta(days=1), posts=3
        )
        mixed = factories.make_thread(cast.champions, author=cast.champion, title="Half", at=joined - timedelta(days=1))
        factories.make_post(mixed, author=cast.champion)
        factories.make_post(mixed, author=cast.colleague)
        factories.make_thread(cast.champions, author=cast.colleague, title="Mine")
        with transaction():
            membership = db.session.scalars(select(Membership).where(Membership.person_id == cast.colleague.id)).one()
            membership.joined_at = joined
        assert new_for(cast.colleague) == {"Long ago": 3, "Half": 1}
        assert queries.unread_threads(standing(cast.colleague)) == 2


def test_joining_again_begins_anew(context: None, cast: Cast) -> None:
    """B3: what was written while somebody was no member counts as read, whatever their old marks say."""
    factories.make_thread(cast.champions, author=cast.champion, at=now() - timedelta(hours=2))
    with transaction():
        reading.read_everything(cast.former, cast.champions, until=now() - timedelta(days=20))
    factories.make_membership(cast.champions, cast.former, joined_at=now() - timedelta(hours=1))
    assert new_for(cast.former) == {}


def test_reading_and_marking_everything_leave_nothing_unread(context: None, cast: Cast) -> None:
    """B3: the mark of a thread and the mark of the space work together, and what comes later is new again."""
    one = factories.make_thread(cast.champions, author=cast.champion, title="One", posts=4)
    factories.make_thread(cast.champions, author=cast.champion, title="Two", posts=2)
    with transaction():
        reading.read_up_to(cast.colleague, item_of(one), 3)
    assert new_for(cast.colleague) == {"One": 1, "Two": 2}
    with transaction():
        reading.read_everything(cast.colleague, cast.champions, until=now())
    assert new_for(cast.colleague) == {}
    factories.make_post(one, author=cast.champion)
    assert new_for(cast.colleague) == {"One": 1}


@pytest.mark.both_databases
def test_what_cannot_be_seen_is_not_counted(app: Flask, cast: Cast) -> None:
    """A3, A5: held and hidden posts, hidden threads and those for organisers are in no count.

    Planted defect: without the post's state in the condition the hidden ones are unread.
    """
    with app.app_context():
        thread = factories.make_thread(cast.champions, author=cast.champion, title="Seen")
        for state in (PostState.HELD, PostState.HIDDEN, PostState.REMOVED):
            factories.make_post(thread, author=cast.champion, state=state)
        factories.make_thread(cast.champions, author=cast.champion, title="Hidden", state=ItemState.HIDDEN)
        factories.make_thread(cast.champions, author=cast.champion, title="Held", state=ItemState.HELD)
        factories.make_thread(cast.champions, author=cast.organiser, title="Keepers", audience=Audience.ORGANISERS)
        assert new_for(cast.colleague) == {"Seen": 1}
        here = standing(cast.colleague)
        [row] = queries.listed(here)
        assert (row.title, row.replies) == ("Seen", 0)
        assert [section.threads for section in queries.counted_sections(here)] == [1]
        assert queries.counts(here).unanswered == 1
        assert new_for(cast.steward).keys() == {"Seen", "Keepers"}
        with transaction():
            reading.read_up_to(cast.colleague, item_of(thread), 1)
        assert queries.unread_threads(standing(cast.colleague)) == 0


def test_counts_stop_at_a_hundred(context: None, cast: Cast) -> None:
    """A count is a sign on a tab, not a reason to read ten thousand rows."""
    factories.make_thread(cast.champions, author=cast.champion, title="Long", posts=130)
    assert new_for(cast.colleague) == {"Long": reading.COUNTED}
    assert reading.capped(reading.COUNTED) == "99+"


def test_a_visitor_has_read_nothing_and_misses_nothing(context: None, cast: Cast) -> None:
    """Somebody who only looks round an open space has no marks there."""
    factories.make_thread(cast.champions, author=cast.champion)
    here = standing(cast.outsider)
    assert (queries.unread_threads(here), queries.listed(here)[0].new) == (0, 0)


def test_the_first_unread_post_is_found_behind_what_was_there_before_joining(context: None, cast: Cast) -> None:
    """B3: on the thread's page, where "Skip to first unread" leads."""
    thread = factories.make_thread(cast.champions, author=cast.champion, posts=30, at=now() - timedelta(days=90))
    factories.make_post(thread, author=cast.champion)
    factories.make_post(thread, author=cast.champion)
    item: Item = item_of(thread)
    head = queries.head_of(standing(cast.colleague), item.ref, place="")
    assert (head.first_unread, head.unread, head.read_to) == (31, 2, 0)
