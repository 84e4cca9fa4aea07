"""Who is told of a post, and why: once, for the strongest reason (B4), and only what they may see (A3, A5)."""

import re
from collections.abc import Callable
from datetime import timedelta
from html import unescape
from inspect import unwrap
from urllib.parse import quote

import pytest
import time_machine
from flask import Flask
from sqlalchemy import func, select, update

from forum.content import actions as posts
from forum.content.access import post_for
from forum.content.models import Post, PostState, WatchLevel
from forum.content.telling import notices_of
from forum.core.db import db, transaction
from forum.core.markup import BEGINNING
from forum.core.notices import Notice, Reason
from forum.core.time import now
from forum.home.notifications import MOST_UNREAD, _lines
from forum.notify.book import book_of
from forum.notify.expansion import claim_facts, expand
from forum.notify.models import Notification
from forum.people.models import Person
from forum.spaces.models import Audience, Item, ItemState, Membership
from forum.spaces.queries.visible import viewing
from forum.threads import actions
from forum.threads.actions import watching
from forum.threads.models import Section, Thread
from tests import factories
from tests.cast import Browserless, Cast
from tests.content.steps import address, at_once, item_of, queries, said, standing

AsPerson = Callable[[Person], Browserless]


@pytest.fixture
def thread(app: Flask, context: None, cast: Cast) -> Thread:
    """Give a question that Carla started as people do."""
    section = db.session.scalars(select(Section).where(Section.space_id == cast.champions.id)).first()
    assert section is not None
    with transaction():
        thread = actions.start(
            standing(cast.champion), title="Who empties it?", section=section, text=said("Who?"), is_question=True
        )
    work(app)
    return thread


def work(app: Flask) -> None:
    """Expand every fact that waits, as the worker does."""
    for fact_id in claim_facts(limit=100):
        expand(fact_id, book=book_of(app))


def reply(who: Person, thread: Thread, text: str = "The depot.", **more: object) -> Post:
    """Write a reply."""
    naming = more.pop("naming", ())
    with transaction():
        return actions.reply(standing(who), thread, text=said(text, naming=naming), **more)  # type: ignore[arg-type]


def told(post: Post) -> dict[str, str]:
    """Return who was told of a post, and why."""
    rows = db.session.execute(
        select(Person.name, Notification.reason)
        .join(Notification, Notification.person_id == Person.id)
        .where(Notification.post_id == post.id)
    )
    return {name.split()[0]: str(reason.value) for name, reason in rows}


@pytest.mark.both_databases
def test_one_post_that_names_answers_and_quotes_somebody_tells_them_once_for_the_strongest(
    app: Flask, thread: Thread, cast: Cast
) -> None:
    """B4: mention, reply, quote, watching."""
    first = reply(cast.colleague, thread)
    work(app)
    assert told(first) == {"Carla": "watching"}
    second = reply(cast.organiser, thread, in_reply_to=2)
    work(app)
    assert told(second) == {"Carla": "watching", "Colin": "reply"}
    third = reply(cast.champion, thread, "Look, both.", naming=("colin.colleague",), in_reply_to=2)
    work(app)
    assert told(third) == {"Colin": "mention", "Oscar": "watching"}
    assert notices_of(third.id, quoted=(2, 3)) == [
        Notice(person_id=cast.organiser.id, post_id=third.id, reason=Reason.QUOTE),
        Notice(person_id=cast.colleague.id, post_id=third.id, reason=Reason.MENTION),
    ]


def test_quoting_somebody_tells_them_through_the_fact(app: Flask, thread: Thread, cast: Cast) -> None:
    reply(cast.colleague, thread)
    with transaction():
        watching.watch(standing(cast.colleague), thread, WatchLevel.MINE)
    text = said("> The depot.\n\nThanks.")
    quoting = type(text)(source=text.source, html=text.html, renderer=1, mentioned=frozenset(), quoted=frozenset({2}))
    with transaction():
        post = posts.reply(standing(cast.champion), thread.id, text=quoting)
    work(app)
    assert told(post) == {"Colin": "quote"}


