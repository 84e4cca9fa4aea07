"""Moving some posts of a thread to a new one, or to the end of another."""

from collections.abc import Callable
from datetime import timedelta
from functools import partial

import pytest
from flask import Flask
from sqlalchemy import select

from forum.content import actions as posts
from forum.content import reading, removing
from forum.content.models import Post, PostState, ReactionKind, ReadMark, Watch, WatchLevel, WatchReason
from forum.content.moving.models import PostMove
from forum.content.naming import text_for
from forum.content.reacting import react
from forum.content.reading import read_up_to
from forum.core.db import db, transaction
from forum.core.errors import Denied, Invalid, Missing
from forum.core.time import now
from forum.people.models import Person
from forum.spaces.models import Item, LogEntry
from forum.threads import actions, addresses
from forum.threads.actions import merging, splitting, watching
from forum.threads.actions.splitting import Chosen
from forum.threads.models import Section, Thread, ThreadSummary
from forum.threads.queries import head_of, ids_in, listed
from tests import factories
from tests.cast import Cast
from tests.content.steps import at_once, item_of, said, standing

WHY = "It asks something else."


def urls(ref: str) -> str:
    return addresses.posts_url("champions", ref)


def section_of(thread: Thread) -> Section:
    return db.session.get_one(Section, thread.section_id)


def split(person: Person, thread: Thread, *numbers: int, all_from: int | None = None, question: bool = True) -> Thread:
    """Make a new thread of some posts, in a transaction of its own."""
    here, chosen = standing(person), Chosen(numbers=numbers, all_from=all_from)
    with transaction():
        move = splitting.split(
            here,
            thread,
            chosen,
            title="The lids",
            section=section_of(thread),
            is_question=question,
            reason=WHY,
            posts_url=urls,
        )
    return db.session.get_one(Thread, move.to_item_id)


def move_into(person: Person, thread: Thread, into: Thread, *numbers: int) -> PostMove:
    """Move some posts to the end of another thread."""
    here = standing(person)
    with transaction():
        return splitting.move_into(here, thread, Chosen(numbers=numbers), into=into, reason=WHY, posts_url=urls)


def post(thread: Thread, number: int) -> Post:
    return db.session.scalars(
        select(Post).where(Post.item_id == thread.id, Post.number == number).execution_options(populate_existing=True)
    ).one()


def numbers_of(thread: Thread) -> list[int]:
    return list(db.session.scalars(select(Post.number).where(Post.item_id == thread.id).order_by(Post.number)))


def marks_on(thread: Thread) -> dict[int, int]:
    rows = db.session.scalars(select(ReadMark).where(ReadMark.item_id == thread.id))
    return {row.person_id: row.last_number for row in rows}


@pytest.fixture
def thread(context: None, cast: Cast) -> Thread:
    """Carla asks; 2 Colin, 3 Stella, 4 Colin, 5 Carla."""
    made = factories.make_thread(cast.champions, author=cast.champion, title="Bins?", texts=["Who empties it?"])
    for person, text in (
        (cast.colleague, "The depot."),
        (cast.steward, "And the lids?"),
        (cast.colleague, "They have lids."),
        (cast.champion, "Thanks."),
    ):
        factories.make_post(made, author=person, text=text)
    return made


@pytest.mark.both_databases
def test_posts_make_a_thread_of_their_own_and_leave_their_numbers(thread: Thread, cast: Cast) -> None:
    """B1, B2: from 1 there, a gap here, and the next reply here gets the next number."""
    factories.make_post(thread, author=cast.reader, text="Held.", state=PostState.HELD)
    new = split(cast.organiser, thread, 3, all_from=5)
    assert (numbers_of(new), numbers_of(thread)) == ([1, 2, 3], [1, 2, 4])
    item, old = item_of(new), item_of(thread)
    assert (item.title, item.author_id, item.last_number) == ("The lids", cast.steward.id, 3)
    assert item.created_at == post(new, 1).created_at
    assert (item.last_by_id, old.last_by_id, old.last_number) == (cast.champion.id, cast.colleague.id, 6)
    assert post(new, 3).state is PostState.HELD
    with transaction():
        assert actions.reply(standing(cast.colleague), thread, text=said("Next.")).number == 7
    heads = {one.ref: one for one in listed(standing(cast.champion))}
    assert (heads[old.ref].replies, heads[item.ref].replies) == (3, 1)
    assert head_of(standing(cast.champion), item.ref, place="").starter is not None
    line = db.session.scalars(select(LogEntry).where(LogEntry.verb == "split thread")).one()
    assert (line.item_id, line.reason, line.details) == (new.id, WHY, {"before": "Bins?", "posts": "2"})


