"""The lists of threads: sections, filters, order, pages, and what they say when there is nothing."""

import re
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from flask import Flask

from forum.content.models import PostState
from forum.content.reading import read_up_to
from forum.core.db import db, transaction
from forum.core.time import now
from forum.people.models import Person
from forum.spaces.guard import here_for
from forum.spaces.models import Audience, Item, ItemState, Space, Visibility
from forum.threads import queries
from forum.threads.models import Section, Thread
from tests import factories
from tests.cast import Browserless, Cast
from tests.content.steps import address, item_of

AsPerson = Callable[[Person], Browserless]
LIST = "/s/champions/threads/"


def page(client: Browserless, query: str = "") -> str:
    """Return a list."""
    answer = client.get(LIST + query)
    assert answer.status_code == 200, answer.status
    return answer.get_data(as_text=True)


def titles(html: str) -> list[str]:
    """Return the titles that a list shows, in order."""
    return re.findall(r'<li class="thread"[^>]*>\s*<div>\s*<h3><a [^>]*>([^<]*)</a>', html)


def words_of(html: str) -> str:
    """Return what can be read on a page, in one line."""
    return " ".join(re.sub(r"<[^>]+>", " ", html).split())


def move(thread: Thread, section: Section) -> None:
    """Put a thread into a section."""
    with transaction():
        db.session.get_one(Thread, thread.id).section_id = section.id


@pytest.mark.both_databases
def test_the_latest_reply_stands_first(app: Flask, cast: Cast, as_person: AsPerson) -> None:
    """Each row says title, state, starter, how much is new, replies, and who wrote last and when."""
    with app.app_context():
        old = factories.make_thread(cast.champions, author=cast.champion, title="Old", at=now() - timedelta(days=9))
        factories.make_thread(cast.champions, author=cast.organiser, title="Young", at=now() - timedelta(days=2))
        factories.make_post(old, author=cast.steward)
        factories.make_accepted(old, number=2, by=cast.champion)
    html = page(as_person(cast.colleague))
    assert titles(html) == ["Old", "Young"]
    said = words_of(html)
    assert "Old Answered Carla Champion Questions New" in said
    assert "1 reply Latest: Stella Steward" in said
    assert "Young Unanswered Oscar Organiser Questions New No replies Latest: Oscar Organiser" in said


@pytest.mark.both_databases
def test_filters_show_what_they_say(app: Flask, cast: Cast, as_person: AsPerson) -> None:
    """Everything, Unread, Unanswered, Mine: as many rows as the pill says, and one meaning of "unanswered" in pill, row and thread.

    Planted defect: with "no replies at all" the asker's own second post answered the question.
    """
    with app.app_context():
        mine = factories.make_thread(cast.champions, author=cast.colleague, title="Mine", is_question=False)
        wrote = factories.make_thread(cast.champions, author=cast.champion, title="Wrote in")
        factories.make_post(wrote, author=cast.colleague)
        factories.make_thread(cast.champions, author=cast.champion, title="Alone")
        talked_to_self = factories.make_thread(cast.champions, author=cast.champion, title="Talks", posts=3)
    colin = as_person(cast.colleague)
    for thread in (mine, wrote, talked_to_self):
        colin.get(address(app, thread))
    html = page(colin)
    assert "Everything Unread 1 Unanswered 2 Mine 2" in words_of(html)
    assert sorted(titles(page(colin, "?show=unread"))) == ["Alone"]
    assert sorted(titles(page(colin, "?show=unanswered"))) == ["Alone", "Talks"]
    assert sorted(titles(page(colin, "?show=mine"))) == ["Mine", "Wrote in"]
    everything = words_of(html)
    assert "Talks Unanswered Carla Champion" in everything
    assert "Wrote in Carla Champion" in everything
    assert everything.count("Unanswered") == 3
    assert ">Unanswered</span>" in colin.get(address(app, talked_to_self)).get_data(as_text=True)
    assert ">Unanswered</span>" not in colin.get(address(app, wrote)).get_data(as_text=True)
    assert len(titles(page(colin, "?show=nonsense"))) == 4