@pytest.mark.both_databases
def test_an_edit_tells_only_whom_it_names_for_the_first_time(app: Flask, thread: Thread, cast: Cast) -> None:
    """B4: an edit never tells twice. Seen to fail without `named`: then an edit told those who watch."""
    post = reply(cast.colleague, thread, naming=("carla.champion",))
    work(app)
    assert told(post) == {"Carla": "mention"}
    with transaction():
        watching.watch(standing(cast.steward), thread, WatchLevel.EVERYTHING)
    for version, names in ((1, ("carla.champion", "oscar.organiser")), (2, ("carla.champion", "oscar.organiser"))):
        with transaction():
            posts.edit(standing(cast.colleague), post, text=said(f"Anew {version}.", naming=names), version=version)
        work(app)
    assert told(post) == {"Carla": "mention", "Oscar": "mention"}
    assert db.session.scalar(select(func.count()).select_from(Notification).where(Notification.post_id == post.id)) == 2


@pytest.mark.both_databases
def test_levels_decide_and_the_nearest_choice_counts(app: Flask, thread: Thread, cast: Cast) -> None:
    """B4: a chosen level is never overridden. Off is off, also for who is named."""
    with transaction():
        watching.watch_space(standing(cast.steward), WatchLevel.EVERYTHING)
        watching.watch_space(standing(cast.reader), WatchLevel.EVERYTHING)
        watching.watch(standing(cast.reader), thread, WatchLevel.MINE)
        watching.watch(standing(cast.champion), thread, WatchLevel.OFF)
        section = db.session.get_one(Section, thread.section_id)
        watching.watch_section(standing(cast.organiser), section, WatchLevel.EVERYTHING)
    post = reply(cast.colleague, thread, naming=("carla.champion",))
    work(app)
    assert told(post) == {"Stella": "watching", "Oscar": "watching"}


@pytest.mark.both_databases
@pytest.mark.parametrize("state", [PostState.HELD, PostState.HIDDEN, PostState.REMOVED])
def test_nobody_is_told_of_what_is_not_published(app: Flask, thread: Thread, cast: Cast, state: PostState) -> None:
    """A5. Seen to fail without the conditions on the post's and the item's state."""
    post = reply(cast.colleague, thread, naming=("carla.champion",))
    with transaction():
        held = db.session.get_one(Post, post.id)
        held.state, held.gone_at = state, now()
    assert notices_of(post.id) == []
    with transaction():
        db.session.get_one(Post, post.id).state = PostState.PUBLISHED
        db.session.get_one(Item, thread.id).state = ItemState.HELD
    assert notices_of(post.id) == []
    work(app)
    assert told(post) == {}


@pytest.mark.both_databases
def test_former_members_and_suspended_people_are_not_told(app: Flask, thread: Thread, cast: Cast) -> None:
    """A3."""
    reply(cast.colleague, thread)
    post = reply(cast.organiser, thread, naming=("colin.colleague",), in_reply_to=2)
    with transaction():
        membership = db.session.scalars(select(Membership).where(Membership.person_id == cast.colleague.id)).one()
        membership.ended_at = now()
    work(app)
    assert told(post) == {"Carla": "watching"}


@pytest.mark.both_databases
def test_two_workers_write_one_notification(app: Flask, thread: Thread, cast: Cast) -> None:
    """The key of person and post keeps the second one out."""
    post = reply(cast.colleague, thread)
    [fact_id] = claim_facts(limit=10)
    answers = at_once(app, [lambda: expand(fact_id, book=book_of(app))] * 4, workers=4)
    assert answers == [None] * 4
    assert told(post) == {"Carla": "watching"}


def test_telling_five_hundred_costs_the_statements_of_telling_one(app: Flask, thread: Thread, cast: Cast) -> None:
    """And the poster pays nothing for it: they write one fact."""
    costs = []
    for crowd in (1, 500):
        for _number in range(crowd):
            person = factories.make_person()
            factories.make_membership(cast.champions, person)
            with transaction():
                watching.watch(standing(person), thread, WatchLevel.EVERYTHING)
        with queries(app) as writing:
            reply(cast.colleague, thread, f"To {crowd}.")
        with queries(app) as telling:
            work(app)
        costs.append((len(writing), len(telling)))
    (write_few, tell_few), (write_many, tell_many) = costs
    assert write_few == write_many
    assert tell_many <= tell_few + 4