@pytest.mark.both_databases
def test_replies_across_the_cut(thread: Thread, cast: Cast) -> None:
    """A reply to what stays becomes a plain one; one to what went keeps its number, which leads on. Both gone: together again."""
    with transaction():
        for number, answered in ((3, 2), (4, 3), (5, 4)):
            post(thread, number).in_reply_to = answered
    new = split(cast.organiser, thread, 3, 4)
    assert [post(new, number).in_reply_to for number in (1, 2)] == [None, 1]
    assert post(thread, 5).in_reply_to == 4
    move_into(cast.organiser, thread, new, 5)
    assert post(new, 3).in_reply_to == 2


@pytest.mark.both_databases
def test_quotes_across_the_cut(thread: Thread, cast: Cast) -> None:
    """What stays behind is linked; what went can still be quoted by its old number."""
    text = text_for(
        cast.champions,
        "> [post 2]\n> The depot.\n\nNo.",
        author=cast.steward,
        item_id=thread.id,
        posts_url=urls(item_of(thread).ref),
    )
    with transaction():
        made = actions.reply(standing(cast.steward), thread, text=text)
    html = made.html
    new = split(cast.organiser, thread, 3, made.number)
    moved = post(new, 2)
    where = urls(item_of(thread).ref)
    assert moved.source == f"> [post 2]({where}2)\n> The depot.\n\nNo."
    assert moved.html == html
    text = text_for(cast.champions, "> [post 3]\n\nYes.", author=cast.champion, item_id=thread.id, posts_url=where)
    assert f'<a href="{where}3">Stella Steward in post 3</a>' in text.html


@pytest.mark.both_databases
def test_an_accepted_answer_goes_with_its_post(thread: Thread, cast: Cast) -> None:
    """It answers the new question, unless it begins it; a summary that was that post goes."""
    factories.make_accepted(thread, number=4, by=cast.champion)
    with transaction():
        item_of(thread).last_number = 25
        row = ThreadSummary(thread_id=thread.id, version=1, post_number=4, as_of=5, author_id=None, at=now())
        db.session.add(row)
    new = split(cast.organiser, thread, 3, 4)
    assert db.session.get_one(Thread, thread.id, populate_existing=True).accepted_number is None
    assert db.session.get_one(Thread, new.id, populate_existing=True).accepted_number == 2
    latest = select(ThreadSummary).where(ThreadSummary.thread_id == thread.id).order_by(ThreadSummary.version.desc())
    assert [row.post_number for row in db.session.scalars(latest)] == [None, 4]
    first = split(cast.organiser, new, 2)
    assert db.session.get_one(Thread, first.id, populate_existing=True).accepted_number is None


@pytest.mark.both_databases
def test_what_was_read_stays_read(thread: Thread, cast: Cast) -> None:
    """B3: to the last of the moved posts that somebody has seen."""
    with transaction():
        for person, number in ((cast.champion, 5), (cast.reader, 3), (cast.colleague, 1)):
            read_up_to(person, item_of(thread), number)
    new = split(cast.organiser, thread, 3, 4)
    assert marks_on(new) == {cast.champion.id: 2, cast.reader.id: 1}
    assert marks_on(thread) == {cast.champion.id: 5, cast.reader.id: 3, cast.colleague.id: 1}


@pytest.mark.both_databases
def test_who_wrote_or_is_named_watches_the_new_thread(thread: Thread, cast: Cast) -> None:
    """B4: at the level that they had chosen for the old one; nobody else does, and nobody for what can't be seen."""
    factories.make_mention(post(thread, 3), cast.reader)
    factories.make_post(thread, author=cast.champion, text="Gone.", state=PostState.REMOVED)
    with transaction():
        watching.watch(standing(cast.colleague), thread, WatchLevel.OFF)
        watching.watch(standing(cast.organiser), thread, WatchLevel.EVERYTHING)
    new = split(cast.organiser, thread, 3, 4, 6)
    found = {
        row.person_id: (row.level, row.reason, row.is_chosen)
        for row in db.session.scalars(select(Watch).where(Watch.item_id == new.id))
    }
    assert found == {
        cast.steward.id: (WatchLevel.EVERYTHING, WatchReason.STARTED, False),
        cast.colleague.id: (WatchLevel.OFF, WatchReason.REPLIED, True),
        cast.reader.id: (WatchLevel.MINE, WatchReason.MENTIONED, False),
    }