@pytest.mark.both_databases
def test_replies_that_cannot_be_seen_are_counted_nowhere(app: Flask, cast: Cast, as_person: AsPerson) -> None:
    """A5: neither in the list nor beside the thread. Planted defect: the item's counter alone counts them."""
    with app.app_context():
        thread = factories.make_thread(cast.champions, author=cast.champion, title="Some")
        none = factories.make_thread(cast.champions, author=cast.champion, title="None", at=now() - timedelta(days=3))
        factories.make_post(thread, author=cast.steward)
        for state in (PostState.HELD, PostState.HIDDEN, PostState.REMOVED):
            for where in (thread, none):
                factories.make_post(where, author=cast.steward, state=state)
    colin = as_person(cast.colleague)
    said = words_of(page(colin))
    assert said.count("1 reply") == 1
    assert said.count("No replies") == 1
    assert "replies Latest" not in said.replace("No replies Latest", "")
    for where, shown in ((thread, "Replies 1 Latest"), (none, "Replies None yet")):
        assert shown in words_of(colin.get(address(app, where)).get_data(as_text=True))


@pytest.mark.both_databases
def test_a_section_is_a_list_of_its_own(app: Flask, cast: Cast, as_person: AsPerson) -> None:
    """Its count is of what the reader can see (A3); a section of another space is not found (A2)."""
    with app.app_context():
        channels = factories.make_section(cast.champions, name="Channels")
        factories.make_section(cast.night_desk, name="Secret section")
        factories.make_thread(cast.champions, author=cast.champion, title="One")
        for state, audience in (
            (ItemState.PUBLISHED, Audience.SPACE),
            (ItemState.HIDDEN, Audience.SPACE),
            (ItemState.PUBLISHED, Audience.ORGANISERS),
        ):
            move(
                factories.make_thread(
                    cast.champions, author=cast.champion, title="Two", state=state, audience=audience
                ),
                channels,
            )
    colin = as_person(cast.colleague)
    assert "All 2 Questions 1 Channels 1" in words_of(page(colin))
    assert "All 3 Questions 1 Channels 2" in words_of(page(as_person(cast.organiser)))
    html = page(colin, "?section=channels")
    assert titles(html) == ["Two"]
    assert re.search(r'aria-current="true">Channels', html)
    assert "Unread 1" in words_of(html)
    assert colin.get(LIST + "?section=secret-section").status_code == 404
    assert colin.get(LIST + "?section=%00").status_code == 404


@pytest.mark.both_databases
def test_lists_have_pages_of_thirty(app: Flask, cast: Cast, as_person: AsPerson) -> None:
    """Numbered, and a wish beyond the end gives the last."""
    with app.app_context():
        for number in range(31):
            at = now() - timedelta(hours=number + 1)
            factories.make_thread(cast.champions, author=cast.champion, title=f"Thread {number}", at=at)
    colin = as_person(cast.colleague)
    assert len(titles(page(colin))) == 30
    assert titles(page(colin, "?page=2")) == titles(page(colin, "?page=9")) == ["Thread 30"]
    assert 'href="/s/champions/threads/?page=2&amp;show=unread"' in page(colin, "?show=unread")
    assert "page 2" in page(colin, "?page=2").split("</title>")[0]


@pytest.mark.both_databases
def test_everything_is_marked_as_read_up_to_the_list_that_was_seen(app: Flask, cast: Cast, as_person: AsPerson) -> None:
    """B3: what came between the page and the press is still new."""
    with app.app_context():
        factories.make_thread(cast.champions, author=cast.champion, title="Seen")
    colin = as_person(cast.colleague)
    html = page(colin)
    until = re.search(r'name="until" value="([^"]+)"', html)
    assert until is not None
    with app.app_context():
        factories.make_post(
            factories.make_thread(cast.champions, author=cast.champion, title="Late"), author=cast.champion
        )
    assert colin.send(LIST + "read", until=until[1]).status_code == 303
    html = page(colin, "?show=unread")
    assert titles(html) == ["Late"]
    assert "Everything here is marked as read" in html
    for nonsense in ("", "tomorrow", "9999-01-01", "2026-01-01T00:00"):
        assert colin.send(LIST + "read", until=nonsense).status_code == 303
    assert titles(page(colin, "?show=unread")) == []


def mark_all(client: Browserless, html: str) -> str:
    """Press "Mark all as read" on a list; return where the banner's "Undo" posts to."""
    until = re.search(r'name="until" value="([^"]+)"', html)
    assert until is not None
    assert client.send(LIST + "read", until=until[1]).status_code == 303
    undo = re.search(r'action="([^"]*read/undo[^"]*)"', page(client))
    return undo[1].replace("&amp;", "&") if undo else ""