# --- the page ---


def test_the_bell_counts_conversations_and_reading_empties_it(
    app: Flask, thread: Thread, cast: Cast, as_person: AsPerson
) -> None:
    """Collapsed by conversation: "2 replies since post 1"; read by visiting."""
    carla = as_person(cast.champion)
    assert b"No notifications yet" in carla.get("/me/notifications").data
    reply(cast.colleague, thread)
    reply(cast.organiser, thread, "Or not.")
    work(app)
    page = carla.get("/me/notifications").get_data(as_text=True)
    assert "2 replies since post 1" in page
    assert '<span class="count">1</span>' in page
    assert "Who empties it?" in page
    carla.get(address(app, thread))
    page = carla.get("/me/notifications").get_data(as_text=True)
    assert '<span class="count">' not in page.partition("</header>")[0]
    assert "Seen before" in page


@pytest.mark.both_databases
def test_the_list_shows_how_the_last_post_begins_and_nothing_of_one_that_can_not_be_seen(
    app: Flask, thread: Thread, cast: Cast, as_person: AsPerson
) -> None:
    """A3, A5: hidden, removed and held ones. Seen to fail with posts of any state in `may_see`."""
    carla = as_person(cast.champion)
    reply(cast.colleague, thread, "The depot & I.")
    reply(cast.organiser, thread, "A secret.")
    work(app)
    assert "<b>Oscar Organiser</b> A secret." in carla.get("/me/notifications").text
    for state in (PostState.HIDDEN, PostState.REMOVED, PostState.HELD):
        with transaction():
            gone = Post.item_id == thread.id, Post.number == 3
            db.session.execute(
                update(Post).where(*gone).values(state=state, gone_at=None if state is PostState.HELD else now())
            )
        page = carla.get("/me/notifications").text
        assert "secret" not in page, state
        assert "<p>The depot &amp; I.</p>" in page, state
    with transaction():
        db.session.execute(update(Notification).values(read_at=now()))
    assert "secret" not in carla.get("/me/notifications").text, "nor among what was seen before"
    with transaction():
        db.session.scalars(select(Membership).where(Membership.person_id == cast.champion.id)).one().ended_at = now()
    assert "depot" not in carla.get("/me/notifications").text


def test_the_list_reads_the_beginnings_of_texts_only(cast: Cast, context: None) -> None:
    """However long what somebody wrote is. Seen to fail with all of `last.html` in `_lines`."""
    long = "<p>" + "word " * 1200 + "</p>"
    thread = factories.make_thread(cast.champions, author=cast.colleague, texts=[long])
    with transaction():
        [post_id] = db.session.scalars(select(Post.id).where(Post.item_id == thread.id))
        db.session.add(Notification(person_id=cast.champion.id, post_id=post_id, reason=Reason.WATCHING, at=now()))
    values = {**viewing(cast.champion, now()), "most": MOST_UNREAD}
    [row] = db.session.execute(_lines(is_read=False), values)
    assert max(len(value) for value in row if isinstance(value, str)) == BEGINNING


def test_all_can_be_marked_as_read_but_not_what_came_after_the_page(
    app: Flask, thread: Thread, cast: Cast, as_person: AsPerson
) -> None:
    carla = as_person(cast.champion)
    reply(cast.colleague, thread)
    work(app)
    until = now().isoformat()
    reply(cast.organiser, thread, "Later.")
    work(app)
    assert carla.send("/me/notifications/read", until=until).status_code == 303
    assert "Oscar Organiser wrote" in carla.get("/me/notifications").get_data(as_text=True)
    assert carla.send("/me/notifications/read", until="nonsense").status_code == 303
    assert "Nothing is waiting for you" in carla.get("/me/notifications").get_data(as_text=True)