@pytest.mark.both_databases
def test_who_may_split_and_what(thread: Thread, cast: Cast) -> None:
    """A1, A2. Seen to fail without the power, and without the looks at the first post and at what is gone."""
    for person in (cast.champion, cast.colleague, cast.reader, cast.outsider):
        with pytest.raises(Denied):
            split(person, thread, 3)
    for numbers, all_from in (((1, 3), None), ((), 1), ((), None), ((3, 9), None), ((), 9)):
        with pytest.raises(Invalid) as refused:
            split(cast.organiser, thread, *numbers, all_from=all_from)
        assert set(refused.value.errors) == {"posts"}
    for into in (thread, factories.make_thread(cast.night_desk, author=cast.insider)):
        with pytest.raises(Invalid) as refused:
            move_into(cast.organiser, thread, into, 3)
        assert set(refused.value.errors) == {"into"}
    theirs = factories.make_section(cast.night_desk, name="Theirs")
    with pytest.raises(Invalid) as refused, transaction():
        splitting.split(
            standing(cast.organiser),
            thread,
            Chosen(numbers=(3,)),
            title="X",
            section=theirs,
            is_question=False,
            reason=WHY,
            posts_url=urls,
        )
    assert set(refused.value.errors) == {"section"}
    assert numbers_of(thread) == [1, 2, 3, 4, 5]


@pytest.mark.both_databases
def test_marking_a_section_as_read_leaves_what_is_newer_unread(thread: Thread, cast: Cast) -> None:
    """B3: posts that came are older than some before them. Seen to fail with the highest number that is old enough."""
    other = factories.make_thread(cast.champions, author=cast.champion, at=now() - timedelta(days=2), posts=2)
    until = now() - timedelta(days=1)
    with transaction():
        merging.merge(standing(cast.organiser), other, into=thread, reason=WHY, posts_url=urls)
    here = standing(cast.reader)
    with transaction():
        reading.read_items(cast.reader, ids_in(here, section_of(thread)), until=until)
    assert marks_on(thread).get(cast.reader.id) in {None, 1}
    assert item_of(thread).last_at == post(thread, 5).created_at


@pytest.mark.both_databases
def test_moving_back_and_forth_never_gives_a_number_twice(thread: Thread, cast: Cast) -> None:
    """B1, B2."""
    new = split(cast.organiser, thread, 3, 4)
    move_into(cast.organiser, new, thread, 2)
    assert numbers_of(thread) == [1, 2, 5, 6]
    assert numbers_of(new) == [1]
    assert post(thread, 6).source == "They have lids."
    with transaction():
        assert actions.reply(standing(cast.colleague), new, text=said("Next.")).number == 3


@pytest.mark.both_databases
def test_a_split_while_a_post_is_edited_removed_or_answered(app: Flask, thread: Thread, cast: Cast) -> None:
    """Each comes first and goes along, or is refused with nothing changed."""

    def edit() -> None:
        here, held = standing(cast.colleague), post(thread, 4)
        with transaction():
            posts.edit(here, held, text=said("Edited."), version=1)

    def remove() -> None:
        here, held = standing(cast.steward), post(thread, 3)
        with transaction():
            removing.remove(here, held)

    def reply() -> int:
        with transaction():
            return actions.reply(standing(cast.champion), thread, text=said("To you."), in_reply_to=4).number

    works: list[Callable[[], object]] = [edit, remove, reply, partial(split, cast.organiser, thread, 3, 4)]
    edited, removed, replied, made = at_once(app, works, workers=4)
    assert isinstance(made, (Thread, Invalid)), made
    if isinstance(made, Invalid):
        assert "gap" in str(made)
        return
    assert isinstance(edited, (Missing, type(None))), edited
    assert isinstance(removed, (Missing, type(None))), removed
    assert isinstance(replied, (int, Invalid)), replied
    assert post(made, 2).source == ("They have lids." if edited else "Edited.")
    # Whoever removes it a moment after the split removes it where it stands by then.
    assert post(made, 1).state is (PostState.REMOVED if removed is None else PostState.PUBLISHED)
    assert numbers_of(thread) == [1, 2, 5, *([6] if replied == 6 else [])]


@pytest.mark.both_databases
def test_a_page_that_was_opened_before_the_split_changes_nothing_there(thread: Thread, cast: Cast) -> None:
    """The post that the page knew stands elsewhere now.

    Seen to fail without `held.item_id != item.id`, in `edit`, `remove` and `react`.
    """
    knew = {number: post(thread, number) for number in (3, 4)}
    for one in knew.values():
        db.session.expunge(one)
    split(cast.organiser, thread, 3, 4)
    with pytest.raises(Missing), transaction():
        posts.edit(standing(cast.colleague), knew[4], text=said("Edited."), version=1)
    with pytest.raises(Missing), transaction():
        removing.remove(standing(cast.steward), knew[3])
    with pytest.raises(Missing), transaction():
        react(standing(cast.champion), knew[4], ReactionKind.THANKS)
    assert db.session.get_one(Item, thread.id).last_number == 5