@pytest.mark.both_databases
def test_what_came_while_the_list_was_made_is_not_marked(
    app: Flask, cast: Cast, as_person: AsPerson, monkeypatch: pytest.MonkeyPatch
) -> None:
    """B3. Planted defect: with the time of day, taken after the list's queries, a thread that was never shown is read."""
    with app.app_context():
        factories.make_thread(cast.champions, author=cast.champion, title="Shown")
    real = queries.listed

    def listed_then_another_is_started(*args: Any, **kwargs: Any) -> list[queries.Listed]:  # noqa: ANN401
        found = real(*args, **kwargs)
        with ThreadPoolExecutor(1) as pool:
            pool.submit(start_another).result()
        return found

    def start_another() -> None:
        with app.app_context():
            factories.make_thread(cast.champions, author=cast.champion, title="Never shown", at=now())

    colin = as_person(cast.colleague)
    with monkeypatch.context() as patched:
        patched.setattr(queries, "listed", listed_then_another_is_started)
        html = page(colin)
    assert titles(html) == ["Shown"]
    mark_all(colin, html)
    assert titles(page(colin, "?show=unread")) == ["Never shown"]


@pytest.mark.both_databases
def test_a_moment_ahead_marks_nothing_that_is_yet_to_come(app: Flask, cast: Cast, as_person: AsPerson) -> None:
    """B3. Planted defect: without the min() everything that is written until 2099 is read."""
    with app.app_context():
        thread = factories.make_thread(cast.champions, author=cast.champion, title="Now")
    colin = as_person(cast.colleague)
    assert colin.send(LIST + "read", until="2099-01-01T00:00:00+00:00").status_code == 303
    assert titles(page(colin, "?show=unread")) == []
    with app.app_context():
        factories.make_post(thread, author=cast.champion)
    assert titles(page(colin, "?show=unread")) == ["Now"]


@pytest.mark.both_databases
def test_marking_all_is_undone_to_what_was_unread_before(app: Flask, cast: Cast, as_person: AsPerson) -> None:
    """B3: exactly that, with and without an earlier mark; what was looked at meanwhile stays read, and nothing else.

    Planted defect: without `is_undoable` the first page of a thread read while everything was marked marked all of its pages.
    """
    with app.app_context():
        old = factories.make_thread(cast.champions, author=cast.champion, title="Old", at=now() - timedelta(days=5))
        factories.make_thread(cast.champions, author=cast.champion, title="Half read", at=now() - timedelta(days=4))
        long = factories.make_thread(cast.champions, author=cast.champion, title="Long", posts=50)
    colin = as_person(cast.colleague)
    colin.get(address(app, old))
    unread = page(colin, "?show=unread")
    undo = mark_all(colin, unread)
    assert titles(page(colin, "?show=unread")) == []
    colin.get(address(app, long))
    assert colin.send(undo).status_code == 303
    after = page(colin, "?show=unread")
    assert titles(after) == ["Long", "Half read"]
    assert "30 new" in words_of(after)
    assert colin.send(undo).status_code == 303
    assert "too long ago" in page(colin)

    first = mark_all(colin, page(colin))
    with app.app_context():
        factories.make_thread(cast.champions, author=cast.champion, title="Later", at=now() - timedelta(seconds=3))
    with time_machine.travel(now() + timedelta(minutes=1), tick=False):
        second = mark_all(colin, page(colin))
        colin.send(first)
        assert titles(page(colin, "?show=unread")) == []
        colin.send(second)
        assert titles(page(colin, "?show=unread")) == ["Later"]


def test_a_second_press_keeps_the_undo_and_an_hour_ends_it(app: Flask, cast: Cast, as_person: AsPerson) -> None:
    with app.app_context():
        factories.make_thread(cast.champions, author=cast.champion, title="One")
    colin = as_person(cast.colleague)
    html = page(colin)
    undo = mark_all(colin, html)
    assert undo == mark_all(colin, html)
    with time_machine.travel(now() + timedelta(minutes=61)):
        assert mark_all(colin, html) == ""
        colin.send(undo)
        assert titles(page(colin, "?show=unread")) == []


def test_empty_lists_say_what_to_do_next(cast: Cast, as_person: AsPerson) -> None:
    """Nothing is only a list of nothing."""
    colin, reader = as_person(cast.colleague), as_person(cast.reader)
    assert "Ask the first question" in page(colin)
    assert "Start a thread" in page(colin)
    assert "Start a thread" not in page(reader)
    assert "You are up to date" in page(colin, "?show=unread")
    assert "No question is waiting" in page(colin, "?show=unanswered")
    assert "Nothing of yours yet" in page(colin, "?show=mine")