@pytest.mark.both_databases
def test_marking_all_in_the_bell_is_undone_but_for_what_was_looked_at_since(
    app: Flask, thread: Thread, cast: Cast, as_person: AsPerson
) -> None:
    """Seen to fail without `looked_at`, and without `is_undoable`; what was read by an earlier press or visit stays read."""
    carla = as_person(cast.champion)
    reply(cast.colleague, thread)
    with transaction():
        section = db.session.get_one(Section, thread.section_id)
        another = actions.start(
            standing(cast.champion), title="Another", section=section, text=said("And?"), is_question=True
        )
    reply(cast.organiser, another, "Early.")
    work(app)
    carla.get(address(app, another))
    reply(cast.organiser, another, "Late.")
    work(app)

    def undo_of(answer: str) -> str:
        found = re.search(r'action="([^"]*notifications/unread[^"]*)"', answer)
        return unescape(found[1]) if found else ""

    def unread() -> list[str]:
        return re.findall(r'data-unread>\s*<div>\s*<h3><a href="[^"]*">([^<]*)', carla.get("/me/notifications").text)

    assert sorted(unread()) == ["Another", "Who empties it?"]
    carla.send("/me/notifications/read", until=now().isoformat())
    undo = undo_of(carla.get("/me/notifications").text)
    assert unread() == []
    carla.get(address(app, another))
    with time_machine.travel(now() + timedelta(minutes=61), tick=True):
        assert carla.send(undo).status_code == 303
        assert unread() == []
    assert carla.send(undo).status_code == 303
    assert unread() == ["Who empties it?"]
    assert carla.send(undo).status_code == 303
    assert "There was nothing to undo any more." in carla.get("/me/notifications").text
    assert as_person(cast.colleague).send(undo).status_code == 303
    carla.send("/me/notifications/read", until=now().isoformat())
    carla.send("/me/notifications/read", until=now().isoformat())
    assert undo_of(carla.get("/me/notifications").text).count("at=") == 1


@pytest.mark.both_databases
def test_undoing_that_a_space_is_read_brings_its_notifications_back(
    app: Flask, thread: Thread, cast: Cast, as_person: AsPerson
) -> None:
    """Seen to fail without `told_again` in `until_then`. What was read before the press stays read."""
    carla = as_person(cast.champion)
    reply(cast.colleague, thread)
    work(app)
    carla.get(address(app, thread))
    reply(cast.organiser, thread, "Late.")
    work(app)
    until = now().isoformat()
    for _press in range(2):
        assert carla.send("/s/champions/threads/read", until=until).status_code == 303
    assert "Nothing is waiting for you" in carla.get("/me/notifications").text
    assert carla.send(f"/s/champions/threads/read/undo?until={quote(until)}").status_code == 303
    page = carla.get("/me/notifications").text
    assert "Oscar Organiser wrote" in page
    assert "Colin Colleague" not in page.partition("Seen before")[0]


@pytest.mark.both_databases
def test_what_one_may_not_see_any_more_is_neither_listed_nor_counted(
    app: Flask, thread: Thread, cast: Cast, as_person: AsPerson
) -> None:
    """A3, A5. Seen to fail without `visible_to_viewer`, and without the post's state."""
    carla = as_person(cast.champion)
    post = reply(cast.colleague, thread)
    work(app)
    for changed in ("post", "item"):
        with transaction():
            if changed == "post":
                db.session.get_one(Post, post.id).state = PostState.HIDDEN
            else:
                db.session.get_one(Post, post.id).state = PostState.PUBLISHED
                db.session.get_one(Item, thread.id).state = ItemState.HIDDEN
        page = carla.get("/me/notifications").get_data(as_text=True)
        assert "Who empties it?" not in page, changed
        assert '<span class="count">' not in page, changed


def test_five_hundred_unread_cost_what_five_cost(app: Flask, thread: Thread, cast: Cast, as_person: AsPerson) -> None:
    carla = as_person(cast.champion)
    costs = []
    for number in (5, 495):
        for _one in range(number):
            post = factories.make_post(thread, author=cast.colleague)
            with transaction():
                db.session.add(
                    Notification(person_id=cast.champion.id, post_id=post.id, reason=Reason.WATCHING, at=now())
                )
        carla.get("/me/notifications")
        with queries(app) as sent:
            assert carla.get("/me/notifications").status_code == 200
        costs.append(len(sent))
    assert costs[0] == costs[1] <= 8
    assert post_for(item_of(thread), 501).number == 501