def test_a_visitor_has_no_unread_and_nothing_of_their_own(app: Flask, cast: Cast, as_person: AsPerson) -> None:
    """Filters that mean nothing to somebody aren't drawn, and don't work by hand."""
    with app.app_context():
        factories.make_thread(cast.champions, author=cast.champion)
    otto = as_person(cast.outsider)
    html = page(otto)
    assert "Everything Unanswered 1" in words_of(html)
    assert "Mark all as read" not in html
    assert "Ask a question" not in html
    assert "Everything" in words_of(page(otto, "?show=unread"))
    assert otto.send(LIST + "read").status_code == 303


@pytest.mark.both_databases
def test_questions_of_ones_own_department_wait_first(app: Flask, cast: Cast, as_person: AsPerson) -> None:
    """The rail: three of them, with whose they are; not beside the list of all."""
    with app.app_context():
        for number in range(4):
            at = now() - timedelta(days=number)
            factories.make_thread(cast.champions, author=cast.colleague, title=f"Elsewhere {number}", at=at)
        factories.make_thread(cast.champions, author=cast.champion, title="At home", at=now() - timedelta(days=6))
    html = page(as_person(cast.steward))
    rail = words_of(html.split("<aside")[1])
    assert rail.index("At home 6 days, Libraries: your patch") < rail.index("Elsewhere 0")
    assert "Elsewhere 2" not in rail
    assert "your patch" not in page(as_person(cast.steward), "?show=unanswered")


@pytest.mark.both_databases
def test_the_tab_counts_threads_with_something_new(app: Flask, cast: Cast, as_person: AsPerson) -> None:
    """A3: of this space, and only what can be seen."""
    with app.app_context():
        threads = [factories.make_thread(cast.champions, author=cast.champion, posts=3) for _number in range(2)]
        factories.make_thread(cast.night_desk, author=cast.insider)
    colin = as_person(cast.colleague)
    assert "Threads 2 unread" in words_of(colin.get("/s/champions/").get_data(as_text=True))
    colin.get(address(app, threads[0]))
    assert "Threads 1 unread" in words_of(page(colin))
    with app.app_context(), transaction():
        item_of(threads[1]).state = ItemState.HIDDEN
    assert "unread" not in words_of(page(colin)).split("Threads Ask")[0]


def test_a_count_that_stops_says_so_in_the_tab_as_in_the_list(app: Flask, cast: Cast, as_person: AsPerson) -> None:
    with app.app_context():
        for _number in range(101):
            factories.make_thread(cast.champions, author=cast.champion)
    html = page(as_person(cast.colleague))
    assert "Threads 99+ unread" in words_of(html)
    assert "Unread 99+" in words_of(html)


def test_a_private_space_has_no_list_for_outsiders(app: Flask, cast: Cast, as_person: AsPerson) -> None:
    """A1, A3: page and completion alike."""
    colin = as_person(cast.colleague)
    for path in ("", "new", "mentions?q=i", "sections"):
        assert colin.get(f"/s/night-desk/threads/{path}").status_code == 404
    with app.app_context(), transaction():
        db.session.get_one(Space, cast.night_desk.id).archived_at = now()
    assert colin.get("/s/night-desk/threads/").status_code == 404
    assert as_person(cast.insider).get("/s/night-desk/threads/").status_code == 200


@pytest.mark.both_databases
def test_what_is_new_is_counted_for_all_spaces_in_one_query(app: Flask, cast: Cast) -> None:
    """B3, A3: as each space counts for itself: from joining, after the marks, without one's own and what isn't seen."""
    with app.test_request_context("/"):
        guild = factories.make_space(name="Guild", visibility=Visibility.BY_REQUEST)
        factories.make_membership(guild, cast.champion)
        factories.make_space(name="Elsewhere")
        read = factories.make_thread(guild, author=cast.steward)
        for space, author, number in ((cast.champions, cast.colleague, 3), (guild, cast.steward, 1)):
            for _ in range(number):
                factories.make_thread(space, author=author)
            factories.make_thread(space, author=cast.champion)
            factories.make_thread(space, author=author, state=ItemState.HIDDEN)
        with transaction():
            read_up_to(cast.champion, db.session.get_one(Item, read.id), 1)
        alone = {
            space.id: queries.unread_threads(here_for(cast.champion, space.slug)) for space in (cast.champions, guild)
        }
        assert alone == {cast.champions.id: 3, guild.id: 1}
        assert queries.unread_by_space(cast.champion) == alone
        assert queries.unread_by_space(cast.outsider) == {}