@pytest.mark.both_databases
def test_of_what_was_read_only_the_latest_is_looked_at(
    app: Flask, cast: Cast, as_person: AsPerson, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The list doesn't cost more with every year. Seen to fail without the cut. What is unread is all there."""
    monkeypatch.setattr("forum.home.notifications.LOOKED_AT", 2)
    monkeypatch.setattr("forum.home.notifications._lines", unwrap(_lines))  # which is built once
    with app.app_context():
        threads = [factories.make_thread(cast.champions, author=cast.colleague, title=f"Bin {n}?") for n in range(4)]
        with transaction():
            for n, one in enumerate(threads):
                at = now() - timedelta(days=10 - n)
                first = db.session.scalars(select(Post.id).where(Post.item_id == one.id)).one()
                told = {"person_id": cast.champion.id, "post_id": first, "reason": Reason.WATCHING, "at": at}
                db.session.add(Notification(**told, read_at=at if n else None))
    page = as_person(cast.champion).get("/me/notifications").get_data(as_text=True)
    assert [n for n in range(4) if f"Bin {n}?" in page] == [0, 2, 3]


def test_marking_everything_in_a_space_read_empties_the_bell(
    app: Flask, thread: Thread, cast: Cast, as_person: AsPerson
) -> None:
    carla = as_person(cast.champion)
    reply(cast.colleague, thread)
    work(app)
    assert carla.send("/s/champions/threads/read", until=now().isoformat()).status_code == 303
    assert "Nothing is waiting for you" in carla.get("/me/notifications").get_data(as_text=True)


# --- what was found by looking again ---


@pytest.mark.both_databases
def test_what_is_quoted_is_known_by_its_post_and_not_by_its_number(app: Flask, thread: Thread, cast: Cast) -> None:
    """B4: posts can be moved before anybody is told. Seen to fail with numbers: then whoever wrote post 2 elsewhere was told."""
    first = reply(cast.colleague, thread)
    with transaction():
        watching.watch(standing(cast.colleague), thread, WatchLevel.MINE)
    text = said("> The depot.\n\nThanks.")
    quoting = type(text)(source=text.source, html=text.html, renderer=1, mentioned=frozenset(), quoted=frozenset({2}))
    with transaction():
        post = posts.reply(standing(cast.champion), thread.id, text=quoting)
    other = factories.make_thread(cast.champions, author=cast.steward)
    factories.make_post(other, author=cast.organiser)
    with transaction():
        for number, moved in enumerate((first, post), start=3):
            row = db.session.get_one(Post, moved.id)
            row.item_id, row.number = other.id, number
        db.session.get_one(Item, other.id).last_number = 4
    work(app)
    assert told(post) == {"Colin": "quote", "Stella": "watching"} or told(post) == {"Colin": "quote"}


@pytest.mark.both_databases
def test_a_suspended_organiser_is_not_told_of_what_organisers_read(app: Flask, thread: Thread, cast: Cast) -> None:
    """A3. Seen to fail with the role alone."""
    with transaction():
        watching.watch_space(standing(cast.organiser), WatchLevel.EVERYTHING)
        db.session.get_one(Item, thread.id).audience = Audience.ORGANISERS
        factories.make_suspension(cast.champions, cast.organiser, by=cast.steward)
    post = factories.make_post(thread, author=cast.steward)
    assert cast.organiser.id not in {notice.person_id for notice in notices_of(post.id)}


@pytest.mark.both_databases
def test_the_bell_forgets_a_space_that_one_has_left(
    app: Flask, thread: Thread, cast: Cast, as_person: AsPerson
) -> None:
    """A3: the space is open, and yet. Seen to fail without the condition on membership."""
    reply(cast.colleague, thread)
    work(app)
    with transaction():
        ended = db.session.scalars(select(Membership).where(Membership.person_id == cast.champion.id)).one()
        ended.ended_at = now()
    page = as_person(cast.champion).get("/me/notifications").get_data(as_text=True)
    assert "Who empties it?" not in page
